"""What has to be said to a person is said in the window: bars that can be dismissed and wait for nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.icons import icon
from playground.gui.theme import theme_of

MOST = 3  # bars at a time


class MessageBar(QFrame):
    """One message with what can be done about it."""

    dismissed = Signal(str)  # its key

    def __init__(
        self, key: str, kind: str, text: str, choices: Sequence[tuple[str, Callable[[], object]]], parent: QWidget
    ) -> None:
        """`kind` is `hint`, `warning` or `error`; `choices` are buttons: what they say, what they do."""
        super().__init__(parent)
        self.key, self.kind = key, kind
        self.setProperty("look", "note" if kind == "hint" else "warning")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(10)
        self._sign = QLabel(self)
        self.label = QLabel(text, self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(self._sign)
        row.addWidget(self.label, 1)
        for words, action in choices:
            row.addWidget(self._button(words, action))
        self.closer = QToolButton(self)
        self.closer.setProperty("look", "flat")
        self.closer.setToolTip(self.tr("Dismiss (Esc)"))
        self.closer.setAccessibleName(self.tr("Dismiss"))
        self.closer.clicked.connect(self.dismiss)
        row.addWidget(self.closer)
        self._color()

    def _button(self, words: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(words.replace("&", "&&"), self)

        def act() -> None:
            self.dismiss()
            action()

        button.clicked.connect(act)
        return button

    @Slot()
    def dismiss(self) -> None:
        """Ask for the message to be taken away."""
        self.dismissed.emit(self.key)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.PaletteChange:
            self._color()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _color(self) -> None:
        theme = theme_of(self)
        color = {"hint": theme.accent, "warning": theme.warn}.get(self.kind, theme.error)
        sign = "hint" if self.kind == "hint" else "problem"
        self._sign.setPixmap(icon(sign, color, color).pixmap(16, 16))
        self.closer.setIcon(icon("close", theme.muted, theme.faint))


class MessageArea(QWidget):
    """Holds the bars, latest at the bottom; a message with the key of an earlier one takes its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, MessageBar] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 6, 8, 6)
        self._column.setSpacing(4)
        self.hide()

    def show_message(
        self, key: str, kind: str, text: str, choices: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say something. `kind` is `hint`, `warning` or `error`."""
        self.dismiss(key)
        while len(self._bars) >= MOST:
            self.dismiss(next(iter(self._bars)))
        bar = MessageBar(key, kind, text, choices, self)
        self._bars[key] = bar
        bar.dismissed.connect(self.dismiss)
        self._column.addWidget(bar)
        self.show()

    def change_text(self, key: str, text: str) -> None:
        """Let what is said under that key, if it still stands, say something else; its buttons stay."""
        bar = self._bars.get(key)
        if bar is not None:
            bar.label.setText(text)

    @Slot(str)
    def dismiss(self, key: str) -> None:
        """Take back what was said under that key, if it still stands."""
        bar = self._bars.pop(key, None)
        if bar is not None:
            self._column.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
            self.setVisible(bool(self._bars))

    def says(self, key: str) -> bool:
        """Whether something said under that key still stands."""
        return key in self._bars

    def texts(self) -> tuple[str, ...]:
        """What is being said."""
        return tuple(bar.label.text() for bar in self._bars.values())

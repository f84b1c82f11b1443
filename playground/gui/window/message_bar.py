"""What has to be said to a person is said in the window: a bar that can be dismissed, waits for nobody, moves nothing.

It lies over the bottom of a pane, so that whatever a person is using stays where it is while messages come and go.
In the window that is the stack: the curves of which a verdict speaks stay to be seen, and blocks can be scrolled away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.style.icons import icon
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of

MOST = 3  # messages at a time, of which one is shown
LINES = 4  # of text at most; the tool tip has the whole of a longer one
_WIDEST = 760  # pixels
_MARGIN = 8  # below the bar
_SIDE = 12  # left and right of it, clear of a scroll bar
_LINE = 1  # around it, in the style sheet
_PADDING = (12, 6, 6, 6)  # around what stands in the bar


def most_height() -> int:
    """The pixels that the highest bar takes of a pane, from its bottom: one with as many lines as may be."""
    font = QFontMetrics(QApplication.font())
    return LINES * font.lineSpacing() + _PADDING[1] + _PADDING[3] + 2 * _LINE + _MARGIN


class Sentence(QLabel):
    """A text in a few lines at most, of which the end is left out where it has more; its tool tip has all of it."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setText(self._unbroken)

    def say(self, words: str) -> None:
        """Show another text."""
        self.words = words
        self._fit()
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:  # noqa: N802  Qt's name
        return min(self._height(self._unbroken, width), self._most)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    @property
    def _unbroken(self) -> str:
        """The text; no line of it ends between a number and its per cent."""
        return self.words.replace(" %", "\N{NO-BREAK SPACE}%")

    @property
    def _most(self) -> int:
        """The height of as many lines as may be."""
        return self._height("\n".join("0" * LINES), 1000)

    def _height(self, text: str, width: int) -> int:
        room = QRect(0, 0, max(width, 1), 100_000)
        return self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()

    def _fit(self) -> None:
        words = self._unbroken
        shown, low, high = words, 0, len(words)
        if self._height(shown, self.width()) > self._most:
            while high - low > 1:
                middle = (low + high) // 2
                fits = self._height(f"{words[:middle].rstrip()}…", self.width()) <= self._most
                low, high = (middle, high) if fits else (low, middle)
            shown = f"{words[:low].rstrip()}…"
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(plain_tip(self.words) if shown != words else "")


class MessageBar(QFrame):
    """One message with what can be done about it."""

    dismissed = Signal(str)  # its key
    turned = Signal()  # the next of several messages is wanted

    def __init__(
        self, key: str, kind: str, text: str, choices: Sequence[tuple[str, Callable[[], object]]], parent: QWidget
    ) -> None:
        """`kind` is `hint`, `warning` or `error`; `choices` are buttons: what they say, what they do."""
        super().__init__(parent)
        self.key, self.kind = key, kind
        self.setProperty("look", "message" if kind == "hint" else "warning")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(*_PADDING)
        row.setSpacing(10)
        self._sign = QLabel(self)
        self.label = Sentence(text, self)
        row.addWidget(self._sign)
        row.addWidget(self.label, 1)
        for words, action in choices:
            row.addWidget(self._button(words, action))
        self.turner = QToolButton(self)
        self.turner.setProperty("look", "flat")
        self.turner.setToolTip(self.tr("Show the next message"))
        self.turner.clicked.connect(self.turned)
        self.turner.hide()
        row.addWidget(self.turner)
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

    def say(self, text: str) -> None:
        """Say something else; the buttons stay."""
        self.label.say(text)
        self.setAccessibleName(text)

    def show_place(self, number: int, count: int) -> None:
        """Say which of how many messages it is, from 1, where there are several."""
        self.turner.setVisible(count > 1)
        self.turner.setText(self.tr("{0} of {1}").format(number, count))
        self.turner.setAccessibleName(self.tr("Message {0} of {1}: show the next").format(number, count))

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
    """Holds the messages and shows the latest; a message with the key of an earlier one takes its place."""

    left = Signal()  # what had the keyboard in it is gone

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, MessageBar] = {}
        self._shown = ""  # the key of the bar that is shown
        self._below: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName(self.tr("Messages"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def lie_over(self, pane: QWidget) -> None:
        """Stand from now on over the bottom of a pane, which lies in the area's parent, and follow its size."""
        self._below = pane
        pane.installEventFilter(self)
        self._place()

    def show_message(
        self, key: str, kind: str, text: str, choices: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say something. `kind` is `hint`, `warning` or `error`."""
        self._take(key)
        while len(self._bars) >= MOST:
            self._take(next(iter(self._bars)))
        bar = MessageBar(key, kind, text, choices, self)
        self._bars[key] = bar
        bar.dismissed.connect(self.dismiss)
        bar.turned.connect(self._turn)
        self._column.addWidget(bar)
        self._show(key)
        announcement = QAccessibleAnnouncementEvent(bar, text)
        QAccessible.updateAccessibility(announcement)

    def change_text(self, key: str, text: str) -> None:
        """Let what is said under that key, if it still stands, say something else; its buttons stay."""
        bar = self._bars.get(key)
        if bar is not None:
            bar.say(text)
            self._place()

    @Slot(str)
    def dismiss(self, key: str) -> None:
        """Take back what was said under that key, if it still stands; the latest of the others is shown."""
        if self._take(key):
            self._show(self._shown if self._shown in self._bars else next(reversed(self._bars), ""))

    def says(self, key: str) -> bool:
        """Whether something said under that key still stands."""
        return key in self._bars

    def texts(self) -> tuple[str, ...]:
        """What is being said, the latest last."""
        return tuple(bar.label.words for bar in self._bars.values())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Follow the pane below, and what is said grow or shrink."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _take(self, key: str) -> bool:
        bar = self._bars.pop(key, None)
        if bar is None:
            return False
        focused = QApplication.focusWidget()
        held = focused is not None and bar.isAncestorOf(focused)
        self._column.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        if held:  # Qt would pass the keyboard on to anything
            self.left.emit()
        return True

    def _show(self, key: str) -> None:
        self._shown = key
        for number, (name, bar) in enumerate(self._bars.items(), 1):
            bar.show_place(number, len(self._bars))
            bar.setVisible(name == key)
            if name == key:
                self.setFocusProxy(bar.closer)
        self._place()
        self.setVisible(bool(self._bars))
        self.raise_()

    @Slot()
    def _turn(self) -> None:
        keys = list(self._bars)
        key = keys[(keys.index(self._shown) + 1) % len(keys)]
        self._bars[key].show()  # before the other goes, so that the keyboard stays in the area
        self._bars[key].turner.setFocus()
        self._show(key)

    def _place(self) -> None:
        bar, pane, parent = self._bars.get(self._shown), self._below, self.parentWidget()
        if bar is None or pane is None or parent is None:
            return
        width = min(pane.width() - 2 * _SIDE, _WIDEST)
        height = max(bar.heightForWidth(width), bar.minimumSizeHint().height())
        corner = pane.mapTo(parent, QPoint((pane.width() - width) // 2, pane.height() - height - _MARGIN))
        self.setGeometry(QRect(corner.x(), corner.y(), width, height))

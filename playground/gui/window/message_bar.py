"""Messages in the window: a bar that can be dismissed, does not block, and moves nothing.

It covers the bottom of a pane, so that other widgets stay in position while messages come and go. In the main window
that pane is the stack: the curves that a verdict refers to stay visible, and blocks can be scrolled.
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

MOST = 3  # messages kept, of which one is shown
LINES = 4  # of text at most; the tool tip shows all of a longer one
_WIDEST = 760  # pixels
_MARGIN = 8  # below the bar
_SIDE = 12  # left and right of it, so that a scroll bar stays free
_LINE = 1  # border in the style sheet
_PADDING = (12, 6, 6, 6)  # around the contents of the bar


def most_height() -> int:
    """Pixels that the highest bar, with the maximum number of lines, covers at the bottom of a pane."""
    font = QFontMetrics(QApplication.font())
    return LINES * font.lineSpacing() + _PADDING[1] + _PADDING[3] + 2 * _LINE + _MARGIN


class Sentence(QLabel):
    """Text of a few lines, elided at its end if it is longer; the tool tip shows all of it."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setText(self._unbroken)

    def say(self, words: str) -> None:
        """Replace the text."""
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
        """The text with non-breaking spaces between a number and its per cent sign."""
        return self.words.replace(" %", "\N{NO-BREAK SPACE}%")

    @property
    def _most(self) -> int:
        """Height of the maximum number of lines."""
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
    """One message with buttons for possible actions."""

    dismissed = Signal(str)  # its key
    turned = Signal()  # the next of several messages is requested

    def __init__(
        self, key: str, kind: str, text: str, choices: Sequence[tuple[str, Callable[[], object]]], parent: QWidget
    ) -> None:
        """`kind` is `hint`, `warning` or `error`; `choices` are the buttons' labels and actions."""
        super().__init__(parent)
        self.key, self.kind, self.offers = key, kind, bool(choices)
        self.stays = False  # whether later hints are behind it
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
        """Replace the text; the buttons stay."""
        self.label.say(text)
        self.setAccessibleName(text)

    def show_number(self, number: int, count: int) -> None:
        """Show the message's number, from 1, and the count, if there are several."""
        self.turner.setVisible(count > 1)
        self.turner.setText(self.tr("{0} of {1}").format(number, count))
        self.turner.setAccessibleName(self.tr("Message {0} of {1}: show the next").format(number, count))

    @Slot()
    def dismiss(self) -> None:
        """Request that the message be removed."""
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
    """Holds the messages and shows the latest; a message replaces an earlier one with the same key."""

    left = Signal()  # the widget with keyboard focus in it has gone
    dismissed = Signal(str)  # key of a message that was answered, closed or withdrawn, rather than replaced

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, MessageBar] = {}
        self._shown = ""  # key of the visible bar
        self._below: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName(self.tr("Messages"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def cover(self, pane: QWidget) -> None:
        """Cover the bottom of a pane, a descendant of the area's parent, and follow its size."""
        self._below = pane
        pane.installEventFilter(self)
        self._place()

    def show_message(
        self,
        key: str,
        kind: str,
        text: str,
        choices: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        stays: bool = False,
    ) -> None:
        """Add a message. `kind` is `hint`, `warning` or `error`. If there are too many, an old one goes, and of
        these first one that offers nothing.

        stays: whether hints that come later, such as a verdict, are behind it.
        """
        self._take(key)
        front = self._bars.get(self._shown)
        while len(self._bars) >= MOST:
            self._take(min(self._bars, key=lambda name: self._bars[name].offers))
        bar = MessageBar(key, kind, text, choices, self)
        bar.stays = stays
        self._bars[key] = bar
        bar.dismissed.connect(self.dismiss)
        bar.turned.connect(self._turn)
        self._column.addWidget(bar)
        behind = kind == "hint" and not stays and front is not None and front.stays and front.key in self._bars
        self._show(self._shown if behind else key)
        announcement = QAccessibleAnnouncementEvent(bar, text)
        QAccessible.updateAccessibility(announcement)

    def change_text(self, key: str, text: str) -> None:
        """Change the text of the message with that key, if there is one; its buttons stay."""
        bar = self._bars.get(key)
        if bar is not None:
            bar.say(text)
            self._place()

    @Slot(str)
    def dismiss(self, key: str) -> None:
        """Remove the message with that key, if there is one; the latest of the others is shown."""
        if self._take(key):
            self._show(self._shown if self._shown in self._bars else next(reversed(self._bars), ""))
            self.dismissed.emit(key)

    def has_message(self, key: str) -> bool:
        """Whether there is a message with that key."""
        return key in self._bars

    def texts(self) -> tuple[str, ...]:
        """The texts of all messages, the latest last."""
        return tuple(bar.label.words for bar in self._bars.values())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Follow the size of the pane below and of the contents."""
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
        if held:  # Qt would move the focus to an arbitrary widget
            self.left.emit()
        return True

    def _show(self, key: str) -> None:
        self._shown = key
        for number, (name, bar) in enumerate(self._bars.items(), 1):
            bar.show_number(number, len(self._bars))
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
        self._bars[key].show()  # before the other is hidden, so that the focus stays in the area
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

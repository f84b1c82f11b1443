"""Push buttons for an action or a menu."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QAction, QIcon, QPaintEvent, QPalette
from PySide6.QtWidgets import QMenu, QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from playground.gui.style.action import plain
from playground.gui.style.icons import icon
from playground.gui.style.theme import theme_of

_ARROW = 16  # pixels


class Yielding(QPushButton):
    """A push button that signals when it is disabled while it has keyboard focus.

    Qt would move the focus to the next widget, and the next key would press that.
    """

    left = Signal()  # focus has to move elsewhere

    def set_pressable(self, pressable: bool) -> None:
        """Enable or disable it."""
        if not pressable and self.window().focusWidget() is self:
            self.left.emit()
        self.setEnabled(pressable)


class ActionButton(Yielding):
    """A push button that shows and triggers an action."""

    def __init__(self, action: QAction, parent: QWidget, *, worded: bool = True) -> None:
        super().__init__(parent)
        self._action, self._worded = action, worded
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def keep_room(self, *words: str) -> None:
        """Keep the width of the widest of these texts, so that neighbours do not move when the text changes."""
        now = self.text()
        widths = []
        for text in words:
            self.setText(text)
            widths.append(self.sizeHint().width())
        self.setText(now)
        self.setMinimumWidth(max(widths))

    @Slot()
    def _follow(self) -> None:
        words = plain(self._action.text())
        self.setText(words if self._worded else "")
        self.setIcon(self._action.icon())
        self.set_pressable(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(words)


class MenuButton(Yielding):
    """A push button that opens a menu, with an arrow after its text.

    The arrow is painted: an icon follows the text only in a reversed layout, which the menu would inherit.
    """

    def __init__(self, text: str, menu: QMenu, parent: QWidget) -> None:
        super().__init__(text, parent)
        beside = 12 if text else 3
        self.setStyleSheet(f"QPushButton {{ padding: 5px {beside + _ARROW}px 5px {beside}px }}")
        if not text:  # a button with a menu would be as wide as one with a short text
            self.setFixedWidth(2 * beside + _ARROW + 2)
        self.setMenu(menu)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint text and arrow next to each other in the centre; Qt ignores the padding of a button with a menu."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.features &= ~QStyleOptionButton.ButtonFeature.HasMenu
        word, option.text = self.text(), ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        width = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, word).width()
        left = (self.width() - width - _ARROW) // 2
        rect = QRect(left, 0, width, self.height())
        painter.drawItemText(rect, int(flags), self.palette(), self.isEnabled(), word, QPalette.ColorRole.ButtonText)
        theme = theme_of(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        arrow = QRect(left + width, (self.height() - _ARROW) // 2, _ARROW, _ARROW)
        icon("chevron", theme.muted, theme.faint).paint(painter, arrow, Qt.AlignmentFlag.AlignCenter, mode)
        painter.end()

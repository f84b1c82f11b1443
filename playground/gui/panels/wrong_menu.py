"""The menu that tells the program what a misread drawing was, for a button below the pad and for the menu bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.gui.style.action import add
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look

_KEYS = "0123456789"


class WrongMenu(QMenu):
    """One entry for each class; where classes are digits, their keys choose them while the pad has the focus."""

    chosen = Signal(int)  # the class of the drawing on the pad
    list_requested = Signal()
    learn_requested = Signal()

    def __init__(self, pad: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._pad = pad
        self._classes: list[QAction] = []
        self._possible = False
        self._button = QToolButton(parent)
        self._button.setText(self.tr("Wrong? ▾"))
        self._button.setAccessibleName(self.tr("Wrong? Tell what this drawing is"))
        self._button.setMenu(self)
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._button.setEnabled(False)
        self._button.hide()
        set_look(self._button, "flat")
        self.addAction(self.tr("It really is")).setEnabled(False)  # a heading
        self._end = self.addSeparator()
        self.list, self.learn = (
            QAction(self.tr("My corrections…"), self),
            QAction(self.tr("Learn from my corrections…"), self),
        )
        self.addActions((self.list, self.learn))
        self.list.triggered.connect(self.list_requested)
        self.learn.triggered.connect(self.learn_requested)

    @property
    def button(self) -> QToolButton:
        """A flat button that opens the menu; it is shown while there is something to correct."""
        return self._button

    def set_classes(self, names: tuple[str, ...]) -> None:
        """Offer these classes."""
        for action in self._classes:
            self.removeAction(action)
            self._pad.removeAction(action)
            action.deleteLater()
        self._classes = [self._class(number, name, names) for number, name in enumerate(names)]
        self.insertActions(self._end, self._classes)
        self._pad.addActions([action for action in self._classes if not action.shortcut().isEmpty()])
        keys = self.tr("Tell what this drawing is, so that the network can learn from it")
        if any(not action.shortcut().isEmpty() for action in self._classes):
            keys = self.tr(
                "Tell what this drawing is, so that the network can learn from it: press its digit on the pad"
            )
        self._button.setToolTip(plain_tip(keys))
        self.set_possible(self._possible)

    def set_possible(self, possible: bool) -> None:
        """Set whether there is a drawing with an answer."""
        self._possible = possible
        for action in self._classes:
            action.setEnabled(possible)
        if not possible and self._button.hasFocus():
            self._pad.setFocus()
        self._button.setEnabled(possible)
        self._button.setVisible(possible)

    def add_to(self, menu: QMenu) -> None:
        """Add the questions to a menu of the menu bar, with their keys."""
        wrong = add(menu, self.tr("It &is really…"), "Ctrl+Alt+K", self.tr("Tell what this misread drawing is"))
        wrong.triggered.connect(self._open)
        for words, keys, signal in (
            (self.tr("My c&orrections…"), "Ctrl+Alt+Shift+K", self.list_requested),
            (self.tr("&Learn from my corrections…"), "Ctrl+Alt+Shift+F5", self.learn_requested),
        ):
            add(menu, words, keys).triggered.connect(signal)

    def _class(self, number: int, name: str, names: tuple[str, ...]) -> QAction:
        action = QAction(name.replace("&", "&&"), self)
        action.setData(number)
        if set(names) <= set(_KEYS):
            action.setShortcut(QKeySequence(name))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(self._choose)
        return action

    @Slot()
    def _choose(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.close()  # a digit's key chooses also while the menu is open, and leaves it open
        self.chosen.emit(action.data())

    @Slot()
    def _open(self) -> None:
        if self._possible:
            self._button.showMenu()

"""The actions of the pad apart from drawing, for buttons, menus and shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.panels.pad.strokes import BROAD, FINE, MEDIUM
from playground.gui.style.action import allow


class PadCommands(QObject):
    """The pad's actions; `undo` and `clear` work in the whole window, the others while the pad has the focus."""

    pen_chosen = Signal(float)  # its width, as a share of the pad's side
    eraser_chosen = Signal()

    def __init__(self, side: int, pad: QWidget) -> None:
        """`side` is that of copied and saved pictures, in pixels."""
        super().__init__(pad)
        self._pad = pad
        self.undo = self._action(self.tr("Undo stroke"), "Ctrl+Backspace", self.tr("Undo"))
        self.clear = self._action(self.tr("Clear the pad"), "Ctrl+Shift+Backspace", self.tr("Clear"))
        self.paste = self._action(self.tr("Paste a picture"), QKeySequence(QKeySequence.StandardKey.Paste))
        self.copy = self._action(
            self.tr("Copy the {0} × {0}").format(side), QKeySequence(QKeySequence.StandardKey.Copy)
        )
        self.save = self._action(self.tr("Save the {0} × {0} as PNG…").format(side))
        self.fine = self._tool(self.tr("Fine pen"))
        self.medium = self._tool(self.tr("Medium pen"))
        self.broad = self._tool(self.tr("Broad pen"))
        self.erase = self._tool(self.tr("Eraser"), "E")
        self._widths = {self.fine: FINE, self.medium: MEDIUM, self.broad: BROAD}
        self.tools = QActionGroup(self)
        for tool in (*self._widths, self.erase):
            self.tools.addAction(tool)
        self.medium.setChecked(True)
        self._pen = self.medium
        self.tools.triggered.connect(self._chosen)
        pad.addActions([self.undo, self.clear])

    def _action(self, text: str, shortcut: QKeySequence | str = "", short: str = "") -> QAction:
        action = QAction(text, self)
        action.setShortcut(shortcut)
        if short:
            action.setIconText(short)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({keys})" if keys else text)
        return action

    def _tool(self, text: str, shortcut: str = "") -> QAction:
        action = self._action(text, shortcut)
        action.setCheckable(True)
        return action

    def menu(self) -> QMenu:
        """A new menu of all actions, which is deleted when it is closed."""
        menu = QMenu(self._pad)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addActions([self.undo, self.clear])
        menu.addSeparator()
        menu.addActions(self.tools.actions())
        menu.addSeparator()
        menu.addActions([self.copy, self.paste, self.save])
        return menu

    def refresh(self, *, can_undo: bool, can_clear: bool, can_copy: bool) -> None:
        """Enable the actions that are possible now."""
        allow(self.undo, can_undo, self.tr("No stroke was drawn."))
        allow(self.clear, can_clear, self.tr("The pad is empty."))
        for action in (self.copy, self.save):
            action.setEnabled(can_copy)

    def wider(self) -> None:
        """Choose the next wider pen."""
        self._step(1)

    def narrower(self) -> None:
        """Choose the next narrower pen."""
        self._step(-1)

    def _step(self, steps: int) -> None:
        pens = list(self._widths)
        at = pens.index(self._pen) + steps
        pens[min(max(at, 0), len(pens) - 1)].trigger()

    def toggle_erase(self) -> None:
        """Switch between the eraser and the last pen."""
        (self._pen if self.erase.isChecked() else self.erase).trigger()

    @Slot(object)
    def _chosen(self, action: QAction) -> None:
        if action is self.erase:
            self.eraser_chosen.emit()
        else:
            self._pen = action
            self.pen_chosen.emit(self._widths[action])

"""The Edit menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.stack.commands import StackCommands
from playground.gui.style.action import add, dress

if TYPE_CHECKING:  # the drawing panel is imported only after the window is shown
    from playground.gui.panels.panel import Panel


class EditMenu(QMenu):
    """Undo and redo by name, and actions on the selected layers."""

    find_requested = Signal()

    def __init__(self, history: QUndoStack, commands: StackCommands, window: QWidget) -> None:
        super().__init__(window)
        self.undo = history.createUndoAction(self, self.tr("Undo"))
        self.redo = history.createRedoAction(self, self.tr("Redo"))
        dress(self.undo, "Ctrl+Z")
        dress(self.redo, "Ctrl+Shift+Z; Ctrl+Y")
        self.addActions((self.undo, self.redo))
        for group in commands.groups:
            self.addSeparator()
            self.addActions(group)
        self.addSeparator()
        self.search = add(self, self.tr("&Find a layer to insert"), "Ctrl+K")
        self.search.triggered.connect(self.find_requested)

    @Slot(object)
    def add_panel(self, panel: Panel) -> None:
        """Add actions of a panel that apply to the whole window; the panel's own menu is shown with it."""
        if panel.menu is not None:
            self.addMenu(panel.menu)

"""Base of the actions on the selected layers of a stack view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from playground.gui.session.document import Document
from playground.gui.stack.block_list import BlockList
from playground.gui.stack.editing import StackEditing
from playground.gui.stack.model import StackModel
from playground.spec.edits import LayerPath


class SelectionCommands(QObject):
    """Makes actions with shortcuts, and knows what they apply to."""

    def __init__(self, document: Document, model: StackModel, view: BlockList) -> None:
        super().__init__(view)
        self._document, self._model, self._view = document, model, view
        self._editing = StackEditing(document)

    def _action(self, words: str, keys: QKeySequence.StandardKey | str, do: Callable[[], None]) -> QAction:
        action = QAction(words, self)
        action.setShortcut(QKeySequence(keys))
        # Editors and the drawing pad use the same keys for other actions.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(do)
        self._view.addAction(action)
        return action

    def _paths(self) -> tuple[LayerPath, ...]:
        """The paths of the selected layers, without those inside other selected ones, the data and empty branches."""
        return self._model.clipping(self._view.selected_rows()).paths

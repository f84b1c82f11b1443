"""Opens the editors of what a search may change, below the block on which it is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Slot

from playground.gui.session.document import Document
from playground.gui.stack.view import StackView
from playground.spec.edits import LayerPath
from playground.spec.search.ranges import Range
from playground.spec.search.structure import Structure, proposed_structure, structure_of


class StructureEditing(QObject):
    """Serves the search actions of the stack, and clicks on what a search may change on its blocks."""

    def __init__(self, document: Document, view: StackView) -> None:
        super().__init__(view)
        self._document, self._view = document, view
        view.commands.searching.editor_requested.connect(self.open)
        view.range_pressed.connect(self._open_range)

    @Slot(object, object)
    def open(self, kind: Structure, path: LayerPath) -> None:
        """Pop up the editor of a range of the structure, which can be made: the stack says so where it cannot."""
        self._pop_up(proposed_structure(self._document.experiment, kind, path), path)

    @Slot(object)
    def _open_range(self, item: Range) -> None:
        kind = structure_of(item)
        if kind is not None:
            self.open(kind, item.path)
        else:
            self._pop_up(item, item.path)

    def _pop_up(self, item: Range, path: LayerPath) -> None:
        from playground.gui.forms.range_popup import RangePopup

        popup = RangePopup(self._document, item, self._view.window())
        popup.pop_up_below(self._block(path), self._view.screen().availableGeometry())

    def _block(self, path: LayerPath) -> QRect:
        """The part of the screen that the block of a layer takes; for `()` that of the data."""
        view = self._view
        index = view.stack.index(max(0, view.stack.row_of(path)), 0)
        view.scrollTo(index)
        rect = view.block_rect(index)
        return QRect(view.viewport().mapToGlobal(rect.topLeft()), rect.size())

"""The actions that say what a search may change in the structure: of the selected layers, and of the whole network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from playground.gui.session.document import Document
from playground.gui.stack.block import DATA
from playground.gui.stack.block_list import BlockList
from playground.gui.stack.editing import named
from playground.gui.stack.model import StackModel
from playground.gui.stack.selection_commands import SelectionCommands
from playground.gui.style.action import allow, nothing_selected
from playground.gui.style.translation import translated
from playground.spec.edits import LayerPath, layer_at
from playground.spec.messages import message, tr_noop
from playground.spec.search.proposal import SetRange, range_edit
from playground.spec.search.ranges import SpaceError
from playground.spec.search.structure import Structure, proposed_structure, ranges_within, structure_at


class SearchCommands(SelectionCommands):
    """The search actions of one stack view, in a menu of their own."""

    editor_requested = Signal(object, object)  # the Structure, and the path of its layer, `DATA` for the whole network

    def __init__(self, document: Document, model: StackModel, view: BlockList) -> None:
        super().__init__(document, model, view)
        self.menu = QMenu(self.tr("What a search &may change"), view)
        self.optional = self._entry(self.tr("Search may &leave it out"), "Ctrl+Shift+I", self._toggle_optional)
        self.optional.setCheckable(True)
        self.repeated = self._editor(self.tr("Search &repeats it 0–n times…"), "Ctrl+Shift+N", Structure.REPEATED)
        self.one_of = self._editor(self.tr("Search &chooses between layers…"), "Ctrl+Shift+A", Structure.ONE_OF)
        self.menu.addSeparator()
        self.width = self._editor(self.tr("Search scales the &widths…"), "Ctrl+Shift+W", Structure.WIDTH)
        self.activation = self._editor(
            self.tr("One &activation for the whole network…"), "Ctrl+Shift+F", Structure.ACTIVATION
        )
        self.norm = self._editor(self.tr("One &norm for the whole network…"), "Ctrl+Shift+T", Structure.NORM)
        self.menu.addSeparator()
        self.none = self._entry(self.tr("N&o search here"), "Ctrl+Shift+X", self._remove)
        view.selectionModel().selectionChanged.connect(self.update)
        document.changed.connect(self.update)
        self.update()

    def edit(self, kind: Structure, path: LayerPath) -> None:
        """Ask for the editor of a range, or say why there can be none; one that cannot be edited is put in or out."""
        try:
            proposed_structure(self._document.experiment, kind, path)
        except SpaceError as error:
            self._view.refused.emit(translated(error.message))
            return
        self.editor_requested.emit(kind, DATA if kind.of_network else path)

    def _entry(self, words: str, keys: str, do: Callable[[], None]) -> QAction:
        action = self._action(words, keys, do)
        self.menu.addAction(action)
        return action

    def _editor(self, words: str, keys: str, kind: Structure) -> QAction:
        return self._entry(words, keys, partial(self._edit_selected, kind))

    def _edit_selected(self, kind: Structure) -> None:
        """Ask for the editor of the selected layer, or of the network."""
        paths = self._paths()
        if not kind.of_network and len(paths) != 1:
            words = tr_noop("Select one layer. To repeat or exchange several together, wrap them first (Ctrl+G).")
            self._view.refused.emit(translated(words))
            return
        self.edit(kind, DATA if kind.of_network else paths[0])

    @Slot()
    def _toggle_optional(self) -> None:
        """Let a search leave out all selected layers, or none of them where it may leave out all."""
        experiment, paths = self._document.experiment, self._paths()
        layers = [layer_at(experiment.stack, path) for path in paths]
        present = [structure_at(experiment, Structure.OPTIONAL, path) for path in paths]
        taken_out = all(item is not None for item in present)
        edits: list[SetRange] = []
        try:
            for path, item in zip(paths, present, strict=True):
                new = item or proposed_structure(experiment, Structure.OPTIONAL, path)
                edits += [range_edit(experiment, new, None if taken_out else new)] if taken_out or item is None else []
        except SpaceError as error:
            self._view.refused.emit(translated(error.message))
            self.update()  # the click has set the tick
            return
        leave, keep = tr_noop("Search may leave out {layers}"), tr_noop("Search may not leave out {layers}")
        if not self._editing.set_ranges(named(keep if taken_out else leave, layers), edits):
            self._view.refused.emit(self._editing.reason)
        self.update()

    @Slot()
    def _remove(self) -> None:
        """Remove all ranges of the selected layers and of those in them; where the data are selected, the network's."""
        experiment = self._document.experiment
        edits = [
            range_edit(experiment, item, None) for path in self._chosen() for item in ranges_within(experiment, path)
        ]
        label = edits[0].label if len(edits) == 1 else message("Remove {count:,} ranges", count=len(edits))
        self._document.do_all(label, edits)

    def _chosen(self) -> tuple[LayerPath, ...]:
        """The same with `DATA` where its block is selected."""
        return (*((DATA,) if 0 in self._view.selected_rows() else ()), *self._paths())

    @Slot()
    def update(self) -> None:
        """Enable the actions that are possible with this selection; those that are refused say why when triggered."""
        experiment, paths = self._document.experiment, self._paths()
        for action in (self.optional, self.repeated, self.one_of):
            allow(action, bool(paths), nothing_selected())
        optional = (structure_at(experiment, Structure.OPTIONAL, path) for path in paths)
        self.optional.setChecked(bool(paths) and all(item is not None for item in optional))
        searched = any(ranges_within(experiment, path) for path in self._chosen())
        reason = self.tr("A search changes nothing of what is selected.") if self._chosen() else nothing_selected()
        allow(self.none, searched, reason)

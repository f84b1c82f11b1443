"""The document: the one experiment that is being edited, its undo history, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from playground.gui.style.translation import translated
from playground.spec.check.problem import Fix, Problem
from playground.spec.check.problems import check
from playground.spec.check.shapes import LayerShape, Totals, totals, walk
from playground.spec.edits import Edit, Move, layer_at, outermost
from playground.spec.experiment import Experiment
from playground.spec.files.storage import shown
from playground.spec.layer import Layer
from playground.spec.messages import Message


class Document(QObject):
    """Holds the experiment. Everything that edits it comes through `do`, so that everything can be undone."""

    replaced = Signal()  # before `changed`: the new experiment is another one, not an edit of the one before
    changed = Signal(object)  # the new Experiment
    # After `changed`, where undo, redo or a fix made the change, not a hand at a place: the Experiment before, and a
    # tuple of the layers that were only moved.
    jumped = Signal(object, object)
    renamed = Signal()  # path or "modified" changed

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.source: Path | None = None  # the trained network that it was opened from; what is saved goes elsewhere
        self._path: Path | None = None
        self._departure: int | None = None  # index of the undo stack from which on it is no longer what its file holds
        self._pushing = False  # whether a step is being added, and none gone back or forth
        self._history = [experiment]  # what stands at each index of the undo stack
        self._moved: list[tuple[Layer, ...]] = [()]  # the layers that the step which led there moved
        self._index = 0  # of the undo stack, as last heard
        self._merge = ""  # key of the latest edit
        self._rows: tuple[LayerShape, ...] = ()
        self._set(experiment)
        self.undo_stack.indexChanged.connect(self._go_to)
        self.undo_stack.cleanChanged.connect(self._clean_changed)

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is now."""
        return self._experiment

    @property
    def path(self) -> Path | None:
        """The file that is written when it is saved; None where one is to be asked for."""
        return None if self._departed else self._path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._path, self._departure = path, None

    @property
    def file_name(self) -> str:
        """The name of the file that it is in, or was opened from; empty where there is none."""
        path = None if self._departed else self._path or self.source
        return shown(Path(path.name)) if path else ""

    @property
    def _departed(self) -> bool:
        return self._departure is not None and self.undo_stack.index() >= self._departure

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps it from being trained."""
        return self._problems

    @property
    def rows(self) -> tuple[LayerShape, ...]:
        """Shapes and cost of every layer."""
        return self._rows

    @property
    def totals(self) -> Totals:
        """Shapes and cost added up."""
        return self._totals

    @property
    def modified(self) -> bool:
        """Whether there are changes that were not saved."""
        return not self.undo_stack.isClean()

    def do(self, edit: Edit, merge: str = "") -> None:
        """Apply one edit as one undo step; consecutive edits with the same `merge` key become one step."""
        self._push(edit.label, (edit,), merge)

    def do_all(self, label: Message, edits: Sequence[Edit]) -> None:
        """Apply several edits as one undo step."""
        self._push(label, edits, "")

    def mend(self, fix: Fix) -> None:
        """Apply a problem's fix as one undo step."""
        before = self._experiment
        self.do_all(fix.label, fix.edits)
        if self._experiment is not before:
            self.jumped.emit(before, moved_by(fix.edits, before))

    def depart(self, fix: Fix) -> None:
        """Apply as one undo step what makes another experiment of it: from there on its file is no longer its own."""
        before = self._experiment
        self.mend(fix)
        if self._experiment is not before and self._departure is None:
            self._departure = self.undo_stack.index()
            self.renamed.emit()

    def load(self, experiment: Experiment, path: Path | None, source: Path | None = None) -> None:
        """Begin with another experiment: nothing to undo, nothing to save."""
        self.path, self.source = path, source
        self._history, self._moved, self._index, self._merge = [experiment], [()], 0, ""
        self._set(experiment)
        self.undo_stack.clear()
        self.replaced.emit()
        self.changed.emit(experiment)
        self.renamed.emit()

    def saved_as(self, path: Path) -> None:
        """Note that the experiment as it is now is in that file."""
        self.path = path
        self.undo_stack.setClean()
        self.renamed.emit()

    def _push(self, label: Message, edits: Sequence[Edit], merge: str) -> None:
        """Add a step, or let the latest one lead to what follows from the edits where both belong together.

        Steps are made by Qt and hold nothing: it crashes when Python's collector takes apart commands of Python's.
        """
        before = self._experiment
        after = Fix(label, tuple(edits)).apply(before)
        if after == before:
            return
        self._pushing = True
        try:
            self._add(label, after, merge, moved_by(edits, before))
        finally:
            self._pushing = False

    def _add(self, label: Message, after: Experiment, merge: str, moved: tuple[Layer, ...]) -> None:
        stack = self.undo_stack
        merged = bool(merge) and merge == self._merge and stack.index() == stack.count() and not stack.isClean()
        if merged and after != self._history[-2]:
            self._history[-1] = after
            self._show(after)
            return
        if merged:
            stack.command(stack.index() - 1).setObsolete(True)  # it leads nowhere, and undoing it removes it
            self._merge = ""
            stack.undo()
            return
        if self._departure is not None and stack.index() < self._departure:
            self._departure = None  # it was undone, and what was undone can no longer be done again
        self._history[stack.index() + 1 :] = [after]
        self._moved[stack.index() + 1 :] = [moved]
        self._merge = merge
        stack.beginMacro(translated(label).replace("&", "&&"))  # the menu takes one for a mnemonic
        stack.endMacro()

    @Slot(int)
    def _go_to(self, index: int) -> None:
        step, self._index = max(index, self._index), index  # the step that was undone, or done again
        if self._history[index] is not self._experiment:
            before = self._experiment
            self._show(self._history[index])
            if not self._pushing:
                self.jumped.emit(before, self._moved[step])

    def _show(self, experiment: Experiment) -> None:
        self._set(experiment)
        self.changed.emit(experiment)

    def _set(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._rows = walk(experiment.stack, experiment.data.sample_shape, self._rows)
        self._totals = totals(self._rows)
        self._problems = check(experiment, rows=self._rows)

    def _clean_changed(self, _clean: bool) -> None:
        self.renamed.emit()


def moved_by(edits: Sequence[Edit], before: Experiment) -> tuple[Layer, ...]:
    """The layers that edits, done one after the other to `before`, move without changing them."""
    found: list[Layer] = []
    for edit in edits if any(isinstance(edit, Move) for edit in edits) else ():
        if isinstance(edit, Move):
            found += [layer_at(before.stack, path) for path in outermost(edit.paths)]
        before = edit.apply(before)
    return tuple(found)

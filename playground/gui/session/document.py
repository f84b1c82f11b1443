"""The document: the experiment being edited, its undo history, and values derived from it."""

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
from playground.spec.files.recovery_file import Recovery
from playground.spec.files.storage import shown
from playground.spec.layer import Layer
from playground.spec.messages import Message


class Document(QObject):
    """Holds the experiment. Every edit goes through `do`, so that everything can be undone."""

    replaced = Signal()  # before `changed`: another experiment was loaded, as opposed to an edit
    changed = Signal(object)  # the new Experiment
    # After `changed`, if undo, redo or a fix made the change instead of a direct edit: the previous Experiment, and a
    # tuple of the layers that were only moved.
    jumped = Signal(object, object)
    renamed = Signal()  # path or "modified" changed

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.source: Path | None = None  # the trained network that it was opened from; saving writes another file
        self._path: Path | None = None
        self.saved: Experiment | None = None  # contents of the file at `path`, as last read or written here
        self._departure: int | None = None  # undo index from which on it no longer belongs to its file
        self._pushing = False  # whether a step is being added, as opposed to undone or redone
        self._history = [experiment]  # the experiment at each index of the undo stack
        self._moved: list[tuple[Layer, ...]] = [()]  # layers moved by the step that led to each index
        self._index = 0  # of the undo stack, as last signalled
        self._merge = ""  # key of the latest edit
        self._rows: tuple[LayerShape, ...] = ()
        self._set(experiment)
        self.undo_stack.indexChanged.connect(self._go_to)
        self.undo_stack.cleanChanged.connect(self._clean_changed)

    @property
    def experiment(self) -> Experiment:
        """The current experiment."""
        return self._experiment

    @property
    def path(self) -> Path | None:
        """The file that a save writes; None if the user has to choose one."""
        return None if self._departed else self._path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._path, self._departure = path, None

    @property
    def file_name(self) -> str:
        """Name of the file that it was saved in or opened from; empty without a file."""
        path = None if self._departed else self._path or self.source
        return shown(Path(path.name)) if path else ""

    @property
    def _departed(self) -> bool:
        return self._departure is not None and self.undo_stack.index() >= self._departure

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems that prevent training."""
        return self._problems

    @property
    def rows(self) -> tuple[LayerShape, ...]:
        """Shapes and cost of every layer."""
        return self._rows

    @property
    def totals(self) -> Totals:
        """Shapes and cost summed over all layers."""
        return self._totals

    @property
    def modified(self) -> bool:
        """Whether there are unsaved changes."""
        return not self.undo_stack.isClean()

    def do(self, edit: Edit, merge: str = "") -> None:
        """Apply one edit as one undo step; consecutive edits with the same `merge` key become one step."""
        self._push(edit.label, (edit,), merge)

    def do_all(self, label: Message, edits: Sequence[Edit]) -> None:
        """Apply several edits as one undo step."""
        self._push(label, edits, "")

    def do_marked(self, label: Message, edits: Sequence[Edit]) -> None:
        """Like `do_all`, but always one undo step to another value: of a change that is also one of the weights."""
        self._push(label, edits, "", marked=True)

    def mend(self, fix: Fix) -> None:
        """Apply a problem's fix as one undo step."""
        before = self._experiment
        self.do_all(fix.label, fix.edits)
        if self._experiment is not before:
            self.jumped.emit(before, moved_by(fix.edits, before))

    def depart(self, fix: Fix) -> None:
        """Apply a fix that makes it another experiment, as one undo step; its file then no longer belongs to it."""
        before = self._experiment
        self.mend(fix)
        if self._experiment is not before and self._departure is None:
            self._departure = self.undo_stack.index()
            self.renamed.emit()

    def load(self, experiment: Experiment, path: Path | None, source: Path | None = None) -> None:
        """Replace the experiment; clears the undo history and the modified state."""
        self.path, self.source = path, source
        self.saved = experiment if path is not None else None
        self._history, self._moved, self._index, self._merge = [experiment], [()], 0, ""
        self._set(experiment)
        self.undo_stack.clear()
        self.undo_stack.setClean()  # an empty stack that was reset is not made clean by `clear`
        self.replaced.emit()
        self.changed.emit(experiment)
        self.renamed.emit()

    def recover(self, recovery: Recovery) -> None:
        """Replace the experiment by one of a window that was killed, with its file and its modified state."""
        self.load(recovery.experiment, recovery.path, recovery.source)
        self.saved = recovery.saved
        if recovery.modified:
            self.undo_stack.resetClean()

    def saved_as(self, path: Path, experiment: Experiment) -> None:
        """Record that an experiment is saved in that file: the current one, unless it was edited meanwhile."""
        self.path, self.saved = path, experiment
        if experiment == self._experiment:
            self.undo_stack.setClean()
        self.renamed.emit()

    def _push(self, label: Message, edits: Sequence[Edit], merge: str, *, marked: bool = False) -> None:
        """Add a step, or extend the latest step if both have the same merge key.

        Steps are created by Qt and hold nothing: Qt crashes if Python's garbage collector destroys Python commands.
        """
        before = self._experiment
        after = Fix(label, tuple(edits)).apply(before)
        if after == before:
            if not marked:
                return
            after = before.with_()  # equal, but not the same
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
            stack.command(stack.index() - 1).setObsolete(True)  # it has no effect, and undoing it removes it
            self._merge = ""
            stack.undo()
            return
        if self._departure is not None and stack.index() < self._departure:
            self._departure = None  # the departure was undone and can no longer be redone
        self._history[stack.index() + 1 :] = [after]
        self._moved[stack.index() + 1 :] = [moved]
        self._merge = merge
        stack.beginMacro(translated(label).replace("&", "&&"))  # the menu takes one for a mnemonic
        stack.endMacro()

    @Slot(int)
    def _go_to(self, index: int) -> None:
        step, self._index = max(index, self._index), index  # the step that was undone or redone
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
    """Layers that the edits, applied to `before` in order, move without changing them."""
    found: list[Layer] = []
    for edit in edits if any(isinstance(edit, Move) for edit in edits) else ():
        if isinstance(edit, Move):
            found += [layer_at(before.stack, path) for path in outermost(edit.paths)]
        before = edit.apply(before)
    return tuple(found)

"""The document: the one experiment that is being edited, its undo history, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from playground.gui.words import translated
from playground.spec.edits import Edit
from playground.spec.experiment import Experiment
from playground.spec.problem import Fix, Problem
from playground.spec.problems import check
from playground.spec.shapes import Row, Totals, totals, walk
from playground.spec.words import Message


class Document(QObject):
    """Holds the experiment. Everything that edits it comes through `do`, so that everything can be undone."""

    changed = Signal(object)  # the new Experiment
    renamed = Signal()  # path or "modified" changed

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.path: Path | None = None
        self._history = [experiment]  # what stands at each index of the undo stack
        self._merge = ""  # key of the latest edit
        self._rows: tuple[Row, ...] = ()
        self._set(experiment)
        self.undo_stack.indexChanged.connect(self._go_to)
        self.undo_stack.cleanChanged.connect(self._clean_changed)

    @property
    def experiment(self) -> Experiment:
        """The experiment as it is now."""
        return self._experiment

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps it from being trained."""
        return self._problems

    @property
    def rows(self) -> tuple[Row, ...]:
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
        self._push(edit.label, edit.apply(self._experiment), merge)

    def do_all(self, label: Message, edits: Sequence[Edit]) -> None:
        """Apply several edits as one undo step."""
        self._push(label, Fix(label, tuple(edits)).apply(self._experiment), "")

    def mend(self, fix: Fix) -> None:
        """Apply a problem's fix as one undo step."""
        self.do_all(fix.label, fix.edits)

    def load(self, experiment: Experiment, path: Path | None) -> None:
        """Begin with another experiment: nothing to undo, nothing to save."""
        self.path = path
        self._history, self._merge = [experiment], ""
        self._set(experiment)
        self.undo_stack.clear()
        self.changed.emit(experiment)
        self.renamed.emit()

    def saved_as(self, path: Path) -> None:
        """Note that the experiment as it is now is in that file."""
        self.path = path
        self.undo_stack.setClean()
        self.renamed.emit()

    def _push(self, label: Message, after: Experiment, merge: str) -> None:
        """Add a step, or let the latest one lead to `after` where both belong together.

        Steps are made by Qt and hold nothing: it crashes when Python's collector takes apart commands of Python's.
        """
        if after == self._experiment:
            return
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
        self._history[stack.index() + 1 :] = [after]
        self._merge = merge
        stack.beginMacro(translated(label).replace("&", "&&"))  # the menu takes one for a mnemonic
        stack.endMacro()

    @Slot(int)
    def _go_to(self, index: int) -> None:
        if self._history[index] is not self._experiment:
            self._show(self._history[index])

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

"""The document: the one experiment that is being edited, its undo history, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from playground.gui.words import translated
from playground.spec.edits import Edit
from playground.spec.experiment import Experiment
from playground.spec.problems import Fix, Problem, check
from playground.spec.shapes import Row, Totals, totals, walk
from playground.spec.words import Message


class Document(QObject):
    """Holds the experiment. Everything that edits it comes through `do`, so that everything can be undone."""

    changed = Signal(object)  # the new Experiment
    renamed = Signal()  # path or "modified" changed

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack: QUndoStack = _UndoStack(self)
        self.path: Path | None = None
        self._set(experiment)
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
        return totals(self._rows)

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
        self.undo_stack.clear()
        self._set(experiment)
        self.changed.emit(experiment)
        self.renamed.emit()

    def saved_as(self, path: Path) -> None:
        """Note that the experiment as it is now is in that file."""
        self.path = path
        self.undo_stack.setClean()
        self.renamed.emit()

    def _push(self, label: Message, after: Experiment, merge: str) -> None:
        if after != self._experiment:
            self.undo_stack.push(_Command(translated(label), self._experiment, after, merge, self._show))

    def _show(self, experiment: Experiment) -> None:
        self._set(experiment)
        self.changed.emit(experiment)

    def _set(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._rows = walk(experiment.stack, experiment.data.sample_shape)
        self._problems = check(experiment)

    def _clean_changed(self, _clean: bool) -> None:
        self.renamed.emit()


class _UndoStack(QUndoStack):
    """Lets go of its commands before Python's collector takes it apart, which would delete them a second time."""

    def __del__(self) -> None:
        if isValid(self):
            self.blockSignals(True)
            self.clear()


class _Command(QUndoCommand):
    """Goes between two whole experiments; they share everything that is equal, so this is cheap."""

    def __init__(
        self, text: str, before: Experiment, after: Experiment, merge: str, show: Callable[[Experiment], None]
    ):
        super().__init__(text)
        self._before, self._after, self._merge, self._show = before, after, merge, show

    def id(self) -> int:
        return hash(self._merge) & 0x7FFFFFFF if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802  Qt's name
        assert isinstance(other, _Command)
        if other._merge != self._merge:
            return False
        self._after = other._after
        self.setObsolete(self._before == self._after)
        return True

    def redo(self) -> None:
        self._show(self._after)

    def undo(self) -> None:
        self._show(self._before)

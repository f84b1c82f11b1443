"""The user's changes to the collection of drawings, and how each is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.data.collection import Bytes, Collection, Kept, Removed
from playground.gui.session.background import Background
from playground.spec.messages import Message, PlaygroundError, message, plural

_REMEMBERED = 100  # steps
_AT_ONCE = 8  # drawings that are changed within a frame; more are changed in the background


class Step(NamedTuple):
    """Something that was done: a sentence about it, how to take it back, and how many drawings that concerns."""

    told: Message
    take_back: Callable[[], object]
    drawings: int


@dataclass(slots=True)
class _Outcome:
    """The result of a change: the value it returned, the drawings that there are now, and the problem if it failed."""

    result: object = None
    by_label: dict[str, tuple[Kept, ...]] = field(default_factory=dict)
    problem: Message | None = None


class KeptDrawings(QObject):
    """Emits `changed` after each step, and `failed` with a reason where one was not possible.

    A step with many drawings is done in the background. Meanwhile `busy` is true, drawings can be looked at and
    stored, and no other step can be begun.
    """

    changed = Signal()
    told = Signal(object)  # Message: what was done, or is being done
    failed = Signal(object)  # Message

    def __init__(self, collection: Collection, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.collection = collection
        self._background = background
        self.by_label: dict[str, tuple[Kept, ...]] = {}
        self.busy = False
        self._added = False  # whether a drawing was stored while something else was done
        self._steps: list[Step] = []
        self._finish: Callable[[_Outcome], None] = self._done

    @property
    def total(self) -> int:
        """The number of drawings."""
        return sum(map(len, self.by_label.values()))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back now."""
        return bool(self._steps) and not self.busy

    @Slot()
    def read(self) -> None:
        """Read the collection from the disk."""
        self._show(self._tried(lambda: None))

    def add(self, label: str, picture: Bytes) -> bool:
        """Store a picture, (56, 56), with a label; return whether that was possible."""

        def add() -> Step:
            kept = self.collection.add(label, picture)
            return Step(message("Stored as “{label}”.", label=kept.label), lambda: self.collection.delete([kept]), 1)

        self._added = self.busy
        outcome = self._tried(add)
        self._done(outcome)
        return outcome.problem is None

    def delete(self, drawings: Sequence[Kept]) -> bool:
        """Delete drawings; return whether that was possible, or has begun."""

        def delete() -> Step:
            removed: tuple[Removed, ...] = self.collection.delete(drawings)
            told = plural("{count:,} drawings deleted.", "1 drawing deleted.", len(removed))
            return Step(told, lambda: self.collection.restore(removed), len(removed))

        doing = message("Deleting {count:,} drawings…", count=len(drawings))
        return bool(drawings) and self._do(delete, len(drawings), doing, self._done)

    def rename(self, label: str, text: str) -> bool:
        """Give all drawings of a label another one; return whether that was possible, or has begun."""
        drawings = self.by_label.get(label, ())

        def rename() -> Step:
            moved = self.collection.relabel(drawings, text)
            words = message("“{label}” is “{new}” now.", label=label, new=moved[0].label)
            return Step(words, lambda: self.collection.relabel(moved, label), len(moved))

        doing = message("Renaming “{label}”…", label=label)
        return bool(drawings) and text.strip() != label and self._do(rename, len(drawings), doing, self._done)

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        if not self.can_undo:
            return
        step = self._steps[-1]

        def taken_back(outcome: _Outcome) -> None:
            if outcome.problem is None:  # otherwise it can be tried again
                self._steps = [item for item in self._steps if item is not step]
            self._show(outcome)
            if outcome.problem is None:
                self.told.emit(message("Taken back: {told}", told=step.told))

        self._do(step.take_back, step.drawings, message("Taking back: {told}", told=step.told), taken_back)

    def _do(self, work: Callable[[], object], count: int, doing: Message, finish: Callable[[_Outcome], None]) -> bool:
        """Do something with so many drawings, now or in the background; return whether it is done or has begun."""
        if self.busy:
            return False
        if count <= _AT_ONCE:
            outcome = self._tried(work)
            finish(outcome)
            return outcome.problem is None
        self.busy, self._finish = True, finish
        job = self._background.do(lambda: self._tried(work))
        job.done.connect(self._arrived)
        job.failed.connect(self._not_arrived)
        self.changed.emit()
        self.told.emit(doing)
        return True

    @Slot(object)
    def _arrived(self, outcome: _Outcome) -> None:
        self.busy = False
        if self._added:  # the outcome may be without it
            self._added = False
            outcome.by_label = self._tried(lambda: None).by_label
        self._finish(outcome)

    @Slot(object)
    def _not_arrived(self, problem: Message) -> None:
        self._arrived(_Outcome(by_label=self.by_label, problem=problem))

    def _tried(self, work: Callable[[], object]) -> _Outcome:
        """Do something and read the collection again, also where it failed half way. Any thread may call it."""
        outcome = _Outcome()
        try:
            outcome.result = work()
        except PlaygroundError as error:
            outcome.problem = error.message
        try:
            outcome.by_label = self.collection.all()
        except PlaygroundError as error:
            outcome.problem = outcome.problem or error.message
        return outcome

    def _done(self, outcome: _Outcome) -> None:
        """Remember a step that was done."""
        step = outcome.result if isinstance(outcome.result, Step) else None
        if step is not None:
            self._steps = [*self._steps, step][-_REMEMBERED:]
        self._show(outcome)
        if step is not None and outcome.problem is None:
            self.told.emit(step.told)

    def _show(self, outcome: _Outcome) -> None:
        self.by_label = outcome.by_label
        self.changed.emit()
        if outcome.problem is not None:
            self.failed.emit(outcome.problem)

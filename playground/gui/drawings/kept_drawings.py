"""The user's changes to the collection of drawings, and how each is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.data.collection import Bytes, Collection, Kept, Removed
from playground.spec.messages import Message, PlaygroundError, message, plural

_REMEMBERED = 100  # steps


class Step(NamedTuple):
    """Something that was done: a sentence about it, and how to take it back."""

    told: Message
    take_back: Callable[[], object]


class KeptDrawings(QObject):
    """Emits `changed` after each step, and `failed` with a reason where one was not possible."""

    changed = Signal()
    told = Signal(object)  # Message: what was done
    failed = Signal(object)  # Message

    def __init__(self, collection: Collection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.collection = collection
        self.by_label: dict[str, tuple[Kept, ...]] = {}
        self._steps: list[Step] = []

    @property
    def total(self) -> int:
        """The number of drawings."""
        return sum(map(len, self.by_label.values()))

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._steps)

    @Slot()
    def read(self) -> None:
        """Read the collection from the disk."""
        self._tried(lambda: None)

    def add(self, label: str, picture: Bytes) -> bool:
        """Store a picture, (56, 56), with a label; return whether that was possible."""

        def add() -> Step:
            kept = self.collection.add(label, picture)
            return Step(message("Stored as “{label}”.", label=kept.label), lambda: self.collection.delete([kept]))

        return self._do(add)

    def delete(self, drawings: Sequence[Kept]) -> bool:
        """Delete drawings; return whether that was possible."""

        def delete() -> Step:
            removed: tuple[Removed, ...] = self.collection.delete(drawings)
            told = plural("{count:,} drawings deleted.", "1 drawing deleted.", len(removed))
            return Step(told, lambda: self.collection.restore(removed))

        return bool(drawings) and self._do(delete)

    def rename(self, label: str, text: str) -> bool:
        """Give all drawings of a label another one; return whether that was possible."""
        drawings = self.by_label.get(label, ())

        def rename() -> Step:
            moved = self.collection.relabel(drawings, text)
            words = message("“{label}” is “{new}” now.", label=label, new=moved[0].label)
            return Step(words, lambda: self.collection.relabel(moved, label))

        return bool(drawings) and text.strip() != label and self._do(rename)

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        if not self._steps:
            return
        step = self._steps[-1]
        if self._tried(step.take_back):  # otherwise it can be tried again
            self._steps = [item for item in self._steps if item is not step]
            self.changed.emit()
            self.told.emit(message("Taken back: {told}", told=step.told))

    def _do(self, work: Callable[[], Step]) -> bool:
        def do() -> None:
            self._steps = [*self._steps, work()][-_REMEMBERED:]

        done = self._tried(do)
        if done:
            self.told.emit(self._steps[-1].told)
        return done

    def _tried(self, work: Callable[[], object]) -> bool:
        """Do something and read the collection again, also where it failed half way."""
        problem: Message | None = None
        for step in (work, self._read):
            try:
                step()
            except PlaygroundError as error:
                problem = problem or error.message
        self.changed.emit()
        if problem is not None:
            self.failed.emit(problem)
        return problem is None

    def _read(self) -> None:
        self.by_label = {}
        self.by_label = self.collection.all()

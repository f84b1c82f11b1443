"""Changed examples: samples that a person gave another class, or left out of training; plain records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import Component, hidden
from playground.spec.data.example_changes import DIGITS
from playground.spec.messages import Message, joined, plural, tr_noop

MOST = 10_000  # changed examples of an experiment


class ChangedExample(Component):
    """One sample, by its number in the data set's own order, and what is changed about it."""

    label: ClassVar[str] = tr_noop("Changed example")
    help: ClassVar[str] = tr_noop("A sample with the class that you gave it, or one that you left out of training.")

    number: int = Field(strict=True, ge=0, le=2**40)  # in the data set's own order, before it is split
    digest: str = Field(strict=True, pattern=f"^[0-9a-f]{{{DIGITS}}}$")  # of its contents, see `sample_digest`
    class_name: str | None = Field(None, strict=True, max_length=1000)  # None: it is left out of training


class ChangedExamples(Component):
    """Samples with another class, or left out of training; a plain record."""

    label: ClassVar[str] = tr_noop("Changed examples")
    help: ClassVar[str] = tr_noop(
        "Examples whose label you changed, or that you left out of training, in the tabs Mistakes and Confusion. The "
        "label of a training or validation example can be changed. Only training examples can be left out: a score "
        "without the examples that the network gets wrong would flatter it. Test examples are never changed."
    )

    items: tuple[ChangedExample, ...] = hidden(tr_noop("Changed examples"), most=MOST)  # by number, ascending

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({item.number for item in self.items}) < len(self.items):
            raise PydanticCustomError("twice", tr_noop("an example is changed twice"))
        return self

    @property
    def labelled(self) -> int:
        """How many have another class."""
        return sum(item.class_name is not None for item in self.items)

    @property
    def left_out(self) -> int:
        """How many are left out of training."""
        return len(self.items) - self.labelled

    @property
    def words(self) -> Message | None:
        """How many there are of each: `3 labels changed, 2 examples left out`; None if there are none."""
        parts = []
        if self.labelled:
            parts.append(plural("{count:,} labels changed", "1 label changed", self.labelled))
        if self.left_out:
            parts.append(plural("{count:,} examples left out", "1 example left out", self.left_out))
        return joined(parts, ", ") if parts else None

    def of(self, number: int) -> ChangedExample | None:
        """The change of the sample of that number."""
        return next((item for item in self.items if item.number == number), None)

    def with_one(self, changed: ChangedExample) -> Self:
        """These, with one more in place of an earlier change of the same sample.

        Raises:
            pydantic.ValidationError: they are too many.
        """
        return self._sorted((*self.without(changed.number).items, changed))

    def without(self, number: int) -> Self:
        """These, without that of the sample of that number."""
        return self._sorted(item for item in self.items if item.number != number)

    def _sorted(self, items: Iterable[ChangedExample]) -> Self:
        return type(self)(items=tuple(sorted(items, key=lambda item: item.number)))

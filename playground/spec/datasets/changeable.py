"""The base of data sets whose single examples can be given another class, or be left out of training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field

from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.data.dataset import Dataset, Objection
from playground.spec.messages import Message, PlaygroundError, message, tr_noop


class Changeable(Dataset):
    """Base of data sets of samples that have a number of their own, and a class or a number to predict.

    The label of a training or validation sample can be changed: a wrong label is wrong wherever it is. Only training
    samples can be left out: a score without the samples that a network gets wrong would flatter it. Test samples are
    never changed. A sample is known by its number and a digest of its contents; where it is another one now, loading
    fails with a message. Where another split puts it into a part in which the change does not hold, it counts there as
    it is, with a remark.

    Points are no such data set: they are placed and removed on their plane. Nor are texts whose characters are
    predicted, whose windows overlap, and data whose targets are computed.
    """

    changes: ChangedExamples = Field(ChangedExamples())  # made in the galleries of an evaluation, not in the form

    def stored(self) -> dict[str, Any]:
        """Files without changes are as they always were, and open in earlier versions."""
        values = super().stored()
        if not self.changes.items:
            del values["changes"]
        return values

    @property
    def unchanged(self) -> Self:
        """The same data without changed examples."""
        return self.with_(changes=ChangedExamples()) if self.changes.items else self

    @property
    def changed(self) -> Message | None:
        return self.changes.words

    @property
    def train_count(self) -> int:
        """At least so many: of samples that are left out, another split may have put some into other parts."""
        return super().train_count - self.changes.left_out

    @property
    def change_list(self) -> tuple[tuple[int, str, int | None], ...]:
        """The changes with the index of each class; see `with_changes`.

        Raises:
            PlaygroundError: there is no such class; `objections` says so, too.
        """
        index = {name: at for at, name in enumerate(self.class_names)}
        if (unknown := self._unknown) is not None:
            raise PlaygroundError(unknown)
        items = ((item.number, item.digest, item.class_name) for item in self.changes.items)
        return tuple((number, digest, None if name is None else index[name]) for number, digest, name in items)

    @property
    def _unknown(self) -> Message | None:
        """That an example has a class that there is not; None if all classes are known."""
        names = {item.class_name for item in self.changes.items} - {None, *self.class_names}
        if not names:
            return None
        words = tr_noop("You changed an example’s label to “{name}”, which is no class of these data.")
        return message(words, name=sorted(filter(None, names))[0])

    def objections(self) -> Iterator[Objection]:
        yield from super().objections()
        if self.known and (unknown := self._unknown) is not None:
            known = {None, *self.class_names}
            kept = ChangedExamples(items=tuple(item for item in self.changes.items if item.class_name in known))
            words = message("Take back such changes")
            yield Objection(unknown, message("one of their classes"), "changes", kept, words)
        if self.known and self.changes.left_out and self.train_count < 1:
            what = message("All examples are left out of training.")
            words = message("Take back all changes")
            yield Objection(what, message("at least one"), "changes", ChangedExamples(), words)


OTHER_SAMPLES = tr_noop(
    "This network learned from other data, or from another split of them: some samples may not be new to it. Train it "
    "with these data first."
)  # where a network was not trained with the `same_samples`


def same_samples(a: Dataset, b: Dataset) -> bool:
    """Whether two data sets are the same, or differ only in changed examples."""
    if a is b or a == b:
        return True
    return isinstance(a, Changeable) and isinstance(b, Changeable) and a.unchanged == b.unchanged

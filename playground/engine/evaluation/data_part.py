"""Which part of a data set is evaluated, and the sentence that says so beside every figure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.data.in_memory import Data, DataError, Subset
from playground.engine.data.sample_places import SampleOrder
from playground.engine.data.spread_subset import indices, some
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.changeable import Changeable
from playground.spec.datasets.table import Table
from playground.spec.messages import Message, joined, message, plural, printable, tr_noop


class Part(StrEnum):
    """A part of a data set."""

    VALIDATION = "validation"
    TEST = "test"
    TRAIN = "train"


_WORDS = {  # of all samples of a part, and of some of them
    Part.VALIDATION: (
        tr_noop("{count:,} validation {samples}"),
        tr_noop("{count:,} of {all:,} validation {samples}"),
    ),
    Part.TEST: (tr_noop("{count:,} test {samples}"), tr_noop("{count:,} of {all:,} test {samples}")),
    Part.TRAIN: (tr_noop("{count:,} training {samples}"), tr_noop("{count:,} of {all:,} training {samples}")),
}


class EvaluatedPart(NamedTuple):
    """Samples to evaluate."""

    part: Part
    samples: Subset
    whole: int  # number of samples of the whole part
    dataset: Dataset
    order: SampleOrder | None = None  # where examples can be changed

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """The number of each of its samples in the data set's own order, or -1; empty where none has one."""
        order = self.order
        if order is None or self.part is Part.TEST:
            return np.zeros(0, np.int64)
        known, places = order.train if self.part is Part.TRAIN else order.validation, indices(self.samples)
        numbers = np.full(len(places), -1, np.int64)  # pictures that are mixed in after the others have none
        numbers[places < len(known)] = known[places[places < len(known)]]
        return numbers

    @property
    def relabelled(self) -> int:
        """How many of its samples have another label than in their file."""
        if not isinstance(self.dataset, Changeable):
            return 0
        changed = [item.number for item in self.dataset.changes.items if item.class_name is not None]
        return int(np.isin(self.numbers, changed).sum())

    @property
    def words(self) -> Message:
        """The samples in words: `5,000 validation images`, `2,000 of 55,000 training images`."""
        count = len(self.samples)
        values = {"count": count, "all": self.whole, "samples": message(self.dataset.samples)}
        return message(_WORDS[self.part][count < self.whole], **values)

    def limited(self, most: int) -> EvaluatedPart:
        """At most `most` of its samples, see `some`."""
        return self._replace(samples=some(self.samples, self.dataset, most))

    @property
    def places(self) -> Message | None:
        """How many answers are counted, where a sample has several: `313,600 pixels`."""
        positions = self.dataset.task.positions
        if positions == 1:
            return None
        return message("{count:,} {places}", count=positions * len(self.samples), places=message(self.dataset.places))

    @property
    def remark(self) -> Message | None:
        """A caution beside every figure of the samples: that they were learned, or come from another file.

        Also how many labels a person has changed in them.
        """
        changed = plural("{count:,} labels changed by you", "1 label changed by you", self.relabelled)
        parts = (self._origin, changed if self.relabelled else None)
        found = [words for words in parts if words is not None]
        return joined(found) if found else None

    @property
    def caution(self) -> Message | None:
        """A caution beside figures that a person decides by, if these are test samples; see `default_part`."""
        if self.part is not Part.TEST:
            return None
        return message("There are no validation samples: what is chosen by test figures looks better than it is.")

    @property
    def _origin(self) -> Message | None:
        if self.part is Part.TRAIN:
            return message("seen in training")
        tested = self.dataset.tested if isinstance(self.dataset, Table) else None
        if self.part is Part.TEST and tested is not None:
            return message("from the test file “{file}”", file=printable(tested.name))
        return None

    @property
    def against(self) -> str:
        """The name of the targets, where those of the training are not those of the test; not yet translated."""
        trained_with, tested_with = self.dataset.against
        return trained_with if self.part is Part.TRAIN else tested_with


def default_part(data: Data) -> Part:
    """Validation if any samples are held out, else test: what a person decides by is measured on held-out samples."""
    return Part.VALIDATION if len(data.validation) else Part.TEST


def part_of(data: Data, dataset: Dataset, part: Part, most: int | None = None) -> EvaluatedPart:
    """A part of a data set; of more than `most` samples some from all over it, see `some`.

    Raises:
        DataError: it is empty.
    """
    samples: Subset = getattr(data, part.value)
    count = len(samples)
    if not count:
        words = {
            Part.VALIDATION: tr_noop("No {samples} are held out for validation."),
            Part.TEST: tr_noop("There are no test {samples}."),
            Part.TRAIN: tr_noop("There are no training {samples}."),
        }
        raise DataError(message(words[part], samples=message(dataset.samples)))
    found = EvaluatedPart(part, samples, count, dataset, data.order)
    return found if most is None else found.limited(most)

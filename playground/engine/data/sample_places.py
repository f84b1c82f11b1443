"""Where samples stand in a person's own files, so that each can be found again there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.spec.data.example_changes import sample_digest


class SamplePlaces(NamedTuple):
    """The places of N samples, in their order."""

    files: Sequence[str]  # of each sample, or the one file of all
    rows: Sequence[int] = ()  # of each in its file, from 1; empty where a file is a sample
    numbers: npt.NDArray[np.float64] | None = None  # the targets (N,) as the file says; None where they are no numbers

    def place(self, number: int) -> tuple[str, str]:
        """The file of a sample, and its place there, as `row 7`; that is empty where the file is the sample."""
        file = self.files[0] if len(self.files) == 1 else self.files[number]
        return file, f"row {self.rows[number]:,}" if self.rows else ""


@dataclass(frozen=True, slots=True, eq=False)
class SampleOrder:
    """The numbers of samples in a data set's own order, by which changed examples are known."""

    train: npt.NDArray[np.int64]  # of each training sample; pictures that are mixed in after them have none
    validation: npt.NDArray[np.int64]
    classes: npt.NDArray[np.int64]  # (all,), by number, as the files say; 0 where the target is a number
    contents: Callable[[int], bytes]  # of the sample of a number; DataError if it cannot be read
    _digests: dict[int, str] = field(default_factory=dict, repr=False)  # those that were asked for

    def digest(self, number: int) -> str:
        """The digest of the contents of the sample of that number, which are read once; DataError as `contents`."""
        if number not in self._digests:
            self._digests[number] = sample_digest(self.contents(number))
        return self._digests[number]


class PartPlaces(NamedTuple):
    """The places of the samples of each part of a data set."""

    train: SamplePlaces
    validation: SamplePlaces
    test: SamplePlaces

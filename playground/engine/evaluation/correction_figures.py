"""Changes by learning from corrections, in the answers for held-out samples and for the corrections."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from torch import nn

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.answers import collect_answers
from playground.spec.experiment import Experiment

Rights = npt.NDArray[np.bool_]

_CHANCE = 0.05  # a fall that chance alone brings about more rarely is told


class CorrectionFigures(NamedTuple):
    """Whether the answer of a network is right."""

    held_out: Rights  # (N,), for each sample of a part of the data
    corrections: Rights  # (M,), for each correction


class Change(NamedTuple):
    """Right answers for the same samples, before and after."""

    before: int
    after: int
    samples: int
    chance: float  # probability that chance alone makes as many answers wrong, or more, on balance; see `fall_chance`

    @property
    def fell(self) -> bool:
        """Whether fewer are right, by more than chance."""
        return self.after < self.before and self.chance < _CHANCE


def correction_figures(
    network: nn.Sequential, experiment: Experiment, held_out: Subset, corrections: Subset, chunk: int | None = None
) -> Generator[None, None, CorrectionFigures]:
    """Ask a network about both; yield after each chunk of `chunk` samples, see `collect_answers`. Both have samples."""
    found = []
    for part in (held_out, corrections):
        chunks = collect_answers(network, experiment, part, chunk=chunk)
        while True:
            try:
                next(chunks)
            except StopIteration as end:
                classes = end.value.classes
                break
            yield None
        assert classes is not None
        found.append((classes.true == classes.predicted)[:, 0])
    return CorrectionFigures(*found)


def change(before: Rights, after: Rights) -> Change:
    """Compare two networks on the same samples, (N,) each."""
    lost, won = int((before & ~after).sum()), int((~before & after).sum())
    return Change(int(before.sum()), int(after.sum()), len(before), fall_chance(lost, won))


def fall_chance(lost: int, won: int) -> float:
    """The chance of at least `lost` new mistakes among the `lost` + `won` answers that changed, were each either.

    This is the exact, one-sided test of McNemar (1947): P(X ≥ lost) for X of the binomial distribution with p = 1/2.
    """
    changed = lost + won
    ways, term = 0, 1  # C(changed, number), each from the one before: thousands of binomials at once take seconds
    for number in range(min(lost, won + 1)):
        ways += term
        term = term * (changed - number) // (number + 1)
    return (2**changed - ways if lost <= won else ways) / int(2**changed)

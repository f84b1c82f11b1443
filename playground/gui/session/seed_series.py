"""Several runs of one experiment, each with the next seed: which one is trained now, and which comes next."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from playground.engine.runs.seed_group import group_name
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message

FEWEST, MOST = 2, 20
LARGEST_SEED = 2**32 - 1


class SeedSeries(NamedTuple):
    """One group of runs that are trained one after another."""

    shown: Experiment  # as the document has it, with the first seed
    runs: int  # in all
    group: str  # name of the group in the store
    number: int = 1  # of the present run, from 1
    last: bool = False  # whether the series ends after the present run, which was stopped

    @property
    def experiment(self) -> Experiment:
        """The experiment that the present run trains."""
        return self.shown.with_(seed=self.shown.seed + self.number - 1)

    @property
    def next(self) -> SeedSeries | None:
        """The series at its next run; None after the last."""
        return None if self.last or self.number == self.runs else self._replace(number=self.number + 1)

    @property
    def text(self) -> Message:
        """The place of the present run: "seed 2 of 5"."""
        return message("seed {number} of {count}", number=self.number, count=self.runs)


def begun(experiment: Experiment, count: int) -> SeedSeries:
    """A series of `count` runs, 2 to 20, that begins with the seed of an experiment."""
    return SeedSeries(experiment, count, group_name(experiment, count, datetime.now().astimezone()))


def most_seeds(experiment: Experiment) -> int:
    """The most runs that a series of an experiment can have; below 2 if the seeds end before."""
    return min(MOST, LARGEST_SEED - experiment.seed + 1)

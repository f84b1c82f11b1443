"""Trains experiments whole with several seeds, in as many processes as there are cores, each with one thread.

The score is that of the test set, which is opened once for each training, at its end; or, where it should not be seen,
that of the samples held out, after the last epoch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from playground.spec.experiment import Experiment
from tests.benchmarks.searching import CORES

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data

MODULE = "tests.benchmarks.trainings"


class Training(NamedTuple):
    """An experiment that is trained whole."""

    name: str
    experiment: Experiment
    parameters: int = 0


class Score(NamedTuple):
    """What a training scored: its share that is right, and its loss without label smoothing."""

    score: float
    loss: float


class Scored(NamedTuple):
    """What trainings of an experiment with several seeds scored."""

    training: Training
    found: tuple[Score, ...]

    @property
    def scores(self) -> list[float]:
        """In per cent."""
        return [100.0 * item.score for item in self.found]

    @property
    def mean(self) -> float:
        """The mean score, in per cent."""
        return fmean(self.scores)

    @property
    def loss(self) -> float:
        """The mean loss."""
        return fmean(item.loss for item in self.found)

    @property
    def text(self) -> str:
        """A line."""
        each = " ".join(f"{score:.2f}" for score in self.scores)
        spread = f" ± {stdev(self.scores):.2f}" if len(self.found) > 1 else ""
        return f"{self.training.name}: mean {self.mean:.3f} %{spread}, loss {self.loss:.4f} ({each})"


def scored(made: Sequence[Training], seeds: Sequence[int], *, test: bool = True, each: int = 1) -> Iterator[Scored]:
    """Train each with the seeds, of which a process takes `each`; without `test` no test set is seen."""
    parts = [seeds[first : first + each] for first in range(0, len(seeds), each)]
    with ThreadPoolExecutor(CORES) as pool:
        waiting = [[pool.submit(_scores, item, part, test) for part in parts] for item in made]
        for item, futures in zip(made, waiting, strict=True):
            yield Scored(item, tuple(score for future in futures for score in future.result()))


def _scores(training: Training, seeds: Sequence[int], test: bool) -> list[Score]:
    """The scores of some trainings, from another process."""
    order = {"experiment": training.experiment.model_dump(mode="json"), "seeds": list(seeds), "test": test}
    done = subprocess.run(
        [sys.executable, "-m", MODULE],
        input=json.dumps(order),
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = [Score(*json.loads(line)) for line in done.stdout.splitlines()]
    shown = ", ".join(f"seed {seed}: {100 * item.score:.2f} %" for seed, item in zip(seeds, found, strict=True))
    print(f"{training.name}, {shown}", flush=True)
    return found


def main() -> None:
    """What such a process does: an order from the standard input, a line for each seed, progress as complaints."""
    from playground.engine.data.in_memory import LimitedSubset, load

    order = json.load(sys.stdin)
    experiment = Experiment.model_validate(order["experiment"])
    data = load(experiment.data)
    data = data if order["test"] else replace(data, test=LimitedSubset(data.test, 0))
    for seed in order["seeds"]:
        print(json.dumps(_trained(experiment.with_(seed=seed), data, order["test"])), flush=True)


def _trained(experiment: Experiment, data: Data, test: bool) -> Score:
    from playground.engine.training.snapshots import Epoch
    from playground.engine.training.trainer import Trainer

    trainer = Trainer(experiment, data)
    for snapshot in trainer:
        if isinstance(snapshot, Epoch):
            words = f"seed {experiment.seed}, epoch {snapshot.epoch}: {snapshot.train_score:.4f}"
            print(f"{words}, {snapshot.seconds:.1f} s", file=sys.stderr, flush=True)
    figures = trainer.figures
    part = ("test_score", "test_plain_loss", "test_loss") if test else _VALIDATION
    score, plain, loss = (getattr(figures, name) for name in part)
    return Score(score, loss if plain is None else plain)


_VALIDATION = ("validation_score", "validation_plain_loss", "validation_loss")

if __name__ == "__main__":
    main()

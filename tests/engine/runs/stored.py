"""A store in a folder of the test, and runs that nobody has to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf, nan
from pathlib import Path

from playground.engine.runs.store import BUDGET, RunStore
from playground.engine.runs.stored_run import StoredRun
from playground.engine.training.snapshots import (
    Change,
    Diverged,
    Epoch,
    Evaluating,
    Figures,
    Finished,
    InputStatistics,
    LayerStatistics,
    Probed,
    Snapshot,
    Step,
    Terms,
)
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message

EXPERIMENT = Experiment(name="stored", seed=7)
FIGURES = Figures(epochs=2, step=4, seconds=3.0, test_loss=0.25, test_score=0.9)
WITHIN = 20.0  # seconds


@contextmanager
def opened(
    folder: Path, budget: int = BUDGET, told: Callable[[Message | None], None] | None = None
) -> Iterator[RunStore]:
    """A store that is closed afterwards."""
    store = RunStore(folder, budget, told)
    try:
        yield store
    finally:
        store.close(WITHIN)


def step(number: int, loss: float = 0.5) -> Step:
    """What is reported after a batch."""
    return Step(number, number / 2, loss, Terms(0.25, 0.0), 0.75, 1e-3, 32, (24.0,), 31.5)


def epoch(number: int, at: int, loss: float | None = 0.5) -> Epoch:
    """What is reported after an epoch."""
    return Epoch(number, at, 1.5, 0.4, 0.8, loss, 0.7, Terms(0.25), None)


def probed(at: int) -> Probed:
    """What is reported of a step that was looked at."""
    layers = (
        LayerStatistics((0,), 12, 1e-3, 0.5, 1e-4, 0.25, inf, 0.5, None, 3),
        LayerStatistics((1, 0, 2), 0, None, None, None, 0.25, 1.0, None, 0.125, 0),
    )
    return Probed(at, layers, 0.75, 0.0, InputStatistics(0.5, 0.25, 0.0, 1.0), (3.0, 5.0))


def everything() -> tuple[Snapshot, ...]:
    """A snapshot of each kind, with numbers that JSON does not know."""
    verdict = message("{score} of {count:,} are {what}", score=0.1 + 0.2, count=1000, what=message("right"))
    return (
        step(1, nan),
        step(2, inf),
        probed(2),
        epoch(1, 2, None),
        Change(2, "recipe.optimizer.lr", "Learning rate", 1e-3, -inf),
        Evaluating("test", 1, 2),
        step(3, 5e-324),
        Diverged(4, 1e-3, message("It is not finite.")),
        Finished(2, 4, 3.0, 0.25, None, 100, None, False, verdict),
    )


def content(data: bytes = b"weights") -> Callable[[Path], None]:
    """What writes a checkpoint of those bytes."""

    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


def stored(store: RunStore, checkpoints: int = 2, experiment: Experiment = EXPERIMENT) -> StoredRun:
    """A run that ended after so many epochs of two steps, with a checkpoint after each."""
    run = store.begin(experiment, fingerprint="abc", parameters=10)
    for number in range(1, checkpoints + 1):
        at = 2 * number
        run.append((step(at - 1), step(at), epoch(number, at, 1 / number)))
        run.checkpoint(at, number, content(b"weights %d" % number))
        assert store.flush(WITHIN)
    run.finish(FIGURES)
    assert store.flush(WITHIN)
    return run

"""What it costs a training to be stored: the textbook network with the recorder on and off, paired and alternating.

    python -m tests.benchmarks.recorder [--pairs 6] [--epochs 4]

Each pair trains the same experiment twice, in alternating order. Printed are medians over the pairs: the speed with the
recorder as a share of the speed without it, by processor time of the thread that trains, and by the clock.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from playground.engine.data.in_memory import Data, load
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from tests.benchmarks.figure import Figure

TARGET = 97.0  # per cent of the speed
WITHIN = 600.0  # seconds


class Cost(NamedTuple):
    """Seconds that a training took."""

    processor: float  # of the thread that trains
    clock: float


def figures(quick: bool) -> Iterator[Figure]:
    """Train with and without the recorder."""
    yield from measured(*((2, 1) if quick else (6, 4)))


def measured(pairs: int, epochs: int) -> Iterator[Figure]:
    """The figures of so many pairs of so many epochs."""
    experiment = preset("textbook").experiment
    experiment = experiment.with_(recipe=experiment.recipe.with_(epochs=epochs, device="cpu"))
    data = load(experiment.data)
    train(experiment, data, None)  # warms up
    found: list[tuple[Cost, Cost]] = []
    with tempfile.TemporaryDirectory() as name:
        for number in range(pairs):
            costs = {}
            for recorded in (number % 2 == 0, number % 2 == 1):
                store = RunStore(Path(name)) if recorded else None
                costs[recorded] = train(experiment, data, store)
                if store is not None and not store.close(WITHIN):
                    raise AssertionError(str(store.problem))
            found.append((costs[False], costs[True]))
    for i, kind in enumerate(("processor time", "the clock")):
        share = statistics.median(100.0 * off[i] / on[i] for off, on in found)
        yield Figure(work=f"speed with the recorder, by {kind}", value=share, unit="%", bar=TARGET, better="higher")


def train(experiment: Experiment, data: Data, store: RunStore | None) -> Cost:
    """Train to the end, and store the run if there is a store."""
    trainer = Trainer(experiment, data)
    recorder = RunRecorder(store, trainer, data) if store else None
    processor, clock = time.thread_time(), time.perf_counter()
    for snapshot in trainer:
        if recorder:
            recorder.take(snapshot)
    return Cost(time.thread_time() - processor, time.perf_counter() - clock)


def main() -> int:
    """Print what was found; return 1 if the target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=4)
    asked = parser.parse_args()
    missed = False
    for figure in measured(asked.pairs, asked.epochs):
        print(f"{figure.work:44}{figure.value:8.2f} {figure.unit:4}{figure.verdict}")
        missed |= figure.verdict == "missed"
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())

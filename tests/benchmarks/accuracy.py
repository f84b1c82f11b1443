"""Trains a preset whole with several seeds and prints what it reads of MNIST's test set and how long that took.

python tests/benchmarks/accuracy.py PRESET [--seeds 5] [--at-least 0.99] [--within 10]

The seconds are those that the window and the command line show: training and validation, without loading the images
and without the test. With `--at-least` or `--within` the last line says whether the bar was reached, and the exit code
is 1 where it was not: the mean accuracy has to be at least the one, and no run may take longer than the other.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.spec.files.presets import preset

if TYPE_CHECKING:
    from tests.benchmarks.figure import Figure


class Bar(NamedTuple):
    """What a preset has to reach: a mean score, or a mean loss that is no greater, and seconds of the longest run."""

    seeds: int
    seconds: float
    score: float | None = None
    loss: float | None = None


BARS = {
    "fast-cnn": Bar(5, 10.0, score=0.99),
    "shifted-cnn": Bar(5, 45.0, score=0.994),
    "residual-cnn": Bar(1, 600.0, score=0.996),
    "rows-lstm": Bar(1, 180.0, score=0.985),
    "vision-transformer": Bar(1, 300.0, score=0.983),
    "spiral": Bar(5, 5.0, score=0.99),
    "fashion-cnn": Bar(1, 600.0, score=0.925),  # where its data is on this machine
    "shakespeare-lstm": Bar(1, 180.0, loss=1.5),
    "shakespeare-transformer": Bar(1, 180.0, loss=1.88),
}


def runs(name: str, seeds: int) -> Iterator[Finished]:
    """Train the preset with the seeds from 0 on, and print each run as it ends."""
    experiment = preset(name).experiment
    digits = load(experiment.data)
    for seed in range(seeds):
        *_, last = Trainer(experiment.with_(seed=seed), digits)
        if not isinstance(last, Finished):
            raise SystemExit(f"seed {seed}: {last.message}")
        print(
            f"seed {seed}: test accuracy {last.test_score:.4f}, loss {last.test_loss:.4f}, "
            f"{last.parameters:,} parameters, {last.epochs} epochs in {last.seconds:.1f} s",
            flush=True,
        )
        yield last


def summary(found: Sequence[Finished]) -> str:
    """Mean and worst of accuracy and seconds."""
    accuracies, seconds = [run.test_score for run in found], [run.seconds for run in found]
    return (
        f"mean accuracy {fmean(accuracies):.4f}, lowest {min(accuracies):.4f}; "
        f"mean {fmean(seconds):.1f} s, longest {max(seconds):.1f} s"
    )


def shortfalls(found: Sequence[Finished], at_least: float, within: float) -> list[str]:
    """In which respects the bar was missed."""
    mean, longest = fmean(run.test_score for run in found), max(run.seconds for run in found)
    missed = []
    if mean < at_least:
        missed.append(f"a mean accuracy of {mean:.4f} is below {at_least:.4f}")
    if longest > within:
        missed.append(f"{longest:.1f} s are more than {within:g} s")
    return missed


def figures(quick: bool) -> Iterator[Figure]:
    """Score or loss, and seconds, of the presets that have a bar."""
    from tests.benchmarks.figure import Figure  # not where this file is run by its path

    for name, bar in BARS.items():
        if lacking(type(preset(name).experiment.data)):
            print(f"{name}: its data is not on this machine", flush=True)
            continue
        seeds = 1 if quick else bar.seeds
        found = list(runs(name, seeds))
        work, note = f"{name}, {seeds} seeds" if seeds > 1 else f"{name}, one seed", summary(found)
        if bar.score is not None:
            mean = 100 * fmean(run.test_score for run in found)
            word, higher = preset(name).experiment.data.task.score.word, 100 * bar.score
            yield Figure(work=f"{work}: test {word}", value=mean, unit="%", bar=higher, better="higher", note=note)
        if bar.loss is not None:
            yield Figure(
                work=f"{work}: test loss", value=fmean(run.test_loss for run in found), bar=bar.loss, note=note
            )
        yield Figure(
            work=f"{work}: longest training", value=max(run.seconds for run in found), unit="s", bar=bar.seconds
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", help="textbook, fast-cnn, … as “playground presets” lists them")
    parser.add_argument("--seeds", type=int, default=5, help="how many runs, with seeds from 0")
    parser.add_argument("--at-least", type=float, metavar="SHARE", help="what the mean accuracy has to reach")
    parser.add_argument("--within", type=float, metavar="SECONDS", help="what no run may take longer than")
    options = parser.parse_args()
    found = list(runs(options.preset, options.seeds))
    print(f"{options.preset}, {options.seeds} seeds: {summary(found)}")
    if options.at_least is None and options.within is None:
        return 0
    missed = shortfalls(found, options.at_least or 0.0, options.within or float("inf"))
    print(f"missed: {', and '.join(missed)}" if missed else "reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

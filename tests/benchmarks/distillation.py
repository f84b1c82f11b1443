"""The preset `distillation`, and the same pupil trained on the true digits: accuracy on MNIST's test set, five seeds.

    python -m tests.benchmarks distillation
    python -m tests.benchmarks.distillation [--seeds 5]

Both see the same images as often, in the same order, with the same optimizer, schedule and first weights; one learns
from the reader's probabilities with the preset's KL divergence, the other from the labels with cross entropy.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import fmean

from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.recipe.losses import CrossEntropy
from tests.benchmarks.figure import Figure


def untaught(experiment: Experiment) -> Experiment:
    """The same pupil, on the true digits."""
    data = experiment.data
    assert isinstance(data, DistilledMNIST)
    plain = MNIST(train_limit=data.train_limit, validation_share=data.validation_share)
    return experiment.with_(data=plain, recipe=experiment.recipe.with_(loss=CrossEntropy()))


def runs(seeds: int) -> tuple[list[float], list[float]]:
    """Test accuracies with the teacher and without, for seeds from 0 on; prints each pair as it is known."""
    taught = preset("distillation").experiment
    plain = untaught(taught)
    data = {experiment: load(experiment.data) for experiment in (taught, plain)}
    found: dict[Experiment, list[float]] = {taught: [], plain: []}
    for seed in range(seeds):
        for experiment, accuracies in found.items():
            *_, last = Trainer(experiment.with_(seed=seed), data[experiment])
            if not isinstance(last, Finished):
                raise SystemExit(f"seed {seed}: {last}")
            accuracies.append(last.test_score)
        print(f"seed {seed}: {found[taught][-1]:.4f} taught, {found[plain][-1]:.4f} without", flush=True)
    return found[taught], found[plain]


def figures(quick: bool) -> Iterator[Figure]:
    """Both accuracies; the bar is that the pupil is better with every seed."""
    taught, plain = runs(2 if quick else 5)
    smallest = min(one - other for one, other in zip(taught, plain, strict=True))
    yield Figure(
        work=f"distillation, {len(taught)} seeds: mean accuracy",
        value=100 * fmean(taught),
        unit="%",
        peer="the same pupil without a teacher",
        beside=100 * fmean(plain),
        better="higher",
    )
    yield Figure(
        work="distillation: smallest gain of any seed", value=100 * smallest, unit="%", bar=0.0, better="higher"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="how many runs of each, with seeds from 0")
    taught, plain = runs(parser.parse_args().seeds)
    better = sum(one > other for one, other in zip(taught, plain, strict=True))
    print(f"mean {fmean(taught):.4f} taught, {fmean(plain):.4f} without; better with {better} of {len(taught)} seeds")


if __name__ == "__main__":
    main()

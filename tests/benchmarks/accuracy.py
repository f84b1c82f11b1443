"""Trains a preset whole with several seeds and prints what it reads of MNIST's test set.

python tests/benchmarks/accuracy.py PRESET [--seeds 3]
"""

from __future__ import annotations

import argparse
from statistics import fmean

from playground.engine.data import load
from playground.engine.snapshots import Finished
from playground.engine.trainer import Trainer
from playground.spec.presets import preset


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", help="textbook, fast-cnn, … as “playground presets” lists them")
    parser.add_argument("--seeds", type=int, default=3, help="how many runs, with seeds from 0")
    options = parser.parse_args()
    experiment = preset(options.preset).experiment
    digits = load(experiment.data)
    accuracies = []
    for seed in range(options.seeds):
        *_, last = Trainer(experiment.with_(seed=seed), digits)
        if not isinstance(last, Finished):
            raise SystemExit(f"seed {seed}: {last.message}")
        accuracies.append(last.test_accuracy)
        print(
            f"seed {seed}: test accuracy {last.test_accuracy:.4f}, loss {last.test_loss:.4f}, "
            f"{last.parameters:,} parameters, {last.epochs} epochs in {last.seconds:.1f} s",
            flush=True,
        )
    print(f"{options.preset}: mean accuracy {fmean(accuracies):.4f} over {options.seeds} seeds")


if __name__ == "__main__":
    main()

"""The preset `segmentation` with its own loss, and the same network with plain MSE: Dice on the fields to test with.

    python -m tests.benchmarks segmentation
    python -m tests.benchmarks.segmentation [--seeds 3] [--losses DiceCrossEntropy MSE CrossEntropy Dice]

Dice is 2 |A ∩ B| / (|A| + |B|) over all pixels of the 2,000 fields, of which the network saw neither digit nor
clutter; it is 2 IoU / (1 + IoU) of the IoU that the window shows.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import fmean

from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.spec.files.presets import preset
from playground.spec.recipe.losses import MSE, Loss
from tests.benchmarks.figure import Figure

BAR = 0.95


def runs(loss: Loss | None, seeds: int) -> Iterator[Finished]:
    """Train the preset, with another loss where one is given, with the seeds from 0 on; print each run as it ends."""
    experiment = preset("segmentation").experiment
    recipe = experiment.recipe.with_(loss=loss) if loss else experiment.recipe
    data = load(experiment.data)
    for seed in range(seeds):
        *_, last = Trainer(experiment.with_(recipe=recipe, seed=seed), data)
        if not isinstance(last, Finished):
            raise SystemExit(f"seed {seed}: {last}")
        print(
            f"{recipe.loss.label}, seed {seed}: Dice {dice(last):.4f}, IoU {last.test_score:.4f}, {last.seconds:.0f} s",
            flush=True,
        )
        yield last


def dice(run: Finished) -> float:
    """What the IoU of a run amounts to as Dice."""
    return 2 * run.test_score / (1 + run.test_score)


def figures(quick: bool) -> Iterator[Figure]:
    """Dice of the preset, and of the same with MSE."""
    seeds = 1 if quick else 3
    ours, plain = list(runs(None, seeds)), list(runs(MSE(), seeds))
    note = f"longest run {max(run.seconds for run in ours):.0f} s; lowest {min(map(dice, ours)):.4f}"
    mean = 100 * fmean(map(dice, ours))
    work = f"segmentation, {seeds} seeds: mean Dice"
    yield Figure(work=work, value=mean, unit="%", bar=100 * BAR, better="higher", note=note)
    yield Figure(work=f"{work} with MSE", value=100 * fmean(map(dice, plain)), unit="%", better="higher")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="how many runs of each, with seeds from 0")
    parser.add_argument("--losses", nargs="+", default=["DiceCrossEntropy", "MSE"], help="names of loss classes")
    options = parser.parse_args()
    known = {member.__name__: member for member in Loss.members()}
    for name in options.losses:
        found = list(runs(known[name](), options.seeds))
        print(f"{name}: mean Dice {fmean(map(dice, found)):.4f}, lowest {min(map(dice, found)):.4f}")


if __name__ == "__main__":
    main()

"""What the learning-rate finder suggests, beside a grid of learning rates, on ten presets.

    python -m tests.benchmarks rate_finder

Each preset is trained with the suggestion and with each rate of a grid, for as many epochs as `PRESETS` says and with
several seeds; the mean validation losses are compared, and the bar is 5 % above the best of the grid. The suggestion is
found anew with each seed. Where a preset holds out no validation samples, a tenth of its data are held out.

Of the rules that turn a range test into a suggestion, these were compared on nine presets, with up to five tests each:
the steepest fall of the smoothed loss, fastai's valley, half of the fall, a fiftieth of the rate at which the loss
exceeds 1.5 times that of the start, and a fraction (a fourth to a twentieth) of the rate of the lowest loss. An eighth
to a tenth of the latter had medians within 10 % on the six presets whose loss is not mostly noise; the steepest fall is
as good with large batches, but follows the noise of small ones. No rule suits xor, iris and spiral: what they learn
in 200 steps says little about their whole run, and of spiral, whose loss hardly falls in them, nothing is suggested.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from statistics import mean

from playground.engine.data.in_memory import Data, load
from playground.engine.training.rate_finder import find_rate
from playground.engine.training.rate_test import RateTest
from playground.engine.training.snapshots import Diverged, Epoch
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from tests.benchmarks.figure import Figure

GRID = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
PRESETS = {  # epochs and seeds
    "first-network": (1, 3),
    "textbook": (1, 3),
    "lenet-5": (1, 2),
    "autoencoder": (1, 2),
    "vae": (1, 2),
    "distillation": (30, 3),
    "hills": (200, 5),
    "iris": (40, 15),
    "xor": (200, 5),
    "overfit": (5, 3),
}
HELD_OUT = 0.1
BAR = 1.05


def figures(quick: bool) -> Iterator[Figure]:
    """One for each preset."""
    for entry in presets():
        if entry.id not in PRESETS:
            continue
        epochs, seeds = PRESETS[entry.id]
        experiment, data = prepared(entry.experiment, epochs)
        runs = [experiment.with_(seed=seed) for seed in range(1 if quick else seeds)]
        grid = {rate: mean(loss_with(run, data, rate) for run in runs) for rate in GRID[:: 3 if quick else 1]}
        best = min(grid, key=grid.__getitem__)
        suggestions = [found(run, data) for run in runs]
        work = f"validation loss of {entry.id} with the suggestion, after {epochs} epochs"
        rates = [test.suggestion.rate for test in suggestions if test.suggestion is not None]
        if len(rates) < len(runs):
            yield Figure(work=work, missing=f"no suggestion with {len(runs) - len(rates)} of {len(runs)} seeds")
            continue
        ours = mean(loss_with(run, data, rate) for run, rate in zip(runs, rates, strict=True))
        note = f"suggested {', '.join(f'{rate:g}' for rate in rates)}"
        print(f"{entry.id}: {note}: {ours:.4f}; best of the grid {best:g}: {grid[best]:.4f}", flush=True)
        yield Figure(work=work, value=ours, peer=f"{best:g}, of the grid,", beside=grid[best], bar=BAR, note=note)


def prepared(experiment: Experiment, epochs: int) -> tuple[Experiment, Data]:
    """The experiment with validation samples and so many epochs, and its data."""
    data = experiment.data.with_(validation_share=max(HELD_OUT, experiment.data.validation_share))
    return experiment.with_(data=data, recipe=experiment.recipe.with_(epochs=epochs)), load(data)


def found(experiment: Experiment, data: Data) -> RateTest:
    """The test of an experiment."""
    search = find_rate(experiment, data)
    while True:
        try:
            next(search)
        except StopIteration as end:
            result: RateTest = end.value
            return result


def loss_with(experiment: Experiment, data: Data, rate: float) -> float:
    """The validation loss after the last epoch; infinite where the run diverges."""
    recipe = experiment.recipe
    loss = inf
    run = Trainer(experiment.with_(recipe=recipe.with_(optimizer=recipe.optimizer.with_(lr=rate))), data)
    for snapshot in run:
        if isinstance(snapshot, Epoch) and snapshot.validation_loss is not None:
            loss = snapshot.validation_loss
        if isinstance(snapshot, Diverged):
            return inf
        if run.epochs == recipe.epochs:
            run.close()  # what follows is the test
    return loss

"""Pruned networks beside the whole ones: LeNet-5 in Caffe's form at 2 % of its weights, the reader at a quarter.

    python -m tests.benchmarks pruned_networks
    python -m tests.benchmarks.pruned_networks [--epochs N] [--strokes FILE]

LeNet-5 has the 430,500 weights of Caffe's example; they become zero gradually while it is trained further (Guo, Yao and
Chen, 2016, arXiv:1608.04493, leave 0.9 %). The reader keeps a quarter of its FLOPs and learns from the whole one. FILE
holds pen strokes, see `tests.benchmarks.handwriting`; without it the reader is tested on MNIST alone. At most 0.1
points may be lost.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playground.engine.data.in_memory import Data, load
from playground.engine.pruning.distillation import TEMPERATURE
from playground.engine.pruning.importance import Criterion
from playground.engine.pruning.measures import evaluated
from playground.engine.pruning.prune import By, Plan, Pruned, prune
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.engine.weights import Trained, save
from playground.engine.weights import load as load_network
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.benchmarks.figure import Figure

MOST_LOST = 0.1  # points
LENET = (
    Conv2d(out_channels=20, kernel_size=5),
    MaxPool2d(),
    Conv2d(out_channels=50, kernel_size=5),
    MaxPool2d(),
    Flatten(),
    Linear(out_features=500, activation=ReLU()),
    Linear(out_features=10),
)
LENET_WEIGHTS = 430_500
LENET_PLAN = Plan(By.WEIGHT, Criterion.MAGNITUDE, keep=0.02, epochs=30)
READER_PLAN = Plan(By.GROUP, Criterion.TAYLOR, keep=0.25, epochs=20, temperature=TEMPERATURE)


def lenet(epochs: int, limit: int | None = None) -> tuple[Trained, Data]:
    """LeNet-5 in Caffe's form, trained, with its data."""
    data = MNIST(train_limit=limit) if limit else MNIST()
    experiment = Experiment(name="LeNet-5", data=data, stack=Stack(layers=LENET), recipe=Recipe(epochs=epochs))
    samples = load(data)
    trainer = Trainer(experiment, samples)
    *_, last = trainer
    if not isinstance(last, Finished):
        raise SystemExit(str(last))
    weights = sum(item.numel() for item in trainer.network.parameters() if item.ndim > 1)
    assert weights == LENET_WEIGHTS
    return Trained(experiment, trainer.network.cpu(), trainer.figures, {}), samples


def pruned(whole: Trained, data: Data, plan: Plan) -> Pruned:
    """The pruned network after its training."""
    *_, last = prune(whole.experiment, whole.network, data, plan)
    assert isinstance(last, Pruned)
    return last


def scores(whole: Trained, found: Pruned, data: Data) -> tuple[float, float]:
    """Test accuracy of both, in per cent."""
    before = evaluated(whole.experiment, whole.network, data.test).score
    return 100 * before, 100 * evaluated(found.experiment, found.network, data.test).score


def pen_scores(whole: Path, found: Pruned, strokes: Path) -> tuple[float, float]:
    """Accuracy of the reader and of the pruned one on pen strokes, in per cent."""
    from tests.benchmarks.handwriting import pictures_of, read, read_samples

    samples = read_samples(strokes)
    pictures, labels = pictures_of(samples), [sample.label for sample in samples]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pruned.safetensors")
        save(path, found.experiment, found.network, found.figures)
        first, second = (100 * float((read(pictures, file) == labels).mean()) for file in (whole, path))
    return first, second


def lost(work: str, pair: tuple[float, float]) -> Figure:
    """A figure of the points lost, with both scores as a note."""
    note = f"{pair[1]:.2f} %, whole {pair[0]:.2f} %"
    return Figure(work=f"{work}: points lost", value=pair[0] - pair[1], bar=MOST_LOST, note=note)


def figures(quick: bool, strokes: Path | None = None, epochs: int | None = None) -> Iterator[Figure]:
    """The points that both networks lose; quick ones are trained for a moment, and lose more."""
    whole, data = lenet(1 if quick else 12, 2_000 if quick else None)
    plan = LENET_PLAN._replace(epochs=epochs or (1 if quick else LENET_PLAN.epochs))
    yield lost("LeNet-5 (Caffe) at 2 % of its weights", scores(whole, pruned(whole, data, plan), data))
    path = preset("reader").trained
    assert path is not None
    reader = load_network(path)
    if quick:
        reader = Trained(reader.experiment.with_(data=MNIST(train_limit=2_000)), reader.network, reader.figures, {})
    data = load(reader.experiment.data)
    plan = READER_PLAN._replace(epochs=epochs or (1 if quick else READER_PLAN.epochs))
    found = pruned(reader, data, plan)
    yield lost("reader at a quarter of its FLOPs, MNIST", scores(reader, found, data))
    work = "reader at a quarter of its FLOPs, pen digits"
    if strokes is None:
        yield Figure(work=f"{work}: points lost", bar=MOST_LOST, missing="--strokes names no file of pen strokes")
    else:
        yield lost(work, pen_scores(path, found, strokes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, help="of the training that follows the pruning")
    parser.add_argument("--strokes", type=Path, help="file of pen strokes")
    parser.add_argument("--quick", action="store_true", help="see whether it works: few samples, one epoch")
    args = parser.parse_args()
    for found in figures(args.quick, args.strokes, args.epochs):
        print(f"{found.work}: {found.note} {found.verdict}", flush=True)


if __name__ == "__main__":
    main()

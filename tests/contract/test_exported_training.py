"""An exported program trains to the engine's weights and figures, whatever keeps weights small, averages or stops.

All of the data is one batch, so that the order of samples does not matter. Members of the families are not named.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import InputTargetPairs, load
from playground.engine.training.snapshots import Epoch
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.data.patterns import Moons, Surface
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import TangPoems
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Layer, Stack, Tokens
from playground.spec.layers.containers import Repeat
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.normalization import BatchNorm, LayerNorm
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, Optimizer
from playground.spec.recipe.recipe import Averaging, EarlyStopping, Recipe, Stopping
from playground.spec.recipe.regularizers import KeepZeros, Regularizer
from playground.spec.recipe.schedules import Plateau
from tests.contract.test_evaluation import evaluated, samples

MOONS = Points(pattern=Moons(), count=50, validation_share=0.2)
WHOLE = Recipe(optimizer=SGD(lr=0.2, momentum=0.5), batch_size=1000, epochs=5)
LOUD = {"l1": 0.02, "l2": 0.05, "decay_rate": 0.3, "max_norm": 0.7, "decay": 0.7, "patience": 1}


def strong(member: type[Any]) -> Any:
    """The component with settings that change the weights of a few steps."""
    return member(**{name: value for name, value in LOUD.items() if name in member.model_fields})


RECIPES = {
    **{f"regularizer {item.id}": WHOLE.with_(regularizer=strong(item)) for item in Regularizer.members()},
    **{f"averaging {item.id}": WHOLE.with_(averaging=strong(item)) for item in Averaging.members()},
    # At this rate the loss goes up and down, and the last epoch is not the best.
    **{
        f"stopping {item.id}": WHOLE.with_(stopping=strong(item), optimizer=SGD(lr=2.0), epochs=12)
        for item in Stopping.members()
    },
    "stopping without restoring": WHOLE.with_(
        stopping=EarlyStopping(patience=2, restore_best=False), optimizer=SGD(lr=2.0), epochs=12
    ),
    "averaging and stopping": WHOLE.with_(
        averaging=strong(Averaging.members()[-1]), stopping=EarlyStopping(patience=1), optimizer=SGD(lr=2.0), epochs=12
    ),
    "plateau": WHOLE.with_(schedule=Plateau(patience=0, gamma=0.3), optimizer=SGD(lr=2.0), epochs=12),
    "clipping": WHOLE.with_(clip_norm=0.05, regularizer=strong(Regularizer.members()[1])),
}
DATA: dict[str, Dataset] = {
    "R² of heights": Heights(surface=Surface.members()[-1]()),
    "R² of pictures": ReconstructedMNIST(),
    "accuracy": Table(),
    "accuracy of places": TangPoems(context=16, validation_share=0.1),
    "F1": TangPoems(context=16, validation_share=0.1, asked="restore"),
    "IoU": ClutteredMNIST(),
}


def experiment(data: Dataset, recipe: Recipe = WHOLE) -> Experiment:
    """A small network whose loss is mended where the usual one does not fit."""
    last: Layer = Linear(out_features=data.task.output[-1])
    layers: tuple[Layer, ...] = (Linear(out_features=6), LayerNorm(), last)
    if isinstance(data.sample_shape, Tokens):
        layers = (Embedding(embedding_dim=4), last)
    elif len(data.sample_shape) == 3:
        layers = (Conv2d(out_channels=data.task.output[0], padding=1),)
        layers = (*layers, *([Flatten(), last] if len(data.task.output) == 1 else []))
    found = Experiment(data=data, stack=Stack(layers=layers), recipe=recipe)
    for problem in check(found):
        assert problem.fix is not None
        found = problem.fix.apply(found)
    return found


def figures(loss: float | None, score: float | None) -> list[float]:
    assert loss is not None
    assert score is not None
    return [loss, 100 * score]


def engines(chosen: Experiment) -> tuple[list[list[float]], dict[str, torch.Tensor]]:
    """Loss and score in per cent of each epoch, of its validation, and of the test; and the weights at the end."""
    trainer = Trainer(chosen, load(chosen.data), replay=False)
    found = []
    for item in trainer:
        if isinstance(item, Epoch):
            found.append(figures(item.train_loss, item.train_score))
            found.append(figures(item.validation_loss, item.validation_score))
    found.append(figures(trainer.figures.test_loss, trainer.figures.test_score))
    return found, trainer.network.state_dict()


def programs(chosen: Experiment, capsys: pytest.CaptureFixture[str]) -> tuple[list[list[float]], dict[str, Any]]:
    """The same of the exported program, which begins with the engine's weights."""
    save_file(build(chosen).state_dict(), "start.safetensors")
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(chosen), "exported.py", "exec"), names)
    names["main"]()
    told = re.findall(r"loss (-?[\d.]+), \S+ (-?[\d.]+)%", capsys.readouterr().out)
    return [[float(loss), float(score)] for loss, score in told], load_file("trained.safetensors")


def same(chosen: Experiment, capsys: pytest.CaptureFixture[str]) -> int:
    """Compare the two; how many epochs they had."""
    expected, weights = engines(chosen)
    found, saved = programs(chosen, capsys)
    assert [row[0] for row in found] == pytest.approx([row[0] for row in expected], rel=1e-4, abs=1e-4)
    assert [row[1] for row in found] == pytest.approx([row[1] for row in expected], abs=0.01)
    assert saved.keys() == weights.keys()
    for name, tensor in weights.items():
        torch.testing.assert_close(saved[name], tensor, rtol=1e-3, atol=1e-4)
    return (len(expected) - 1) // 2


@pytest.fixture(autouse=True)
def _options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # where it saves the network
    monkeypatch.setattr(sys, "argv", ["exported.py", "--device", "cpu", "--from", "start.safetensors"])


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_weights_and_figures_are_the_engines(recipe: Recipe, capsys: pytest.CaptureFixture[str]) -> None:
    epochs = same(experiment(MOONS, recipe), capsys)
    assert (epochs < recipe.epochs) == isinstance(recipe.stopping, EarlyStopping)


def test_a_mask_of_zeros_is_kept_as_by_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    whole = experiment(MOONS, WHOLE.with_(regularizer=KeepZeros(l2=0.05)))
    first, *others = whole.stack.layers
    chosen = whole.with_(stack=Stack(layers=(first, Linear(out_features=6, init="zeros"), *others)))
    same(chosen, capsys)
    saved, start = load_file("trained.safetensors"), build(chosen).state_dict()
    zeros = {name for name, tensor in start.items() if tensor.ndim > 1 and not tensor.any()}
    assert zeros == {name for name, tensor in saved.items() if not tensor.any()} == {"1.weight"}


CALM = {name: recipe for name, recipe in RECIPES.items() if recipe.optimizer == WHOLE.optimizer}


@pytest.mark.parametrize("recipe", CALM.values(), ids=CALM)
def test_frozen_layers_are_the_engines(recipe: Recipe, capsys: pytest.CaptureFixture[str]) -> None:
    whole = experiment(MOONS, recipe)
    first, norm, last = whole.stack.layers
    for layers in (
        (first.with_(frozen=True), norm, last),
        (first, norm.with_(frozen=True), Linear(out_features=6, frozen=True), last),
        (first, BatchNorm(frozen=True), frozen_inside(Linear(out_features=6)), frozen_inside(BatchNorm()), last),
    ):
        chosen = whole.with_(stack=Stack(layers=layers))
        start = build(chosen).state_dict()
        same(chosen, capsys)
        saved = load_file("trained.safetensors")
        assert any(torch.equal(saved[name], tensor) for name, tensor in start.items())


def frozen_inside(layer: Layer) -> Repeat:
    """Three copies of two layers, one of which is frozen."""
    return Repeat(times=3, branches=(Stack(layers=(Linear(out_features=6), layer.with_(frozen=True))),))


@pytest.mark.parametrize("optimizer", Optimizer.members(), ids=lambda member: member.id)
def test_every_optimizer_leaves_frozen_layers_alone(
    optimizer: type[Optimizer], capsys: pytest.CaptureFixture[str]
) -> None:
    whole = experiment(MOONS, WHOLE.with_(optimizer=optimizer(lr=0.01)))
    first, *others = whole.stack.layers
    same(whole.with_(stack=Stack(layers=(first.with_(frozen=True), *others))), capsys)


@pytest.mark.parametrize("found", [True, False], ids=["something", "nothing to find"])
@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
def test_an_evaluation_is_the_engines(data: Dataset, found: bool) -> None:
    chosen = experiment(data)
    part = samples(data.task)
    part = InputTargetPairs(part.inputs, part.targets * found)
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(chosen), "exported.py", "exec"), names)
    expected = evaluated(chosen.recipe.loss, data.task, part, 16)
    loss, score = names["evaluate"](nn.Identity(), part.inputs, part.targets)
    assert (loss, score) == pytest.approx((expected.loss, expected.score), rel=1e-4)

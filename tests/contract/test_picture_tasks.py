"""The tasks made of MNIST: any network can be mended to fit them, and every loss trains on them or is refused."""

from __future__ import annotations

from itertools import islice

import pytest
import torch

from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.training.snapshots import Step
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.recipe import Recipe

MADE = (ClutteredMNIST(count=40), ReconstructedMNIST(train_limit=40), DistilledMNIST(train_limit=40))
STACKS: tuple[tuple[Layer, ...], ...] = (
    (),
    (Conv2d(out_channels=3, padding=1),),
    (Conv2d(out_channels=3, stride=3), Flatten(), Linear(out_features=7)),
)
every_one = pytest.mark.parametrize("data", MADE, ids=lambda data: data.id)


def mended(experiment: Experiment) -> Experiment:
    """With the first fix applied, again and again, until nothing is wrong."""
    for _ in range(8):
        problems = check(experiment)
        if not problems:
            return experiment
        assert problems[0].fix is not None, problems[0].what
        experiment = problems[0].fix.apply(experiment)
    raise AssertionError(check(experiment))


@pytest.fixture(scope="module")
def parts() -> dict[Dataset, Data]:
    """Each read once, with few samples to test with."""
    found = {}
    for data in MADE:
        whole = load(data)
        few = InputTargetPairs(*whole.test.cut(0, 20))
        found[data] = Data(whole.train, few, few)
    return found


@every_one
def test_the_declaration_is_what_is_read(data: Dataset) -> None:
    chosen = data.with_(validation_share=0.25 if data.available < 1000 else 0.001)
    loaded = load(chosen)
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [chosen.train_count, chosen.validation_count, chosen.test_count]
    task = chosen.task
    places = task.output[1:] if task.classes else task.output
    for part in (loaded.train, loaded.validation, loaded.test):
        inputs, targets = part.cut(0, 2)
        assert tuple(inputs.shape[1:]) == chosen.sample_shape
        taught = chosen.train_targets == "soft" and part is loaded.train
        assert tuple(targets.shape[1:]) == (task.output if taught else places)


@every_one
@pytest.mark.parametrize("layers", STACKS, ids=["empty", "image", "vector"])
def test_any_network_can_be_mended(data: Dataset, layers: tuple[Layer, ...]) -> None:
    chosen = mended(Experiment(data=data, stack=Stack(layers=layers)))
    assert any(layer.label in ("Linear", "Conv2d") for layer in chosen.stack.layers)


@every_one
@pytest.mark.parametrize("loss", Loss.members(), ids=lambda member: member.id)
def test_every_loss_trains_or_is_refused(data: Dataset, loss: type[Loss], parts: dict[Dataset, Data]) -> None:
    """Two steps, finite, and the weights moved; or a sentence, and a fix that leads to a loss that fits."""
    fitting = mended(Experiment(data=data, recipe=Recipe(batch_size=20, epochs=1)))
    chosen = fitting.with_(recipe=fitting.recipe.with_(loss=loss()))
    problems = check(chosen)
    if problems:
        assert not {data.task.targets, data.train_targets or data.task.targets} <= loss.takes
        assert [problem.field for problem in problems] == [("recipe", "loss")]
        assert problems[0].fix is not None
        assert check(problems[0].fix.apply(chosen)) == ()
        return
    trainer = Trainer(chosen, parts[data])
    before = [tensor.clone() for tensor in trainer.network.parameters()]
    steps = [item for item in islice(trainer, 2) if isinstance(item, Step)]
    assert len(steps) == 2
    assert all(torch.tensor(step.loss).isfinite() for step in steps)
    assert any(bool((a != b).any()) for a, b in zip(before, trainer.network.parameters(), strict=True))

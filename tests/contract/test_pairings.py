"""What may be chosen together can be trained: two steps, finite, and the weights move; the rest is refused in words."""

from __future__ import annotations

from itertools import islice

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import Data, InputTargetPairs
from playground.engine.evaluation.objective import Objective
from playground.engine.training.snapshots import Step
from playground.engine.training.train_step import TrainStep
from playground.engine.training.trainer import Trainer
from playground.spec.check.problem import Problem
from playground.spec.check.problems import check
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Score, Task, classes
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Augmentation, Handwriting, Mixup
from playground.spec.recipe.losses import CrossEntropy, Focal, Loss
from playground.spec.recipe.optimizers import Optimizer
from playground.spec.recipe.recipe import Recipe
from tests.contract.test_replay import READERS, with_component

TASKS = {
    "a class": classes(4),
    "a class at each place of a picture": Task((4, 3, 2), "classes", Score.IOU),
    "a class at each step": Task((5, 4), "classes", Score.ACCURACY),
    "several classes": Task((4,), "soft", Score.ACCURACY),
    "numbers": Task((3,), "values", Score.R2),
    "probabilities": Task((1, 4, 4), "probabilities", Score.R2),
}
FITTING = [
    pytest.param(loss, task, id=f"{loss.id}, {name}")
    for loss in Loss.members()
    for name, task in TASKS.items()
    if task.targets in loss.takes
]
PICTURES = [member for member in Dataset.members() if member.augmented]


def tensors(network: nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


def moved(network: nn.Module, before: list[torch.Tensor]) -> bool:
    now = tensors(network)
    assert all(tensor.isfinite().all() for tensor in now)
    return any(not torch.equal(one, other) for one, other in zip(before, now, strict=True))


@pytest.mark.parametrize("optimizer", Optimizer.members(), ids=lambda member: member.id)
@pytest.mark.parametrize(
    "layer", [member for member in Layer.members() if member not in READERS], ids=lambda member: member.id
)
def test_every_layer_learns_with_every_optimizer(layer: type[Layer], optimizer: type[Optimizer]) -> None:
    experiment = with_component(layer())
    experiment = experiment.with_(recipe=experiment.recipe.with_(optimizer=optimizer()))
    network = build(experiment)
    before = tensors(network)
    learner = TrainStep(experiment, network, 0, replay=False)
    generator = torch.Generator().manual_seed(1)
    images, labels = torch.rand(6, 1, 28, 28, generator=generator), torch.arange(6)
    for _ in range(2):
        assert learner.learn(images, labels, experiment.recipe.optimizer.lr).finite
    assert moved(network, before)


def targets(task: Task, count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    if task.targets == "classes":
        shape = task.output[1:] if len(task.output) == 3 else task.output[:-1]
        return torch.randint(task.classes or 0, (count, *shape), generator=generator)
    numbers = torch.rand(count, *task.output, generator=generator)
    return numbers.softmax(1) if task.targets == "soft" else numbers


@pytest.mark.parametrize(("loss", "task"), FITTING)
def test_every_loss_learns_what_it_claims(loss: type[Loss], task: Task) -> None:
    torch.manual_seed(3)
    network = nn.Sequential(nn.Linear(3, task.positions * (task.classes or 1)), nn.Unflatten(1, task.output))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    objective = Objective(loss(), task, torch.device("cpu"))
    inputs, wanted = torch.rand(6, 3), targets(task, 6)
    before = tensors(network)
    for _ in range(2):
        optimizer.zero_grad()
        found = objective(network(inputs), wanted)
        assert found.isfinite()
        torch.autograd.backward(found)
        optimizer.step()
    assert moved(network, before)


def with_augmentations(data: Dataset, *chosen: Augmentation, loss: Loss | None = None) -> Experiment:
    """A small network for that data."""
    recipe = Recipe(batch_size=6, epochs=1, augmentations=chosen, loss=loss or CrossEntropy())
    layers = (Flatten(), Linear(out_features=data.task.output[0]))
    return Experiment(data=data, stack=Stack(layers=layers), recipe=recipe)


def refusals(experiment: Experiment) -> list[Problem]:
    """What is said about the augmentations, or the loss because of them."""
    return [problem for problem in check(experiment) if problem.field and problem.field[0] == "recipe"]


@pytest.mark.parametrize("augmentation", Augmentation.members(), ids=lambda member: member.id)
@pytest.mark.parametrize("member", PICTURES, ids=lambda member: member.id)
def test_every_augmentation_changes_what_every_image_task_is_trained_on(
    member: type[Dataset], augmentation: type[Augmentation]
) -> None:
    experiment = with_augmentations(member(), augmentation())
    if refusals(experiment):
        return
    shape, generator = (12, *member().sample_shape), torch.Generator().manual_seed(4)
    images = torch.randint(256, shape, generator=generator, dtype=torch.uint8)
    made_up = InputTargetPairs(images, targets(member().task, 12))
    trainer = Trainer(experiment, Data(made_up, made_up, made_up))
    before = tensors(trainer.network)
    assert len([item for item in islice(trainer, 2) if isinstance(item, Step)]) == 2
    assert moved(trainer.network, before)


@pytest.mark.parametrize("augmentation", Augmentation.members(), ids=lambda member: member.id)
@pytest.mark.parametrize("member", Dataset.members(), ids=lambda member: member.id)
def test_an_augmentation_fits_the_data_or_a_fix_takes_it_out(
    member: type[Dataset], augmentation: type[Augmentation]
) -> None:
    data = member()
    experiment = with_augmentations(data, augmentation())
    assert member.augmented or refusals(experiment) or not data.known  # all that is said then is to choose the data
    for _ in range(4):
        found = refusals(experiment)
        if not found:
            return
        assert found[0].fix is not None
        experiment = found[0].fix.apply(experiment)
    raise AssertionError(found)


def test_what_is_blended_is_not_read_afterwards() -> None:
    experiment = with_augmentations(MNIST(), Mixup(), Handwriting())
    (problem,) = refusals(experiment)
    assert str(problem.what) == "Handwriting forms must know the class of each picture, but they have been blended."
    assert problem.fix is not None
    mended = problem.fix.apply(experiment)
    assert mended.recipe.augmentations == (Handwriting(), Mixup())
    assert not refusals(mended)


def test_a_loss_of_one_right_class_is_not_trained_on_blends() -> None:
    (problem,) = refusals(with_augmentations(MNIST(), Mixup(), loss=Focal()))
    assert str(problem.what) == "Focal needs one class as a target, but here a target is spread over several classes."
    assert problem.fix is not None

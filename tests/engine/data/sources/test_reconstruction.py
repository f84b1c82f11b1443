"""Repainted digits: inputs and targets are the same images, and what layers add to the loss joins it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.data.sources.reconstruction import Mirrored
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.modules.latent import GaussianLatent as LatentModule
from playground.engine.training.forward_backward import ForwardBackward
from playground.engine.training.snapshots import Epoch, Finished, Step, Terms
from playground.engine.training.train_step import TrainStep
from playground.engine.training.trainer import Trainer
from playground.spec.bottleneck import bottleneck
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.recipe.augmentations import Noise
from playground.spec.recipe.losses import MSE, BinaryCrossEntropy
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.output_activations import SIGMOID
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1L2

DATA = ReconstructedMNIST(train_limit=60)
ENDING = (Linear(out_features=784), Unflatten(channels=1, height=28, width=28))
CPU = torch.device("cpu")


def experiment(*middle: Layer, **recipe: object) -> Experiment:
    chosen = {"optimizer": SGD(lr=0.1), "loss": BinaryCrossEntropy(), "batch_size": 20, "epochs": 2, **recipe}
    return Experiment(data=DATA, stack=Stack(layers=(Flatten(), *middle, *ENDING)), recipe=Recipe(**chosen))


def test_inputs_and_targets_are_the_same_images() -> None:
    data = load(DATA.with_(validation_share=0.01))
    assert [len(part) for part in (data.train, data.validation, data.test)] == [60, 600, 10_000]
    inputs, targets = data.train.cut(5, 9)
    assert inputs.shape == (4, 1, 28, 28)
    assert torch.equal(inputs, targets)
    some, their = data.train.batch(torch.tensor([8, 5]))
    assert torch.equal(some, inputs[[3, 0]])
    assert torch.equal(their, some)
    assert isinstance(data.train, Mirrored)
    assert data.train.images.dtype == torch.uint8


def test_augmentation_changes_the_inputs_alone() -> None:
    """A network that passes on what it gets is wrong by the noise: augmented inputs are compared with clean targets."""
    found = []
    for augmentations in ((), (Noise(amount=1.0),)):
        trainer = Trainer(experiment(Linear(out_features=4), loss=MSE(), augmentations=augmentations), load(DATA))
        seen: list[tuple[torch.Tensor, torch.Tensor]] = []
        look = trainer._parts.learner.learn
        trainer._parts.learner.learn = lambda inputs, targets, *rest, look=look, seen=seen: (  # type: ignore[method-assign]
            seen.append((inputs, targets)) or look(inputs, targets, *rest)
        )
        next(trainer)
        found.append(seen[0])
    assert torch.equal(found[0][1], found[1][1])
    assert not torch.equal(found[1][0], found[1][1])


def test_the_divergence_joins_the_loss_and_its_gradient() -> None:
    """Beside the sum written out: ½ Σ (μ² + σ² − 1 − ln σ²), Kingma and Welling, 2013, appendix B."""
    chosen = experiment(GaussianLatent(latent_features=3, beta=0.7))
    network = build(chosen)
    inputs, targets = load(DATA).train.cut(0, 20)
    look = ForwardBackward(network, Objective(BinaryCrossEntropy(), DATA.task, CPU), Scoring(DATA.task, SIGMOID), None)
    assert look.adds
    torch.manual_seed(1)
    loss, added, *found = look(inputs, targets)
    latent = next(module for module in network if isinstance(module, LatentModule))
    assert latent.extra_loss is None
    torch.manual_seed(1)
    outputs = network(inputs)
    mean, log_variance = latent.moments(inputs.flatten(1)).chunk(2, 1)
    divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
    data = nn.functional.binary_cross_entropy_with_logits(outputs, targets)
    assert loss.item() == pytest.approx(data.item(), rel=1e-6)
    assert added.item() == pytest.approx(0.7 * divergence.item(), rel=1e-5)
    expected = torch.autograd.grad(data + 0.7 * divergence, list(network.parameters()))
    gradients = found[-len(expected) :]
    for gradient, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient, other)


def test_the_divergence_is_told_apart_and_left_out_of_the_test() -> None:
    regularized = experiment(GaussianLatent(beta=0.5), regularizer=L1L2(l2=0.01))
    snapshots = list(Trainer(regularized, load(DATA)))
    steps = [item for item in snapshots if isinstance(item, Step)]
    assert all(step.terms.kl_divergence > 0.0 and step.terms.penalty > 0.0 for step in steps)
    first = next(item for item in snapshots if isinstance(item, Epoch))
    assert first.terms == pytest.approx(
        [sum(term) / 3 for term in zip(*(step.terms for step in steps[:3]), strict=True)]
    )
    assert isinstance(snapshots[-1], Finished)
    plain = list(Trainer(experiment(Linear(out_features=2)), load(DATA)))
    assert all(item.terms == Terms() for item in plain if isinstance(item, Step | Epoch))


def test_the_score_is_of_what_is_painted_not_of_its_logits() -> None:
    outputs, targets = torch.tensor([[[[8.0, -8.0]]]]), torch.tensor([[[[1.0, 0.0]]]])
    sums = [item.item() for item in Scoring(DATA.task, SIGMOID)(outputs, targets)]
    assert sums[0] < 1e-5
    learner = TrainStep(experiment(Linear(out_features=2)), build(experiment(Linear(out_features=2))), 0)
    assert learner.scoring(outputs, targets)[0].item() == pytest.approx(sums[0])


@pytest.mark.parametrize(
    ("middle", "expected"),
    [
        ((Linear(out_features=50), ReLU(), Linear(out_features=9), ReLU()), ("ReLU", 9, 5, False)),
        ((Linear(out_features=9), Linear(out_features=50), ReLU()), ("Linear", 9, 2, False)),
        ((Linear(out_features=5), GaussianLatent(latent_features=8)), ("GaussianLatent", 8, 3, True)),
        ((Linear(out_features=3, activation=ReLU()), Linear(out_features=4)), ("Linear", 3, 3, False)),
    ],
    ids=["activation", "first", "latent", "carried activation"],
)
def test_the_bottleneck_is_found(middle: tuple[Layer, ...], expected: tuple[object, ...]) -> None:
    chosen = experiment(*middle)
    found = bottleneck(chosen)
    assert found == expected
    network = build(chosen).eval()
    codes = network[: found.calls](torch.rand(2, 1, 28, 28))
    assert codes.shape == (2, found.width)


def test_a_network_without_a_vector_has_no_bottleneck() -> None:
    convolutions = Stack(layers=(Conv2d(out_channels=4, padding=1), Conv2d(out_channels=1, padding=1)))
    assert bottleneck(Experiment(data=DATA, stack=convolutions)) is None

"""A network for other classes begins with the weights of the layers that fit, on real data."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from playground.engine.adapted_network import adapted
from playground.engine.build import BuildError, build
from playground.engine.data.in_memory import load
from playground.engine.data.sources.picture_folder import inspect
from playground.engine.training.trainer import Trainer
from playground.engine.weights import network_with
from playground.spec.adapt import adaptation
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

BLOCK = Residual(branches=(Stack(layers=(Conv2d(out_channels=8, padding=1), BatchNorm(), ReLU())),))
LAYERS = (
    Conv2d(out_channels=8, kernel_size=5, stride=2, activation=ReLU()),
    BLOCK,
    MaxPool2d(),
    Flatten(),
    Linear(out_features=32, activation=ReLU()),
    Linear(out_features=10),
)
DIGITS = Experiment(
    data=MNIST(train_limit=2000), stack=Stack(layers=LAYERS), recipe=Recipe(batch_size=32, epochs=1), seed=1
)


@pytest.fixture(scope="module")
def trained() -> Trainer:
    trainer = Trainer(DIGITS, load(DIGITS.data))
    list(trainer)
    return trainer


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> OwnPictures:
    """Ones, fours and sevens in folders, turned by a quarter: 40 of each."""
    folder = tmp_path_factory.mktemp("turned")
    images, labels = load(MNIST()).test.inputs[:1000, 0], load(MNIST()).test.targets[:1000]
    for digit in (1, 4, 7):
        (folder / str(digit)).mkdir()
        for number, image in enumerate(images[labels == digit][:40]):
            Image.fromarray((image.rot90() * 255).byte().numpy()).save(folder / str(digit) / f"{number}.png")
    return OwnPictures(source=inspect(str(folder)).source, side=28, colour="grey")


@pytest.fixture(scope="module")
def turned(pictures: OwnPictures) -> Experiment:
    """The experiment adapted to the pictures."""
    other = DIGITS.with_(data=pictures)
    fix = adaptation(other, DIGITS.data)
    assert fix is not None
    return fix.apply(other)


def test_all_but_the_last_layer_begin_as_they_were_trained(trained: Trainer, turned: Experiment) -> None:
    assert turned.stack.layers[:-1] == LAYERS[:-1]
    assert turned.stack.layers[-1] == Linear(out_features=3)
    network, weights = adapted(turned, DIGITS, trained.network.state_dict()), trained.network.state_dict()
    fresh = build(turned).state_dict()
    last = str(len(network) - 1)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, (fresh if name.startswith(last) else weights)[name]), name
    assert tensor.stride() == fresh[name].stride()


def test_it_learns_other_classes_with_frozen_layers(trained: Trainer, turned: Experiment) -> None:
    layers = tuple(
        layer.with_(frozen=True) if isinstance(layer, Conv2d | Residual) else layer for layer in turned.stack.layers
    )
    experiment = turned.with_(stack=Stack(layers=layers), recipe=Recipe(batch_size=8, epochs=10))
    network = adapted(experiment, DIGITS, trained.network.state_dict())
    trainer = Trainer(experiment, load(experiment.data), network=network)
    list(trainer)
    before = trained.network.state_dict()
    found = {name for name, tensor in network.state_dict().items() if torch.equal(tensor, before.get(name, tensor))}
    frozen = {name for name in before if name.startswith(("0.", "2."))}  # the ReLU of the first one is 1
    assert found >= frozen
    assert trainer.figures.test_score is not None
    assert trainer.figures.test_score > 0.8


def test_the_same_stack_gets_all_weights(trained: Trainer) -> None:
    whole, expected = (
        make.state_dict()
        for make in (
            adapted(DIGITS, DIGITS, trained.network.state_dict()),
            network_with(DIGITS, trained.network.state_dict()),
        )
    )
    assert all(torch.equal(whole[name], tensor) for name, tensor in expected.items())
    assert [tensor.stride() for tensor in whole.values()] == [tensor.stride() for tensor in expected.values()]


def test_a_stack_that_no_weights_fit_is_refused(trained: Trainer) -> None:
    other = DIGITS.with_(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
    with pytest.raises(BuildError, match="No layer of the trained network"):
        adapted(other, DIGITS, trained.network.state_dict())

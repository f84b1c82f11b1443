"""Real digits, few of them, and small experiments that learn from them in a moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from tests.engine.data.download.server import Server

DATA = MNIST(train_limit=200)


@pytest.fixture(scope="session")
def mnist() -> Data:
    """All of MNIST."""
    return load(MNIST(validation_share=0.1))


@pytest.fixture(scope="session")
def digits(mnist: Data) -> Data:
    """200 digits to train on, 60 held out, 100 to test."""
    return Data(*(first(part, n) for part, n in ((mnist.train, 200), (mnist.validation, 60), (mnist.test, 100))))


def first(part: InputTargetPairs, count: int) -> InputTargetPairs:
    """The first samples of a part."""
    return InputTargetPairs(part.inputs[:count], part.targets[:count])


@pytest.fixture
def dense() -> Experiment:
    """Two dense layers, SGD with momentum, two epochs of eight steps."""
    return Experiment(
        data=DATA,
        stack=Stack(layers=(Flatten(), Linear(out_features=16), ReLU(), Linear(out_features=10))),
        recipe=Recipe(optimizer=SGD(lr=0.1, momentum=0.5), batch_size=25, epochs=2),
        seed=3,
    )


@pytest.fixture
def chancy() -> Experiment:
    """A small convolutional network with BatchNorm and Dropout."""
    layers = (
        Conv2d(out_channels=4, kernel_size=5, stride=2, bias=False),
        BatchNorm(),
        ReLU(),
        MaxPool2d(kernel_size=2),
        Flatten(),
        Dropout(p=0.3),
        Linear(out_features=10),
    )
    return Experiment(data=DATA, stack=Stack(layers=layers), recipe=Recipe(batch_size=50, epochs=2), seed=5)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine that serves as a test says, and runs as long as it."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()

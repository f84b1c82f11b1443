"""The change that is found makes the network answer as wanted, costs little ink, and is told truly."""

from __future__ import annotations

from collections.abc import Generator
from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Data
from playground.engine.data.in_memory import load as load_data
from playground.engine.probes.smallest_change import SmallestChange, smallest_change
from playground.engine.weights import load
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.resources import resource


@pytest.fixture(scope="module")
def digits() -> Data:
    return load_data(MNIST())


@pytest.fixture(scope="module")
def reader() -> nn.Sequential:
    return load(resource("presets", "reader.safetensors")).network


def pictures(digits: Data, count: int) -> Tensor:
    return digits.test.inputs[:count].reshape(count, 1, 28, 28).float() / 255


def finished(steps: Generator[None, None, SmallestChange | None]) -> SmallestChange | None:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize(("number", "wanted"), [(0, 2), (1, 7), (2, 6)])
def test_little_ink_changes_the_answer(digits: Data, reader: nn.Sequential, number: int, wanted: int) -> None:
    picture = pictures(digits, 200)[number : number + 1]
    before = deepcopy(reader.state_dict())
    found = finished(smallest_change(reader, picture, wanted))
    assert found is not None
    changed = torch.from_numpy(found.picture)
    assert int(deepcopy(reader).eval()(changed[None, None]).argmax()) == wanted
    assert int(deepcopy(reader).eval()(picture).argmax()) == int(digits.test.targets[number]) != wanted
    np.testing.assert_allclose(found.added - found.erased, found.picture - picture[0, 0].numpy(), atol=1e-6)
    assert found.added.min() >= 0
    assert found.erased.min() >= 0
    assert not (found.added * found.erased).any()
    assert torch.equal((changed * 255).round() / 255, changed)
    assert (float(changed.min()), float(changed.max())) >= (0.0, 0.0)
    assert float(changed.max()) <= 1.0
    of_wanted = pictures(digits, 200)[digits.test.targets[:200] == wanted]
    nearest = float((of_wanted - picture).abs().sum((1, 2, 3)).min())
    assert found.ink == pytest.approx(float((changed - picture[0, 0]).abs().sum()), rel=1e-5)
    assert found.ink < nearest / 3
    assert all(torch.equal(tensor, before[name]) for name, tensor in reader.state_dict().items())
    assert all(parameter.grad is None for parameter in reader.parameters())


def test_a_picture_that_is_read_as_wanted_costs_nothing(digits: Data, reader: nn.Sequential) -> None:
    found = finished(smallest_change(reader, pictures(digits, 1), int(digits.test.targets[0])))
    assert found is not None
    assert found.ink == 0.0


def test_no_change_helps_a_network_that_sees_nothing() -> None:
    blind = nn.Sequential(nn.Flatten(), nn.Linear(784, 3))
    blind[1].weight.data.zero_()
    blind[1].bias.data = torch.tensor([1.0, 0.0, 0.0])
    assert finished(smallest_change(blind, torch.zeros(1, 1, 28, 28), 2)) is None

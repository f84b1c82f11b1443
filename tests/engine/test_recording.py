"""What is recorded calls the kernels that matter, once each, and refuses what it could not repeat."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from torch import Tensor, nn

from playground.engine.recording import MOST, CannotRecord, bits, record


def test_plays_back_on_other_inputs_with_other_weights() -> None:
    linear = nn.Linear(5, 3)
    parameters = list(linear.parameters())

    def gradients(x: Tensor) -> tuple[Tensor, ...]:
        loss = linear(x).tanh().square().sum()
        return (loss.detach(), *torch.autograd.grad(loss, parameters))

    played = record(gradients, [torch.randn(4, 5)], known=parameters)
    with torch.no_grad():
        linear.weight.mul_(2.0)
    x = torch.randn(4, 5)
    with torch.inference_mode():
        found = played(x)
    assert [bits(tensor) for tensor in found] == [bits(tensor) for tensor in gradients(x)]


def test_numbers_are_recognised_also_when_negated() -> None:
    weight = torch.ones(3)

    def move(gradient: Tensor, rate: float) -> tuple[Tensor, ...]:
        weight.add_(gradient, alpha=-rate)
        return (weight * rate,)

    played = record(move, [torch.ones(3)], [0.37], [weight])
    weight.fill_(1.0)
    (found,) = played(torch.tensor([1.0, 2.0, 3.0]), 0.5)
    assert weight.tolist() == [0.5, 0.0, -0.5]
    assert found.tolist() == [0.25, 0.0, -0.25]


def test_chance_comes_from_the_generator() -> None:
    generator = torch.Generator().manual_seed(3)
    played = record(lambda x: (nn.functional.dropout(x),), [torch.ones(1000)], generator=generator)
    generator.manual_seed(8)
    outer = torch.get_rng_state()
    (found,) = played(torch.ones(1000))
    assert torch.equal(torch.get_rng_state(), outer)
    torch.manual_seed(8)
    assert torch.equal(found, nn.functional.dropout(torch.ones(1000)))


def test_what_depends_on_values_is_refused() -> None:
    with pytest.raises(CannotRecord, match="depends on values"):
        record(lambda x: (x * x.max().item(),), [torch.ones(2)])
    with pytest.raises(CannotRecord, match="depends on values"):
        record(lambda x: (x[x > 0],), [torch.ones(2)])


def test_a_tensor_from_nowhere_is_refused() -> None:
    hidden = torch.ones(2)
    with pytest.raises(CannotRecord, match="comes from nowhere"):
        record(lambda x: (x + hidden,), [torch.ones(2)])


def test_what_it_was_made_for_is_let_go() -> None:
    x = torch.ones(2)
    played = record(lambda x: (x + 1,), [x])
    gone = weakref.ref(played)
    assert not gc.isenabled()
    del played
    assert gone() is None


def test_refuses_what_would_take_long_to_write_down() -> None:
    def many(x: Tensor) -> tuple[Tensor, ...]:
        for _ in range(MOST + 1):
            x = x + 1.0
        return (x,)

    with pytest.raises(CannotRecord, match="too many"):
        record(many, [torch.ones(1)])


def test_an_lstm_that_is_one_kernel_plays_back_with_its_way_back() -> None:
    lstm = nn.LSTM(3, 4, batch_first=True)
    parameters = list(lstm.parameters())

    def gradients(x: Tensor) -> tuple[Tensor, ...]:
        loss = lstm(x)[0].square().sum()
        return (loss.detach(), *torch.autograd.grad(loss, parameters))

    played = record(gradients, [torch.randn(2, 5, 3)], known=parameters)
    x = torch.randn(2, 5, 3)
    with torch.inference_mode():
        found = played(x)
    assert [bits(tensor) for tensor in found] == [bits(tensor) for tensor in gradients(x)]

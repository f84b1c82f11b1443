"""What is recorded calls the kernels that matter, once each, and refuses what it could not repeat."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.engine.training.kernel_trace import bits
from playground.engine.training.recording import MOST, CannotRecord, record


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


def kernels_of(played: Any) -> list[str]:
    """The kernels that a recorded function calls, in order, by name."""
    found = [played.__globals__[name] for name in played.__code__.co_names if name in played.__globals__]
    return [getattr(kernel, "__name__", str(kernel)) for kernel in found if callable(kernel)]


def test_what_nobody_reads_any_more_is_overwritten() -> None:
    x = torch.tensor([-1.0, 2.0])
    played = record(lambda x: ((x + 1.0).relu(),), [x])
    assert kernels_of(played) == ["add", "relu_"]
    assert played(x)[0].tolist() == [0.0, 3.0]
    assert x.tolist() == [-1.0, 2.0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x.relu(),),  # it is the caller's
        lambda x: (x.view(2, 1).relu(),),
        lambda x: (lambda one: (one.relu(), one))(x + 1.0),  # it is returned
        lambda x: (lambda one: (one.relu() * one,))(x + 1.0),  # it is read later
        lambda x: (lambda one: (one.relu() * one.view(2, 1),))(x + 1.0),  # so is the same memory
        lambda x: (lambda one: (one[:1].sigmoid() * one.sum(),))(x + 1.0),  # half of it is
        lambda x: ((x + 1.0).sum().expand(2).relu(),),  # its numbers lie in one place
    ],
)
def test_what_somebody_still_reads_is_not_overwritten(function) -> None:
    x = torch.tensor([-3.0, 2.0])
    played = record(function, [x.clone()])
    given = x.clone()
    for found, expected in zip(played(given), function(x), strict=True):
        assert torch.equal(found, expected)
    assert torch.equal(given, x)
    assert not {"relu_", "sigmoid_"} & set(kernels_of(played))


def test_large_tensors_are_overwritten_where_only_the_general_entrance_can() -> None:
    weight = torch.randn(40_000, requires_grad=True)

    def gradient(x: Tensor) -> tuple[Tensor, ...]:
        return torch.autograd.grad((weight.relu() * x).sum(), [weight])

    x = torch.randn(40_000)
    played = record(gradient, [x], known=[weight])
    expected = gradient(x)
    with torch.inference_mode():
        assert torch.equal(played(x)[0], expected[0])
    assert "threshold_backward.grad_input" in kernels_of(played)


def test_counters_in_one_tensor_advance_in_one_kernel() -> None:
    together, apart = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 3.0])

    def advance(x: Tensor) -> tuple[Tensor, ...]:
        torch._foreach_add_(list(together), 1)
        torch._foreach_add_([apart[2], apart[0]], 1)  # not in order: each by itself
        return (x,)

    played = record(advance, [torch.ones(1)], known=[together, apart])
    together.zero_()
    apart.zero_()
    played(torch.ones(1))
    assert kernels_of(played) == ["add_", "_foreach_add_"]
    assert (together.tolist(), apart.tolist()) == ([1.0, 1.0, 1.0], [1.0, 0.0, 1.0])


def test_a_number_that_differs_is_added_to_counters_as_it_is_given() -> None:
    together = torch.zeros(3)

    def advance(x: Tensor, number: float) -> tuple[Tensor, ...]:
        torch._foreach_add_(list(together), number)
        return (x,)

    played = record(advance, [torch.ones(1)], [0.37], [together])
    together.zero_()
    played(torch.ones(1), 2.5)
    assert together.tolist() == [2.5, 2.5, 2.5]

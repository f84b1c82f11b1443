"""The figures that are quoted of a divergence are those of a training loop in plain torch; to follow advice helps."""

from __future__ import annotations

import re
from copy import deepcopy
from math import inf, isfinite, sqrt
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import load
from playground.engine.training.penalty import norm
from playground.engine.training.snapshots import Diverged, Epoch, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.spec.check.recipe_fixes import round_rate
from playground.spec.datasets.points import Heights
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD, Adam, RMSprop
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1, L2
from playground.spec.recipe.schedules import Constant

Batch = tuple[Tensor, Tensor, float]  # inputs, heights and the learning rate


def deep(layers: int, *, activation: bool = True, squares: bool = False, **recipe: object) -> Experiment:
    """Heights, ten a batch."""
    one = (Linear(out_features=16), ReLU()) if activation else (Linear(out_features=16),)
    stack = Stack(layers=(*one * layers, Linear(out_features=1)))
    data = Heights(count=200, validation_share=0.0, x_squared=squares, y_squared=squares, xy=squares)
    return Experiment(data=data, stack=stack, recipe=Recipe().with_(batch_size=10, epochs=30, loss=MSE(), **recipe))


def diverged(experiment: Experiment) -> tuple[str, int, nn.Sequential, list[Batch]]:
    """What is said of it, at which step; the network as it began, and the batches with their learning rates."""
    trainer = Trainer(experiment, load(experiment.data))
    network, batches = deepcopy(trainer.network), []
    learn = trainer._parts.learner.learn

    def watched(inputs: Tensor, targets: Tensor, rate: float, *rest: object) -> object:
        batches.append((inputs.clone(), targets.clone(), rate))
        return learn(inputs, targets, rate)

    trainer._parts.learner.learn = watched  # type: ignore[assignment, method-assign]
    *_, last = trainer
    assert isinstance(last, Diverged), "it did not diverge"
    return str(last.message), last.step, network, batches


class Plain(NamedTuple):
    """What a plain loop finds; norms are those of weight matrices, in float64."""

    fails: int  # the step whose loss is no finite number
    gradient: float  # with the weights of up to seven steps before the last that was made, on the batch that failed
    penalty: float  # the norm of its gradient, there
    weights: float
    start: float
    numbers: int
    moved: float
    moved_in: int


def _norm(tensors: list[Tensor]) -> float:
    return sqrt(sum(tensor.double().square().sum().item() for tensor in tensors))


def plain(experiment: Experiment, network: nn.Sequential, batches: list[Batch]) -> Plain:
    """The same run, as a textbook writes it."""
    chosen = experiment.recipe.optimizer
    l1, l2 = experiment.recipe.regularizer.strengths
    parameters = list(network.parameters())
    weights = [parameter for parameter in parameters if parameter.dim() > 1]
    if isinstance(chosen, SGD):
        optimizer = torch.optim.SGD(parameters, chosen.lr, chosen.momentum, nesterov=chosen.nesterov)
    else:
        optimizer = torch.optim.Adam(parameters, chosen.lr)  # type: ignore[assignment]
    history: list[list[Tensor]] = []
    for inputs, targets, rate in batches:
        history.append([parameter.detach().clone() for parameter in parameters])
        whole = nn.functional.mse_loss(network(inputs), targets)
        for weight in weights:
            whole = whole + l1 * weight.abs().sum() + l2 / 2 * weight.square().sum()
        if not isfinite(whole.item()):
            break
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        whole.backward()
        optimizer.step()
    steps = len(history) - 1
    kept = (steps - 1) // 8 * 8
    with torch.no_grad():
        for parameter, old in zip(parameters, history[kept], strict=True):
            parameter.copy_(old)
    gradient = torch.autograd.grad(nn.functional.mse_loss(network(inputs), targets), weights)
    first, then, last = ([item for item in history[number] if item.dim() > 1] for number in (0, kept, -1))
    charged = [l1 * weight.sign() + l2 * weight for weight in then]
    differences = [a.double() - b.double() for a, b in zip(last, then, strict=True)]
    return Plain(
        fails=steps + 1,
        gradient=_norm(list(gradient)),
        penalty=_norm(charged),
        weights=_norm(then),
        start=_norm(first),
        numbers=sum(weight.numel() for weight in weights),
        moved=_norm(differences),
        moved_in=steps - kept,
    )


def number(pattern: str, words: str) -> float:
    """The number that stands in the place of `#`."""
    found = re.search(re.escape(pattern).replace(r"\#", r"([\d.,e+-]*\d)"), words)
    assert found, words
    return float(found[1].replace(",", ""))


def test_a_step_longer_than_the_weights() -> None:
    experiment = deep(2, optimizer=SGD(lr=20.0))
    words, step, network, batches = diverged(experiment)
    found = plain(experiment, network, batches)
    assert step == found.fails
    assert number("a step is # times as long as the norm", words) == pytest.approx(
        20.0 * found.gradient / found.weights, rel=5e-3
    )
    assert words.endswith("Try 0.02.")


def test_the_rate_of_a_schedule_is_that_of_the_step() -> None:
    experiment = deep(2, optimizer=SGD(lr=5.0), schedule=Constant(warmup=5.0))
    words, step, network, batches = diverged(experiment)
    found = plain(experiment, network, batches)
    rate = 5.0 * found.fails / (5 * 20 + 1)  # it rises in a straight line over 5 epochs of 20 steps
    assert step == found.fails > 8
    assert number("with a learning rate of #. ", words) == pytest.approx(rate, rel=5e-3)
    assert number("moved by # times their norm", words) == pytest.approx(found.moved / found.weights, rel=5e-3)
    assert number("Try #.", words) <= rate / 10


@pytest.mark.parametrize("nesterov", [False, True])
def test_steps_that_momentum_adds_up(nesterov: bool) -> None:
    experiment = deep(1, activation=False, optimizer=SGD(lr=0.3, momentum=0.9, nesterov=nesterov))
    words, step, network, batches = diverged(experiment)
    found = plain(experiment, network, batches)
    assert step == found.fails
    assert number("steps add up to # times the norm", words) == pytest.approx(
        0.3 / (1 - 0.9) * found.gradient / found.weights, rel=5e-3
    )


@pytest.mark.parametrize(
    "experiment",
    [
        deep(1, activation=False, optimizer=SGD(lr=0.5)),
        deep(2, squares=True, optimizer=SGD(lr=0.3)),
    ],
    ids=["linear", "inputs up to 36"],
)
def test_steps_that_were_made(experiment: Experiment) -> None:
    words, step, network, batches = diverged(experiment)
    found = plain(experiment, network, batches)
    assert step == found.fails
    assert number("in # steps", words) == found.moved_in
    assert number("moved by # times their norm", words) == pytest.approx(found.moved / found.weights, rel=5e-3)


@pytest.mark.parametrize("regularizer", [L1(l1=10.0), L2(l2=9.0)])
def test_a_penalty_whose_gradient_is_greater(regularizer: L1 | L2) -> None:
    momentum = 0.0 if isinstance(regularizer, L1) else 0.5
    experiment = deep(1, optimizer=SGD(lr=0.3, momentum=momentum), regularizer=regularizer)
    words, step, network, batches = diverged(experiment)
    found = plain(experiment, network, batches)
    assert step == found.fails
    assert number("its gradient is # times", words) == pytest.approx(found.penalty / found.gradient, rel=5e-3)


def test_the_size_of_the_weights_that_adam_changes() -> None:
    """Also where the weights that were kept were blown up themselves."""
    for layers in (10, 6):
        experiment = deep(layers, optimizer=Adam(lr=100.0))
        words, _, network, batches = diverged(experiment)
        found = plain(experiment, network, batches)
        share = 100.0 * sqrt(found.numbers) / found.start
        assert number("about the rate, # % of its size", words) == pytest.approx(100.0 * share, rel=1e-3)
        assert number("Try #.", words) == round_rate(0.03 * found.start / sqrt(found.numbers))
        assert ("before the first step" in words) == (found.weights > found.start)


def test_norms_are_right_where_squares_are_beyond_float32() -> None:
    assert norm([torch.tensor([3e30, 0.0]), torch.tensor([-4e30])]) == pytest.approx(5e30)
    assert norm([torch.tensor([3e-30]), torch.zeros(3), torch.tensor([4e-30])]) == pytest.approx(5e-30)
    assert norm([torch.tensor([1.0, -inf])]) == inf
    assert norm([torch.tensor([1.0, float("nan")])]) != norm([])  # NaN


@pytest.mark.parametrize(
    "experiment",
    [
        deep(2, optimizer=SGD(lr=20.0)),
        deep(1, activation=False, optimizer=SGD(lr=1.0)),
        deep(1, activation=False, optimizer=SGD(lr=0.3, momentum=0.9)),
        deep(1, activation=False, optimizer=SGD(lr=0.2, momentum=0.99)),
        deep(0, optimizer=SGD(lr=0.12)),
        deep(2, squares=True, optimizer=SGD(lr=0.3)),
        deep(2, optimizer=SGD(lr=5.0), schedule=Constant(warmup=5.0)),
        deep(6, optimizer=Adam(lr=100.0)),
        deep(10, optimizer=Adam(lr=100.0)),
        deep(10, optimizer=RMSprop(lr=100.0)),
    ],
    ids=["long", "linear", "momentum", "0.99", "one", "squares", "warm-up", "Adam", "blown up", "RMSprop"],
)
def test_the_rate_that_is_proposed_ends_well(experiment: Experiment) -> None:
    """With the rate that is proposed the run ends, with a loss below that of its first step, or below 0.2."""
    *_, end = Trainer(experiment, load(experiment.data))
    assert isinstance(end, Diverged)
    words = str(end.message).partition("were kept. ")[2]
    assert end.advised_field == "recipe.optimizer.lr"
    assert number("or a rate of #." if "a rate of" in words else "Try #", words) == end.advised_value
    optimizer = experiment.recipe.optimizer.with_(lr=end.advised_value)
    experiment = experiment.with_(recipe=experiment.recipe.with_(optimizer=optimizer))
    snapshots = list(Trainer(experiment, load(experiment.data)))
    assert isinstance(snapshots[-1], Finished)
    losses = [item.train_loss for item in snapshots if isinstance(item, Epoch)]
    first = next(item.loss for item in snapshots if isinstance(item, Step))
    assert losses[-1] < max(0.2, first)

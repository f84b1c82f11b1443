"""Which steps are looked at, and that a look leaves network and random streams as they were."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import Data, load
from playground.engine.probes.activations import output_statistics
from playground.engine.probes.layer_modules import layer_modules
from playground.engine.probes.step_probe import EVERY, StepProbe
from playground.engine.training.snapshots import Probed, Step
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import Activation, Nonlinearity, ReLU, Sigmoid
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

DATA = MNIST(train_limit=60)


@pytest.fixture(scope="module")
def digits() -> Data:
    return load(DATA)


def experiment(*layers: Layer) -> Experiment:
    recipe = Recipe(batch_size=12, epochs=4)
    return Experiment(data=DATA, stack=Stack(layers=(Flatten(), *layers)), recipe=recipe, seed=3)


def numbers(trainer: Trainer) -> list[int]:
    return [item.step for item in trainer if isinstance(item, Probed)]


def test_steps_come_ever_more_rarely_at_first() -> None:
    probe = StepProbe(experiment(Linear(out_features=10)), build(experiment(Linear(out_features=10))), EVERY)
    due = [step for step in range(1, 3 * EVERY + 1) if probe.is_due(step)]
    assert due[:4] == [1, 2, 4, 8]
    assert due[-3:] == [EVERY, 2 * EVERY, 3 * EVERY]
    assert all(later <= 2 * earlier for earlier, later in pairwise(due))


@pytest.mark.parametrize("every", [0, -1])
def test_every_step_at_most(every: int, digits: Data) -> None:
    with pytest.raises(ValueError, match=str(every)):
        Trainer(experiment(Linear(out_features=10)), digits, probe_every=every)


def test_a_probe_follows_its_step_where_it_is_asked_for(digits: Data) -> None:
    plain = experiment(Linear(out_features=10))
    assert numbers(Trainer(plain, digits)) == []
    found = list(Trainer(plain, digits, probe_every=5))
    for before, item in pairwise(found):
        if isinstance(item, Probed):
            assert isinstance(before, Step)
            assert before.step == item.step
    assert [item.step for item in found if isinstance(item, Probed)] == [1, 2, 4, 5, 10, 15, 20]


def test_a_continued_run_looks_at_the_same_steps(digits: Data) -> None:
    plain = experiment(Linear(out_features=10))
    first = Trainer(plain, digits, probe_every=5)
    while first.step < 7:
        next(first)
    assert numbers(Trainer(plain, digits, state=first.state(), probe_every=5)) == [10, 15, 20]


def test_a_look_leaves_everything_as_it_was(digits: Data) -> None:
    layers = (Linear(out_features=8), BatchNorm(), ReLU(), Dropout(p=0.5), Linear(out_features=10))
    network = build(experiment(*layers))
    network[3].eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    modes = [module.training for module in network.modules()]
    random = torch.get_rng_state()
    output_statistics(network, layer_modules(experiment(*layers), network), digits.train.cut(0, 12)[0])
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert [module.training for module in network.modules()] == modes
    assert torch.equal(torch.get_rng_state(), random)
    assert all(not module._forward_hooks for module in network.modules())
    outputs = network(digits.train.cut(0, 12)[0])
    assert outputs.requires_grad
    assert not torch.equal(network.state_dict()["2.running_mean"], before["2.running_mean"])


def test_dead_and_saturated_units_are_found(digits: Data) -> None:
    plain = experiment(Linear(out_features=4, activation=ReLU()), Linear(out_features=2, activation=Sigmoid()))
    network = build(plain)
    with torch.no_grad():
        for layer, biases in ((network[1], [-100.0, -100.0, -100.0, 100.0]), (network[3], [50.0, 0.0])):
            assert isinstance(layer, nn.Linear)
            layer.weight.fill_(0.001)
            layer.bias.copy_(torch.tensor(biases))
    found = output_statistics(network, layer_modules(plain, network), digits.train.cut(0, 12)[0])
    assert (found[1,].dead, found[1,].saturated) == (0.75, None)
    assert (found[2,].dead, found[2,].saturated) == (0.0, 0.5)
    assert (found[0,].dead, found[0,].saturated) == (None, None)


def test_numbers_that_are_not_finite_are_counted(digits: Data) -> None:
    plain = experiment(Linear(out_features=4), Linear(out_features=3))
    network = build(plain)
    with torch.no_grad():
        network[1].weight[0, 0] = inf  # type: ignore[index, operator]
    probe = StepProbe(plain, network, 1)
    inputs, targets = digits.train.cut(0, 12)
    penalty = Trainer(plain, digits)._parts.learner._move_as_written.penalty
    probe.before(1, inputs + 1.0, targets, [torch.zeros_like(item) for item in network.parameters()], penalty)
    probe.after()
    found = probe.take()
    assert found is not None
    assert [layer.not_finite for layer in found.layers] == [0, 1 + 12, 3 * 12]
    assert probe.take() is None


def test_layers_in_containers_have_their_modules() -> None:
    inner = Stack(layers=(Linear(out_features=8, activation=ReLU()), Linear(enabled=False), BatchNorm()))
    stack = (
        Linear(out_features=8),
        Residual(branches=(inner,), activation=ReLU()),
        Parallel(branches=(Stack(), inner), join="add"),
        Repeat(branches=(Stack(layers=(Residual(branches=(inner,)),)),), times=2),
        Repeat(branches=(inner,), times=2, shared=True),
        Linear(out_features=10),
    )
    network = build(experiment(*stack))
    found = {layer.path: layer for layer in layer_modules(experiment(*stack), network)}
    named = {module: name for name, module in network.named_modules()}
    places = {path: [[named[each] for each in copy] for copy in layer.copies] for path, layer in found.items()}
    assert places == {
        (0,): [["0"]],
        (1,): [["1"]],
        (2,): [["2", "3"]],
        (2, 0, 0): [["2.body.0", "2.body.1"]],
        (2, 0, 2): [["2.body.2"]],
        (3,): [["4"]],
        (3, 1, 0): [["4.1.0", "4.1.1"]],
        (3, 1, 2): [["4.1.2"]],
        (4,): [["5"]],
        (4, 0, 0): [["5.0.0"], ["5.1.0"]],
        (4, 0, 0, 0, 0): [["5.0.0.body.0", "5.0.0.body.1"], ["5.1.0.body.0", "5.1.0.body.1"]],
        (4, 0, 0, 0, 2): [["5.0.0.body.2"], ["5.1.0.body.2"]],
        (5,): [["6"]],
        (5, 0, 0): [["6.body.0", "6.body.1"]],
        (5, 0, 2): [["6.body.2"]],
        (6,): [["7"]],
    }
    assert isinstance(found[2,].activation, ReLU)
    assert found[3,].activation is None


@pytest.mark.parametrize("member", [item for item in Activation.members() if item.bounds], ids=lambda item: item.id)
def test_bounds_are_the_limits_of_the_activation(member: type[Nonlinearity]) -> None:
    assert (member().at(-50.0), member().at(50.0)) == pytest.approx(member.bounds)

"""One step: the same as torch's own, for every optimizer, loss and regularizer; and no step on what is not finite."""

from __future__ import annotations

import subprocess
import sys
from math import inf, isnan

import pytest
import torch
from torch import nn

from playground.engine.build import BuildError, build, run
from playground.engine.data.in_memory import Data, pixels
from playground.engine.training.snapshots import Terms
from playground.engine.training.train_step import TrainStep
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm, GroupNorm, LayerNorm, RMSNorm
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.optimizers import SGD, Adam, Optimizer, RMSprop
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1, L1L2, L2, DecoupledDecay, MaxNorm, Regularizer

Batch = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture
def batches(digits: Data) -> list[Batch]:
    return [(pixels(digits.train.inputs[i : i + 40]), digits.train.targets[i : i + 40]) for i in (0, 40, 80)]


def reference(experiment: Experiment, batches: list[Batch], rates: list[float]) -> nn.Sequential:
    """The same steps written with autograd, unfused optimizers and nothing of ours but the calls."""
    network = build(experiment)
    recipe = experiment.recipe
    grouping = recipe.optimizer.grouping
    optimizer = run(recipe.optimizer.call(), run(grouping, network) if grouping else network.parameters())
    l1, l2 = recipe.regularizer.strengths
    for (images, labels), rate in zip(batches, rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        one_hot = nn.functional.one_hot(labels, 10).float()
        loss = run(recipe.loss.call(), network(images), labels if recipe.loss.target == "index" else one_hot)
        for module in network:
            if isinstance(module, nn.Linear | nn.Conv2d):
                loss = loss + l1 * module.weight.abs().sum() + l2 / 2 * module.weight.square().sum()
        loss.backward()
        if recipe.clip_norm:
            nn.utils.clip_grad_norm_(network.parameters(), recipe.clip_norm)
        optimizer.step()
    return network


def same(network: nn.Module, expected: nn.Module) -> None:
    for (name, found), wanted in zip(network.state_dict().items(), expected.state_dict().values(), strict=True):
        torch.testing.assert_close(found, wanted, rtol=2e-4, atol=2e-5, msg=lambda text, name=name: f"{name}: {text}")


def learned(experiment: Experiment, batches: list[Batch], rates: list[float]) -> nn.Sequential:
    learner = TrainStep(experiment, build(experiment), 0)
    for (images, labels), rate in zip(batches, rates, strict=True):
        assert learner.learn(images, labels, rate).finite
    return learner.network


@pytest.mark.parametrize("loss", Loss.members(), ids=lambda member: member.id)
@pytest.mark.parametrize("optimizer", Optimizer.members(), ids=lambda member: member.id)
def test_every_optimizer_and_loss(
    optimizer: type[Optimizer], loss: type[Loss], chancy: Experiment, batches: list[Batch]
) -> None:
    layers = tuple(layer for layer in chancy.stack.layers if layer.id != "dropout")
    recipe = chancy.recipe.with_(optimizer=optimizer(), loss=loss())
    experiment = chancy.with_(stack=Stack(layers=layers), recipe=recipe)
    rates = [0.01, 0.005, 0.002]
    same(learned(experiment, batches, rates), reference(experiment, batches, rates))


@pytest.mark.parametrize("regularizer", [L1(l1=0.01), L2(l2=0.1), L1L2(l1=0.01, l2=0.1)], ids=lambda item: item.id)
def test_the_penalty_has_autograds_gradient(regularizer: Regularizer, dense: Experiment, batches: list[Batch]) -> None:
    experiment = dense.with_(recipe=dense.recipe.with_(regularizer=regularizer))
    same(learned(experiment, batches, [0.1] * 3), reference(experiment, batches, [0.1] * 3))


@pytest.mark.parametrize(
    "norm", [LayerNorm(), RMSNorm(), GroupNorm(num_groups=2), BatchNorm()], ids=lambda item: item.id
)
def test_norms_are_free(norm: Layer, batches: list[Batch]) -> None:
    layers = (Conv2d(out_channels=4, stride=3), norm, Flatten(), Linear(out_features=10))
    recipe = Recipe(optimizer=SGD(lr=0.1), regularizer=L1L2(l1=0.01, l2=0.1))
    experiment = Experiment(stack=Stack(layers=layers), recipe=recipe)
    same(learned(experiment, batches, [0.01] * 3), reference(experiment, batches, [0.01] * 3))


def test_decoupled_decay_makes_adamw_of_adam(dense: Experiment, batches: list[Batch]) -> None:
    """But for the biases, which are free."""
    with_it = dense.recipe.with_(optimizer=Adam(), regularizer=DecoupledDecay(decay_rate=0.5))
    found = learned(dense.with_(recipe=with_it), batches, [0.1, 0.05, 0.1])
    network = build(dense)
    biases = [parameter for parameter in network.parameters() if parameter.ndim == 1]
    weights = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    groups = [{"params": biases, "weight_decay": 0.0}, {"params": weights, "weight_decay": 0.5}]
    optimizer = torch.optim.AdamW(groups)
    for (images, labels), rate in zip(batches, [0.1, 0.05, 0.1], strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
    same(found, network)


def test_rows_and_filters_are_scaled_back_to_the_largest_norm(chancy: Experiment, batches: list[Batch]) -> None:
    layers = tuple(layer for layer in chancy.stack.layers if layer.id != "dropout")
    free = chancy.with_(stack=Stack(layers=layers), recipe=chancy.recipe.with_(optimizer=SGD(lr=0.5)))
    bound = free.with_(recipe=free.recipe.with_(regularizer=MaxNorm(max_norm=0.6)))
    one, other = (learned(item, batches[:1], [0.5]) for item in (free, bound))
    seen = 0
    for (name, loose), tight in zip(one.named_parameters(), other.parameters(), strict=True):
        if loose.ndim == 1:
            assert torch.equal(loose, tight), name
            continue
        norms = loose.detach().flatten(1).norm(dim=1)
        scale = (0.6 / norms).clamp(max=1.0).view(-1, *[1] * (loose.ndim - 1))
        torch.testing.assert_close(tight.detach(), loose.detach() * scale, rtol=1e-5, atol=1e-7)
        seen += int((norms > 0.6).sum())
    assert seen


def test_the_penalty_is_reported_apart(dense: Experiment, batches: list[Batch]) -> None:
    experiment = dense.with_(recipe=dense.recipe.with_(regularizer=L1L2(l1=0.01, l2=0.1)))
    network = build(experiment)
    weights = [network[1].weight.detach(), network[3].weight.detach()]
    expected = sum(0.01 * float(w.abs().sum()) + 0.05 * float(w.square().sum()) for w in weights)
    plain = TrainStep(dense, build(dense), 0).learn(*batches[0], 0.1)
    outcome = TrainStep(experiment, network, 0).learn(*batches[0], 0.1)
    assert outcome.terms.penalty == pytest.approx(expected, rel=1e-5)
    assert (outcome.loss, plain.terms) == (plain.loss, Terms())


def test_clipping_is_torchs(dense: Experiment, batches: list[Batch]) -> None:
    experiment = dense.with_(recipe=dense.recipe.with_(clip_norm=0.05))
    clipped = learned(experiment, batches, [0.1] * 3)
    same(clipped, reference(experiment, batches, [0.1] * 3))
    assert not torch.equal(clipped[1].weight, learned(dense, batches, [0.1] * 3)[1].weight)


@pytest.mark.parametrize("optimizer", [SGD(momentum=0.0), RMSprop(momentum=0.0)], ids=lambda item: item.id)
def test_momentum_can_be_switched_on_and_off_in_mid_run(
    optimizer: Optimizer, dense: Experiment, batches: list[Batch]
) -> None:
    without = dense.with_(recipe=dense.recipe.with_(optimizer=optimizer))
    with_it = dense.with_(recipe=dense.recipe.with_(optimizer=optimizer.with_(momentum=0.9)))
    learner = TrainStep(without, build(without), 0)
    switched = [(without, with_it), (with_it, without), (without, with_it)]
    for (images, labels), (old, new) in zip(batches, switched, strict=True):
        learner.learn(images, labels, 0.01)
        learner.adopt(old, new)
    before = learner.network[1].weight.detach().clone()
    for _ in range(2):
        assert learner.learn(*batches[0], 0.01).finite
    assert not torch.equal(before, learner.network[1].weight)


def test_a_new_strength_counts_from_the_next_step(dense: Experiment, batches: list[Batch]) -> None:
    weak = dense.with_(recipe=dense.recipe.with_(regularizer=L2(l2=0.01)))
    strong = dense.with_(recipe=dense.recipe.with_(regularizer=L2(l2=0.02)))
    learner = TrainStep(weak, build(weak), 0)
    learner.adopt(weak, strong)
    other = TrainStep(strong, build(strong), 0)
    assert learner.learn(*batches[0], 0.1) == other.learn(*batches[0], 0.1)
    assert torch.equal(learner.network[1].weight, other.network[1].weight)


def test_an_infinite_loss_moves_nothing(dense: Experiment, batches: list[Batch]) -> None:
    network = build(dense)
    learner = TrainStep(dense, network, 0)
    before = network[1].weight.detach().clone()
    outcome = learner.learn(batches[0][0] * inf, batches[0][1], 0.1)
    assert isnan(outcome.loss)
    assert not outcome.finite
    assert torch.equal(network[1].weight, before)


@pytest.mark.parametrize(("good", "kept"), [(1, 0), (7, 0), (8, 8), (11, 8)])
def test_goes_back_to_weights_from_before_a_ruinous_update(
    chancy: Experiment, batches: list[Batch], good: int, kept: int
) -> None:
    """The loss was finite, the update was not: weights of at most eight steps before, and BatchNorm's figures."""
    experiment = chancy.with_(recipe=chancy.recipe.with_(optimizer=SGD(lr=0.1)))
    network = build(experiment)
    learner = TrainStep(experiment, network, 0)
    each = []
    for _ in range(good):
        each.append([parameter.detach().clone() for parameter in network.parameters()])
        learner.learn(*batches[0], 0.1)
    each.append([parameter.detach().clone() for parameter in network.parameters()])
    before = each[kept]
    assert learner.learn(*batches[1], 1e39).finite
    assert not learner.verify()
    assert not learner.learn(*batches[2], 0.1).finite
    learner.restore()
    assert all(torch.equal(found, wanted) for found, wanted in zip(network.parameters(), before, strict=True))
    assert all(tensor.isfinite().all() for tensor in network.state_dict().values())


def test_goes_back_further_where_an_infinite_weight_was_hidden(dense: Experiment, batches: list[Batch]) -> None:
    network = build(dense)
    learner = TrainStep(dense, network, 0)
    start = network[1].bias.detach().clone()
    with torch.no_grad():
        network[1].bias[0] = -inf  # behind ReLU no loss notices
    assert learner.learn(*batches[0], 0.1).finite
    assert not learner.verify()
    learner.restore()
    assert torch.equal(network[1].bias, start)


def test_dropout_draws_from_a_stream_of_its_own(chancy: Experiment, batches: list[Batch]) -> None:
    torch.manual_seed(1)
    expected = torch.rand(2)
    losses = []
    for seed in (4, 4, 5):
        torch.manual_seed(1)
        learner = TrainStep(chancy, build(chancy), seed)
        losses.append([learner.learn(images, labels, 0.01).loss for images, labels in batches])
        assert torch.equal(torch.rand(2), expected)
    assert losses[0] == losses[1] != losses[2]
    assert losses[0][0] != losses[0][1]


def test_refuses_a_network_without_weights(dense: Experiment) -> None:
    experiment = dense.with_(stack=Stack(layers=(Flatten(), ReLU())))
    with pytest.raises(BuildError, match="nothing to train"):
        TrainStep(experiment, build(experiment), 0)


def test_steps_without_importing_the_compiler() -> None:
    """It takes two seconds, at the first click on Train."""
    program = """
import sys
from playground.engine.data.in_memory import load
from playground.engine.training.trainer import Trainer
from playground.spec.files.presets import preset
experiment = preset("first-network").experiment
trainer = Trainer(experiment, load(experiment.data))
for _ in range(5):
    next(trainer)
assert trainer.replayed
print(*sorted({"torch._dynamo", "sympy"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

"""A network without a unit answers as with the unit's weights at zero, for every layer; others say why they stay."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from playground.engine.build import build
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.modules import attention as modules
from playground.engine.pruning.groups import Prunable, prunable, sizes, without, zeroed
from playground.engine.weights import network_with
from playground.spec.edits import layer_at
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack, Tokens
from playground.spec.layers.attention import Attention, SelfAttention, TransformerBlock
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.recurrent import LSTM
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten
from tests.contract.test_freezing import experiment_with, learning


def inputs_of(experiment: Experiment) -> Tensor:
    shape, generator = experiment.data.sample_shape, torch.Generator().manual_seed(1)
    if isinstance(shape, Tokens):
        return torch.randint(shape.vocabulary, (5, *shape), generator=generator)
    return torch.rand((5, *shape), generator=generator)


@pytest.mark.parametrize("member", Layer.members(), ids=lambda member: member.id)
def test_every_group_is_cut_exactly_or_stays_for_a_reason(member: type[Layer]) -> None:
    """Every second unit of each group is set to zero, and cut out: the answers are those of the larger network."""
    experiment = experiment_with(learning(member))
    network, inputs = build(experiment), inputs_of(experiment)
    weights = {
        name: tensor + 0.1 * torch.rand_like(tensor)
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point()
    }
    network = network_with(experiment, {**network.state_dict(), **weights})
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    found = prunable(experiment, network, inputs)
    widths = [width.path for group in found.groups for width in group.widths]
    assert sorted([*widths, *(item.path for item in found.kept)]) == sorted(width.path for width in found.flow.widths)
    assert all(str(item.why) for item in found.kept)
    assert cut_exactly(experiment, network, found, inputs) == len(found.groups)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def cut_exactly(experiment: Experiment, network: torch.nn.Sequential, found: Prunable, inputs: Tensor) -> int:
    weights, count = network.state_dict(), 0
    for group in found.groups:
        dropped = group.units[1::2]
        cut = without(experiment, weights, found.flow, dropped)
        empty = network_with(experiment, zeroed(weights, found.flow, dropped))
        with evaluating(cut.network), evaluating(empty):
            torch.testing.assert_close(cut.network(inputs), empty(inputs), rtol=1e-5, atol=1e-5)
        for width in group.widths:
            assert sum(unit in dropped for unit in found.flow.ties.roots(width.labels)) > 0
        count += 1
    return count


@pytest.mark.parametrize(
    "layer",
    [
        SelfAttention(num_heads=4),
        TransformerBlock(num_heads=4, dim_feedforward=9),
        SelfAttention(num_heads=3, head_dim=5),
    ],
    ids=lambda layer: f"{layer.id}-{layer.head_dim}",
)
def test_heads_are_cut_out_and_the_smaller_network_is_an_ordinary_one(layer: Attention) -> None:
    """It answers as the whole one whose head is masked where its numbers leave it: before the output projection."""
    experiment = Experiment(stack=Stack(layers=(Rows(), layer, Flatten(), Linear(out_features=10))))
    network, inputs = build(experiment), inputs_of(experiment)
    found = prunable(experiment, network, inputs)
    (group,) = (group for group in found.groups if group.widths[0].field == "num_heads")
    cut = without(experiment, network.state_dict(), found.flow, [group.units[1]])
    smaller = layer_at(cut.experiment.stack, (1,))
    size = layer.size_of_head((28, 28))
    assert smaller == layer.with_(num_heads=layer.num_heads - 1, head_dim=size)
    assert sizes(cut.experiment).flops < sizes(experiment).flops
    (attention,) = (module for module in network.modules() if isinstance(module, modules.SelfAttention))

    def mask(_module: object, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        heads = given[0].unflatten(-1, (layer.num_heads, size)).clone()
        heads[..., 1, :] = 0.0
        return (heads.flatten(-2),)

    attention.out.register_forward_pre_hook(mask)
    with evaluating(cut.network), evaluating(network):
        torch.testing.assert_close(cut.network(inputs), network(inputs), rtol=1e-5, atol=1e-5)


CONTAINED = (Conv2d(out_channels=6, padding=1), BatchNorm(), Conv2d(out_channels=4, padding=1))
ODD = {
    "grouped": (Conv2d(out_channels=8), Conv2d(out_channels=8, groups=4), Flatten()),
    "depthwise": (Conv2d(out_channels=8), Conv2d(out_channels=8, groups=8), Flatten()),
    "projected": (Residual(branches=(Stack(layers=CONTAINED),)), Flatten()),
    "shared": (Conv2d(out_channels=4), Repeat(shared=True, times=3, branches=(Stack(layers=CONTAINED),)), Flatten()),
    "copies": (Conv2d(out_channels=4), Repeat(times=3, branches=(Stack(layers=CONTAINED),)), Flatten()),
    "added": (Parallel(join="add", branches=(Stack(layers=CONTAINED), Stack(layers=CONTAINED))), Flatten()),
    "passed on": (Conv2d(out_channels=4), Parallel(branches=(Stack(), Stack(layers=CONTAINED))), Flatten()),
    "nested": (
        Conv2d(out_channels=6),
        Residual(branches=(Stack(layers=(Repeat(branches=(Stack(layers=CONTAINED[:1]),)),)),)),
        Flatten(),
    ),
    "both directions": (
        Rows(),
        LSTM(hidden_size=6, num_layers=2, bidirectional=True, output="all"),
        LSTM(hidden_size=5),
    ),
    "disabled": (Conv2d(out_channels=4), BatchNorm(enabled=False), Flatten(), Linear(out_features=7)),
}
GROUPS = {"grouped": 0, "depthwise": 0, "added": 3, "passed on": 3, "nested": 1}  # the others have two


@pytest.mark.parametrize("name", ODD)
def test_units_of_a_stack(name: str) -> None:
    experiment = Experiment(stack=Stack(layers=(*ODD[name], Linear(out_features=10))))
    network, inputs = build(experiment), inputs_of(experiment)
    found = prunable(experiment, network, inputs)
    assert cut_exactly(experiment, network, found, inputs) == GROUPS.get(name, 2)

"""What is recorded of every layer is what plain torch computes, child by child, and nothing of the network changes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from math import sqrt

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.engine.build import build
from playground.engine.data.dataset_cache import lacking
from playground.engine.probes.layer_modules import layer_modules
from playground.engine.probes.layer_outputs import LayerOutput, layer_outputs
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.container import Container
from playground.spec.display import Display
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.files.presets import Preset, presets
from playground.spec.layer import Layer, Stack, Tokens
from playground.spec.layers.dense import Linear
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.contract.test_probes import NESTED
from tests.contract.test_replay import DATA, ROWS, fits, with_component

CLOSE = 1e-6


def an_input(experiment: Experiment) -> Tensor:
    """One sample (1, …) of numbers, or of codes."""
    shape, drawn = experiment.data.sample_shape, torch.Generator().manual_seed(4)
    if isinstance(shape, Tokens):
        return torch.randint(shape.vocabulary, (1, *shape), generator=drawn)
    return torch.rand((1, *shape), generator=drawn)


def plain(
    rows: Sequence[LayerShape], prefix: LayerPath, modules: list[nn.Module], x: Tensor
) -> dict[LayerPath, Tensor]:
    """The output of each layer, in plain torch: its modules one after the other, branches by themselves."""
    found: dict[LayerPath, Tensor] = {}
    for row in (row for row in rows if row.path[:-1] == prefix):
        own, modules = modules[: len(row.calls)], modules[len(row.calls) :]
        if isinstance(row.layer, Container):
            bodies = [item for item in own[0].children() if isinstance(item, nn.Sequential)]
            repeats = len(row.layer.branches) == 1 and (len(bodies) > 1 or hasattr(own[0], "times"))
            begun = x
            if repeats:  # the last time counts
                for body in bodies[:-1] + bodies * (getattr(own[0], "times", 1) - 1):
                    begun = body(begun)
                bodies = bodies[-1:]
            for number, branch in zip(range(len(row.layer.branches)), bodies, strict=False):
                found |= plain(rows, (*row.path, number), list(branch.children()), begun.clone())
        for module in own:
            x = module(x.clone())
        found[row.path] = x
    return found


def state(network: nn.Module) -> list[object]:
    """Everything that a look must not change, to the bit."""
    tensors = [*network.parameters(), *network.buffers()]
    gradients = [item.grad for item in network.parameters()]
    hooks = [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in network.modules()]
    kept = [None if item is None else item.detach().numpy().tobytes() for item in (*tensors, *gradients)]
    return [kept, hooks, [module.training for module in network.modules()], torch.get_rng_state().tolist()]


def looked_at(experiment: Experiment) -> dict[LayerPath, LayerOutput]:
    """Record, and compare with plain torch."""
    network = build(experiment)
    for number, module in enumerate(network.modules()):
        module.training = number % 2 == 0
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    inputs = an_input(experiment)
    layers, before, given = layer_modules(experiment, network), state(network), inputs.clone()
    found = layer_outputs(network, layers, inputs)
    assert state(network) == before
    assert inputs.equal(given)
    rows = tuple(row for row in walk(experiment.stack, experiment.data.sample_shape) if row.active)
    with torch.no_grad():
        expected = {(): inputs} | plain(rows, (), list(deepcopy(network).eval().children()), inputs)
    assert found.keys() == expected.keys()
    for path, output in found.items():
        assert output.path == path
        assert not output.output.flags.writeable
        np.testing.assert_allclose(output.output, expected[path][0].numpy(), rtol=1e-5, atol=CLOSE)
    for row in rows:
        shown = row.layer.display(row.output or ())
        inside = [item.shape for _, item in found[row.path].inside]
        assert bool(inside) == (shown in (Display.ATTENTION, Display.GATES))
        assert {len(shape) for shape in inside} <= {3 if shown is Display.ATTENTION else 2}
    return found


@pytest.mark.parametrize(
    "member", [item for item in Layer.members() if not item.reads_tokens], ids=lambda member: member.id
)
def test_every_layer(member: type[Layer]) -> None:
    looked_at(with_component(member()))


@pytest.mark.parametrize(
    "member", [item for item in Layer.members() if fits(item(), ROWS)], ids=lambda member: member.id
)
def test_every_layer_on_sequences(member: type[Layer]) -> None:
    looked_at(Experiment(data=DATA, stack=Stack(layers=(Rows(), member(), Flatten(), Linear(out_features=10)))))


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_every_preset(preset: Preset) -> None:
    if lacking(type(preset.experiment.data)):
        pytest.skip("its data are not on this machine")
    looked_at(preset.experiment)


@pytest.mark.parametrize("shared", [False, True])
def test_nested_containers(shared: bool) -> None:
    layers = (Flatten(), Linear(out_features=8), NESTED.with_(shared=shared), Linear(out_features=10))
    looked_at(Experiment(data=DATA, stack=Stack(layers=layers), recipe=Recipe()))


def stepwise(module: nn.RNNBase, inputs: Tensor, way: int) -> Tensor:
    """The states of the last layer in one direction, step by step with torch's own cell: (steps, units)."""
    kind = nn.LSTMCell if module.mode == "LSTM" else nn.GRUCell
    read, ways = inputs[0], 2 if module.bidirectional else 1
    for level in range(module.num_layers):
        each = []
        for direction in range(ways):
            weights = module.all_weights[ways * level + direction]
            cell = kind(weights[0].shape[1], weights[1].shape[1], bias=len(weights) > 2)
            cell.load_state_dict(dict(zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), weights, strict=False)))
            steps, held, states = read.flip(0) if direction else read, None, []
            for step in steps:
                held = cell(step[None], held)
                states.append(torch.cat(held) if isinstance(held, tuple) else held)
            whole = torch.stack(states, 1)  # (state and cell, steps, units)
            each.append(whole.flip(1) if direction else whole)
        read = torch.cat([item[0] for item in each], -1)
    return each[way]


GATED = [item for item in Layer.members() if item.inside is not None and item.inside.display is Display.GATES]
ATTENTIVE = [item for item in Layer.members() if item.inside is not None and item.inside.display is Display.ATTENTION]


@pytest.mark.parametrize("member", GATED, ids=lambda member: member.id)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("layers", "bias"), [(1, True), (2, False)])
def test_gates_lead_to_the_states_of_torch(member: type[Layer], bidirectional: bool, layers: int, bias: bool) -> None:
    layer = member().with_(hidden_size=5, num_layers=layers, bidirectional=bidirectional, bias=bias, output="all")
    experiment = Experiment(data=DATA, stack=Stack(layers=(Rows(), layer, Flatten(), Linear(out_features=10))))
    network, inputs = build(experiment), an_input(experiment)
    found = layer_outputs(network, layer_modules(experiment, network), inputs)[1,]
    gates = dict(found.inside)
    with torch.no_grad():
        for way, mark in enumerate(("", "←")[: 1 + bidirectional]):
            state, *cell = stepwise(network[1], network[0](inputs), way)
            np.testing.assert_allclose(gates["h" + mark], state.numpy(), atol=CLOSE)
            last = -1 if way == 0 else 0
            inner = {
                name.removesuffix("←"): item[last] for name, item in gates.items() if name.endswith("←") == bool(way)
            }
            if cell:
                np.testing.assert_allclose(gates["c" + mark], cell[0].numpy(), atol=CLOSE)
                np.testing.assert_allclose(inner["o"] * np.tanh(inner["c"]), inner["h"], atol=CLOSE)
            else:
                before = gates["h" + mark][-2 if way == 0 else 1]
                np.testing.assert_allclose((1 - inner["z"]) * inner["n"] + inner["z"] * before, inner["h"], atol=CLOSE)
    names = [name for name in gates if name.startswith("h")]
    np.testing.assert_allclose(np.concatenate([gates[name] for name in names], -1), found.output, atol=CLOSE)


@pytest.mark.parametrize("member", ATTENTIVE, ids=lambda member: member.id)
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_torch(member: type[Layer], causal: bool) -> None:
    layer = member().with_(num_heads=4, causal=causal)
    experiment = Experiment(data=DATA, stack=Stack(layers=(Rows(), layer, Flatten(), Linear(out_features=10))))
    network, inputs = build(experiment), an_input(experiment)
    ((name, weights),) = layer_outputs(network, layer_modules(experiment, network), inputs)[1,].inside
    module, read = network[1], network[0](inputs)
    if hasattr(module, "attention"):
        module, read = module.attention, module.norm1(read) if module.norm_first else read
    own = nn.MultiheadAttention(28, 4, batch_first=True)
    own.load_state_dict(
        {
            "in_proj_weight": module.qkv.weight,
            "in_proj_bias": module.qkv.bias,
            "out_proj.weight": module.out.weight,
            "out_proj.bias": module.out.bias,
        }
    )
    hidden = nn.Transformer.generate_square_subsequent_mask(28) if causal else None
    with torch.no_grad():
        expected = own(read, read, read, attn_mask=hidden, average_attn_weights=False)[1][0]
    assert name == ""
    np.testing.assert_allclose(weights, expected.numpy(), atol=CLOSE)
    np.testing.assert_allclose(weights.sum(-1), 1.0, atol=1e-5)
    assert sqrt(weights.size) == 2 * 28


def test_a_module_that_writes_over_its_input_does_not_change_what_was_recorded() -> None:
    layers = (Flatten(), Linear(out_features=8))
    experiment = Experiment(data=DATA, stack=Stack(layers=layers))
    network = build(experiment)
    with torch.no_grad():
        expected = network(an_input(experiment))[0].numpy()
    assert expected.min() < 0
    network.append(nn.ReLU(inplace=True))
    found = layer_outputs(network, layer_modules(experiment, network), an_input(experiment))
    np.testing.assert_array_equal(found[1,].output, expected)

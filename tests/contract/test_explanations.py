"""Every explained number is, line by line, what the network itself computed at that place."""

from __future__ import annotations

from math import isclose, isfinite
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from playground.engine.build import build
from playground.engine.probes.explained_choices import largest
from playground.engine.probes.explanation import Explained, Operator, Seen, explained
from playground.engine.probes.layer_modules import LayerModules, layer_modules
from playground.engine.probes.layer_outputs import Recorded, layer_outputs, recorded
from playground.spec.check.shapes import totals, walk
from playground.spec.datasets.text import Shakespeare
from playground.spec.display import Display
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import Activation
from playground.spec.layers.attention import SelfAttention
from playground.spec.layers.containers import Repeat
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.pooling import AvgPool2d, MaxPool2d
from playground.spec.layers.recurrent import GRU, LSTM
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten
from tests.contract.test_layer_outputs import an_input, state
from tests.contract.test_replay import DATA, ROWS, fits, with_component

PLACES = 40  # of each output
EXAMPLES = 3
ROUNDING = 1e-6  # of a number: some units of its last place in float32
TEXT = Shakespeare()


def followed(found: Explained) -> float:
    """The result of the lines; each line with a result has to say that result, as far as float32 can tell."""
    result, error = 0.0, 0.0  # how far rounding may take it
    for line in found.lines:
        value = line.value
        match line.operator:
            case Operator.BEGIN | Operator.APPLY:
                result, error = value, ROUNDING * abs(value)
            case Operator.ADD:
                result, error = result + value, error + ROUNDING * abs(value)
            case Operator.SUBTRACT:
                result, error = result - value, error + ROUNDING * abs(value)
            case Operator.TIMES:
                result, error = result * value, (error + ROUNDING * abs(result)) * abs(value)
            case Operator.OVER:
                result, error = result / value, (error + ROUNDING * abs(result)) / abs(value)
            case Operator.IS if len(found.lines) > 1:
                assert isclose(result, value, rel_tol=1e-5, abs_tol=max(error, ROUNDING)), found
                result = value
    return result


def check(experiment: Experiment, of: type[Layer], *, channels_last: bool = False) -> int:
    """Compare all kinds of places of all layers of one class; return how many were explained."""
    network = build(experiment).double()  # so that rounding does not hide a mistake
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.1)
    for name, buffer in network.named_buffers():
        if "running" in name:
            nn.init.uniform_(buffer, 0.5, 2.0)
    if channels_last:
        network = network.to(memory_format=torch.channels_last)
    inputs = an_input(experiment)
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    layers = [item for item in layer_modules(experiment, network) if isinstance(item.layer, of)]
    seen, before = recorded(network, layers, inputs, all_inputs=True), state(network)
    shown = layer_outputs(network, layers, inputs)
    count = 0
    for layer in layers:
        own = seen[layer.path]
        computed = dict(shown[layer.path].inside)
        for index, value in places(layer, own, computed):
            found = explained(layer, own, index)
            if not layer.layer.explained:
                assert found is None
                continue
            assert found is not None
            assert isclose(found.value, value, rel_tol=1e-5, abs_tol=5e-6), (index, value, found)
            assert isclose(followed(found), value, rel_tol=1e-5, abs_tol=5e-6)
            assert all(isfinite(line.value) for line in found.lines)
            count += 1
    assert state(network) == before
    return count


def places(layer: LayerModules, own: Recorded, inside: dict[str, np.ndarray]) -> list[tuple[tuple[int, ...], float]]:
    """Numbers that a person may point at, the corners among them, with their values."""
    kind = layer.layer.display(tuple(own.outputs.shape[1:]))
    if kind is Display.GATES:
        states = np.stack([inside[name] for name in ("h", "h←") if name in inside])
    elif kind is Display.ATTENTION:
        states = inside[""]
    else:
        states = own.outputs[0].detach().numpy()
    flat = np.unique(np.linspace(0, states.size - 1, PLACES).astype(int))
    return [(tuple(int(i) for i in np.unravel_index(at, states.shape)), float(states.reshape(-1)[at])) for at in flat]


def around(layer: Layer) -> Experiment:
    """A small experiment that has the layer."""
    return Experiment(data=TEXT, stack=Stack(layers=(layer,))) if layer.reads_tokens else with_component(layer)


@pytest.mark.parametrize("member", Layer.members(), ids=lambda member: member.id)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_every_layer_with_any_settings(member: type[Layer], members: Any, data: st.DataObject) -> None:
    experiment = around(data.draw(members(member)))
    rows = walk(experiment.stack, experiment.data.sample_shape)
    assume(any(isinstance(row.layer, member) and row.active for row in rows))
    cost = totals(rows)
    assume(cost.flops < 20_000_000 and cost.activation_bytes < 2_000_000)
    assert check(experiment, member)


@pytest.mark.parametrize(
    "member", [item for item in Layer.members() if fits(item(), ROWS)], ids=lambda member: member.id
)
def test_every_layer_on_sequences(member: type[Layer]) -> None:
    layers = (Rows(), member(), Flatten(), Linear())
    assert check(Experiment(data=DATA, stack=Stack(layers=layers)), member)


CONVOLUTIONS = [
    Conv2d(out_channels=6, kernel_size=3),
    Conv2d(out_channels=6, kernel_size=5, padding=2, bias=False),
    Conv2d(out_channels=6, kernel_size=3, stride=2, padding=1, dilation=2),
    Conv2d(out_channels=6, kernel_size=3, padding=3, groups=3),
    Conv2d(out_channels=24, kernel_size=2, stride=3, groups=12),
]


@pytest.mark.parametrize("layer", CONVOLUTIONS, ids=str)
@pytest.mark.parametrize("channels_last", [False, True])
def test_convolutions(layer: Conv2d, channels_last: bool) -> None:
    stack = Stack(layers=(Conv2d(out_channels=12), layer, Flatten(), Linear()))
    assert check(Experiment(data=DATA, stack=stack), Conv2d, channels_last=channels_last) > PLACES


@pytest.mark.parametrize("member", Activation.members(), ids=lambda member: member.id)
def test_activations_within_layers(member: type[Activation]) -> None:
    layers = (Conv2d(out_channels=4, stride=3, activation=member()), Flatten(), Linear(activation=member()))
    experiment = Experiment(data=DATA, stack=Stack(layers=layers))
    assert check(experiment, Conv2d)
    assert check(experiment, Linear)


@pytest.mark.parametrize("member", [MaxPool2d, AvgPool2d], ids=lambda member: member.id)
def test_pooling(member: type[MaxPool2d]) -> None:
    pool = member(kernel_size=5, stride=3, padding=2)
    stack = Stack(layers=(Conv2d(out_channels=3), pool, Flatten(), Linear()))
    assert check(Experiment(data=DATA, stack=stack), member)


def test_the_pixel_that_won_is_the_one_that_torch_says() -> None:
    module, given = nn.MaxPool2d(3, 2, 1, return_indices=True), torch.randn(1, 2, 9, 9)
    outputs, indices = module(given)
    module.return_indices = False
    for at in np.ndindex(*outputs.shape[1:]):
        found = largest(Seen((module,), given, outputs), at)
        assert found.window is not None
        row, column = found.tables[0].marked or (-1, -1)
        flat = (found.window.top + row) * 9 + found.window.left + column
        assert flat == int(indices[(0, *at)])


@pytest.mark.parametrize("member", [LSTM, GRU], ids=lambda member: member.id)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("layers", "bias"), [(1, True), (2, False)])
def test_recurrent_steps(member: type[LSTM], bidirectional: bool, layers: int, bias: bool) -> None:
    layer = member(hidden_size=5, num_layers=layers, bidirectional=bidirectional, bias=bias)
    experiment = Experiment(data=DATA, stack=Stack(layers=(Rows(), layer, Linear(out_features=10))))
    assert check(experiment, member)
    network = build(experiment)
    (own,) = [item for item in layer_modules(experiment, network) if isinstance(item.layer, member)]
    seen = recorded(network, [own], an_input(experiment))[own.path]
    found = explained(own, seen, (0, 3, 2))
    assert found is not None
    table = found.tables[0]
    for name, (read, carried, gate) in zip(table.rows, table.values, strict=True):
        if name not in ("g", "n"):
            assert isclose(1 / (1 + np.exp(-read - carried)), gate, rel_tol=1e-5)


@pytest.mark.parametrize("causal", [False, True])
def test_the_weighted_sum_of_all_heads_gives_the_output(causal: bool) -> None:
    layer = SelfAttention(num_heads=4, causal=causal)
    experiment = Experiment(data=DATA, stack=Stack(layers=(Rows(), layer, Flatten(), Linear())))
    network, inputs = build(experiment), an_input(experiment)
    (own,) = [item for item in layer_modules(experiment, network) if item.layer is layer]
    seen = recorded(network, [own], inputs)[own.path]
    heads = [explained(own, seen, (head, 9, 2)) for head in range(4)]
    given = np.concatenate([found.tables[-1].values[0] for found in heads if found is not None])
    with torch.no_grad():
        output = network[1].out(torch.from_numpy(given))
    np.testing.assert_allclose(output.numpy(), seen.outputs[0, 9].numpy(), rtol=1e-4, atol=1e-6)
    assert check(experiment, SelfAttention)


@pytest.mark.parametrize("shared", [False, True])
def test_the_last_time_of_a_repeat_counts(shared: bool) -> None:
    body = Stack(layers=(Linear(out_features=28),))
    layers = (Rows(), Repeat(branches=(body,), times=3, shared=shared), Flatten())
    assert check(Experiment(data=DATA, stack=Stack(layers=layers)), Linear)


def test_any_sample_of_a_batch() -> None:
    experiment = Experiment(data=DATA, stack=Stack(layers=(Flatten(), Linear(out_features=3))))
    network, inputs = build(experiment), torch.rand(5, 1, 28, 28)
    own = layer_modules(experiment, network)[1]
    seen = recorded(network, [own], inputs, all_inputs=True)[own.path]
    for sample in range(5):
        found = explained(own, seen, (2,), sample)
        assert found is not None
        assert isclose(found.value, float(seen.outputs[sample, 2]), rel_tol=1e-5, abs_tol=1e-6)

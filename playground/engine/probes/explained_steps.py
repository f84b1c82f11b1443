"""Explains one step of a recurrent layer, gate by gate, and one query of an attention head."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn

from playground.engine.modules.attention import SelfAttention, TransformerBlock
from playground.engine.probes.explained_choices import share
from playground.engine.probes.explanation import Explained, Index, Line, Operator, Seen, Table
from playground.engine.probes.insides import (
    LastLayer,
    gru_last_layer,
    lstm_last_layer,
    parts,
    projected,
    rnn_last_layer,
)
from playground.engine.probes.layer_outputs import frozen
from playground.spec.messages import message


def lstm(seen: Seen, index: Index) -> Explained:
    """Cell c = f × c before + i × g, and state h = o × tanh(c), of one unit at one step; see `torch.nn.LSTM`."""
    layer, step, unit = _place(lstm_last_layer(_recurrent(seen), seen.inputs), index)
    gates = {name: float(values[step, unit]) for name, values in layer.gates.items()}
    before = float(layer.gates["c"][step - 1, unit]) if step else 0.0
    cell = gates["f"] * before + gates["i"] * gates["g"]
    lines = (
        Line(Operator.BEGIN, message("cell c before"), before),
        Line(Operator.TIMES, message("forget gate f"), gates["f"]),
        Line(Operator.ADD, message("input gate i × candidate g"), gates["i"] * gates["g"]),
        Line(Operator.IS, message("cell c"), cell),
        Line(Operator.APPLY, message("tanh"), float(torch.tensor(cell).tanh())),
        Line(Operator.TIMES, message("output gate o"), gates["o"]),
        Line(Operator.IS, message("state h"), gates["h"]),
    )
    return Explained(lines, (_gates(layer, "ifgo", step, unit),))


def gru(seen: Seen, index: Index) -> Explained:
    """State h = (1 − z) × n + z × h before, of one unit at one step; see `torch.nn.GRU`."""
    layer, step, unit = _place(gru_last_layer(_recurrent(seen), seen.inputs), index)
    gates = {name: float(values[step, unit]) for name, values in layer.gates.items()}
    before = float(layer.gates["h"][step - 1, unit]) if step else 0.0
    lines = (
        Line(Operator.BEGIN, message("state h before"), before),
        Line(Operator.TIMES, message("update gate z"), gates["z"]),
        Line(Operator.ADD, message("(1 − z) × candidate n"), (1 - gates["z"]) * gates["n"]),
        Line(Operator.IS, message("state h"), gates["h"]),
    )
    return Explained(lines, (_gates(layer, "rzn", step, unit),))


def rnn(seen: Seen, index: Index) -> Explained:
    """State h = tanh(W x + b + U h before + b) of one unit at one step, or ReLU of it; see `torch.nn.RNN`.

    `index` is (step, unit), or (unit,) of a layer that gives its last state; units of the direction that begins at
    the last step come after the others.
    """
    module = _recurrent(seen)
    ways = rnn_last_layer(module, seen.inputs)
    way, unit = divmod(index[-1], module.hidden_size)
    layer = ways[way]
    last = len(layer.read) - 1
    step = last if len(index) == 1 else last - index[0] if way else index[0]
    states = layer.gates["h"]
    before = states[step - 1] if step else torch.zeros_like(states[0])
    given, carried = (float(part[0, unit]) for part in parts(layer.read[[step]], before[None], layer.weights))
    name = "ReLU" if module.mode == "RNN_RELU" else "tanh"
    lines = (
        Line(Operator.BEGIN, message("from the input: W x + b"), given),
        Line(Operator.ADD, message("from the state before: U h + b"), carried),
        Line(Operator.IS, message("sum"), given + carried),
        Line(Operator.APPLY, message("{function}: state h", function=name), float(states[step, unit])),
    )
    tables = (
        Table(message("state before"), frozen(before[None])),
        Table(message("its weights U"), frozen(layer.weights[1][[unit]])),
    )
    weights = frozen(layer.weights[0][unit]) if module.num_layers == 1 else None
    return Explained(lines, tables, weights=weights)


def attention(seen: Seen, index: Index) -> Explained:
    """The weight that one step gives another: softmax(q kᵀ / √d) of one query; and the weighted sum of the values."""
    module = seen.modules[0]
    assert isinstance(module, SelfAttention)
    return _query(module, seen.inputs, index)


def block_attention(seen: Seen, index: Index) -> Explained:
    """The same of the attention in a Transformer block."""
    module = seen.modules[0]
    assert isinstance(module, TransformerBlock)
    return _query(module.attention, module.norm1(seen.inputs) if module.norm_first else seen.inputs, index)


def _query(module: SelfAttention, inputs: Tensor, index: Index) -> Explained:
    head, looks, at = index
    queries, keys, values = (part[head] for part in projected(module, inputs))  # each (steps, d)
    end = looks + 1 if module.causal else len(keys)
    scores = keys[:end] @ queries[looks] / sqrt(queries.shape[-1])
    if at >= end:
        return Explained((Line(Operator.IS, message("weight: a causal layer looks at no later step"), 0.0),))
    lines, exponentials = share(scores, at)
    weights = exponentials / exponentials.sum()
    tables = (
        Table(message("score q · k / √d of each step"), frozen(scores[None]), marked=(0, at)),
        Table(message("weight of each step"), frozen(weights[None]), marked=(0, at)),
        Table(message("Σ weight × value: what the head gives"), frozen((weights @ values[:end].double())[None])),
    )
    score = Line(Operator.BEGIN, message("score q · k / √d"), float(scores[at]))
    first = Line(Operator.APPLY, lines[0].words, lines[0].value)
    return Explained((score, first, *lines[1:], Line(Operator.IS, message("weight"), float(weights[at]))), tables)


def _recurrent(seen: Seen) -> nn.RNNBase:
    module = seen.modules[0]
    assert isinstance(module, nn.RNNBase)
    return module


def _place(ways: list[LastLayer], index: Index) -> tuple[LastLayer, int, int]:
    """The layer in one direction, the step in the order in which it reads, and the unit."""
    way, step, unit = index
    layer = ways[way]
    return layer, len(layer.read) - 1 - step if way else step, unit


def _gates(layer: LastLayer, names: str, step: int, unit: int) -> Table:
    """The terms of each gate: from the input with its bias, from the state before with its bias, and the gate."""
    states = layer.gates["h"]
    before = states[step - 1] if step else torch.zeros_like(states[0])
    given, carried = (
        part[0, unit :: states.shape[1]] for part in parts(layer.read[[step]], before[None], layer.weights)
    )
    made = torch.stack([layer.gates[name][step, unit] for name in names])
    columns = message("from the input"), message("from the state"), message("gate")
    return Table(message("gates"), frozen(torch.stack((given, carried, made), 1)), tuple(names), columns)

"""Computes from a layer's module and its input what the module itself does not return: attention weights, and gates.

Layers name these functions, see `spec.display.Inside`. Each takes an input (1, steps, features) and returns arrays
without the batch. No tensor of the module changes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.modules.attention import SelfAttention, TransformerBlock

Gates = dict[str, Tensor]


class LastLayer(NamedTuple):
    """The last layer of a recurrent module in one direction; its steps are in the order in which it reads them."""

    read: Tensor  # (steps, features)
    weights: list[Tensor]  # of the input, of the state, and their biases, if it has any
    gates: Gates


_Level = Callable[[Tensor, list[Tensor]], Gates]  # of one layer in one direction: input (steps, features) and weights


def attention_weights(module: nn.Module, inputs: Tensor) -> dict[str, Tensor]:
    """The weights softmax(q kᵀ / √d), (heads, steps, steps): each row adds up to 1 (Vaswani et al., 2017, equation 1).

    A causal layer gives no weight to later steps. Dropout is left out, as in evaluation mode.
    """
    assert isinstance(module, SelfAttention)
    queries, keys, _ = projected(module, inputs)
    steps = queries.shape[1]
    scores = queries @ keys.transpose(1, 2) / sqrt(queries.shape[-1])
    if module.causal:
        later = torch.ones(steps, steps, dtype=torch.bool, device=scores.device).triu(1)
        scores = scores.masked_fill(later, float("-inf"))
    return {"": scores.softmax(-1)}


def projected(module: SelfAttention, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values, (heads, steps, d) each."""
    read = module.qkv(inputs)[0].view(inputs.shape[1], 3, module.heads, module.head_dim)
    queries, keys, values = read.permute(1, 2, 0, 3).unbind()
    return queries, keys, values


def block_attention(module: nn.Module, inputs: Tensor) -> dict[str, Tensor]:
    """The attention weights in a Transformer block, as `attention_weights`."""
    assert isinstance(module, TransformerBlock)
    return attention_weights(module.attention, module.norm1(inputs) if module.norm_first else inputs)


def lstm_gates(module: nn.Module, inputs: Tensor) -> Gates:
    """Gates i, f, o, candidate g, cell c and state h of an LSTM's last layer, (steps, units) each.

    i, f, g, o are blocks of rows of W x + U h + b, as in the equations of `torch.nn.LSTM`. If it reads in both
    directions, the names of the one that begins at the last step end in ←.
    """
    return _of_last_layer(module, inputs, _lstm)


def gru_gates(module: nn.Module, inputs: Tensor) -> Gates:
    """Gates r and z, candidate n and state h of a GRU's last layer, (steps, units) each; as in `torch.nn.GRU`.

    If it reads in both directions, the names of the one that begins at the last step end in ←.
    """
    return _of_last_layer(module, inputs, _gru)


def lstm_last_layer(module: nn.RNNBase, inputs: Tensor) -> list[LastLayer]:
    """The last layer of an LSTM, in each direction."""
    return _last_layer(module, inputs, _lstm)


def gru_last_layer(module: nn.RNNBase, inputs: Tensor) -> list[LastLayer]:
    """The last layer of a GRU, in each direction."""
    return _last_layer(module, inputs, _gru)


def rnn_last_layer(module: nn.RNNBase, inputs: Tensor) -> list[LastLayer]:
    """The last layer of an RNN, in each direction; its only "gate" is the state h."""
    return _last_layer(module, inputs, _relu_rnn if module.mode == "RNN_RELU" else _tanh_rnn)


def _of_last_layer(module: nn.Module, inputs: Tensor, level: _Level) -> Gates:
    assert isinstance(module, nn.RNNBase)
    found = enumerate(_last_layer(module, inputs, level))
    return {
        name + "←" * way: item.flip(0) if way else item for way, layer in found for name, item in layer.gates.items()
    }


def _last_layer(module: nn.RNNBase, inputs: Tensor, level: _Level) -> list[LastLayer]:
    ways, weights = 2 if module.bidirectional else 1, list(module.all_weights)
    read, found = inputs[0], list[LastLayer]()
    for number in range(module.num_layers):
        found = []
        for way in range(ways):
            own: list[Tensor] = list(weights[ways * number + way])
            ordered = read.flip(0) if way else read
            found.append(LastLayer(ordered, own, level(ordered, own)))
        states = (layer.gates["h"].flip(0) if way else layer.gates["h"] for way, layer in enumerate(found))
        read = torch.cat(list(states), -1)
    return found


def parts(inputs: Tensor, states: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    """W x + b and U h + b of all steps, (steps, gates · units) each; `states` are those before each step."""
    reading, recurring, *biases = weights
    first, second = biases or (None, None)
    return nn.functional.linear(inputs, reading, first), nn.functional.linear(states, recurring, second)


def _before(states: Tensor) -> Tensor:
    """The state before each step: zero, then that of the step before."""
    return torch.cat((torch.zeros_like(states[:1]), states[:-1]))


def _lstm(inputs: Tensor, weights: list[Tensor]) -> Gates:
    """All gates at once, from the states that torch's own kernel gives; only the cell goes step by step."""
    start = inputs.new_zeros(1, 1, weights[1].shape[1])
    options = len(weights) > 2, 1, 0.0, False, False, True  # bias, layers, dropout, training, both ways, batch first
    states = torch.lstm(inputs[None], (start, start), weights, *options)[0][0]
    i, f, g, o = sum(parts(inputs, _before(states), weights)).chunk(4, -1)  # type: ignore[union-attr]
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    cells, cell = [], torch.zeros_like(g[0])
    for added, kept in zip((i * g).unbind(), f.unbind(), strict=True):
        cell = torch.addcmul(added, kept, cell)
        cells.append(cell)
    return {"i": i, "f": f, "g": g, "o": o, "c": torch.stack(cells), "h": states}


def _gru(inputs: Tensor, weights: list[Tensor]) -> Gates:
    start = inputs.new_zeros(1, 1, weights[1].shape[1])
    options = len(weights) > 2, 1, 0.0, False, False, True
    states = torch.gru(inputs[None], start, weights, *options)[0][0]
    given, carried = parts(inputs, _before(states), weights)
    (r, z, n), (r_of_state, z_of_state, n_of_state) = given.chunk(3, -1), carried.chunk(3, -1)
    r, z = (r + r_of_state).sigmoid(), (z + z_of_state).sigmoid()
    return {"r": r, "z": z, "n": (n + r * n_of_state).tanh(), "h": states}


def _tanh_rnn(inputs: Tensor, weights: list[Tensor]) -> Gates:
    return _rnn(inputs, weights, torch.rnn_tanh)


def _relu_rnn(inputs: Tensor, weights: list[Tensor]) -> Gates:
    return _rnn(inputs, weights, torch.rnn_relu)


def _rnn(inputs: Tensor, weights: list[Tensor], kernel: Callable[..., tuple[Tensor, Tensor]]) -> Gates:
    start = inputs.new_zeros(1, 1, weights[1].shape[1])
    options = len(weights) > 2, 1, 0.0, False, False, True
    return {"h": kernel(inputs[None], start, weights, *options)[0][0]}

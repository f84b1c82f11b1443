"""The Keras counterparts of recurrent layers and attention, with their weights gate by gate and head by head."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.export.keras_writer import Writer
from playground.engine.modules import attention


def recurrent(writer: Writer, module: Any, variable: str) -> None:
    kind = next(word for word in ("LSTM", "GRU", "RNN") if isinstance(module, getattr(nn, word)))
    for level in range(module.num_layers):
        last = level == module.num_layers - 1
        options = [str(module.hidden_size)]
        options += ["activation='relu'"] if kind == "RNN" and module.nonlinearity == "relu" else []
        options += [] if module.bias else ["use_bias=False"]
        options += [] if last and not module.whole else ["return_sequences=True"]
        ways = ("", "_reverse") if module.bidirectional else ("",)
        weights = [item for way in ways for item in _gates(kind, module, f"_l{level}{way}")]
        made = f"{'SimpleRNN' if kind == 'RNN' else kind}"
        if module.bidirectional:
            writer.layer(variable, "Bidirectional", f"layers.{made}({', '.join(options)})", weights=weights)
        else:
            writer.layer(variable, made, *options, weights=weights)
        if module.dropout and not last:
            writer.layer(variable, "Dropout", repr(module.dropout))


def _gates(kind: str, module: Any, end: str) -> list[Tensor]:
    """The weights of one direction of one layer, in the order of gates and in the layout of Keras."""

    def ordered(name: str) -> Tensor:
        tensor: Tensor = getattr(module, name + end)
        if kind == "GRU":
            reset, update, new = tensor.chunk(3)
            return torch.cat((update, reset, new))
        return tensor

    kernels = [ordered("weight_ih").t(), ordered("weight_hh").t()]
    if not module.bias:
        return kernels
    both = ordered("bias_ih"), ordered("bias_hh")
    return [*kernels, torch.stack(both) if kind == "GRU" else both[0] + both[1]]


def self_attention(writer: Writer, module: attention.SelfAttention, variable: str) -> None:
    features, heads, size = module.out.out_features, module.heads, module.head_dim
    within = heads * size
    weights: list[Tensor] = []
    for n in range(3):
        rows = slice(n * within, (n + 1) * within)
        weights.append(module.qkv.weight[rows].t().reshape(features, heads, size))
        if module.qkv.bias is not None:
            weights.append(module.qkv.bias[rows].reshape(heads, size))
    weights.append(module.out.weight.t().reshape(heads, size, features))
    weights += [] if module.out.bias is None else [module.out.bias]
    options = [str(heads), str(size)]
    options += [f"dropout={module.dropout!r}"] if module.dropout else []
    options += [] if module.qkv.bias is not None else ["use_bias=False"]
    call = f"{variable}, {variable}{', use_causal_mask=True' if module.causal else ''}"
    writer.layer(variable, "MultiHeadAttention", *options, weights=weights, call=call)

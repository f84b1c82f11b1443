"""Explains weighted sums: convolutions, dense layers, and averages of a window."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.engine.probes.explanation import (
    Explained,
    Index,
    Line,
    Operator,
    Seen,
    Table,
    Window,
    activated,
)
from playground.engine.probes.layer_outputs import frozen
from playground.spec.messages import Message, message, plural
from playground.spec.number_text import amount_text

MOST = 6  # addends that are shown one by one


def convolution(seen: Seen, index: Index) -> Explained:
    """Σ input × weight over the window of every channel, plus the bias, as `torch.nn.Conv1d` and `Conv2d` define it."""
    module = seen.modules[0]
    assert isinstance(module, nn.Conv1d | nn.Conv2d)
    given, kernel = _planes(seen.inputs[0]), _planes(module.weight[index[0]])  # (C, H, W) and (C / groups, h, w)
    share = kernel.shape[0]
    first = index[0] // (module.out_channels // module.groups) * share
    read, window = cut(given, module, index, 0.0)
    read = read[first : first + share]
    sums = (read.double() * kernel.double()).sum((1, 2))
    most = int(sums.abs().argmax())
    names = [message("channel {number:,}: Σ input × weight", number=first + number + 1) for number in range(share)]
    if share == 1:
        names = [message("Σ input × weight")]
    lines = (*_addends(sums, names.__getitem__, _other_channels), *_bias(module.bias, index[0]))
    tables = (
        Table(message("input"), frozen(read[most])),
        Table(message("weights"), frozen(kernel[most])),
    )
    total = sum(line.value for line in lines)
    return Explained((*lines, *activated(seen, index, total)), tables, window._replace(channel=first + most))


def dense(seen: Seen, index: Index) -> Explained:
    """Σ input × weight over all inputs, plus the bias; the largest products one by one."""
    module = seen.modules[0]
    assert isinstance(module, nn.Linear)
    read, weights = seen.inputs[(0, *index[:-1])], module.weight[index[-1]]

    def name(number: int) -> Message:
        product = f"{amount_text(float(read[number]))} × {amount_text(float(weights[number]))}"
        return message("input {number:,}: {product}", number=number + 1, product=product)

    addends = _addends(read.double() * weights.double(), name, _other_inputs)
    lines = (*addends, *_bias(module.bias, index[-1]))
    total = sum(line.value for line in lines)
    return Explained((*lines, *activated(seen, index, total)), weights=frozen(weights))


def average(seen: Seen, index: Index) -> Explained:
    """The mean of a window; padding counts as zeros, as in `torch.nn.AvgPool2d`."""
    module = seen.modules[0]
    assert isinstance(module, nn.AvgPool1d | nn.AvgPool2d)
    read, window = cut(_planes(seen.inputs[0]), module, index, 0.0)
    total, count = float(read[index[0]].double().sum()), read[0].numel()
    lines = (
        Line(Operator.BEGIN, message("sum of the window"), total),
        Line(Operator.OVER, message("numbers in it"), count),
        Line(Operator.IS, message("mean"), total / count),
    )
    return Explained(lines, (Table(message("input"), frozen(read[index[0]])),), window)


def cut(given: Tensor, module: nn.Module, index: Index, padding: float) -> tuple[Tensor, Window]:
    """The windows of all maps (C, H, W) at the position `index[1:]`, (C, h, w), and where they are.

    `padding` is the number around the maps.
    """
    kernel, stride, pad, dilation = (
        _pair(getattr(module, name, 1), index, alone)
        for name, alone in (("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1))
    )
    around = F.pad(given, (pad[1], pad[1], pad[0], pad[0]), value=padding)
    row, column = (index[-2] if len(index) == 3 else 0), index[-1]
    top, left = row * stride[0], column * stride[1]
    reach = [step * (size - 1) + 1 for step, size in zip(dilation, kernel, strict=True)]
    read = around[:, top : top + reach[0] : dilation[0], left : left + reach[1] : dilation[1]]
    return read, Window(index[0], top - pad[0], left - pad[1], *reach)


def _planes(tensor: Tensor) -> Tensor:
    """(C, H, W), from that or (C, length)."""
    return tensor if tensor.dim() == 3 else tensor[:, None]


def _pair(value: int | tuple[int, ...], index: Index, alone: int) -> tuple[int, int]:
    """A setting of a module for rows and columns; `alone` for the rows of one that has a single dimension."""
    values = value if isinstance(value, tuple) else (value,) * (len(index) - 1)
    return (values[0], values[1]) if len(index) == 3 else (alone, values[0])


def _addends(values: Tensor, name: Callable[[int], Message], others: Callable[[int], Message]) -> tuple[Line, ...]:
    """The addends of the largest magnitude, largest first, and the sum of the others."""
    count = MOST if len(values) > MOST + 1 else len(values)
    order = values.abs().argsort(descending=True, stable=True)[:count].tolist()
    lines = [
        Line(Operator.ADD if number else Operator.BEGIN, name(place), float(values[place]))
        for number, place in enumerate(order)
    ]
    if count < len(values):
        rest = torch.ones(len(values), dtype=torch.bool)
        rest[order] = False
        lines.append(Line(Operator.ADD, others(len(values) - count), float(values[rest].sum())))
    return tuple(lines)


def _other_channels(count: int) -> Message:
    return plural("the other {count:,} channels", "the other channel", count)


def _other_inputs(count: int) -> Message:
    return plural("the other {count:,} inputs", "the other input", count)


def _bias(bias: Tensor | None, unit: int) -> tuple[Line, ...]:
    return () if bias is None else (Line(Operator.ADD, message("bias"), float(bias[unit])),)

"""Explains weighted sums: convolutions, dense layers, and averages."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.engine.modules.latent import GaussianLatent
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
    return _over_channels(seen, index, read, kernel, _channel_names(first, share), window, first)


def _channel_names(first: int, count: int) -> list[Message]:
    if count == 1:
        return [message("Σ input × weight")]
    return [message("channel {number:,}: Σ input × weight", number=first + number + 1) for number in range(count)]


def _over_channels(
    seen: Seen, index: Index, read: Tensor, kernel: Tensor, names: list[Message], window: Window, first: int
) -> Explained:
    """The sum over channels (C, h, w) of input × weight, plus the bias; `first` is the number of the first channel."""
    sums = (read.double() * kernel.double()).sum((1, 2))
    most = int(sums.abs().argmax())
    bias = seen.modules[0].bias
    assert bias is None or isinstance(bias, Tensor)
    lines = (*_addends(sums, names.__getitem__, _other_channels), *_bias(bias, index[0]))
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
    return Explained(window_mean(read[index[0]]), (Table(message("input"), frozen(read[index[0]])),), window)


def adaptive_average(seen: Seen, index: Index) -> Explained:
    """The mean of a window, as in `torch.nn.AdaptiveAvgPool2d`; see `adaptive_window`."""
    read, window = adaptive_window(seen, index)
    return Explained(window_mean(read), (Table(message("input"), frozen(read)),), window)


def window_mean(read: Tensor, whole: Message | None = None, each: Message | None = None) -> tuple[Line, ...]:
    """The lines of a mean: the sum, and the count; `whole` and `each` are words for them."""
    total, count = float(read.double().sum()), read.numel()
    return (
        Line(Operator.BEGIN, whole or message("sum of the window"), total),
        Line(Operator.OVER, each or message("numbers in it"), count),
        Line(Operator.IS, message("mean"), total / count),
    )


def adaptive_window(seen: Seen, index: Index) -> tuple[Tensor, Window]:
    """The window of an adaptive pool, and where it is: from ⌊i · size / outputs⌋ to ⌈(i + 1) · size / outputs⌉."""
    given = _planes(seen.inputs[0])
    pooled = _planes(seen.modules[0](seen.inputs)[0])
    row, column = (index[-2] if len(index) == 3 else 0), index[-1]
    spans = [
        (place * size // count, -(-(place + 1) * size // count))
        for place, size, count in zip((row, column), given.shape[1:], pooled.shape[1:], strict=True)
    ]
    (top, bottom), (left, right) = spans
    return given[index[0], top:bottom, left:right], Window(index[0], top, left, bottom - top, right - left)


def transposed(seen: Seen, index: Index) -> Explained:
    """Σ input × weight over the pixels that reach this one, plus the bias, as in `torch.nn.ConvTranspose2d`.

    Pixel i of the input adds weight k to pixel stride · i − padding + dilation · k of the output.
    """
    module, given = seen.modules[0], seen.inputs[0]
    assert isinstance(module, nn.ConvTranspose2d)
    share = module.in_channels // module.groups
    group, own = divmod(index[0], module.out_channels // module.groups)
    axes = [_reaching(module, axis, index[axis + 1], given.shape[axis + 1]) for axis in (0, 1)]
    (rows, down), (columns, across) = axes
    if not rows or not columns:
        words = message("no number of the input reaches this place")
        begin = (Line(Operator.BEGIN, words, 0.0), *_bias(module.bias, index[0]))
        return Explained((*begin, *activated(seen, index, sum(line.value for line in begin))))
    read = given[group * share : (group + 1) * share][:, rows][:, :, columns]
    kernel = module.weight[group * share : (group + 1) * share, own][:, down][:, :, across]
    names = _channel_names(group * share, share)
    window = Window(0, rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)
    return _over_channels(seen, index, read, kernel, names, window, group * share)


def _reaching(module: nn.ConvTranspose2d, axis: int, place: int, size: int) -> tuple[list[int], list[int]]:
    """The rows (or columns) of the input that reach one of the output, in their order, and those of their weights."""
    stride, padding = module.stride[axis], int(module.padding[axis])
    found = []
    for weight in range(module.kernel_size[axis]):
        number, rest = divmod(place + padding - module.dilation[axis] * weight, stride)
        if rest == 0 and 0 <= number < size:
            found.append((number, weight))
    found.sort()
    return [number for number, _ in found], [weight for _, weight in found]


def patches(seen: Seen, index: Index) -> Explained:
    """The convolution that makes one feature of one patch: the patches are numbered as a text is read."""
    module, (step, feature) = seen.modules[0], index
    width = module(seen.inputs).shape[-1]
    return convolution(seen._replace(modules=(module,)), (feature, *divmod(step, width)))


def latent(seen: Seen, index: Index) -> Explained:
    """The mean μ of one number of the latent vector, which is what comes out of it but in training."""
    module = seen.modules[0]
    assert isinstance(module, GaussianLatent)
    return dense(seen._replace(modules=(module.moments,)), index)


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

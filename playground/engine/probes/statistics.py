"""Reduces tensors to the few numbers that say whether they are in order. Nothing here changes a tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from math import hypot, isfinite, isnan, nan, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from playground.engine.runtime.memory_layout import flat
from playground.engine.training.penalty import norm
from playground.engine.training.snapshots import LOG_BINS, InputStatistics, LogHistogram

# An output counts as saturated within this share of the width of its range from one of the two ends. There the slope
# of sigmoid and tanh is below a twenty-fifth of its largest value.
SATURATED = 0.01
_PIECE = 16_384  # numbers that are squared and added in one go, in float32: the more, the less exact
COUNTED = 16_384  # numbers of a tensor that a histogram counts, in 0.3 ms: of more, every second or third, and so on
MOST_CLASSES = 1000  # above this, the classes of a batch are not counted


class Moments(NamedTuple):
    """The number of values, their mean and their standard deviation, dividing by the number."""

    numbers: int
    mean: float
    std: float


def lengths(tensors: list[Tensor]) -> list[float]:
    """The Euclidean norm √Σx² of each tensor, without gaps. NaN or infinite only where a number is; 0 below 1e-19."""
    if not tensors:
        return []
    pieces = [torch.split(flat(tensor), _PIECE) for tensor in tensors]
    found = iter(torch.stack(torch._foreach_norm([piece for parts in pieces for piece in parts])).tolist())
    norms = [hypot(*islice(found, len(parts))) for parts in pieces]
    return [item if isfinite(item) else _length(tensor) for item, tensor in zip(norms, tensors, strict=True)]


def _length(tensor: Tensor) -> float:
    """The Euclidean norm, also where squares overflow float32."""
    return nan if tensor.isnan().any() else norm((tensor,))


def count_not_finite(tensors: Iterable[Tensor]) -> int:
    """How many numbers are NaN or infinite."""
    return sum(int(tensor.numel() - tensor.isfinite().count_nonzero().item()) for tensor in tensors)


def moments(values: Tensor) -> Moments:
    """The moments of all numbers of a floating-point tensor of any shape."""
    mean = values.mean()
    (deviation,) = lengths([values - mean])  # torch.std takes twenty times as long
    return Moments(values.numel(), mean.item(), deviation / sqrt(values.numel()))


def pooled(parts: Sequence[Moments]) -> Moments:
    """The moments of the values of all parts together (Chan, Golub and LeVeque, 1983, equations 1.5)."""
    if len(parts) == 1:
        return parts[0]
    count = sum(part.numbers for part in parts)
    mean = sum(part.numbers * part.mean for part in parts) / count
    squares = sum(part.numbers * (part.std**2 + (part.mean - mean) ** 2) for part in parts)
    return Moments(count, mean, sqrt(squares / count) if not isnan(squares) else squares)


def largest_by_unit(outputs: Tensor) -> Tensor:
    """The largest magnitude of each unit (C,) over the batch, and over all pixels or steps.

    Units are the channels of images (N, C, H, W), the features of sequences (N, steps, C) and of vectors (N, C). A
    unit with 0 is dead: it gives 0 for every sample of the batch. NaN where a value is.
    """
    magnitudes = outputs.abs()
    if outputs.dim() == 4 and outputs.is_contiguous():
        return magnitudes.amax(0).flatten(1).amax(1)
    if outputs.dim() == 4:
        magnitudes = magnitudes.movedim(1, -1)  # reduced in the order of its memory: thirty times as fast
    return magnitudes.amax(0).flatten(0, -2).amax(0) if outputs.dim() > 2 else magnitudes.amax(0)


def count_saturated(outputs: Tensor, low: float, high: float) -> int:
    """How many outputs are closer than `SATURATED` of the width of their range, `low` to `high`, to an end of it.

    Such units pass on nearly no gradient (Glorot and Bengio, 2010, section 3); the bound is our own.
    """
    inner = (0.5 - SATURATED) * (high - low)
    return int((outputs - (low + high) / 2).abs_().gt(inner).count_nonzero().item())


def thinned(values: Sequence[Tensor]) -> Tensor:
    """The numbers of the tensors in one row; of more than `COUNTED`, every n-th of each tensor."""
    every = -(-sum(item.numel() for item in values) // COUNTED)
    parts = [item.reshape(-1)[:: max(1, every)] for item in values]
    return torch.cat(parts)  # a copy, also of one part


def log_histogram(values: Tensor) -> LogHistogram:
    """The histogram of the finite ones of some numbers (N,)."""
    sizes = values.abs()
    reach = sizes.max().item() if len(values) else 0.0
    if not isfinite(reach):
        values = values[values.isfinite()]
        reach = values.abs().max().item() if len(values) else 0.0
    edges = torch.tensor(LogHistogram(reach or 1.0, ()).edges[1:-1], dtype=values.dtype, device=values.device)
    counts = torch.bincount(torch.bucketize(values, edges, right=True), minlength=LOG_BINS)
    return LogHistogram(reach or 1.0, tuple(counts.tolist()))


def input_statistics(inputs: Tensor) -> InputStatistics | None:
    """Of a batch of inputs (N, …); None for codes, whose numbers mean nothing."""
    if not inputs.is_floating_point():
        return None
    _, mean, std = moments(inputs)
    return InputStatistics(mean, std, inputs.min().item(), inputs.max().item())


def class_counts(targets: Tensor, classes: int | None) -> tuple[float, ...]:
    """How often each class occurs among the targets of a batch, over all positions.

    Empty where no classes are predicted, or more than `MOST_CLASSES`. Targets are class indices (N,), (N, H, W) or
    (N, L); or probabilities of the shape of the outputs, (N, C), (N, C, H, W) or (N, L, C), which are added up.
    """
    if classes is None or classes > MOST_CLASSES:
        return ()
    if targets.is_floating_point():
        axis = 1 if targets.dim() == 4 else targets.dim() - 1
        return tuple(targets.sum([i for i in range(targets.dim()) if i != axis]).tolist())
    return tuple(map(float, torch.bincount(targets.flatten(), minlength=classes).tolist()))

"""Explains what is chosen or rescaled: the largest of a window, softmax, activations, and BatchNorm."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.engine.probes.explained_sums import cut
from playground.engine.probes.explanation import Explained, Index, Line, Operator, Seen, Table, at
from playground.engine.probes.layer_outputs import frozen
from playground.spec.messages import message


def largest(seen: Seen, index: Index) -> Explained:
    """The number of a window that won, as in `torch.nn.MaxPool2d`: the first of equal ones."""
    module = seen.modules[0]
    assert isinstance(module, nn.MaxPool1d | nn.MaxPool2d)
    given = seen.inputs[0] if seen.inputs.dim() == 4 else seen.inputs[0][:, None]
    found, window = cut(given, module, index, float("-inf"))
    read = found[index[0]]
    row, column = divmod(int(read.argmax()), read.shape[1])
    value = float(read[row, column])
    words = message(
        "largest of {count}: row {row}, column {column}",
        count=int(read.isfinite().sum()),
        row=window.top + row + 1,
        column=window.left + column + 1,
    )
    if len(index) == 2:
        words = message(
            "largest of {count}: number {number:,}", count=int(read.isfinite().sum()), number=window.left + column + 1
        )
    lines = (Line(Operator.BEGIN, words, value), Line(Operator.IS, message("maximum"), value))
    return Explained(lines, (Table(message("input"), frozen(read), marked=(row, column)),), window)


def softmax(seen: Seen, index: Index) -> Explained:
    """exp(x) / Σ exp(x), with the largest x subtracted from all, which changes nothing and cannot overflow."""
    module = seen.modules[0]
    assert isinstance(module, nn.Softmax)
    assert module.dim is not None
    along = module.dim - 1
    row = seen.inputs[0].movedim(along, -1)[(*index[:along], *index[along + 1 :])]
    lines, exponentials = share(row, index[along])
    scores = torch.stack((row.double(), exponentials))
    table = Table(message("input, and its exponential"), frozen(scores), ("x", "exp"), marked=(1, index[along]))
    return Explained((*lines, Line(Operator.IS, message("softmax"), at(seen.outputs, index))), (table,))


def share(scores: Tensor, number: int) -> tuple[tuple[Line, ...], Tensor]:
    """The lines of one score's share in softmax, without the last one; and exp(score − largest) of all, in float64."""
    exponentials = (scores.double() - scores.double().max()).exp()
    lines = (
        Line(Operator.BEGIN, message("exp(x − largest x)"), float(exponentials[number])),
        Line(Operator.OVER, message("sum of all exponentials"), float(exponentials.sum())),
    )
    return lines, exponentials


def activation(seen: Seen, index: Index) -> Explained:
    """What an element-wise function makes of the number at the same place."""
    name = message("{function}", function=type(seen.modules[0]).__name__)
    lines = (
        Line(Operator.BEGIN, message("input"), at(seen.inputs, index)),
        Line(Operator.APPLY, name, at(seen.outputs, index)),
    )
    return Explained(lines)


def batch_norm(seen: Seen, index: Index) -> Explained:
    """(x − mean) / √(variance + ε), times the scale plus the shift, with the running statistics of the channel."""
    module = seen.modules[0]
    assert isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
    assert module.running_mean is not None
    assert module.running_var is not None
    channel = index[0]
    lines = [
        Line(Operator.BEGIN, message("input"), at(seen.inputs, index)),
        Line(Operator.SUBTRACT, message("running mean"), float(module.running_mean[channel])),
        Line(Operator.OVER, message("√(variance + ε)"), (float(module.running_var[channel]) + module.eps) ** 0.5),
    ]
    if module.affine:
        lines += [
            Line(Operator.TIMES, message("scale"), float(module.weight[channel])),
            Line(Operator.ADD, message("shift"), float(module.bias[channel])),
        ]
    return Explained((*lines, Line(Operator.IS, message("output"), at(seen.outputs, index))))

"""Explains what is chosen or bent: the largest of a window, softmax, and activations."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from playground.engine.modules.positions import SequencePool
from playground.engine.probes.explained_moves import taken
from playground.engine.probes.explained_sums import adaptive_average, adaptive_window, cut, window_mean
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
    """The result of an element-wise function for the number at the same place."""
    name = message("{function}", function=type(seen.modules[0]).__name__)
    lines = (
        Line(Operator.BEGIN, message("input"), at(seen.inputs, index)),
        Line(Operator.APPLY, name, at(seen.outputs, index)),
    )
    return Explained(lines)


def prelu(seen: Seen, index: Index) -> Explained:
    """A negative number times the learned slope; any other stays as it is. See `torch.nn.PReLU`."""
    module, value = seen.modules[0], at(seen.inputs, index)
    assert isinstance(module, nn.PReLU)
    lines = [Line(Operator.BEGIN, message("input"), value)]
    if value < 0:
        slope = module.weight[index[0] if module.num_parameters > 1 else 0]
        lines.append(Line(Operator.TIMES, message("learned slope of negative numbers"), float(slope)))
    return Explained((*lines, Line(Operator.IS, message("PReLU"), at(seen.outputs, index))))


def glu(seen: Seen, index: Index) -> Explained:
    """A number of the first half times the sigmoid of the same one in the second, as in `torch.nn.GLU`."""
    module = seen.modules[0]
    assert isinstance(module, nn.GLU)
    first, second = seen.inputs.chunk(2, module.dim)
    lines = (
        Line(Operator.BEGIN, message("number in the first half"), at(first, index)),
        Line(Operator.TIMES, message("sigmoid of the one in the second"), at(second.sigmoid(), index)),
        Line(Operator.IS, message("GLU"), at(seen.outputs, index)),
    )
    return Explained(lines)


def adaptive_largest(seen: Seen, index: Index) -> Explained:
    """The largest number of a window, as in `torch.nn.AdaptiveMaxPool2d`; see `adaptive_window`."""
    read, window = adaptive_window(seen, index)
    row, column = divmod(int(read.argmax()), read.shape[1])
    value = float(read[row, column])
    words = message("largest of {count:,}", count=read.numel())
    lines = (Line(Operator.BEGIN, words, value), Line(Operator.IS, message("maximum"), value))
    return Explained(lines, (Table(message("input"), frozen(read), marked=(row, column)),), window)


def pooled(seen: Seen, index: Index) -> Explained:
    """The mean, or the largest number, of a whole map."""
    mean = isinstance(seen.modules[0], nn.AdaptiveAvgPool2d)
    return (adaptive_average if mean else adaptive_largest)(seen, (index[0], 0, 0))


def pooled_steps(seen: Seen, index: Index) -> Explained:
    """The mean, the largest, the first or the last of the numbers of one feature at all steps."""
    module, (feature,) = seen.modules[0], index
    assert isinstance(module, SequencePool)
    numbers = seen.inputs[0, :, feature]
    if module.how == "mean":
        return Explained(window_mean(numbers, message("sum of all steps"), message("steps")))
    step = {"max": int(numbers.argmax()), "first": 0}.get(module.how, len(numbers) - 1)
    found = taken(seen.inputs, (step, feature))
    if module.how != "max":
        return found
    words = message("largest of {count:,}: step {step:,}", count=len(numbers), step=step + 1)
    return found._replace(lines=(found.lines[0]._replace(words=words), found.lines[1]))

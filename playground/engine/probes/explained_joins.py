"""Explains what containers make of the outputs of the layers in them: sums, joined branches, and repetitions."""

from __future__ import annotations

from itertools import islice

from torch import Tensor, nn

from playground.engine.modules.containers import Parallel, Repeated, Residual
from playground.engine.probes.explained_moves import place_words
from playground.engine.probes.explanation import Explained, Index, Line, Operator, Seen, activated, at
from playground.spec.messages import message

MOST = 6  # repetitions that are shown one by one


def residual(seen: Seen, index: Index) -> Explained:
    """The sum of the output of the layers in it and the input, which may be projected."""
    module = seen.modules[0]
    assert isinstance(module, Residual)
    changed = at(module.body(seen.inputs.clone()), index)
    shortcut = module.shortcut
    same = at(seen.inputs if shortcut is None else shortcut(seen.inputs), index)
    lines = (
        Line(Operator.BEGIN, message("output of the layers in it"), changed),
        Line(Operator.ADD, message("input") if shortcut is None else message("projected input"), same),
    )
    return Explained((*lines, *activated(seen, index, changed + same)))


def parallel(seen: Seen, index: Index) -> Explained:
    """The sum of all branches, or the number of one of them."""
    module = seen.modules[0]
    assert isinstance(module, Parallel)
    outputs = [branch(seen.inputs.clone()) for branch in module]
    if module.join == "add":
        parts = [at(output, index) for output in outputs]
        lines = [
            Line(Operator.ADD if number else Operator.BEGIN, message("branch {number}", number=number + 1), part)
            for number, part in enumerate(parts)
        ]
        return Explained((*lines, Line(Operator.IS, message("sum"), at(seen.outputs, index))))
    along = 0 if len(index) == 3 else len(index) - 1
    branch, place = _own(outputs, index, along)
    value = at(outputs[branch], place)
    words = message("branch {number}", number=branch + 1)
    same = message("number {number:,} of its outputs", number=place[along] + 1)
    return Explained((Line(Operator.BEGIN, words, value), Line(Operator.IS, same, value)))


def repeated(seen: Seen, index: Index) -> Explained:
    """The number at the same place after each of the last repetitions."""
    module = seen.modules[0]
    if isinstance(module, Repeated):
        bodies = [module.body] * module.times
    else:
        assert isinstance(module, nn.Sequential)
        bodies = list(module)
    values, x = [], seen.inputs.clone()
    for body in bodies:
        x = body(x)
        values.append(at(x, index) if x.dim() == len(index) + 1 else 0.0)
    first = max(0, len(values) - MOST)
    lines = [
        Line(Operator.APPLY, message("after time {number}", number=number + 1), values[number])
        for number in islice(range(len(values)), first, None)
    ]
    lines[0] = lines[0]._replace(operator=Operator.BEGIN)
    if first == 0 and seen.inputs.shape == seen.outputs.shape:
        begin = Line(Operator.BEGIN, place_words(index), at(seen.inputs, index))
        lines = [begin, lines[0]._replace(operator=Operator.APPLY), *lines[1:]]
    return Explained(tuple(lines))


def _own(outputs: list[Tensor], index: Index, along: int) -> tuple[int, Index]:
    """The branch that a number comes from, and its place there."""
    number = index[along]
    for branch, output in enumerate(outputs):
        size = output.shape[along + 1]
        if number < size:
            return branch, (*index[:along], number, *index[along + 1 :])
        number -= size
    raise IndexError(index)

"""Explains one number that a layer computed as a calculation, line by line, with the numbers of this network.

Layers name the functions that do so, see `explained` in `spec.layer`.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from torch import Tensor, nn

from playground.engine.build import resolve
from playground.engine.probes.layer_modules import LayerModules
from playground.engine.probes.layer_outputs import Numbers, Recorded, evaluating_all
from playground.spec.call import call
from playground.spec.messages import Message, message

Index = tuple[int, ...]  # of a number, without the batch; see `explained`


class Operator(Enum):
    """The operation of a line on the result of the lines above it."""

    BEGIN = ""
    ADD = "+"
    SUBTRACT = "−"
    TIMES = "×"
    OVER = "÷"
    APPLY = "→"  # a function: the line's value is what it makes of the result
    IS = "="  # the line's value is the result


class Line(NamedTuple):
    """One line of a calculation."""

    operator: Operator
    words: Message  # what the number is
    value: float


class Table(NamedTuple):
    """Numbers that a line is made of."""

    name: Message
    values: Numbers  # (rows, columns)
    rows: tuple[str, ...] = ()  # names of the rows
    columns: tuple[Message, ...] = ()  # names of the columns
    marked: tuple[int, int] | None = None  # the row and column of the number that counts


class Window(NamedTuple):
    """The part of one map of the input that a number depends on; in pixels of the map, and it may reach beyond it."""

    channel: int
    top: int
    left: int
    height: int
    width: int


class Explained(NamedTuple):
    """The calculation of one number; the last line gives the number."""

    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    window: Window | None = None
    weights: Numbers | None = None  # (features,): of each number of an input that is a vector or a step

    @property
    def value(self) -> float:
        """The number."""
        return self.lines[-1].value


class Seen(NamedTuple):
    """The recorded values of a layer for one sample."""

    modules: tuple[nn.Module, ...]  # the first reads the input; activations follow
    inputs: Tensor  # (1, …)
    outputs: Tensor  # (1, …), after the activation


def explained(layer: LayerModules, recorded: Recorded, index: Index, sample: int = 0) -> Explained | None:
    """The calculation of one number in the output of a layer for one sample of a batch; None where none is declared.

    `index` counts from 0, as in the output without the batch. Of a layer with gates it is (direction, step, unit), of
    one with attention (head, step that looks, step looked at). No tensor of the network changes.
    """
    if not layer.layer.explained:
        return None
    modules = next(copy for copy in layer.copies if copy[0] is recorded.module)
    seen = Seen(modules, recorded.inputs[sample : sample + 1], recorded.outputs[sample : sample + 1])
    if layer.layer.inside is None and len(index) < seen.outputs.dim() - 1:
        index = (*index, *(0,) * (seen.outputs.dim() - 1 - len(index)))  # units that are channels of one pixel
    with evaluating_all(nn.ModuleList(modules)):
        found: Explained = resolve(call(layer.layer.explained))(seen, index)
    return found


def activated(seen: Seen, index: Index, total: float) -> tuple[Line, ...]:
    """The lines with the sum `total`, and with what each activation after the first module makes of it."""
    lines = [Line(Operator.IS, message("sum"), total)]
    if len(seen.modules) > 1:
        before = seen.modules[0](seen.inputs).clone()
        before[(0, *index)] = total
        for module in seen.modules[1:]:
            before = module(before)
            lines.append(Line(Operator.APPLY, message("{function}", function=type(module).__name__), at(before, index)))
    return tuple(lines)


def at(tensor: Tensor, index: Index) -> float:
    """A number of the only sample in a batch."""
    return float(tensor[(0, *index)])

"""The content of the pictures on a block: what a layer makes of the current example, as levels of a colour scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from playground.gui.stack.output_scale import Levels, Scale, kept_scale, levels, scale_of
from playground.spec.display import Display

Values = npt.NDArray[Any]
MOST_PICTURES = 64  # of one array: more do not fit on a block


class Computed(Protocol):
    """The computed output of a layer, see `engine.probes.layer_outputs.LayerOutput`."""

    @property
    def output(self) -> Values: ...

    @property
    def inside(self) -> Sequence[tuple[str, Values]]: ...


class Sheet(NamedTuple):
    """Pictures that share a scale: (pictures, rows, columns)."""

    name: str  # of a gate; empty for an output
    values: Values  # of all pictures
    levels: Levels  # of those that can fit on a block
    scale: Scale
    numbers: tuple[int, ...] = ()  # the pictures that `levels` are of, the most active first; () for the first ones

    def picture(self, at: int) -> int:
        """The number of the picture whose levels are at that place."""
        return self.numbers[at] if self.numbers else at


class BlockOutput(NamedTuple):
    """The picture that a block shows below its words."""

    display: Display
    sheets: tuple[Sheet, ...] = ()
    words: tuple[str, ...] = ()  # of codes: what each of them stands for
    colors: Levels | None = None  # of a colour picture (rows, columns, 3), in place of its channels
    example: bool = False  # whether it is the input itself


class Shortened(NamedTuple):
    """The output of a layer for the first steps of a sequence."""

    output: Values
    inside: Sequence[tuple[str, Values]]


def shortened(display: Display, computed: Computed, steps: int) -> Computed:
    """The output for the first steps, where it is a sequence: the rest is padding."""
    match display:
        case Display.CODES | Display.SEQUENCE:
            return Shortened(computed.output[:steps], ())
        case Display.GATES:
            return Shortened(computed.output, tuple((name, values[:steps]) for name, values in computed.inside))
        case Display.ATTENTION:
            cut = tuple((name, values[:, :steps, :steps]) for name, values in computed.inside)
            return Shortened(computed.output, cut)
    return computed


def block_output(
    display: Display,
    computed: Computed,
    words: Sequence[str] = (),
    *,
    example: bool = False,
    active_first: bool = False,
) -> BlockOutput:
    """The picture of a layer on its block, or of the `example` itself, of which `words` says what its codes stand for.

    With `active_first`, maps and heads are in the order of `by_activity`.
    """
    if display is Display.CODES:
        return BlockOutput(display, words=tuple(words), example=example)
    sheets = tuple(_sheets(display, computed))
    if active_first and not example and display in (Display.MAPS, Display.ATTENTION):
        sheets = tuple(_reordered(sheet) for sheet in sheets)
    colors = _colors(computed.output) if example and display is Display.MAPS else None
    return BlockOutput(display, sheets, (), colors, example)


def _sheets(display: Display, computed: Computed) -> Iterator[Sheet]:
    match display:
        case Display.MAPS:
            yield _sheet("", computed.output)
        case Display.UNITS:
            yield _sheet("", computed.output.reshape(1, 1, -1))
        case Display.SEQUENCE:
            yield _sheet("", computed.output.T[None])
        case Display.ATTENTION:
            yield from (_sheet(name, values) for name, values in computed.inside)
        case Display.GATES:
            yield from (_sheet(name, values.T[None]) for name, values in computed.inside)


def rescaled(output: BlockOutput, scales: Sequence[Scale]) -> BlockOutput:
    """The same in scales that are fixed, one for each sheet; as it is where they are not of these sheets."""
    if len(scales) != len(output.sheets):
        return output
    pairs = zip(output.sheets, scales, strict=True)
    return output._replace(sheets=tuple(_rescaled(sheet, kept_scale(fixed, sheet.scale)) for sheet, fixed in pairs))


def _rescaled(sheet: Sheet, scale: Scale) -> Sheet:
    shown = sheet.values[list(sheet.numbers)] if sheet.numbers else sheet.values[:MOST_PICTURES]
    return sheet._replace(scale=scale, levels=np.ascontiguousarray(levels(shown, scale)))


def by_activity(values: Values) -> tuple[int, ...]:
    """The numbers of pictures (pictures, rows, columns) by their mean absolute value, the largest first.

    Equal ones stay in order; those with a value that is not finite come last.
    """
    means = np.abs(values).mean((1, 2), dtype=np.float64)
    return tuple(np.argsort(-np.where(np.isfinite(means), means, -1.0), kind="stable").tolist())


def _reordered(sheet: Sheet) -> Sheet:
    """The most active pictures, as many as can fit."""
    numbers = by_activity(sheet.values)[:MOST_PICTURES]
    return sheet._replace(numbers=numbers, levels=levels(sheet.values[list(numbers)], sheet.scale))


def _sheet(name: str, values: Values) -> Sheet:
    scale = scale_of(values)
    return Sheet(name, values, np.ascontiguousarray(levels(values[:MOST_PICTURES], scale)), scale)


def _colors(values: Values) -> Levels | None:
    """The pixels of a colour picture with values in [0, 1]; None for others."""
    if values.shape[0] != 3 or not (values.min() >= 0 and values.max() <= 1):
        return None
    return np.ascontiguousarray(np.rint(values.transpose(1, 2, 0) * np.float32(255)).astype(np.uint8))

"""Where the pictures of a layer are on its block, in logical pixels; their height depends on the display alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect

from playground.spec.display import Display

if TYPE_CHECKING:  # it needs NumPy, which the window does not wait for
    from playground.gui.stack.block_output import BlockOutput

CAPTION = 13  # the line with a gate's name
BELOW = 10  # from the pictures to the edge of the block
_HEIGHTS = {
    Display.MAPS: 40,
    Display.UNITS: 20,
    Display.SEQUENCE: 40,
    Display.CODES: 20,
    Display.ATTENTION: 56,
    Display.GATES: 40 + CAPTION,
}
_GAP = 4
_WIDEST_STEP = 8  # of a sequence
_CELLS = (20, 10, 6, 5, 4, 3, 2)  # sides of a unit's cell: the largest that lets all units fit
_WIDEST_ROW = 24  # units in large cells


class Tile(NamedTuple):
    """One picture on a block: the number of its sheet, its own number in it, and its rectangle."""

    sheet: int
    number: int
    rect: QRect
    grid: tuple[int, int]  # its rows and columns
    at: int = 0  # the place of its levels in the sheet


class Place(NamedTuple):
    """A value in a block: the number of its sheet, of the picture, and its row and column in it."""

    sheet: int
    number: int
    row: int
    column: int


def output_height(display: Display | None) -> int:
    """The height that the pictures add to a block; 0 without any."""
    return 0 if display is None else _HEIGHTS[display] + BELOW


def tiles(output: BlockOutput, area: QRect) -> list[Tile]:
    """The pictures that fit into an area of that height, from the left."""
    match output.display:
        case Display.UNITS:
            return [_units(output.sheets[0].values.size, area)] if output.sheets else []
        case Display.SEQUENCE | Display.GATES:
            return list(_side_by_side(output, area))
        case Display.CODES:
            return []
    return list(_in_a_row(output, area))


def place_at(output: BlockOutput, area: QRect, position: QPoint) -> Place | None:
    """The value at a position, if there is one."""
    for tile in tiles(output, area):
        if not tile.rect.contains(position):
            continue
        rows, columns = tile.grid
        row = (position.y() - tile.rect.top()) * rows // tile.rect.height()
        column = (position.x() - tile.rect.left()) * columns // tile.rect.width()
        if output.display is Display.UNITS:
            unit = row * columns + column
            return Place(0, 0, 0, unit) if unit < output.sheets[0].values.size else None
        return Place(tile.sheet, tile.number, row, column)
    return None


def _units(count: int, area: QRect) -> Tile:
    """Units in rows, read as a text is; the last ones are left out if they do not fit."""
    side = next(
        (
            side
            for side in _CELLS
            if (area.height() // side) * (area.width() // side) >= count and (side < _CELLS[0] or count <= _WIDEST_ROW)
        ),
        _CELLS[-1],
    )
    rows = min(area.height() // side, count)
    columns = min(-(-count // rows), area.width() // side)
    rows = min(rows, -(-count // columns))
    return Tile(0, 0, QRect(area.left(), area.top(), columns * side, rows * side), (rows, columns))


def _side_by_side(output: BlockOutput, area: QRect) -> Iterator[Tile]:
    """Sequences, which share the width; a step is several pixels wide if there is room."""
    named = output.display is Display.GATES
    top = area.top() + (CAPTION if named else 0)
    share = (area.width() + _GAP) // max(1, len(output.sheets)) - _GAP
    left = area.left()
    for number, sheet in enumerate(output.sheets):
        rows, steps = sheet.values.shape[1:]
        width = min(share, steps * max(1, min(_WIDEST_STEP, share // steps)))
        yield Tile(number, 0, QRect(left, top, max(1, width), area.bottom() + 1 - top), (rows, steps))
        left += min(share, max(width, 2 * CAPTION if named else 0)) + _GAP


def _in_a_row(output: BlockOutput, area: QRect) -> Iterator[Tile]:
    """Pictures of the same height; `MOST_PICTURES` of each sheet at most."""
    left = area.left()
    for number, sheet in enumerate(output.sheets):
        rows, columns = sheet.values.shape[1:]
        width = max(6, min(area.width(), round(area.height() * columns / rows)))
        shown: Sequence[int] = range(1 if output.colors is not None else len(sheet.levels))
        for picture in shown:
            if left + width > area.right() + 1:
                return
            rect = QRect(left, area.top(), width, area.height())
            yield Tile(number, sheet.picture(picture), rect, (rows, columns), picture)
            left += width + _GAP

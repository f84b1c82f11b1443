"""Finds the unit that stands behind each number of a column: “12 kg”, “3.5cm”, “45 km/h”."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from playground.engine.data.formats.numbers import MOSTLY
from playground.spec.data.number_notation import SPACES

_QUANTITY = re.compile(
    rf"(?P<number>[+\-−]?[0-9.,'’{SPACES}]*?[0-9](?:[eE][+-]?[0-9]{{1,3}})?+)(?P<blank>[{SPACES}]?)"
    r"(?P<unit>[^\W\d_°]|(?:°|[^\W\d_])[\w°²³/·^*.]{1,7}|°)"
)
_BARE = re.compile(r"[+\-−(.,]*[0-9](?:(?<=[1-9])|.*[1-9])")  # begins as a number other than 0
_POWER = re.compile("[eE](?:[0-9].*)?")  # of ten
_MOST_UNITS = 5  # of a column; of more, they are words of texts such as “12 Main”
_SAMPLED = 200  # cells from which most columns without units are told
_FEWEST = 0.5  # share of cells with a unit, from which on its lack contradicts


class FoundUnit(NamedTuple):
    """The unit of all numbers of a column, and its cells without it; or two cells with different units."""

    unit: str = ""
    cells: Sequence[str] = ()
    different: tuple[int, int] | None = None  # indices of two cells, of which one may lack a unit


def quantity(cell: str) -> tuple[str, str] | None:
    """The number and the unit of a cell; None where it has none. A single letter is a unit only behind a blank."""
    match = _QUANTITY.fullmatch(cell)
    if match is None or _POWER.fullmatch(match["unit"]):
        return None
    if len(match["unit"]) == 1 and not match["blank"] and match["unit"] != "°":
        return None
    return match["number"].strip(), match["unit"]


def unit_of(cells: Sequence[str]) -> FoundUnit:
    """What is behind the numbers of a column, none of whose cells is missing."""
    for some in (cells[:_SAMPLED], cells):
        found = list(map(quantity, some))
        if sum(item is not None for item in found) < _FEWEST * len(some) or not some:
            return FoundUnit()
    units = [item[1] if item else "" for item in found]
    counts = Counter(units)
    bare = next((at for at, cell in enumerate(cells) if not units[at] and _BARE.match(cell)), None)
    other = {unit for unit in counts if unit}
    if len(other) > _MOST_UNITS or 2 * len(other) > len(cells):
        return FoundUnit()
    first = [units.index(unit) for unit in other]
    if len(other) > 1:
        return FoundUnit(different=tuple(sorted(first)[:2]))  # type: ignore[arg-type]  # two of them
    if bare is not None:
        return FoundUnit(different=(min(first[0], bare), max(first[0], bare)))
    if len(cells) - counts[""] < MOSTLY * len(cells):
        return FoundUnit()
    return FoundUnit(next(iter(other)), [item[0] if item else cell for item, cell in zip(found, cells, strict=True)])

"""Recognises dates and times, and decides the order of day and month in a column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from playground.engine.data.formats.numbers import MOSTLY, Floats, is_missing
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.dates import DAY, EPOCH, TIME, ZONE, DatePart, DayOrder, moment

_SAMPLED = 200  # cells from which most columns without dates are told
_PIECE = 5_000  # cells converted between two checks for cancellation
_DAY_SECONDS = 86_400
_FEW_DAYS = 92  # within which the day of the month is an input
_MONTH = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])")
_DATE = re.compile(rf"(?:{DAY})?(?:[T ]?{TIME}{ZONE})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """The order of day and month in a column; None where its cells leave it open."""

    order: DayOrder | None
    contradiction: tuple[int, int] | None = None  # indices of two cells
    open: int | None = None  # the index of a cell that leaves it open


def is_date(cell: str) -> bool:
    """Whether a cell looks like a date, a time or both: 2025-12-31, 31.12.2025, 12:30, 2025-12-31T12:30:00Z."""
    return any(moment(cell, order) is not None for order in ("dmy", "mdy"))


def is_compact(cell: str) -> bool:
    """Whether a cell could be a number as well: a date of eight digits."""
    return len(cell) == 8 and cell.isdecimal()


def are_months(cells: Sequence[str]) -> bool:
    """Whether all cells of a column look like a year and a month in six digits, of more than one year: 202401."""
    years = {cell[:4] for cell in cells if _MONTH.fullmatch(cell)}
    return len(years) > 1 and all(_MONTH.fullmatch(cell) for cell in cells)


def are_dates(cells: Sequence[str]) -> bool:
    """Whether nearly all cells of a column, none of them missing, hold dates or times."""
    for some in (cells[:_SAMPLED], cells):
        if sum(count for cell, count in Counter(some).items() if is_date(cell)) < MOSTLY * len(some):
            return False
    return True


def order_of(cells: Sequence[str]) -> FoundOrder:
    """The order in a column, none of whose cells is missing, by the numbers above 12 in it."""
    days, months, undecided = None, None, None
    for cell in dict.fromkeys(cells):  # each once, in their order
        found = _DATE.fullmatch(cell)
        if found is None or found[1] is None or len(found[1]) == 4:
            continue
        if int(found[1]) > 12 and days is None:
            days = cells.index(cell)
        elif int(found[3]) > 12 and months is None:
            months = cells.index(cell)
        elif undecided is None:
            undecided = cells.index(cell)
    if days is not None and months is not None:
        return FoundOrder(None, (days, months))
    if days is None and months is None:
        return FoundOrder("ymd" if undecided is None else None, open=undecided)
    return FoundOrder("mdy" if days is None else "dmy")


def moments(cells: Sequence[str], order: str) -> Floats:
    """The seconds since 1970 of each cell (N,), see `moment`; NaN where one is missing or holds no date."""
    known: dict[str, float] = {}
    for index, cell in enumerate(set(cells)):
        if index % _PIECE == 0:
            stop_if_cancelled()
        value = None if is_missing(cell) else moment(cell, order)
        known[cell] = np.nan if value is None else value
    return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))


def parts_of(seconds: Floats) -> tuple[DatePart, ...]:
    """The parts that differ among dates; the day of the month only where they lie within few months."""
    some = np.unique(seconds[~np.isnan(seconds)])
    days = np.datetime64(EPOCH, "s") + np.floor(some).astype("timedelta64[s]")
    months = days.astype("datetime64[M]").astype(np.int64)
    whole = days.astype("datetime64[D]").astype(np.int64)
    few = whole[-1] - whole[0] < _FEW_DAYS
    values: tuple[tuple[DatePart, npt.NDArray[np.generic]], ...] = (
        ("year", months // 12),
        ("month", months % 12),
        ("day", whole if few else whole[:1]),
        ("weekday", whole % 7),
        ("hour", some % _DAY_SECONDS),
    )
    return tuple(part for part, found in values if len(np.unique(found)) > 1)

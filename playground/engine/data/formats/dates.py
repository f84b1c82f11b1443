"""Recognises dates and times."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.engine.data.formats.numbers import MOSTLY

_TIME = r"\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?[AaPp][Mm])?"
_ZONE = r"( ?(Z|UTC|[+-]\d{2}:?\d{2}))?"
_DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}\.\s?\d{1,2}\.\s?(\d{4}|\d{2})|\d{1,2}[/-]\d{1,2}[/-](\d{4}|\d{2}))"
_SAMPLED = 200  # cells from which most columns without dates are told
_DATE = re.compile(f"{_DAY}([T ]{_TIME}{_ZONE})?|{_TIME}", re.ASCII)


def is_date(cell: str) -> bool:
    """Whether a cell holds a date, a time or both: 2025-12-31, 31.12.2025, 12/31/2025, 12:30, 2025-12-31T12:30:00Z."""
    return _DATE.fullmatch(cell) is not None


def are_dates(cells: Sequence[str]) -> bool:
    """Whether nearly all cells of a column, none of them missing, hold dates or times."""
    return all(sum(map(is_date, some)) >= MOSTLY * len(some) for some in (cells[:_SAMPLED], cells))

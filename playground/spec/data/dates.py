"""Dates and times in the cells of a table: how they are read, and which inputs of a network they become."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import cos, pi, sin
from typing import Literal

from playground.spec.messages import tr_noop

DayOrder = Literal["ymd", "dmy", "mdy"]  # of a date whose year is not first; a date that begins with it is always read
DAY_ORDERS: dict[DayOrder, str] = {
    "ymd": tr_noop("Year first"),
    "dmy": tr_noop("Day first"),
    "mdy": tr_noop("Month first"),
}
DatePart = Literal["year", "month", "day", "weekday", "hour"]
EPOCH = datetime(1970, 1, 1)

EARLIEST, LATEST = -62_135_596_800, 253_402_300_800  # the years 1 to 9999 in seconds
TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?([AaPp][Mm])?"
ZONE = r"\s?(Z|UTC|[+-]\d{2}:?\d{2})?"
DAY = r"(\d{4}|\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{1,2})"

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
COMPACT_DAY = r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?|(?=$|[T ]))"  # 20251231, 20251231T123000Z
NAMED_DAY = (
    rf"(?i)^(?:(\d{{1,2}})[-. ]?\s?({MONTH})[-,. ]?\s?|({MONTH})[-. ]?\s?(?:(\d{{1,2}})[-,. ]\s?|(?=\d{{4}})))"
    r"(\d{4}|\d{2})(?!\d)"
)


def moment(cell: str, order: str = "ymd") -> float | None:
    """The seconds from 1970-01-01 00:00 to a date, a time on that day, or both; None where a cell holds none.

    order: of day and month where the year does not come first. Months may be English words, and a month and a
        year are the first day of that month. A zone is converted to UTC.
    Years of two digits are those from 1969 to 2068, as in POSIX; eight digits are a date from 1900 to 2099.
    """
    cell = re.sub(COMPACT_DAY, _apart, cell.strip(), flags=re.ASCII)
    cell = re.sub(NAMED_DAY, _numbered, cell, flags=re.ASCII)
    found = re.fullmatch(rf"(?:{DAY})?(?:[T ]?{TIME}{ZONE})?", cell, re.ASCII)
    if not found or not any(found.groups()):
        return None
    first, _, second, third, hour, minute, second_of, fraction, half, zone = found.groups()
    try:
        at = EPOCH if first is None else _day(first, second, third, order)
        if hour is not None:
            hours = int(hour)
            if half:
                if not 1 <= hours <= 12:
                    return None
                hours = hours % 12 + 12 * (half.lower() == "pm")
            at = at.replace(hour=hours, minute=int(minute), second=int(second_of or 0))
    except ValueError:
        return None
    seconds = (at - EPOCH).total_seconds() + (float(f"0.{fraction}") if fraction else 0.0)
    if zone and zone not in ("Z", "UTC"):
        digits = zone[1:].replace(":", "")
        seconds -= (60 * int(digits[:2]) + int(digits[2:])) * (-60 if zone[0] == "-" else 60)
    return seconds if EARLIEST <= seconds < LATEST else None


def _apart(compact: re.Match[str]) -> str:
    """The day with signs between its numbers, 2025-12-31 for “20251231”, and so the time behind it."""
    day, time = "-".join(compact.groups()[:3]), ":".join(filter(None, compact.groups()[3:]))
    return f"{day}T{time}" if time else day


def _numbered(named: re.Match[str]) -> str:
    """The day in numbers: 2000-1-31 for “31 Jan 2000” and “January 31, 2000”, 2000-1-1 for “Jan 2000”."""
    month = (named[2] or named[3])[:3].lower()
    return f"{_year(named[5])}-{MONTHS.index(month) + 1}-{named[1] or named[4] or 1}"


def _year(digits: str) -> str:
    """A year in four digits."""
    return digits if len(digits) == 4 else f"{20 if int(digits) < 69 else 19}{digits}"


def _day(first: str, second: str, third: str, order: str) -> datetime:
    """The day of three numbers; raises ValueError if there is none."""
    if len(first) == 4:
        if len(third) == 4:
            raise ValueError(third)
        year, month, day = first, second, third
    elif order == "ymd":
        raise ValueError(first)
    elif len(third) == 1:
        raise ValueError(third)
    else:
        month, day = (second, first) if order == "dmy" else (first, second)
        year = _year(third)
    return datetime(int(year), int(month), int(day))


def part_width(part: str) -> int:
    """How many inputs a part of a date makes: sine and cosine of what returns, one number of what does not."""
    return 1 if part == "year" else 2


def date_inputs(seconds: float, parts: tuple[str, ...]) -> list[float]:
    """The inputs of a date: the year, and the angle of other parts on their circle as sine and cosine.

    seconds: see `moment`.
    """
    at = EPOCH + timedelta(seconds=seconds)
    found: list[float] = []
    for part in parts:
        if part == "year":
            found.append(float(at.year))
            continue
        turn = {
            "month": (at.month - 1) / 12,
            "day": (at.day - 1) / 31,
            "weekday": at.weekday() / 7,
            "hour": (at.hour + at.minute / 60 + at.second / 3600) / 24,
        }[part]
        found += [sin(2 * pi * turn), cos(2 * pi * turn)]
    return found

"""Decides in which notation the numbers of a column are written, from all of its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from playground.engine.data.formats.numbers import MOSTLY
from playground.engine.data.formats.units_in_cells import quantity, unit_of
from playground.spec.data.number_notation import APOSTROPHES, SPACES, NumberNotation
from playground.spec.messages import Message, message, tr_noop

_CODES = "USD|EUR|GBP|JPY|CNY|CHF|INR|RUB|PLN|CZK|HUF|SEK|NOK|DKK|TRY|BRL|CAD|AUD|NZD|MXN|KRW|ZAR|SGD|HKD|ILS"
_CURRENCY = rf"(?:(?:US|R|A|C|NZ|HK)?\$|[€£¥₹₽₩₺₪₴₫฿¢]|zł|Kč|kr\.?|Ft|Fr\.?|{_CODES})"
_FORM = re.compile(
    rf"(?P<open>\()?(?P<sign>[+\-−])?(?P<before>{_CURRENCY})?(?(before)\s?)(?P<inner>[+\-−])?"
    rf"(?P<body>9[9.,'’{SPACES}]*|[.,]9+)(?P<power>[eE][+-]?9{{1,3}})?\s?(?P<after>%|{_CURRENCY})?(?P<close>\))?"
)
_NINES = str.maketrans("012345678", "9" * 9)
_THOUSANDS = {".": ("", ",", SPACES, APOSTROPHES), ",": ("", ".", SPACES, APOSTROPHES)}
_PLAIN = re.compile(r"(?:[+-]?(?:[0-9]++(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\n)*+")
_NO_GROUP = re.compile(r"\.(?![0-9]{3}[.\n])")  # a point that cannot separate thousands
_LEADING_ZERO = re.compile(r"(?<![0-9.,'’])0[0-9]*[.,]")


class Form(NamedTuple):
    """The notation of one cell, each digit being 9."""

    body: str
    power: bool  # whether it has an exponent
    affix: str  # a currency or “%”
    negatives: bool  # whether it is negative in a way that `float` does not read


@dataclass(frozen=True, slots=True)
class Found:
    """The decision on a column: its notation, or two cells that contradict each other, or that it has no numbers."""

    notation: NumberNotation | None = None
    contradiction: tuple[int, int] | None = None  # indices of two cells
    open: str = ""  # “.” or “,”, where this may be a decimal or a thousands sign
    thousands_likely: bool = False  # where open: all larger numbers have it, and the smaller ones do not
    decimal: str = ""  # the decimal sign that is certain from this column
    units: tuple[int, int] | None = None  # indices of two numbers with different units, so that it has no numbers
    typed: bool = False  # its cells are numbers in the file, and say nothing about texts


@dataclass(slots=True)
class _Shapes:
    """The different forms of a column's numbers, how many cells have each, and the first of them."""

    cells: Sequence[str]
    counts: Counter[Form] = field(default_factory=Counter)
    first: dict[Form, int] = field(default_factory=dict)


def looks_like_number(cell: str) -> bool:
    """Whether a cell is a number in any notation."""
    return bool(cell) and _form(cell.translate(_NINES)) is not None


def is_quantity(cell: str) -> bool:
    """Whether a cell is a number with a unit: “12 kg”."""
    found = quantity(cell)
    return found is not None and looks_like_number(found[0])


def notation_of(cells: Sequence[str], decimals: str = ".,") -> Found:
    """The notation of the cells of a column that are not missing.

    decimals: the decimal signs that are possible.
    """
    text = "\n".join(cells) + "\n"
    if "." in decimals and _PLAIN.fullmatch(text) and ("." not in text or _NO_GROUP.search(text)):
        return Found(NumberNotation(), decimal="." if "." in text else "")
    shapes = _shapes(cells)
    if sum(shapes.counts.values()) < MOSTLY * len(cells):
        return _with_unit(cells, decimals)
    forms = list(shapes.counts)
    wrong = _affixes(shapes)
    readings = [
        (decimal, thousands)
        for decimal in decimals
        for thousands in _THOUSANDS[decimal]
        if all(_reads(form, decimal, thousands) for form in forms)
    ]
    if wrong is not None or not readings:
        return Found(contradiction=wrong or _contradiction(shapes, decimals))
    if len(needed := {_needed(forms, *reading) for reading in readings}) > 1 and all(all(item) for item in needed):
        return Found(contradiction=_with_signs(shapes))  # “1.020” beside “1,020”
    affix = next((form.affix for form in forms if form.affix), "")
    negatives = any(form.negatives for form in forms)
    certain = len(needed) == 1
    if not certain and _LEADING_ZERO.search(text):
        needed, certain = {item for item in needed if not item[1]}, True
    decimal, thousands = min(needed, key=lambda item: (len(item[1]), item[0] != "."))
    notation = NumberNotation(decimal=decimal or ".", thousands=thousands, affix=affix, negatives=negatives)
    if certain:
        other = {".": ",", ",": "."}.get(thousands, "")
        return Found(notation, decimal=decimal or other)
    bare = [form.body for form in forms if form.body.isdigit()]
    likely = bool(bare) and all(len(body) <= 3 for body in bare)
    return Found(notation, open=decimal, thousands_likely=likely)


def _with_unit(cells: Sequence[str], decimals: str) -> Found:
    """The notation of numbers with a unit, which must be the same in all cells."""
    given = unit_of(cells)
    if given.different is not None or not given.unit:
        return Found(units=given.different)
    found = notation_of(given.cells, decimals)
    if found.notation is None or found.notation.affix:
        return Found(contradiction=found.contradiction)
    return replace(found, notation=found.notation.with_(affix=given.unit))


def as_thousands(notation: NumberNotation) -> NumberNotation:
    """The other reading of an open column: its sign separates thousands."""
    other = "," if notation.decimal == "." else "."
    return notation.with_(decimal=other, thousands=notation.decimal)


def _shapes(cells: Sequence[str]) -> _Shapes:
    """By whole lists, because a step for each cell of a large table takes seconds."""
    shapes = "\n".join(cells).translate(_NINES).split("\n")
    if len(shapes) != len(cells):  # some cells hold line ends
        shapes = [cell.translate(_NINES) for cell in cells]
    first = dict(zip(reversed(shapes), range(len(shapes) - 1, -1, -1), strict=True))
    found = _Shapes(cells)
    for shape, count in Counter(shapes).items():
        form = _form(shape)
        if form is not None:
            found.counts[form] += count
            found.first[form] = min(first[shape], found.first.get(form, len(cells)))
    return found


@lru_cache(maxsize=4096)
def _form(shape: str) -> Form | None:
    match = _FORM.fullmatch(shape)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    body, signs = match["body"].rstrip(), [sign for sign in (match["sign"], match["inner"]) if sign]
    if len(signs) + bool(match["open"]) > 1 or (match["before"] and match["after"]):
        return None
    form = Form(
        body,
        bool(match["power"]),
        match["before"] or match["after"] or "",
        bool(match["open"]) or "−" in signs,
    )
    known = any(_reads(form, decimal, thousands) for decimal in ".," for thousands in _THOUSANDS[decimal])
    return form if known else None


@lru_cache(maxsize=4096)
def _reads(form: Form, decimal: str, thousands: str) -> bool:
    """Whether a form is a number where these are the signs."""
    point = re.escape(decimal)
    if re.fullmatch(f"9+({point}9*)?|{point}9+", form.body):
        return True
    groups = f"(9{{1,3}}|9{{1,2}}([{thousands}]9{{2}})+)([{thousands}]9{{3}})+({point}9*)?"  # in India: 1,23,456
    grouped = thousands and re.fullmatch(groups, form.body)
    return bool(grouped) and not form.power


def _needed(forms: Iterable[Form], decimal: str, thousands: str) -> tuple[str, str]:
    """The signs that occur at all in forms that are read with them."""
    bodies = [form.body for form in forms]
    has_thousands = bool(thousands) and any(sign in body for body in bodies for sign in thousands)
    return (decimal if any(decimal in body for body in bodies) else "", thousands if has_thousands else "")


def _affixes(shapes: _Shapes) -> tuple[int, int] | None:
    """Two cells of which one is in another currency or unit; a number without a currency may stand beside others."""
    kinds = list(dict.fromkeys(form.affix for form in shapes.counts if form.affix))
    first = {kind: min(index for form, index in shapes.first.items() if form.affix == kind) for kind in kinds}
    if len(kinds) > 1:
        return first[kinds[0]], first[kinds[1]]
    if kinds != ["%"] or all(form.affix for form in shapes.counts):
        return None
    bare = (
        index
        for index, cell in enumerate(shapes.cells)
        if "%" not in cell and looks_like_number(cell) and re.search("[1-9]", cell)
    )
    second = next(bare, None)
    return None if second is None else (first["%"], second)


def _contradiction(shapes: _Shapes, decimals: str) -> tuple[int, int]:
    """The first cell in the most frequent notation that not all can be read in, and the first that is in another."""
    possible = [(decimal, thousands) for decimal in ".," for thousands in _THOUSANDS[decimal]]
    usual = max(
        (item for item in possible if item[0] in decimals),
        key=lambda item: sum(count for form, count in shapes.counts.items() if _reads(form, *item)),
    )
    other = min(index for form, index in shapes.first.items() if not _reads(form, *usual))
    rejecting = next(form for form, index in shapes.first.items() if index == other)
    others = [item for item in possible if _reads(rejecting, *item)]
    apart = [
        index
        for form, index in shapes.first.items()
        if _reads(form, *usual) and not any(_reads(form, *item) for item in others)
    ]
    return min(apart, default=0 if other else 1), other


def _with_signs(shapes: _Shapes) -> tuple[int, int]:
    """The first cell with a point and the first with a comma."""
    first = [min(index for form, index in shapes.first.items() if sign in form.body) for sign in ".,"]
    return min(first), max(first)


def open_remark(name: str, cell: str, *, thousands: bool, sign: str) -> Message:
    """That a sign in a column could be read in two ways, and in which it was."""
    if thousands:
        words = tr_noop(
            "In “{name}”, “{sign}” may be a decimal sign or separate thousands: read as thousands (“{cell}”)."
        )
    else:
        words = tr_noop(
            "In “{name}”, “{sign}” may be a decimal sign or separate thousands: read as decimal (“{cell}”)."
        )
    return message(words, name=name, sign=sign, cell=cell)

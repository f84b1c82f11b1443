"""A figure that a benchmark found, with the bar that it has to reach; and many of them as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any, Literal

from rich.table import Table
from rich.text import Text

_INSTALLED_AS = {"sklearn": "scikit-learn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured of a piece of work, and beside what.

    The bar is one for the ratio, value divided by the peer's, where there is a peer; else for the value. Without a
    bar a figure is there for orientation. `missing` says why there is no value.
    """

    work: str
    value: float | None = None
    unit: str = ""
    peer: str = ""
    beside: float | None = None  # the peer's value, from the same sitting
    bar: float | None = None
    better: Literal["lower", "higher"] = "lower"
    note: str = ""
    missing: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        return self.value / self.beside if self.value is not None and self.beside else None

    @property
    def judged(self) -> float | None:
        """What the bar is held against."""
        return self.ratio if self.peer else self.value

    @property
    def verdict(self) -> str:
        """In words: `reached`, `missed`, `not measured: …`, or nothing where there is no bar."""
        if self.missing:
            return f"not measured: {self.missing}"
        if self.bar is None:
            return ""
        found = self.judged
        if found is None or not isfinite(found):
            return "missed"
        return "reached" if (found <= self.bar if self.better == "lower" else found >= self.bar) else "missed"

    def record(self) -> dict[str, Any]:
        """All of it as plain values, ratio and verdict included."""
        return {**asdict(self), "ratio": self.ratio, "verdict": self.verdict}


def lacks(error: ModuleNotFoundError) -> str:
    """Why something is missing, where a package is that a peer needs; what is missing of ours is a mistake.

    Raises:
        ModuleNotFoundError: it is of ours.
    """
    package = (error.name or "").partition(".")[0]
    if package in ("", "playground", "tests"):
        raise error
    return f"{_INSTALLED_AS.get(package, package)} is not installed"


def line_of(figure: Figure) -> str:
    """A figure as one line of JSON."""
    return json.dumps(asdict(figure))


def figure_of(line: str) -> Figure:
    """The figure that `line_of` wrote."""
    known = {field.name for field in fields(Figure)}
    return Figure(**{name: value for name, value in json.loads(line).items() if name in known})


def table_of(found: Mapping[str, Iterable[Figure]]) -> Table:
    """The figures of several benchmarks, a section each."""
    table = Table("work", "ours", "beside", "ratio", "bar", "verdict")
    for name in ("ours", "ratio", "bar"):
        next(column for column in table.columns if column.header == name).justify = "right"
    for figures in found.values():
        for figure in figures:
            style = {"reached": "green", "missed": "bold red"}.get(figure.verdict, "")
            beside = " ".join(filter(None, (figure.peer, _amount(figure.beside, figure.unit))))
            work = Text(figure.work)
            if figure.note:
                work.append(f"\n{figure.note}", "dim")
            cells = (_amount(figure.value, figure.unit), beside, _number(figure.ratio), _bar(figure))
            table.add_row(work, *map(Text, cells), Text(figure.verdict, style))
        table.add_section()
    return table


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    amount = _number(figure.bar) if figure.peer else _amount(figure.bar, figure.unit)
    return f"{'≤' if figure.better == 'lower' else '≥'} {amount}"


def _amount(value: float | None, unit: str) -> str:
    return "" if value is None else f"{_number(value)} {unit}".rstrip()


def _number(value: float | None) -> str:
    """Three digits, and all of those before the point."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

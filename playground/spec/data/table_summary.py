"""The summary of a table, made when it is chosen: shapes and counts, without opening the file again.

It is part of the experiment, so that an experiment means the same on every machine. Before training the file is
inspected again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.text_encoding import Encoding

MOST_COLUMNS = 1_000
FEWEST_ROWS = 10  # without missing values
MOST_CATEGORIES = 100  # different texts in a column that is used
BUNDLED = "iris.csv"
MISSING = ("", "na", "n/a", "nan", "null", "?", "-", "–", "#n/a")  # cells without a value, in lower case
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"  # separated by commas
_LONGEST_NAME = 200  # characters in the name of a column or category


class Column(Component):
    """One column: numbers, categories (a few texts that recur), or a column that is left out."""

    name: str = Field("", strict=True, max_length=_LONGEST_NAME)
    kind: Literal["number", "category", "left out"] = "number"
    low: float = Field(0.0, strict=True)  # numbers: the smallest and the largest
    high: float = Field(0.0, strict=True)
    whole: bool = Field(False, strict=True)  # numbers: all are whole
    categories: tuple[str, ...] = Field(
        (), max_length=MOST_CATEGORIES
    )  # in order; of numbers, where they are whole and few
    counts: tuple[int, ...] = Field((), max_length=MOST_CATEGORIES)  # rows of each category

    @property
    def width(self) -> int:
        """How many numbers of the network's input it makes: one for each category, or one."""
        return {"number": 1, "category": len(self.categories), "left out": 0}[self.kind]

    @property
    def classes(self) -> tuple[str, ...]:
        """The categories that can be predicted: those with more than one row."""
        return tuple(name for name, count in zip(self.categories, self.counts, strict=False) if count > 1)

    @property
    def classified(self) -> int:
        """How many rows have one of `classes`."""
        return sum(count for count in self.counts if count > 1)


class TableFile(Component):
    """A CSV file as it was when it was chosen."""

    path: str = Field(BUNDLED, strict=True, max_length=4_000)  # absolute, or `BUNDLED`
    sha256: str = Field("", strict=True, max_length=64)
    encoding: Encoding = Field("utf-8", strict=True, max_length=20)
    separator: str = Field(",", strict=True, max_length=1)
    header: int = Field(1, strict=True, ge=0, le=1)  # rows before the values
    rows: int = Field(0, strict=True, ge=0)  # complete rows: no usable column lacks a value
    columns: tuple[Column, ...] = Field((), max_length=MOST_COLUMNS)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

    @property
    def bundled(self) -> bool:
        """Whether it comes with the program."""
        return self.path == BUNDLED

    def column(self, name: str) -> Column | None:
        """The usable column of that name; None where there is none."""
        return next((item for item in self.usable if item.name == name), None)

    def column_index(self, column: Column) -> int:
        """The index of the column's cell in a row, from 0."""
        return next(number for number, item in enumerate(self.columns) if item is column)

    @property
    def usable(self) -> tuple[Column, ...]:
        """The columns that are not left out."""
        return tuple(item for item in self.columns if item.kind != "left out")

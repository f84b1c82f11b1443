"""What was found in a table when a person chose it: enough to know shapes and counts without opening the file again.

It is part of the experiment, so that an experiment means the same on every machine; before anything is learned the
file is looked at again, and has to be what it was.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.text_encoding import Encoding

MOST_COLUMNS = 1_000
FEWEST_ROWS = 10  # without missing values
MOST_CATEGORIES = 100  # different texts in a column from which can be learned
BUNDLED = "iris.csv"
MISSING = ("", "na", "n/a", "nan", "null", "?", "-", "–", "#n/a")  # cells that say nothing, in small letters
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"  # set off by commas
_NAME = 200  # characters of the name of a column, or of a category


class Column(Component):
    """One column: numbers, a few texts that come again and again, or something from which nothing can be learned."""

    name: str = Field("", strict=True, max_length=_NAME)
    kind: Literal["number", "category", "left out"] = "number"
    low: float = Field(0.0, strict=True)  # numbers: the smallest and the largest
    high: float = Field(0.0, strict=True)
    whole: bool = Field(False, strict=True)  # numbers: all are whole
    categories: tuple[str, ...] = Field(
        (), max_length=MOST_CATEGORIES
    )  # in order; of numbers, where they are whole and few
    counts: tuple[int, ...] = Field((), max_length=MOST_CATEGORIES)  # how many rows have each

    @property
    def width(self) -> int:
        """How many numbers the network is given for it: one for each category, or one."""
        return {"number": 1, "category": len(self.categories), "left out": 0}[self.kind]

    @property
    def classes(self) -> tuple[str, ...]:
        """What can be asked for: categories that more than one row has."""
        return tuple(name for name, count in zip(self.categories, self.counts, strict=False) if count > 1)

    @property
    def classified(self) -> int:
        """How many rows have one of the classes."""
        return sum(count for count in self.counts if count > 1)


class TableFile(Component):
    """A CSV file as it was when it was chosen."""

    path: str = Field(BUNDLED, strict=True, max_length=4_000)  # absolute, or that of the one which is bundled
    sha256: str = Field("", strict=True, max_length=64)
    encoding: Encoding = Field("utf-8", strict=True, max_length=20)
    separator: str = Field(",", strict=True, max_length=1)
    header: int = Field(1, strict=True, ge=0, le=1)  # rows before the values
    rows: int = Field(0, strict=True, ge=0)  # usable: none of the columns that are not left out lacks a value there
    columns: tuple[Column, ...] = Field((), max_length=MOST_COLUMNS)

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePath(self.path).name

    @property
    def bundled(self) -> bool:
        """Whether it comes with the program."""
        return self.path == BUNDLED

    def column(self, name: str) -> Column | None:
        """The column of that name from which something can be learned."""
        return next((item for item in self.usable if item.name == name), None)

    def place(self, column: Column) -> int:
        """Which cell of a row belongs to the column, from 0."""
        return next(number for number, item in enumerate(self.columns) if item is column)

    @property
    def usable(self) -> tuple[Column, ...]:
        """The columns that are not left out."""
        return tuple(item for item in self.columns if item.kind != "left out")

"""The summary of a table, made when it is chosen: shapes and counts, without opening the file again.

It is part of the experiment, so that an experiment means the same on every machine. Before training the file is
inspected again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import Component
from playground.spec.data.column_kinds import ColumnKind
from playground.spec.data.dates import DatePart, DayOrder, part_width
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.separate_test import LONGEST_PATH, SeparateTest
from playground.spec.data.table_reading import ReadingChoice, Scaled, TableReading
from playground.spec.messages import tr_noop

MOST_COLUMNS = 1_000
FEWEST_ROWS = 10  # without missing values
MOST_CATEGORIES = 100  # different texts in a column that is used
BUNDLED = "iris.csv"
MISSING = ("", "na", "n/a", "nan", "null", "?", "-", "–", "#n/a")  # cells without a value, in lower case
MOST_WORDS = 3  # different ones that stand for missing numbers in up to half of a column; other texts in a tenth
LONGEST_NAME = 200  # characters in the name of a column or category
_EARLIER = ("separator", "header", "encoding")  # of earlier files, where they stand beside the columns
_USED = ("number", "category", "date")  # kinds from which a network can learn
MOST_GROUPS = 10_000
LARGEST = 1e19  # of an input or a target as a network gets it: its square is still a number of 32 bits


class Column(Component):
    """One column: numbers, categories (a few texts that recur), or one of another kind, which is left out."""

    name: str = Field("", strict=True, max_length=LONGEST_NAME)
    kind: ColumnKind = "number"
    left_out: bool = Field(False, strict=True)  # though it is of a kind that can be used
    notation: NumberNotation = Field(NumberNotation())  # of numbers
    missing_value: float | None = None  # a number that stands for a missing one, such as -999
    missing: int = Field(0, strict=True, ge=0)  # rows that are used although they lack its value
    own_missing: bool = Field(False, strict=True)  # whether the lack of a value is an input of its own
    scaling: Scaled = "standard"  # of numbers: (x - mean) / deviation, 0 to 1, (x - median) / interquartile range, none
    order: DayOrder = "ymd"  # of day and month in dates
    parts: tuple[DatePart, ...] = ()  # of dates: the inputs that are made of each
    low: float = Field(0.0, strict=True)  # numbers: the smallest and the largest; dates: see `moment`
    high: float = Field(0.0, strict=True)
    whole: bool = Field(False, strict=True)  # numbers: all are whole
    categories: tuple[str, ...] = Field(
        (), max_length=MOST_CATEGORIES
    )  # in order; of numbers, where they are whole and few
    counts: tuple[int, ...] = Field((), max_length=MOST_CATEGORIES)  # rows of each category

    @property
    def width(self) -> int:
        """How many numbers of the network's input it makes: one for each category, some for a date, or one."""
        if not self.usable:
            return 0
        of_values = {"category": len(self.categories), "date": sum(map(part_width, self.parts))}.get(self.kind, 1)
        return of_values + self.own_missing

    @property
    def usable(self) -> bool:
        """Whether it is an input or the target."""
        return not self.left_out and self.kind in _USED

    @property
    def classes(self) -> tuple[str, ...]:
        """The categories that can be predicted: those with more than one row."""
        return tuple(name for name, count in zip(self.categories, self.counts, strict=False) if count > 1)

    @property
    def classified(self) -> int:
        """How many rows have one of `classes`."""
        return sum(count for count in self.counts if count > 1)


class Grouping(Component):
    """The groups of rows that have the same value in one column, such as those of one patient."""

    column: str = Field("", strict=True, max_length=LONGEST_NAME)
    names: tuple[str, ...] = Field((), max_length=MOST_GROUPS)  # in the order of their first row
    counts: tuple[int, ...] = Field((), max_length=MOST_GROUPS)  # rows of each

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(self.names) != len(self.counts) or min(self.counts, default=1) < 1:
            raise PydanticCustomError("groups", tr_noop("the groups and their numbers of rows contradict each other"))
        return self


class TableFile(Component):
    """A table's file as it was when it was chosen."""

    path: str = Field(BUNDLED, strict=True, max_length=LONGEST_PATH)  # absolute, or `BUNDLED`
    sha256: str = Field("", strict=True, max_length=64)
    reading: TableReading = Field(TableReading())
    rows: int = Field(0, strict=True, ge=0)  # that are used: none lacks a value, unless `TableReading.missing` fills it
    columns: tuple[Column, ...] = Field((), max_length=MOST_COLUMNS)
    choice: ReadingChoice = Field(ReadingChoice())  # what the user decided; the rest follows from the file
    grouping: Grouping | None = None  # where groups were asked for
    tested: SeparateTest | None = None  # where the rows to test with are in a file of their own

    @model_validator(mode="before")
    @classmethod
    def _upgraded(cls, value: Any) -> Any:
        """A record of earlier versions, which decided cell by cell what a comma in a number means."""
        if not isinstance(value, dict) or not any(name in value for name in _EARLIER):
            return value
        rest = {name: item for name, item in value.items() if name not in _EARLIER}
        reading = {name: value[name] for name in _EARLIER if name in value}
        columns = value.get("columns")
        if isinstance(columns, list | tuple) and value.get("path") != BUNDLED:
            notation = _earlier_notation(value.get("separator", ","))
            rest["columns"] = [
                {**column, "notation": notation} if isinstance(column, dict) else column for column in columns
            ]
        return {**rest, "reading": reading}

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
        return tuple(item for item in self.columns if item.usable)


def _earlier_notation(separator: object) -> dict[str, str]:
    """A comma was a decimal point, unless it separated the cells: then it could separate thousands."""
    return {"decimal": ".", "thousands": ","} if separator == "," else {"decimal": ".,"}

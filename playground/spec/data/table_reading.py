"""How a table's text is divided into names and cells: as found, or as the user decided."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.column_kinds import ChosenKind
from playground.spec.data.dates import DayOrder
from playground.spec.data.separate_test import LONGEST_PATH
from playground.spec.data.text_encoding import Encoding
from playground.spec.messages import tr_noop

LONGEST_SHEET = 200  # characters in the name of a sheet
BLANKS = " "  # the separator of cells that any number of blanks or tabs separates
ALIGNED = "  "  # that of cells which may hold single blanks, see `aligned_lines`
MOST_CHOSEN = 1_000  # columns
_SEPARATOR = rf"(?s)^(?:.|{ALIGNED})$"  # one sign, or `ALIGNED`

DecimalSign = Literal[".", ","]
Missing = Literal["row", "usual", "own"]  # see `TableReading.missing`
Scaled = Literal["standard", "min-max", "robust", "none"]  # see `Column.scaling`

# What can be chosen, and its label.
SEPARATORS = {
    ",": tr_noop("comma"),
    ";": tr_noop("semicolon"),
    "\t": tr_noop("tab"),
    "|": tr_noop("vertical bar"),
    ":": tr_noop("colon"),
    BLANKS: tr_noop("blanks"),
    ALIGNED: tr_noop("aligned columns"),
}
DECIMALS: dict[DecimalSign, str] = {".": tr_noop("point"), ",": tr_noop("comma")}
HEADERS = {1: tr_noop("names"), 2: tr_noop("names and units"), 0: tr_noop("values")}
MISSING: dict[Missing, str] = {
    "row": tr_noop("leave row out"),
    "usual": tr_noop("median"),
    "own": tr_noop("own input"),
}
MISSING_HELP = tr_noop(
    "Of rows that lack a value: they are left out; or the median of the training rows takes its place, of categories "
    "the most frequent one; or the lack is an input of its own, of categories one more category."
)
SCALINGS: dict[Scaled, str] = {
    "standard": tr_noop("Mean 0 and deviation 1"),
    "min-max": tr_noop("0 to 1"),
    "robust": tr_noop("Median and quartiles"),
    "none": tr_noop("Not scaled"),
}


class TableReading(Component):
    """The layout of a table's text. The notation of its numbers belongs to each column.

    Where cells have types, only header and the rows before it are of use.
    """

    form: Literal["text", "sheet", "parquet", "json lines"] = "text"
    sheet: str = Field("", strict=True, max_length=LONGEST_SHEET)  # its name, in a spreadsheet
    separator: str = Field(",", strict=True, pattern=_SEPARATOR)  # see `SEPARATORS`
    decimal: DecimalSign = "."  # of most columns; decides where the cells of a column leave it open
    encoding: Encoding = Field("utf-8", strict=True, max_length=20)
    header: int = Field(1, strict=True, ge=0, le=2)  # rows before the values: names, or names and units
    comment: str = Field("", strict=True, max_length=1)  # begins lines that are skipped; empty if there are none
    before: int = Field(0, strict=True, ge=0, le=1_000)  # lines to skip at the beginning, such as “sep=;”
    unnamed_first: bool = Field(False, strict=True)  # the first line lacks the name of the first column, as R writes it
    ends_with_separator: bool = Field(False, strict=True)  # every line, so that its last cell is none
    missing: Missing = "row"  # see `MISSING_HELP`


class ColumnChoice(Component):
    """The user's decisions on one column; None leaves a decision to the program."""

    name: str = Field("", strict=True, max_length=200)
    used: bool | None = Field(None, strict=True)  # as an input or the target
    kind: ChosenKind | None = None  # texts are left out: see `LabelledTexts`
    order: DayOrder | None = None  # of day and month in dates
    scaling: Scaled | None = None


class ReadingChoice(Component):
    """The user's decisions on how a table is read; None leaves a decision to the program."""

    sheet: str | None = Field(None, strict=True, max_length=LONGEST_SHEET)
    separator: str | None = Field(None, strict=True, pattern=_SEPARATOR)
    decimal: DecimalSign | None = None
    encoding: Encoding | None = Field(None, strict=True, max_length=20)
    header: int | None = Field(None, strict=True, ge=0, le=2)
    comment: str | None = Field(None, strict=True, max_length=1)
    missing: Missing | None = None
    groups: str = Field("", strict=True, max_length=200)  # the column whose values group the rows, see `Grouping`
    test_file: str = Field("", strict=True, max_length=LONGEST_PATH)  # of the rows to test with, see `SeparateTest`
    columns: tuple[ColumnChoice, ...] = Field((), max_length=MOST_CHOSEN)

    def column(self, name: str) -> ColumnChoice:
        """The decisions on the column of that name."""
        return next((item for item in self.columns if item.name == name), ColumnChoice(name=name))

    def with_column(self, name: str, **changes: object) -> ReadingChoice:
        """The same with other decisions on one column."""
        rest = tuple(item for item in self.columns if item.name != name)
        changed = self.column(name).with_(**changes)
        return self.with_(columns=rest if changed == ColumnChoice(name=name) else (*rest, changed))

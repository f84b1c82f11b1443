"""How a table's text is divided into names and cells: as found, or as the user decided."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.text_encoding import Encoding

LONGEST_SHEET = 200  # characters in the name of a sheet
BLANKS = " "  # the separator of cells that any number of blanks or tabs separates
SEPARATORS = (",", ";", "\t", "|", ":", BLANKS)


class TableReading(Component):
    """The layout of a table's text. The notation of its numbers belongs to each column.

    Where cells have types, only header and the rows before it are of use.
    """

    form: Literal["text", "sheet", "parquet", "json lines"] = "text"
    sheet: str = Field("", strict=True, max_length=LONGEST_SHEET)  # its name, in a spreadsheet
    separator: str = Field(",", strict=True, min_length=1, max_length=1)  # a blank stands for any number of them
    decimal: Literal[".", ","] = "."  # of most columns; decides where the cells of a column leave it open
    encoding: Encoding = Field("utf-8", strict=True, max_length=20)
    header: int = Field(1, strict=True, ge=0, le=2)  # rows before the values: names, or names and units
    comment: str = Field("", strict=True, max_length=1)  # begins lines that are skipped; empty if there are none
    before: int = Field(0, strict=True, ge=0, le=1_000)  # lines to skip at the beginning, such as “sep=;”
    ends_with_separator: bool = Field(False, strict=True)  # every line, so that its last cell is none


class ReadingChoice(Component):
    """What the user decided of a table's reading; None leaves a decision to the program."""

    sheet: str | None = Field(None, strict=True, max_length=LONGEST_SHEET)
    separator: str | None = Field(None, strict=True, min_length=1, max_length=1)
    decimal: Literal[".", ","] | None = None
    encoding: Encoding | None = Field(None, strict=True, max_length=20)
    header: int | None = Field(None, strict=True, ge=0, le=2)
    comment: str | None = Field(None, strict=True, max_length=1)

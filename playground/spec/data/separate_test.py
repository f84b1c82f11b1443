"""The summary of a second table, whose rows a network is tested with."""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component

LONGEST_PATH = 4_000  # characters


class SeparateColumn(Component):
    """The values of the test rows in one usable column of the table that is trained with."""

    missing: int = Field(0, strict=True, ge=0)  # rows without a value that can be used
    counts: tuple[int, ...] = Field((), max_length=100)  # rows of each of `Column.categories`


class SeparateTest(Component):
    """A table's file with rows for the test, read as the table that is trained with; columns are matched by name."""

    path: str = Field("", strict=True, max_length=LONGEST_PATH)  # absolute
    sha256: str = Field("", strict=True, max_length=64)
    rows: int = Field(0, strict=True, ge=0)  # that are used, as `TableFile.rows`
    columns: tuple[SeparateColumn, ...] = Field((), max_length=1_000)  # in the order of `TableFile.usable`

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

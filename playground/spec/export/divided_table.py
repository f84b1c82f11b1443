"""Facts about a table that an exported program needs."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.data.table_summary import Column, TableFile


class DividedTable(NamedTuple):
    """The columns that a program reads, how it scales them, and the split of the rows."""

    source: TableFile
    inputs: tuple[Column, ...]
    target_column: Column
    classifies: bool  # whether the target is a class instead of a number
    width: int  # number of inputs
    test_share: float
    validation_share: float  # of the rows outside the test set
    test_count: int
    validation_count: int
    split_seed: int
    split_by: str  # see `Table.split_by`
    parts: tuple[int, ...]  # see `Table.parts`
    tested: str  # path of the separate test file; empty if there is none
    changed: bool  # whether examples are changed

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns that the program reads."""
        return (*self.inputs, self.target_column)

    @property
    def names(self) -> list[str]:
        """The names of all columns of the file."""
        return [item.name for item in self.source.columns]

    @property
    def numbers(self) -> list[Column]:
        """The columns of numbers that the program reads."""
        return [item for item in self.columns if item.kind == "number"]

    @property
    def texts(self) -> list[Column]:
        """The input columns that contain text."""
        return [item for item in self.inputs if item.kind == "category"]

    @property
    def dates(self) -> list[Column]:
        """The columns of dates that the program reads."""
        return [item for item in self.inputs if item.kind == "date"]

    @property
    def fills(self) -> bool:
        """Whether rows that lack a value are used."""
        return self.source.reading.missing != "row"

    @property
    def plain(self) -> bool:
        """Whether numbers are standardised, texts one-hot encoded, and that is all."""
        usual = all(item.kind != "date" and item.scaling == "standard" for item in self.inputs)
        return usual and not self.fills

    @property
    def grouped(self) -> bool:
        """Whether rows are divided by groups."""
        return bool(self.parts)

    @property
    def read(self) -> tuple[str, ...]:
        """The values that the program's function that reads a table returns, in the names of its variables."""
        return ("values", *(["groups"] if self.grouped else []), *(["contents"] if self.changed else []))

    @property
    def asks_for_texts(self) -> bool:
        """Whether the target column contains text."""
        return self.target_column.kind == "category"

    @property
    def differ(self) -> bool:
        """Whether the columns of numbers are in several notations."""
        return len({item.notation for item in self.numbers}) > 1

    @property
    def classes(self) -> tuple[list[str] | list[int], list[str] | list[int]]:
        """The classes as written in the table, and those with a single row, from which nothing can be learned."""
        column = self.target_column
        alone = [name for name in column.categories if name not in column.classes]
        if self.asks_for_texts:
            return list(column.classes), alone
        return list(map(int, column.classes)), list(map(int, alone))

    @property
    def every_class(self) -> str:
        """The expression for all classes."""
        return "CLASSES + ALONE" if self.classes[1] else "CLASSES"

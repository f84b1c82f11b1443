"""The user's own table: predict one column from the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from playground.spec.call import Call, call
from playground.spec.component import choice, integer, proportion, text
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.iris import IRIS
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.table_summary import Column, TableFile
from playground.spec.data.task import Score, Task, classes
from playground.spec.export.table import DividedTable, loading
from playground.spec.files.file_kind import JSON_LINES_SUFFIXES, SHEET_SUFFIXES
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop

_FEW = 20  # distinct whole numbers up to which a column counts as classes rather than amounts


class Table(Dataset):
    """A table: all columns but one are inputs, and that one is the target, as a class or as a number.

    Numbers are standardised, (x - mean) / deviation, with mean and deviation of the training rows; a category is
    one-hot encoded in several inputs.
    """

    id: ClassVar[str] = "table"
    label: ClassVar[str] = tr_noop("Table")
    help: ClassVar[str] = tr_noop(
        "A table, as CSV, Excel, ODS, Parquet or JSON lines: predict one of its columns from all the others. "
        "Iris comes with the program."
    )
    keywords: ClassVar[str] = tr_noop("csv spreadsheet excel xlsx ods parquet json iris own data regression")
    panel: ClassVar[str] = "table"
    asked_with: ClassVar[Samples | None] = Samples.ROWS
    samples: ClassVar[str] = tr_noop("rows")
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("Choose a table"),
        call("playground.engine.data.sources.table.inspect"),
        tr_noop("Tables (*.csv *.tsv *.txt *.xlsx *.xlsm *.ods *.parquet *.jsonl *.ndjson);;All files (*)"),
        suffixes=(".csv", ".tsv", *SHEET_SUFFIXES, ".parquet", *JSON_LINES_SUFFIXES),
    )

    source: TableFile = Field(IRIS)  # chosen with a button, not in the form
    target: str = text(
        "species",
        tr_noop("Target"),
        tr_noop("The column to predict from the others."),
        longest=200,
        among="columns",
    )
    asks: Literal["auto", "class", "number"] = choice(
        "auto",
        tr_noop("Task"),
        tr_noop("A class, or a number. By the column: a class where it holds texts or few whole numbers."),
        labels={"auto": tr_noop("by the column"), "class": tr_noop("classification"), "number": tr_noop("regression")},
    )
    test_share: float = proportion(
        0.2, tr_noop("Test share"), tr_noop("Share of the rows that is kept for the test at the end."), ge=0.05, le=0.5
    )
    split_seed: int = integer(
        0, tr_noop("Split seed"), tr_noop("Decides which rows are kept for what."), ge=0, le=1_000_000
    )

    @property
    def title(self) -> Message:
        return message("{file}", file=self.source.name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that can be the target."""
        return tuple(item.name for item in self.source.usable)

    @property
    def target_column(self) -> Column:
        """The target column; the last one if there is none of that name."""
        return self.source.column(self.target) or (self.source.usable or (Column(),))[-1]

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The input columns, in their order."""
        target = self.target_column
        return tuple(item for item in self.source.usable if item is not target)

    @property
    def classifies(self) -> bool:
        """Whether the target is a class."""
        column = self.target_column
        if column.kind == "category":
            return True
        if self.asks != "auto":
            return self.asks == "class" and len(column.classes) > 1
        return column.whole and 2 <= len(column.classes) <= _FEW

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.target_column.classes if self.classifies else ()

    @property
    def target_name(self) -> str:
        return "" if self.classifies else self.target_column.name

    @property
    def sample_shape(self) -> Shape:
        return (max(1, sum(item.width for item in self.inputs)),)

    @property
    def task(self) -> Task:
        return classes(max(2, len(self.class_names))) if self.classifies else Task((1,), "values", Score.R2)

    @property
    def signature(self) -> tuple[object, ...]:
        """Includes the columns as well: a value of one column has no meaning in another."""
        columns = tuple((item.name, item.categories) for item in self.inputs)
        return *super().signature, columns, self.target_column.name, self.class_names

    @property
    def used(self) -> int:
        """Number of rows that are divided: all except those whose class no other row has."""
        return self.target_column.classified if self.classifies else self.source.rows

    @property
    def test_count(self) -> int:
        return max(1, round(self.used * self.test_share))

    @property
    def available(self) -> int:
        return max(1, self.used - self.test_count)

    @property
    def known(self) -> bool:
        return bool(self.source.usable)

    @property
    def own_path(self) -> str:
        return "" if self.source.bundled else self.source.path

    @property
    def summary(self) -> Message:
        names = {"name": self.source.name, "rows": self.source.rows, "columns": len(self.source.usable)}
        return message("{name}: {rows:,} rows, {columns:,} columns", **names)

    @classmethod
    def of_source(cls, source: TableFile, before: Dataset) -> Table:
        data = before if isinstance(before, Table) else cls()
        target = data.target if source.column(data.target) else source.usable[-1].name
        return data.with_(source=source, target=target, asks="auto")

    def objections(self) -> Iterator[Objection]:
        if not self.known:
            yield Objection(
                message("No table has been chosen."), message("a CSV or Excel file, for example: see Data"), "source"
            )
            return
        if self.used < 2:
            what = message(
                "{count:,} usable rows are too few to train with some and test with others.", count=self.used
            )
            yield Objection(what, message("at least 2 rows"), "source")
        names = ", ".join(self.columns[:8])
        if self.target not in self.columns:
            what = message("{file} has no column “{name}”.", file=self.source.name, name=self.target)
            yield Objection(what, message("one of {names}", names=names), "target", self.target_column.name)
        column = self.target_column
        if self.asks == "number" and column.kind == "category":
            what = message("“{name}” holds texts, which cannot be predicted as a number.", name=column.name)
            yield Objection(what, message("a column of numbers"), "asks", "auto")
        if self.asks == "class" and not self.classifies:
            what = message("“{name}” has too many different values to be classes.", name=column.name)
            yield Objection(what, message("a column with repeated values"), "asks", "auto")
        if column.kind == "category" and len(column.classes) < 2:
            what = message("“{name}” has one class only.", name=column.name)
            yield Objection(what, message("a column with several"), "target", None)
        if not self.inputs:
            yield Objection(
                message("{file} has one column only.", file=self.source.name), message("more columns"), "target"
            )

    def call(self) -> Call:
        return call("playground.engine.data.sources.table.read", self)

    def loading(self) -> Loading:
        divided = DividedTable(
            source=self.source,
            inputs=self.inputs,
            target_column=self.target_column,
            classifies=self.classifies,
            width=self.sample_shape[0],
            test_share=self.test_share,
            validation_share=self.validation_share,
            test_count=self.test_count,
            validation_count=self.validation_count,
            split_seed=self.split_seed,
        )
        return loading(divided)

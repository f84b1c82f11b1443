"""The user's own table: predict one column from the others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field

from playground.spec.attribution_methods import ExampleKind
from playground.spec.call import Call, call
from playground.spec.component import choice, integer, proportion, text
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.iris import IRIS
from playground.spec.data.separate_test import SeparateColumn, SeparateTest
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.split import PART_NAMES, divided_groups
from playground.spec.data.table_summary import LARGEST, Column, Grouping, TableFile
from playground.spec.data.task import Score, Task, classes
from playground.spec.datasets.changeable import Changeable
from playground.spec.datasets.table_split import split_objections, unused_for_split
from playground.spec.export.changed_examples import with_change_list
from playground.spec.export.divided_table import DividedTable
from playground.spec.export.table import loading
from playground.spec.files.file_kind import JSON_LINES_SUFFIXES, SHEET_SUFFIXES
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop

_FEW = 20  # distinct whole numbers up to which a column counts as classes rather than amounts
_HELD_OUT = 0.1  # share of the rows of a table that is chosen anew, for validation


@lru_cache(maxsize=8)  # forms and checks ask for the same split again and again
def _divided_groups(sizes: tuple[int, ...], validation: float, test: float, seed: int) -> tuple[int, ...]:
    return tuple(divided_groups(sizes, validation, test, seed))


class Table(Changeable):
    """A table: all columns but one are inputs, and that one is the target, as a class or as a number.

    Numbers are scaled as their column says, with mean and deviation of the training rows for example; a category is
    one-hot encoded in several inputs, and so are the parts of a date.
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
        0.2,
        tr_noop("Test share"),
        tr_noop("Share of the rows that is kept for the test at the end."),
        ge=0.05,
        le=0.5,
        only_with=("split_by", "stratified", "chance", "order", "groups"),
    )
    split_by: Literal["stratified", "chance", "order", "groups", "named", "file"] = choice(
        "stratified",
        tr_noop("Split by"),
        tr_noop(
            "By chance, with the same share of each class in every part, or not; in the order of the rows, the last "
            "ones for the test; by groups, whose rows stay together; by a column that says train, validation or test; "
            "or with the rows of a second file for the test. This file, and the column of groups, are chosen where the "
            "table is read."
        ),
        labels={
            "stratified": tr_noop("chance, stratified"),
            "chance": tr_noop("chance"),
            "order": tr_noop("order of the rows"),
            "groups": tr_noop("groups"),
            "named": tr_noop("named parts"),
            "file": tr_noop("separate test file"),
        },
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
        return tuple(item.name for item in self._targets)

    @property
    def _targets(self) -> tuple[Column, ...]:
        return tuple(item for item in self.source.usable if item.kind != "date")

    @property
    def target_column(self) -> Column:
        """The target column; the last one if there is none of that name."""
        named = (item for item in self._targets if item.name == self.target)
        return next(named, (self._targets or (Column(),))[-1])

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
    def example_kind(self) -> ExampleKind:
        return ExampleKind.ROW

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
        columns = tuple((item.name, item.categories, item.parts, item.own_missing) for item in self.inputs)
        return *super().signature, columns, self.target_column.name, self.class_names

    @property
    def used(self) -> int:
        """Number of rows that are divided: all except those without a target, or whose class no other row has.

        Those of a separate test file are not divided.
        """
        column = self.target_column
        return column.classified if self.classifies else self.source.rows - column.missing

    @property
    def tested(self) -> SeparateTest | None:
        """The separate test file; None where the test rows are among all others."""
        return self.source.tested if self.split_by == "file" else None

    def _count_tested(self, tested: SeparateTest) -> int:
        """Number of rows of a test file whose target is known, and is one of the classes where it is a class."""
        target = self.target_column
        columns = dict(zip((item.name for item in self.source.usable), tested.columns, strict=False))
        found = columns.get(target.name, SeparateColumn())
        if not self.classifies:
            return max(0, tested.rows - found.missing)
        counts = zip(target.categories, found.counts, strict=False)
        return sum(count for name, count in counts if name in target.classes)

    @property
    def parts(self) -> tuple[int, ...]:
        """The part of each group, see `divided_groups`; -1 for a name that names none, empty without groups."""
        grouping = self.source.grouping
        if grouping is None or self.split_by not in ("groups", "named"):
            return ()
        if self.split_by == "named":
            return tuple(PART_NAMES.get(name.strip().casefold(), -1) for name in grouping.names)
        return _divided_groups(grouping.counts, self.validation_share, self.test_share, self.split_seed)

    def _part_count(self, part: int) -> int:
        counts = (self.source.grouping or Grouping()).counts
        return sum(count for count, given in zip(counts, self.parts, strict=False) if given == part)

    @property
    def test_count(self) -> int:
        if self.tested is not None:
            return self._count_tested(self.tested)
        return self._part_count(2) if self.parts else max(1, round(self.used * self.test_share))

    @property
    def validation_count(self) -> int:
        if self.parts and (self.split_by == "groups" or 1 in self.parts):
            return self._part_count(1)
        return super().validation_count

    @property
    def available(self) -> int:
        return max(1, self.used - (0 if self.tested is not None else self.test_count))

    @property
    def known(self) -> bool:
        return bool(self.source.usable)

    @property
    def licence_stated(self) -> str:
        if self.source.sha256 != IRIS.sha256:
            return ""
        return "the values that R. A. Fisher published in 1936; UCI distributes its copy under CC BY 4.0"

    @property
    def own_path(self) -> str:
        return "" if self.source.bundled else self.source.path

    @property
    def own_paths(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.own_path, self.source.tested.path if self.source.tested else "")))

    @property
    def summary(self) -> Message:
        names = {"name": self.source.name, "rows": self.source.rows, "columns": len(self.source.usable)}
        return message("{name}: {rows:,} rows, {columns:,} columns", **names)

    @classmethod
    def of_source(cls, source: TableFile, before: Dataset) -> Table:
        """Of the same file, read otherwise, all settings stay that can; of another one, those of its split.

        A part is held out for validation where nothing was.
        """
        data = before if isinstance(before, Table) else cls()
        again, before_choice = data.source.path == source.path, data.source.choice
        data = (data if again else data.unchanged).with_(source=source, asks=data.asks if again else "auto")
        if not again and not data.validation_share:
            data = data.with_(validation_share=_HELD_OUT)
        grouped = data.split_by in ("groups", "named")
        if source.grouping is None:
            data = data.with_(split_by="stratified") if grouped else data
        elif not grouped and not (again and source.choice.groups == before_choice.groups):
            named = data.with_(split_by="named")
            data = data.with_(split_by="groups" if -1 in named.parts else "named")
        if source.tested is None:
            data = data.with_(split_by="stratified") if data.split_by == "file" else data
        elif not again or source.choice.test_file != before_choice.test_file:
            data = data.with_(split_by="file")
        return data.with_(target=data.target_column.name)

    @property
    def notice(self) -> Message | None:
        return unused_for_split(self)

    def objections(self) -> Iterator[Objection]:
        if not self.known:
            what = message("No table has been chosen.")
            yield Objection(what, message("a CSV or Excel file, for example: see Data"), "source")
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
        for item in self.inputs:
            if item.kind == "number" and item.scaling == "none" and max(abs(item.low), abs(item.high)) > LARGEST:
                words = tr_noop("“{name}” is not scaled, and holds numbers too large to compute with.")
                yield Objection(message(words, name=item.name), message("another scaling"), "source")
        if not self.inputs:
            what = message("{file} has one column only.", file=self.source.name)
            yield Objection(what, message("more columns"), "target")
        yield from split_objections(self)
        yield from super().objections()

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
            split_by=self.split_by,
            parts=self.parts,
            tested="" if self.tested is None else self.tested.path,
            changed=bool(self.changes.items),
        )
        return with_change_list(loading(divided), self.change_list)

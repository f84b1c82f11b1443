"""Labelled texts: which class does a line belong to?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from playground.spec.attribution_methods import ExampleKind
from playground.spec.call import Call, call
from playground.spec.component import integer, proportion, text
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.labelled_summary import LabelledFiles, TextColumn
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Task, classes
from playground.spec.datasets.changeable import Changeable
from playground.spec.export.changed_examples import with_change_list
from playground.spec.export.labelled import LabelledRows, loading
from playground.spec.layer import Tokens
from playground.spec.messages import Message, message, tr_noop

_ENGINE = "playground.engine.data.sources.labelled."
PADDING, UNKNOWN = 0, 1  # codes: beyond the end of a text, and of characters without a code of their own
FIRST_CODE = 2  # of the alphabet's first character
_SHORTEST, _LONGEST = 16, 400  # characters that are proposed
_FEWEST = 4  # texts: to train with and to test with, of two classes


class LabelledTexts(Changeable):
    """Texts, each with a class: the rows of a table, or a folder with a folder of text files for each class.

    Of each text the network sees the first `length` characters as codes, filled up with code 0. Characters that do not
    recur in the texts share code 1.
    """

    id: ClassVar[str] = "labelled_texts"
    label: ClassVar[str] = tr_noop("Labelled texts")
    help: ClassVar[str] = tr_noop(
        "Your own texts, each with a class: a table with a column of texts and one of labels, or a folder with a "
        "folder of text files for each class."
    )
    keywords: ClassVar[str] = tr_noop("own data text classification sentiment spam language topic csv tsv jsonl txt")
    panel: ClassVar[str] = "labelled"
    asked_with: ClassVar[Samples | None] = Samples.TEXTS
    samples: ClassVar[str] = tr_noop("texts")
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("Choose labelled texts"),
        call(_ENGINE + "inspect"),
        tr_noop("Tables (*.csv *.tsv *.txt *.xlsx *.xlsm *.ods *.parquet *.jsonl *.ndjson);;All files (*)"),
        in_class_folders=(".txt",),
        prompt=tr_noop("Choose a table with texts and labels, or a folder with a folder of texts for each class."),
    )

    source: LabelledFiles = Field(LabelledFiles())  # chosen with a button, not in the form
    text_column: str = text("", tr_noop("Text"), tr_noop("The column to read."), longest=200, among="text_names")
    label_column: str = text(
        "", tr_noop("Label"), tr_noop("The column to predict from the text."), longest=200, among="label_names"
    )
    length: int = integer(
        100,
        tr_noop("Length"),
        tr_noop("Characters that the network sees of a text: longer ones are cut, shorter ones filled up."),
        ge=1,
        le=4096,
        unit=tr_noop("characters"),
    )
    test_share: float = proportion(
        0.2, tr_noop("Test share"), tr_noop("Share of the texts that is kept for the test at the end."), ge=0.05, le=0.5
    )
    split_seed: int = integer(
        0, tr_noop("Split seed"), tr_noop("Decides which texts are kept for what."), ge=0, le=1_000_000
    )

    @property
    def title(self) -> Message:
        return message("{name}", name=self.source.name) if self.source.path else super().title

    @property
    def text_names(self) -> tuple[str, ...]:
        """The columns that can be the text."""
        return tuple(item.name for item in self.source.texts)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The columns that can be the label."""
        return tuple(item.name for item in self.source.labels_beside(self.read_column))

    @property
    def read_column(self) -> TextColumn:
        """The column of texts; the longest ones if there is none of that name."""
        return self.source.text_column(self.text_column)

    @property
    def asked_column(self) -> TextColumn:
        """The column of labels; the one with the fewest if there is none of that name."""
        return self.source.label_column(self.read_column, self.label_column)

    @property
    def alphabet(self) -> str:
        """The characters with a code of their own, in the order of their codes."""
        return self.read_column.alphabet

    @property
    def example_kind(self) -> ExampleKind:
        return ExampleKind.TEXT

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.asked_column.classes or ("?", "?")

    @property
    def sample_shape(self) -> Tokens:
        return Tokens(self.length, FIRST_CODE + len(self.alphabet))

    @property
    def task(self) -> Task:
        return classes(len(self.class_names))

    @property
    def signature(self) -> tuple[object, ...]:
        """Includes alphabet and classes: a code of one alphabet has no meaning in another."""
        return *super().signature, self.alphabet, self.class_names

    @property
    def used(self) -> int:
        """Number of texts that are divided: all except those whose label no other text has."""
        return self.asked_column.classified

    @property
    def test_count(self) -> int:
        return max(1, round(self.used * self.test_share))

    @property
    def available(self) -> int:
        return max(1, self.used - self.test_count)

    @property
    def known(self) -> bool:
        return bool(self.source.path)

    @property
    def own_path(self) -> str:
        return self.source.path

    @property
    def summary(self) -> Message:
        if not self.source.path:
            return message("No labelled texts have been chosen.")
        names = {"name": self.source.name, "count": self.used, "classes": len(self.class_names)}
        if self.source.is_folder:
            return message("{name}: {count:,} texts in {classes:,} classes", **names)
        columns = {"text": self.read_column.name, "label": self.asked_column.name}
        return message("{name}: {count:,} texts (“{text}”) in {classes:,} classes (“{label}”)", **names, **columns)

    @classmethod
    def of_source(cls, source: LabelledFiles, before: Dataset) -> LabelledTexts:
        data = before if isinstance(before, LabelledTexts) else cls()
        data = data if data.source.path == source.path else data.unchanged
        read = source.text_column(data.text_column)
        asked = source.label_column(read, data.label_column)
        length = min(max(read.usual_length, _SHORTEST), _LONGEST)
        return data.with_(source=source, text_column=read.name, label_column=asked.name, length=length)

    def objections(self) -> Iterator[Objection]:
        if not self.known:
            yield Objection(
                message("No labelled texts have been chosen."),
                message("a table with texts and labels, or a folder: see Data"),
                "source",
            )
            return
        names = {"file": self.source.name}
        if self.text_column not in self.text_names:
            what = message("{file} has no texts “{name}”.", **names, name=self.text_column)
            yield Objection(what, _one_of(self.text_names), "text_column", self.read_column.name)
        if self.text_column == self.label_column:
            what = message("A text cannot be its own label.")
            yield Objection(what, _one_of(self.label_names), "label_column", self.asked_column.name or None)
        elif self.label_column not in self.label_names:
            what = message("{file} has no labels “{name}”.", **names, name=self.label_column)
            yield Objection(what, _one_of(self.label_names), "label_column", self.asked_column.name or None)
        if self.used < _FEWEST:
            what = message(
                "{count:,} labelled texts are too few to train with some and test with others.", count=self.used
            )
            yield Objection(what, message("at least {fewest} texts", fewest=_FEWEST), "source")
        yield from super().objections()

    def call(self) -> Call:
        return call(_ENGINE + "read", self)

    def loading(self) -> Loading:
        rows = LabelledRows(
            source=self.source,
            text=self.read_column,
            label=self.asked_column,
            length=self.length,
            test_share=self.test_share,
            validation_share=self.validation_share if self.validation_count else 0.0,
            split_seed=self.split_seed,
            changed=bool(self.changes.items),
        )
        return with_change_list(loading(rows), self.change_list)


def _one_of(names: tuple[str, ...]) -> Message:
    return message("one of {names}", names=", ".join(names[:8])) if names else message("a column of labels that recur")

"""Whether the rows of a table can be divided as its settings say, and what of the settings the split does not use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from playground.spec.data.dataset import Objection
from playground.spec.data.separate_test import SeparateTest
from playground.spec.data.table_summary import Column, TableFile
from playground.spec.messages import Message, message, tr_noop


class Divided(Protocol):
    """A table that is divided into parts: see `Table`, which declares these."""

    @property
    def source(self) -> TableFile: ...
    @property
    def split_by(self) -> str: ...
    @property
    def target_column(self) -> Column: ...
    @property
    def used(self) -> int: ...
    @property
    def tested(self) -> SeparateTest | None: ...
    @property
    def parts(self) -> tuple[int, ...]: ...
    @property
    def test_count(self) -> int: ...


def split_objections(data: Divided) -> Iterator[Objection]:
    """The reasons why the rows cannot be divided as the settings say, if any."""
    if data.split_by == "file":
        yield from _test_objections(data)
    if data.split_by not in ("groups", "named"):
        return
    grouping = data.source.grouping
    if grouping is None:
        what = message("No column groups the rows.")
        yield Objection(what, message("a column of groups, chosen where the table is read"), "split_by", "chance")
        return
    if data.used != data.source.rows:
        what = message(
            "{count:,} rows have no “{name}”, or one that no other row has: they cannot be divided by groups.",
            count=data.source.rows - data.used,
            name=data.target_column.name,
        )
        yield Objection(what, message("a target that every row has"), "split_by", "chance")
    names = dict(zip(grouping.names, data.parts, strict=False))
    if unknown := [name for name, part in names.items() if part < 0]:
        what = message("“{name}” in {column} names no part.", name=unknown[0], column=grouping.column)
        yield Objection(what, message("train, validation or test"), "split_by", "groups")
    elif not {0, 2} <= set(data.parts):
        what = message("No group is left to train or to test with.")
        yield Objection(what, message("rows of at least two groups"), "split_by", "chance")


def _test_objections(data: Divided) -> Iterator[Objection]:
    if data.tested is None:
        what = message("No test file has been chosen.")
        yield Objection(what, message("a second table, chosen where the table is read"), "split_by", "stratified")
    elif not data.test_count:
        words = tr_noop("No row of {file} has a “{name}” that can be tested.")
        what = message(words, file=data.tested.name, name=data.target_column.name)
        yield Objection(what, message("rows with a target"), "split_by", "stratified")


def unused_for_split(data: Divided) -> Message | None:
    """The sentence that names the test file, or the column of groups, that the split does not use; else None."""
    tested, grouping = data.source.tested, data.source.grouping
    names = {"file": data.source.name, "tested": tested.name if tested else ""}
    names["column"] = grouping.column if grouping else ""
    if tested is not None and data.split_by != "file":
        words = tr_noop(
            "The test file “{tested}” is not used: the test rows are some of “{file}”, unless they are split by the "
            "separate test file."
        )
        return message(words, **names)
    if grouping is None or data.split_by in ("groups", "named"):
        return None
    words = tr_noop("The groups of “{column}” are not used: rows of one group can be in several parts.")
    if tested is not None:
        words = tr_noop(
            "The groups of “{column}” are not used: the test rows are those of “{tested}”, and the validation rows are "
            "drawn from all others by chance."
        )
    return message(words, **names)

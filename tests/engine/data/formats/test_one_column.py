"""A table of one column: what it holds is not split at signs that belong to its numbers and texts."""

from __future__ import annotations

import pytest

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.table_file import OnlyColumn, found_table
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import ReadingChoice


def _read(text: str, only: OnlyColumn | None) -> tuple[tuple[str, ...], list[list[str]], int]:
    found, _ = found_table(text.encode(), "a.csv", ReadingChoice(), Skips(), only=only)
    return found.names, [list(column) for column in found.columns], found.reading.header


@pytest.mark.parametrize(
    ("text", "names", "cells", "header"),
    [
        ("size\n3\n4\n5.5\n", ("size",), ["3", "4", "5.5"], 1),
        ("Size\r\n3,5\r\n4,25\r\n", ("Size",), ["3,5", "4,25"], 1),
        ('"size"\n3\n\n4\n', ("size",), ["3", "4"], 1),
        ("3\n4\n5.5\n", ("column 1",), ["3", "4", "5.5"], 0),
        ("weight\n3\n4\n", ("weight",), ["3", "4"], 1),
    ],
)
def test_numbers_of_one_column(text: str, names: tuple[str, ...], cells: list[str], header: int) -> None:
    assert _read(text, OnlyColumn("size")) == (names, [cells], header)


def test_texts_of_one_column_keep_their_signs() -> None:
    lines = "review\na tree, a river\nat 12:30\n“so; so”\n"
    assert _read(lines, OnlyColumn("review", texts=True))[:2] == (
        ("review",),
        [["a tree, a river", "at 12:30", "“so; so”"]],
    )
    quoted = 'words\n"a tree, a river"\nthe other: one\n'
    assert _read(quoted, OnlyColumn("review", texts=True))[:2] == (("words",), [["a tree, a river", "the other: one"]])


def test_several_columns_are_still_several_and_one_is_no_table_otherwise() -> None:
    assert _read("size,colour\n3,red\n4,blue\n", OnlyColumn("size"))[0] == ("size", "colour")
    assert _read("n,review\n1,a tree\n2,a river\n", OnlyColumn("review", texts=True))[0] == ("n", "review")
    with pytest.raises(Damaged, match="columns should be separated"):
        _read("size\n3\n4\n", None)

"""Names of files as a person reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.gui.style.dialogs import with_ending
from playground.spec.files.storage import file_name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Data, first CNN", "Data, first CNN"),
        ("a/b: c?", "a b  c"),
        ("..", "experiment"),
        ("x\u202egnp\n.", "x gnp"),  # it would turn the ending around
        ("\0\x9b", "experiment"),
        ("x" * 79 + "..y", "x" * 79),
    ],
)
def test_file_name(name: str, text: str) -> None:
    assert file_name(name) == text


def test_an_ending_is_added_only_where_there_is_none() -> None:
    assert with_ending(Path("curves"), "PNG (*.png)") == Path("curves.png")
    assert with_ending(Path("curves.svg"), "PNG (*.png)") == Path("curves.svg")

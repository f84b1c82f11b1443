"""A file that is written never replaces one that is read; another existing file may be replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.spec.files.input_protection import ensure_not_an_input
from playground.spec.files.storage import FileError


@pytest.fixture
def read(tmp_path: Path) -> Path:
    path = tmp_path / "read.csv"
    path.write_text("1\n")
    return path


@pytest.mark.parametrize("exists", [False, True])
def test_another_file_may_be_written(tmp_path: Path, read: Path, *, exists: bool) -> None:
    out = tmp_path / "out.csv"
    if exists:
        out.write_text("2\n")
    ensure_not_an_input(out, [str(read), str(tmp_path / "absent.csv")])


def test_the_same_file_is_refused_by_whatever_name(tmp_path: Path, read: Path) -> None:
    link, twin = tmp_path / "link.csv", tmp_path / "twin.csv"
    link.symlink_to(read)
    twin.hardlink_to(read)
    (tmp_path / "folder").mkdir()
    for out in (read, tmp_path / "folder" / ".." / "read.csv", link, twin):
        with pytest.raises(FileError, match="that would replace"):
            ensure_not_an_input(out, [str(read)])


def test_a_new_file_may_be_written_into_a_folder_that_is_read_but_none_in_it_replaced(
    tmp_path: Path, read: Path
) -> None:
    ensure_not_an_input(tmp_path / "new.csv", [str(tmp_path)])
    with pytest.raises(FileError, match="that would replace"):
        ensure_not_an_input(read, [str(tmp_path)])

"""The index is a copy: lost, damaged or behind the folders, the rows are right all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.engine.runs import index
from playground.engine.runs.index import Index, RunRow
from playground.engine.runs.run_folder import RunFolder
from tests.engine.runs.stored import WITHIN, opened, stored


@pytest.fixture
def rows(tmp_path: Path) -> list[RunRow]:
    """The rows of three runs that are in the index."""
    with opened(tmp_path) as store:
        for _ in range(3):
            stored(store)
        found = store.runs()
        assert store.flush(WITHIN)
    assert the_index(tmp_path).rows() == (found, {})
    return found


def the_index(folder: Path) -> Index:
    return Index(folder, folder / index.NAME)


def no_table(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE runs")
    connection.close()


def other_version(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version=9")
    connection.close()


def other_row(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE runs SET row = replace(row, 'stored', 'stolen')")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no database" * 100),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        no_table,
        other_version,
        other_row,
    ],
)
def test_a_lost_or_damaged_index_is_made_again(
    tmp_path: Path, rows: list[RunRow], damage: Callable[[Path], object]
) -> None:
    damage(tmp_path / index.NAME)
    found, stamps = the_index(tmp_path).rows()
    assert (found, len(stamps)) == (rows, 3)
    the_index(tmp_path).store(found, stamps, set(stamps))
    assert the_index(tmp_path).rows() == (rows, {})


def test_a_record_that_changed_behind_its_back_is_read_again(tmp_path: Path, rows: list[RunRow]) -> None:
    folder = RunFolder(tmp_path / rows[1].run_id)
    folder.write_record(folder.read_record().with_(note="mend"))
    found, stamps = the_index(tmp_path).rows()
    assert (found[1].note, list(stamps)) == ("mend", [rows[1].run_id])
    assert (found[0], found[2]) == (rows[0], rows[2])


def test_an_index_that_is_locked_stays_and_costs_no_row(
    tmp_path: Path, rows: list[RunRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_WAIT", 0.01)
    connection = sqlite3.connect(tmp_path / index.NAME, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    the_index(tmp_path).store([rows[0]._replace(name="x")], {rows[0].run_id: "stamp"}, {rows[0].run_id})
    assert the_index(tmp_path).rows()[0] == rows
    connection.execute("ROLLBACK")
    connection.close()
    assert the_index(tmp_path).rows() == (rows, {})


def test_a_damaged_run_is_listed_as_such(tmp_path: Path, rows: list[RunRow]) -> None:
    (tmp_path / rows[0].run_id / "run.json").unlink()
    (tmp_path / rows[1].run_id / "run.json").write_bytes(b"{}")
    found = the_index(tmp_path).rows()[0]
    expected = [RunRow(rows[0].run_id, damaged=True), RunRow(rows[1].run_id, damaged=True), rows[2]]
    assert {row.run_id: row for row in found} == {row.run_id: row for row in expected}

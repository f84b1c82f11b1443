"""The index over all runs: one row for each in SQLite, so that a thousand are listed at once.

It is a copy of what the folders say, and no more: each row carries the stamp of the record that it was made of, and a
checksum. A row that does not fit is made again; a file that is lost or damaged is begun anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from playground.engine.runs.run_folder import RECORD, RunFolder
from playground.engine.runs.run_record import RunError, RunRecord
from playground.spec.files.experiment_file import RUN_ID

NAME = "index.sqlite"
_VERSION = 2  # of the rows; an index of another version is begun anew
_TABLE = "CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, stamp TEXT, row TEXT) WITHOUT ROWID"
_WAIT = 5.0  # seconds for another process that writes
_DAMAGED = (sqlite3.Error, MemoryError, OverflowError, UnicodeDecodeError)  # what sqlite3 raises over a damaged file

_UNWRITABLE = {  # the file is whole, but another process writes, or the disk is full or read-only
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
}


class RunRow(NamedTuple):
    """The columns of a run in a table of runs."""

    run_id: str
    name: str = ""
    data: str = ""  # the data set's id
    created: str = ""  # UTC, ISO 8601
    ended: str | None = None  # None: it goes on, or was interrupted
    step: int = 0
    epochs: int = 0  # completed
    seconds: float = 0.0
    score: float | None = None  # of the test, or else of validation
    loss: float | None = None
    measured_on: str = ""  # "test" or "validation": the data of score and loss; empty without them
    parameters: int | None = None
    flops: int | None = None
    seed: int = 0
    parent: str | None = None
    note: str = ""
    star: bool = False
    group: str = ""
    damaged: bool = False  # its record cannot be read; nothing above is known then


class Index:
    """The rows of the runs in a folder. Any thread may ask for them; one thread writes."""

    def __init__(self, runs: Path, file: Path) -> None:
        self._runs, self._file = runs, file

    def rows(self) -> tuple[list[RunRow], dict[str, str]]:
        """The rows of all runs, the oldest first, and the stamps of those missing or outdated in the index."""
        stored = self._stored()
        rows, fresh = [], {}
        for run_id, stamp in _stamps(self._runs):
            row = _row_of(stored.get(run_id, (b"", b"")), stamp)
            if row is None:
                row, fresh[run_id] = read_row(self._runs / run_id), stamp
            rows.append(row)
        return rows, fresh

    def store(self, rows: Iterable[RunRow], stamps: dict[str, str], present: set[str]) -> None:
        """Store the rows that have a stamp, and remove the rows of runs that do not exist any more.

        A failure loses nothing: missing rows are read from the folders.
        """
        fresh = [(row.run_id, stamps[row.run_id], _sealed(row)) for row in rows if row.run_id in stamps]
        try:
            self._write(fresh, present)
        except _DAMAGED as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE:
                return
            for ending in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._file.with_name(self._file.name + ending).unlink()
            with suppress(*_DAMAGED):
                self._write(fresh, present)

    def _write(self, fresh: list[tuple[str, str, str]], present: set[str]) -> None:
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                connection.execute("DROP TABLE IF EXISTS runs")
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA user_version={_VERSION:d}")
            if connection.execute("PRAGMA quick_check(1)").fetchone() != (b"ok",):
                raise sqlite3.DatabaseError("the index is damaged")
            gone = "DELETE FROM runs WHERE run_id NOT IN (SELECT value FROM json_each(?))"
            connection.execute(gone, (json.dumps(sorted(present)),))
            connection.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", fresh)

    def _stored(self) -> dict[str, tuple[bytes, bytes]]:
        """Stamp and row of each run, by its id, unverified; nothing where there is no index that can be read."""
        if not self._file.exists():
            return {}
        try:
            with self._connected() as connection:
                if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                    return {}
                found = connection.execute("SELECT run_id, stamp, row FROM runs").fetchall()
            return {run_id.decode(): (stamp, row) for run_id, stamp, row in found}
        except (*_DAMAGED, AttributeError):
            return {}

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._file, timeout=_WAIT)
        connection.text_factory = bytes
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def read_row(folder: Path) -> RunRow:
    """The row of a run, from its folder."""
    try:
        return _row(RunFolder(folder).read_record())
    except RunError:
        return RunRow(folder.name, damaged=True)


def _row(record: RunRecord) -> RunRow:
    figures = record.figures
    tested = figures.test_score is not None or figures.test_loss is not None
    validated = figures.validation_score is not None or figures.validation_loss is not None
    return RunRow(
        run_id=record.run_id,
        name=record.name,
        data=record.data,
        created=_utc(record.created),
        ended=_utc(record.ended) if record.ended else None,
        step=figures.step,
        epochs=figures.epochs,
        seconds=figures.seconds,
        score=figures.test_score if tested else figures.validation_score,
        loss=figures.test_loss if tested else figures.validation_loss,
        measured_on="test" if tested else "validation" if validated else "",
        parameters=record.parameters,
        flops=record.flops,
        seed=record.seed,
        parent=record.parent,
        note=record.note,
        star=record.star,
        group=record.group,
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _stamps(runs: Path) -> list[tuple[str, str]]:
    """The id of each run and a text that changes when its record does: inode, size and time of its last change."""
    found = []
    try:
        names = sorted(entry.name for entry in os.scandir(runs) if RUN_ID.fullmatch(entry.name))
    except OSError:  # there is no run yet, or the folder went away
        return []
    for name in names:
        try:
            status = os.stat(runs / name / RECORD)
        except OSError:
            with suppress(OSError):  # the run is being deleted
                if RunFolder(runs / name).has_learned():  # otherwise it is being created
                    found.append((name, ""))
        else:
            found.append((name, f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"))
    return found


def _sealed(row: RunRow) -> str:
    text = json.dumps(row)
    return f"{crc32(text.encode()):08x}{text}"


def _row_of(stored: tuple[bytes, bytes], stamp: str) -> RunRow | None:
    """The stored row, if it is intact and has that stamp."""
    known, sealed = stored
    if not (isinstance(sealed, bytes) and known == stamp.encode() and stamp):
        return None
    if sealed[:8] != b"%08x" % crc32(sealed[8:]):
        return None
    return RunRow(*json.loads(sealed[8:]))

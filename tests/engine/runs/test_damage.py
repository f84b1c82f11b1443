"""Whatever becomes of the bytes of a run: one typed error or no harm, and the other runs stay as they are.

`PLAYGROUND_FLIPS` is how many bytes are flipped, one at a time, in all files together.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.engine.runs import index
from playground.engine.runs.index import Index
from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.run_record import RunError
from tests.engine.runs.stored import WITHIN, everything, opened, stored

FLIPS = int(os.environ.get("PLAYGROUND_FLIPS", "400"))
ALL = "PLAYGROUND_FLIPS" in os.environ  # then every truncation, else one of seven


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A run that is to be damaged, and another."""
    with opened(tmp_path) as store:
        first, second = stored(store), stored(store)
        first.set_note("a note")
        assert store.flush(WITHIN)
        store.resume(first.run_id, 4).append(everything())
        assert store.flush(WITHIN)
        store.open(first.run_id).finish(first.record.figures)
        assert store.flush(WITHIN)
        store.runs()
    return tmp_path / first.run_id, tmp_path / second.run_id


def content_of(path: Path) -> str:
    """All that can be read of a run, or that it is damaged."""
    folder = RunFolder(path)
    try:
        record = folder.read_record()
        curves = folder.read_curves(record.curves_size)
        files = [folder.verified(item).read_bytes() for item in folder.checkpoints()]
        return repr((record, folder.read_experiment(), curves, files))
    except RunError as error:
        return "damaged" if str(error) else "nothing is said"


def damaged(data: bytes, flips: int, chance: random.Random) -> Iterator[bytes]:
    """What may become of the bytes of a file."""
    for length in range(0, len(data), 1 if ALL else 7):
        yield data[:length]
    for _ in range(flips):
        place = chance.randrange(len(data))
        yield data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


def test_a_damaged_file_gives_one_error_or_does_no_harm(folders: tuple[Path, Path]) -> None:
    damaged_run, other = folders
    before, other_before = content_of(damaged_run), content_of(other)
    files = [file for file in sorted(damaged_run.iterdir()) if file.stat().st_size]
    assert len(files) == 5  # experiment, record, curves and two checkpoints
    rows = Index(damaged_run.parent, damaged_run.parent / "none")
    chance, found = random.Random(0), 0
    for file in files:
        data = file.read_bytes()
        for number, changed in enumerate(damaged(data, FLIPS // 6, chance)):
            file.write_bytes(changed)
            after = content_of(damaged_run)
            assert after in (before, "damaged"), (file.name, changed)
            found += after == "damaged"
            if number % 50 == 0:
                assert sorted(row.run_id for row in rows.rows()[0]) == sorted(path.name for path in folders)
        file.write_bytes(data)
    assert found > FLIPS // 2
    assert content_of(other) == other_before
    assert content_of(damaged_run) == before


def test_a_damaged_index_never_changes_a_row(folders: tuple[Path, Path]) -> None:
    folder = folders[0].parent
    file = folder / index.NAME
    found = Index(folder, file)
    rows = found.rows()[0]
    data = file.read_bytes()
    chance = random.Random(1)
    lengths = range(0, len(data), 61 if ALL else 997)
    places = (chance.randrange(len(data)) for _ in range(FLIPS // 6))
    flipped = (data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :] for at in places)
    for number, changed in enumerate((*(data[:length] for length in lengths), *flipped)):
        file.write_bytes(changed)
        after, stamps = found.rows()
        assert after == rows
        if number % 5 == 0:
            found.store(after, {row.run_id: stamps.get(row.run_id, "") for row in after}, {row.run_id for row in after})
            assert found.rows()[0] == rows
            for ending in ("-wal", "-shm"):
                file.with_name(file.name + ending).unlink(missing_ok=True)

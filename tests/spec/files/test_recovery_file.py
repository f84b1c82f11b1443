"""A document on disk outlives its window, and is found by the next one, once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from playground.spec.experiment import Experiment
from playground.spec.files.recovery_file import DOCUMENT, LOCK, Recovery, RecoveryFolder, abandoned
from playground.spec.files.storage import FileError

MINE = Experiment(name="Mine “ж”")
WHOLE = Recovery(
    experiment=MINE,
    path=Path("/somewhere/\udcff.playground"),  # no Unicode
    source=Path("/somewhere/a.safetensors"),
    saved=Experiment(name="Before"),
    modified=True,
    run_id="20260101-120000-00000000",
    time=datetime(2026, 1, 1, 12, tzinfo=UTC),
)


def left_behind(windows: Path, recovery: Recovery) -> Path:
    """Write as a window that then ends without being closed."""
    folder = RecoveryFolder.new(windows)
    folder.write(recovery)
    folder.release()
    return folder.path


def names(windows: Path) -> list[str]:
    found, _ = abandoned(windows)
    for folder, _recovery in found:
        folder.release()
    return [recovery.experiment.name for _, recovery in found]


def test_all_of_a_document_is_read_back(tmp_path: Path) -> None:
    left_behind(tmp_path, WHOLE)
    ((folder, found),), refused = abandoned(tmp_path)
    assert found == WHOLE
    assert not refused
    folder.remove()
    assert not list(tmp_path.iterdir())


def test_nothing_is_made_before_there_is_something_to_keep(tmp_path: Path) -> None:
    folder = RecoveryFolder.new(tmp_path / "recovery")
    folder.remove()
    assert abandoned(tmp_path / "recovery") == ([], [])
    assert not list(tmp_path.iterdir())


def test_a_living_window_keeps_its_document(tmp_path: Path) -> None:
    folder = RecoveryFolder.new(tmp_path)
    folder.write(WHOLE)
    assert names(tmp_path) == []
    folder.release()
    assert names(tmp_path) == [MINE.name]


def test_one_window_offers_what_another_does_not(tmp_path: Path) -> None:
    left_behind(tmp_path, WHOLE)
    ((folder, _),), _ = abandoned(tmp_path)
    assert abandoned(tmp_path) == ([], [])
    folder.release()
    assert names(tmp_path) == [MINE.name]


def test_the_latest_comes_first(tmp_path: Path) -> None:
    for day in (2, 3, 1):
        left_behind(tmp_path, Recovery(Experiment(name=str(day)), time=datetime(2026, 1, day, tzinfo=UTC)))
    assert names(tmp_path) == ["3", "2", "1"]


@pytest.mark.parametrize(("modified", "run_id", "kept"), [(False, None, 0), (False, "run", 1), (True, None, 1)])
def test_what_needs_no_recovery_is_deleted(tmp_path: Path, modified: bool, run_id: str | None, kept: int) -> None:
    left_behind(tmp_path, Recovery(MINE, modified=modified, run_id=run_id))
    assert len(names(tmp_path)) == kept
    assert len(list(tmp_path.iterdir())) == kept


def test_incomplete_files_of_a_killed_process_are_deleted(tmp_path: Path) -> None:
    path = left_behind(tmp_path, WHOLE)
    (path / ".1234.part").write_bytes(b"{")
    only_part = tmp_path / "0123456789abcdef"
    only_part.mkdir()
    (only_part / ".5678.part").write_bytes(b"")
    assert names(tmp_path) == [MINE.name]
    assert sorted(item.name for item in path.iterdir()) == [DOCUMENT, LOCK]
    assert not only_part.exists()


def test_incomplete_files_of_a_living_process_stay(tmp_path: Path) -> None:
    folder = RecoveryFolder.new(tmp_path)
    folder.write(WHOLE)
    part = folder.path / ".1234.part"
    part.write_bytes(b"{")
    assert names(tmp_path) == []
    assert part.exists()
    folder.remove()


def damaged(data: bytes) -> list[bytes]:
    """Truncations, and bytes that are flipped."""
    middle = len(data) // 2
    return [b"", data[:1], data[:middle], data[:-2], data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]]


@pytest.mark.parametrize("number", range(5))
def test_a_damaged_document_is_set_aside_with_one_sentence(tmp_path: Path, number: int) -> None:
    path = left_behind(tmp_path, WHOLE)
    left_behind(tmp_path, Recovery(Experiment(name="Other")))
    contents = damaged((path / DOCUMENT).read_bytes())[number]
    (path / DOCUMENT).write_bytes(contents)
    ((folder, found),), (refusal,) = abandoned(tmp_path)
    assert found.experiment.name == "Other"
    assert str(refusal).startswith("A document that was not saved cannot be recovered.")
    assert (tmp_path / f"{path.name}.damaged").read_bytes() == contents
    assert not path.exists()
    folder.release()
    assert names(tmp_path) == ["Other"]


def test_a_file_of_another_version_is_set_aside(tmp_path: Path) -> None:
    path = left_behind(tmp_path, WHOLE)
    (path / DOCUMENT).write_text('{"format": "playground recovery", "version": 2}')
    found, (refusal,) = abandoned(tmp_path)
    assert not found
    assert "checksum" in str(refusal)


def test_a_folder_that_was_taken_for_a_dead_windows_is_made_under_another_name(tmp_path: Path) -> None:
    folder = RecoveryFolder.new(tmp_path)
    other = RecoveryFolder(folder.path)
    other.write(WHOLE)
    folder.write(WHOLE)
    assert folder.path != other.path
    folder.remove()
    other.remove()
    assert not list(tmp_path.iterdir())


def test_a_document_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileError, match="was not saved"):
        RecoveryFolder.new(tmp_path / "file").write(WHOLE)


def test_the_end_of_a_process_releases_its_lock(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from playground.spec.experiment import Experiment\n"
        "from playground.spec.files.recovery_file import Recovery, RecoveryFolder\n"
        "RecoveryFolder.new(Path(sys.argv[1])).write(Recovery(Experiment(name='Killed')))\n"
        "print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, os.fspath(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert names(tmp_path) == []
        process.kill()
        process.wait()
    assert names(tmp_path) == ["Killed"]

"""What an attempt that failed left behind in a run's folder does no harm."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from playground.engine.runs import run_folder
from playground.engine.runs.curves import header_line, snapshot_line
from playground.engine.runs.run_folder import CURVES, EXPERIMENT, LOCK, RunFolder
from playground.engine.runs.run_record import RunError, RunRecord
from tests.engine.runs.stored import EXPERIMENT as WHAT
from tests.engine.runs.stored import step

RUN_ID = "20260102-030405-00000000"
RECORD = RunRecord(run_id=RUN_ID, name="", created=datetime(2026, 1, 2, tzinfo=UTC), seed=1, data="mnist")


def made(folder: Path) -> RunFolder:
    run = RunFolder(folder / RUN_ID)
    run.create(RECORD, WHAT)
    run.unlock()
    return run


def test_half_a_line_is_overwritten(tmp_path: Path) -> None:
    run = made(tmp_path)
    size = len(header_line())
    with open(run.path / CURVES, "ab") as file:
        file.write(b"half of a line that was much longer than the next one is" * 10)
    line = snapshot_line([step(1)])
    assert run.append(size, line, sync=True) == size + len(line)
    assert (run.path / CURVES).read_bytes() == header_line() + line


def test_a_run_without_a_record_is_deleted_only_if_it_learned_nothing(tmp_path: Path) -> None:
    run = made(tmp_path)
    (run.path / "run.json").unlink()
    run.append(len(header_line()), snapshot_line([step(1)]), sync=False)
    run.clean()
    assert (run.path / CURVES).exists()
    (run.path / CURVES).write_bytes(header_line())
    run.clean()
    assert not run.path.exists()


def test_what_is_in_use_is_not_cleaned(tmp_path: Path) -> None:
    run, other = made(tmp_path), RunFolder(tmp_path / RUN_ID)
    (run.path / ".1.part").write_text("")
    with other.locked():
        assert run.in_use
        run.clean()
        assert (run.path / ".1.part").exists()
    assert not run.in_use
    run.clean()
    assert sorted(item.name for item in run.path.iterdir()) == sorted((CURVES, EXPERIMENT, LOCK, "run.json"))


def test_a_lock_that_is_held_for_a_moment_is_no_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "MOMENT", 30.0)  # the machine may be busy
    run, other = made(tmp_path), RunFolder(tmp_path / RUN_ID)
    other.lock()
    timer = threading.Timer(0.02, other.unlock)
    timer.start()
    assert not run.in_use
    timer.join()


def test_a_record_in_another_runs_folder_is_refused(tmp_path: Path) -> None:
    run = made(tmp_path)
    run.path.rename(tmp_path / "20260102-030405-00000001")
    with pytest.raises(RunError, match="another run"):
        RunFolder(tmp_path / "20260102-030405-00000001").read_record()

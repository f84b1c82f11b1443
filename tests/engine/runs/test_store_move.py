"""The folder of a store moves as a whole, whenever the process is killed, also to another disk."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from playground.engine.runs import store_move
from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_move import move_store
from playground.engine.runs.store_settings import StoreSettings, default_folder, write_settings
from playground.spec.files.storage import FileError
from playground.spec.messages import message
from tests.engine.runs.stored import EXPERIMENT, FIGURES, WITHIN, content, opened, step

CHANGES = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "shutil.rmtree"}
KILLED = 9


def filled(folder: Path) -> str:
    store = RunStore(folder)
    run = store.begin(EXPERIMENT)
    run.append([step(1)])
    run.finish(FIGURES)
    assert store.close(WITHIN)
    return run.run_id


@pytest.mark.parametrize("made", [False, True])
def test_runs_move_with_their_folder(tmp_path: Path, made: bool) -> None:
    old, new = tmp_path / "old", tmp_path / "deep" / "new"
    run_id = filled(old)
    if made:
        new.mkdir(parents=True)
    move_store(old, new, lambda: None)
    assert not old.exists()
    store = RunStore(new)
    assert [row.run_id for row in store.runs()] == [run_id]
    assert store.close(WITHIN)


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    filled(old)
    new.mkdir()
    (new / "mine.txt").write_text("mine")
    with pytest.raises(FileError, match="is not empty"):
        move_store(old, new, lambda: None)
    assert old.is_dir()
    assert [item.name for item in new.iterdir()] == ["mine.txt"]


def test_runs_that_are_written_are_not_moved(tmp_path: Path) -> None:
    old = tmp_path / "old"
    folder = RunFolder(old / filled(old))
    folder.lock()
    with pytest.raises(FileError, match="in another window"):
        move_store(old, tmp_path / "new", lambda: None)
    folder.unlock()
    assert old.is_dir()


def test_a_folder_inside_the_store_is_refused(tmp_path: Path) -> None:
    filled(tmp_path)
    with pytest.raises(FileError, match="lies in their present folder"):
        move_store(tmp_path, tmp_path / "new", lambda: None)
    assert not (tmp_path / "new").exists()


def test_a_setting_that_cannot_be_written_leaves_the_old_folder_in_use(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    run_id = filled(old)

    def refuse() -> None:
        raise FileError(message("The disk is full."))

    with pytest.raises(FileError, match="full"):
        move_store(old, new, refuse)
    assert not new.exists()
    with opened(old) as store:
        assert [row.run_id for row in store.runs()] == [run_id]


def refuse_links(*_: object, **__: object) -> None:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def killed_at(number: int, act: Callable[[], None]) -> int:
    """Do something in a process of its own, which ends at its so-manieth change of files; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = count()

    def watch(event: str, _: Any) -> None:
        if event in CHANGES and next(seen) == number:
            os._exit(KILLED)

    sys.addaudithook(watch)
    act()
    os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("far", [False, True], ids=["same disk", "another disk"])
def test_a_kill_at_any_moment_leaves_a_complete_store_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, far: bool
) -> None:
    monkeypatch.delenv("PLAYGROUND_RUNS")
    if far:
        monkeypatch.setattr(store_move.os, "link", refuse_links)
    folders = tmp_path / "one", tmp_path / "two"
    store = RunStore(folders[0])
    run = store.begin(EXPERIMENT)
    run.append([step(1)])
    run.checkpoint(1, 0, content(b"weights"))
    run.finish(FIGURES)
    assert store.close(WITHIN)
    settings = StoreSettings(folder=str(folders[0]))
    write_settings(settings)
    used, moved = {folders[0]}, False
    for number in count():
        old = default_folder()
        new = folders[1] if old == folders[0] else folders[0]
        for leftover in new.parent.glob(f"{new.name}*"):  # of a move that was killed after the new one was complete
            leftover.rename(tmp_path / f"leftover {number}")
        target = settings.model_copy(update={"folder": str(new)})
        code = killed_at(number, lambda old=old, new=new, to=target: move_store(old, new, lambda: write_settings(to)))  # type: ignore[misc]
        used.add(default_folder())
        with opened(default_folder()) as after:
            (row,) = after.runs()
            found = after.open(row.run_id)
            assert found.checkpoint_file(found.checkpoints()[0]).read_bytes() == b"weights"
            assert len(found.curves()) == 1
        if code == 0:
            moved = True
            break
        assert code == KILLED
    assert moved
    assert used == set(folders)
    assert number > 15

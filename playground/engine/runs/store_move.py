"""Moves the folder of a store: at any moment one complete store is in use, also if the process is killed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playground.engine.runs.checkpoints import PART
from playground.engine.runs.index import NAME
from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.run_record import RunError
from playground.spec.files.experiment_file import RUN_ID
from playground.spec.files.storage import FileError, make_folder, shown, sync_folder
from playground.spec.messages import message, tr_noop


def move_store(old: Path, new: Path, switch: Callable[[], None]) -> None:
    """Move the folder of a store that no process uses.

    A complete copy, whose files are hard links where the disk is the same, gets the new name; then `switch` makes it
    the folder in use, and only then the old one is deleted. The index is left behind, for it is rebuilt.

    Raises:
        FileError: a run goes on there, the new folder is not empty, or it could not be written. The old folder is in
            use as before.
    """
    _require_movable(old, new)
    copy = new.with_name(f".{new.name}{PART}")
    try:
        make_folder(new.parent)
        shutil.rmtree(copy, ignore_errors=True)  # of a move that was killed
        if new.exists():
            new.rmdir()
        _copy(old, copy)
        os.rename(copy, new)
        sync_folder(new.parent)
        try:
            switch()
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    except (OSError, RunError) as error:
        shutil.rmtree(copy, ignore_errors=True)
        words = tr_noop("The runs were not moved to “{folder}”: {reason}.")
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(message(words, folder=shown(new), reason=reason)) from error
    shutil.rmtree(old, ignore_errors=True)  # the new one is in use: what cannot be deleted here harms nobody


def _require_movable(old: Path, new: Path) -> None:
    if old.is_dir():
        for entry in old.iterdir():
            if RUN_ID.fullmatch(entry.name) and RunFolder(entry).in_use:
                raise FileError(message("The runs were not moved: one of them goes on in another window."))
    if new.exists() and (not new.is_dir() or any(new.iterdir())):
        raise FileError(message("The runs were not moved: “{folder}” is not empty.", folder=shown(new)))
    if new.resolve().is_relative_to(old.resolve()):
        raise FileError(message("The runs were not moved: “{folder}” lies in their present folder.", folder=shown(new)))


def _copy(old: Path, new: Path) -> None:
    """Copy a folder with all in it, and flush the copy to the disk; `old` need not exist."""
    new.mkdir()
    with suppress(FileNotFoundError), os.scandir(old) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _copy(Path(entry.path), new / entry.name)
            elif not entry.name.startswith(NAME) and not entry.name.endswith(PART):
                _copy_file(Path(entry.path), new / entry.name)
    sync_folder(new)


def _copy_file(old: Path, new: Path) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:  # another disk, or one without hard links
        shutil.copy2(old, new, follow_symlinks=False)
        with open(new, "rb+") as file:
            os.fsync(file.fileno())

"""A temporary folder that does not outlast its process for long, even one that is killed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from playground.spec.files.storage import FileError
from playground.spec.messages import message


def process_folder(purpose: str) -> TemporaryDirectory[str]:
    """A new folder of this process; those that earlier processes left for the same purpose are removed.

    Args:
        purpose: one word of letters, a part of its name.

    Raises:
        FileError: it cannot be made, such as on a full disk.
    """
    try:
        _remove_left(purpose)
        return TemporaryDirectory(prefix=f"playground-{purpose}-{os.getpid()}-")
    except OSError as error:
        why = error.strerror or str(error)
        raise FileError(message("No temporary folder can be made: {why}.", why=why)) from error


def _remove_left(purpose: str) -> None:
    import psutil

    name = re.compile(rf"playground-{purpose}-(\d+)-\w+")
    for folder in Path(gettempdir()).iterdir():
        found = name.fullmatch(folder.name)
        if found and not psutil.pid_exists(int(found[1])) and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)  # of another user: it stays

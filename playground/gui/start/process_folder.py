"""A temporary folder that does not outlast its process for long, even one that is killed."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir


def process_folder(purpose: str) -> TemporaryDirectory[str]:
    """A new folder of this process; those that earlier processes left for the same purpose are removed.

    Args:
        purpose: one word of letters, a part of its name.
    """
    import psutil

    name = re.compile(rf"playground-{purpose}-(\d+)-\w+")
    for folder in Path(gettempdir()).iterdir():
        found = name.fullmatch(folder.name)
        if found and not psutil.pid_exists(int(found[1])) and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)  # of another user: it stays
    return TemporaryDirectory(prefix=f"playground-{purpose}-{os.getpid()}-")

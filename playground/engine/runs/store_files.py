"""Small facts for the store of runs: what its folders hold, ids of runs, and versions."""

from __future__ import annotations

import os
import platform
import secrets
from contextlib import suppress
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from playground.version import __version__


def entries(folder: Path) -> list[Path]:
    """The entries of a folder; none if it does not exist."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def size(folder: Path) -> int:
    """Bytes of the files in a folder; files that are being deleted count as 0."""
    size = 0
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                size += entry.stat(follow_symlinks=False).st_size
    return size


def new_id(now: datetime) -> str:
    """An id that sorts by time: date, time, and in hexadecimal digits the microsecond and three random ones."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.randbelow(16**3):03x}"


def versions() -> dict[str, str]:
    """Versions of Playground, Python and torch; this does not import torch."""
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = ""
    return {"playground": __version__, "torch": torch, "python": platform.python_version()}

"""Finds the files of a kind in a folder, which are answered one by one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def files_in(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """The files in a folder and the folders in it whose names end in one of the suffixes, by name; not hidden ones."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = sorted(name for name in files if name.lower().endswith(tuple(suffixes)) and not name.startswith("."))
        found += [Path(place, name) for name in names]
    return found

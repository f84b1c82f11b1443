"""Walks through folders of pictures in one order, for the engine and for exported programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

IGNORED = ("thumbs.db", "desktop.ini")  # which file managers leave behind


def visible_entries(folder: Path, nested: bool) -> Iterator[tuple[str, bool]]:
    """The entries of a folder that are not hidden: their paths in it, sorted by name, and whether each is a file.

    With `nested`, what is in its subfolders comes in the place of these. Links are neither files nor folders.
    """
    waiting = [("", entry) for entry in _by_name(folder)]
    while waiting:
        above, entry = waiting.pop()
        if nested and entry.is_dir(follow_symlinks=False):
            waiting += [(f"{above}{entry.name}/", inner) for inner in _by_name(Path(entry.path))]
        else:
            yield f"{above}{entry.name}", entry.is_file(follow_symlinks=False)


def _by_name(folder: Path) -> list[os.DirEntry[str]]:
    """The visible entries of one folder, the last name first."""
    with os.scandir(folder) as entries:
        kept = [item for item in entries if not item.name.startswith(".") and item.name.lower() not in IGNORED]
    return sorted(kept, key=lambda entry: entry.name, reverse=True)

"""Finds the files in folders of pictures, in one order, for the engine and for exported programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PureWindowsPath

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


def inner_path(folder: Path, cell: str, ending: str = "") -> str | None:
    """The path of the file in a folder that a table's cell names, with “/”; None where there is none.

    ending: of the file, where cells lack it.
    Names count whatever their letter case, where only one file has them; one that is the same comes first.
    Links and paths that lead out of the folder name no file. “\\” separates as well as “/”, whatever the system.
    """
    inner, path = PureWindowsPath(cell + ending), folder
    if inner.anchor or ".." in inner.parts:
        return None
    for part in inner.parts:
        path = path / (part if os.path.lexists(path / part) else _in_other_case(path, part))
        if os.path.islink(path):  # methods of Path raise errors for names that are too long
            return None
    return path.relative_to(folder).as_posix() if os.path.isfile(path) else None


def _in_other_case(folder: Path, name: str) -> str:
    """The one name in a folder that differs only in letter case; the same if there is none, or several are."""
    try:
        found = _by_folded_name(folder, folder.stat().st_mtime_ns).get(name.casefold(), [])
    except OSError:
        return name
    return found[0] if len(found) == 1 else name


@lru_cache(maxsize=4)
def _by_folded_name(folder: Path, changed: int) -> dict[str, list[str]]:
    """The names in a folder, by themselves in small letters; `changed`: when the folder was, so that none is old."""
    found: dict[str, list[str]] = {}
    for name in os.listdir(folder):
        found.setdefault(name.casefold(), []).append(name)
    return found

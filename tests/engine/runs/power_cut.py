"""A disk that may lose its power: it follows what is done to the files of a folder, and tells what a cut could leave.

Only a flush makes things last. The bytes of a file last once the file is flushed, and a name (made, replaced, renamed
or deleted) once its folder is. Of everything else, any part may be there after the cut, or not.
"""

from __future__ import annotations

import functools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import pytest

_CHANGES = ("open", "replace", "rename", "unlink", "remove", "rmdir", "mkdir", "link")  # functions of `os`

Tree = dict[str, bytes | None]  # contents by path; None for a folder


class Written(NamedTuple):
    """A file has other contents."""

    node: int
    data: bytes


class Named(NamedTuple):
    """Names were given or taken away, all at once."""

    changes: tuple[tuple[int, str, int | None], ...]  # folder, name, and the file or folder, if there is one now


class Flushed(NamedTuple):
    """A file or a folder was flushed."""

    node: int


class Said(NamedTuple):
    """A person was told, or may rely on, something from now on."""

    what: Any


Event = Written | Named | Flushed | Said


class Recording:
    """Follows a folder, which is whole on the disk at first. One thread at a time may change it."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self._root, self._lock = root, RLock()
        self._nodes: dict[tuple[int, int], int] = {}  # by device and inode
        self._count = 0
        self._names: dict[tuple[int, str], int] = {}
        self._folders: set[int] = set()
        self._contents: dict[int, bytes] = {}
        self.events: list[Event] = []
        self._look()
        self.events += [Flushed(node) for node in self._nodes.values()]
        for name in _CHANGES:
            patch.setattr(os, name, self._watched(getattr(os, name)))
        patch.setattr(os, "fsync", self._flushing(os.fsync))

    @property
    def root(self) -> int:
        """The node of the folder that is followed."""
        return 0

    @property
    def folders(self) -> frozenset[int]:
        """The nodes that are, or were, folders."""
        return frozenset(self._folders)

    def say(self, what: Any) -> None:
        """Note what may be relied on after each later cut."""
        with self._lock:
            self._look()
            self.events.append(Said(what))

    def _watched(self, change: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(change)
        def watched(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                self._look()
                try:
                    return change(*args, **kwargs)
                finally:
                    self._look()

        return watched

    def _flushing(self, fsync: Callable[[int], None]) -> Callable[[int], None]:
        def flushed(descriptor: int) -> None:
            with self._lock:
                self._look()
                fsync(descriptor)
                status = os.fstat(descriptor)
                node = self._nodes.get((status.st_dev, status.st_ino))
                if node is not None:
                    self.events.append(Flushed(node))

        return flushed

    def _look(self) -> None:
        """Note what has changed since the last look."""
        names: dict[tuple[int, str], int] = {}
        written: list[Event] = []
        present = set()
        for folder, name, path in self._walk():
            status = os.lstat(path)
            key = status.st_dev, status.st_ino
            present.add(key)
            node = self._node(key)
            if name:
                names[folder, name] = node
            if os.path.isdir(path):
                self._folders.add(node)
            elif (data := _contents(path, status.st_size)) != self._contents.get(node, b""):
                self._contents[node] = data
                written.append(Written(node, data))
        self.events += [*_named(self._names, names), *written]
        self._names = names
        self._nodes = {key: node for key, node in self._nodes.items() if key in present}

    def _walk(self) -> Iterator[tuple[int, str, str]]:
        """Folder, name and path of everything; the root has no name."""
        waiting = [(0, "", str(self._root))]
        while waiting:
            folder, name, path = waiting.pop()
            yield folder, name, path
            if os.path.isdir(path):
                status = os.lstat(path)
                node = self._node((status.st_dev, status.st_ino))
                waiting += [(node, entry.name, entry.path) for entry in os.scandir(path)]

    def _node(self, key: tuple[int, int]) -> int:
        if key not in self._nodes:
            self._nodes[key], self._count = self._count, self._count + 1
        return self._nodes[key]


def _contents(path: str, size: int) -> bytes:
    """The bytes of a file; an empty one is not opened, since closing a lock file could release its lock."""
    return Path(path).read_bytes() if size else b""


def _named(before: dict[tuple[int, str], int], after: dict[tuple[int, str], int]) -> list[Event]:
    """The changes from names to others; what was renamed has its old and its new name in one change."""
    gone = {node: place for place, node in before.items() if place not in after}
    found: list[Event] = []
    for place, node in after.items():
        if before.get(place) != node:
            old = gone.pop(node, None)
            found.append(Named(((*place, node), *([(*old, None)] if old else []))))
    return [*found, *(Named(((*place, None),)) for place in gone.values())]


class Disk:
    """What is on the disk for certain, and what may be, after each event of a recording."""

    def __init__(self, recording: Recording) -> None:
        self._root, self._are_folders = recording.root, recording.folders
        self._lasting: dict[int, dict[str, int]] = {}  # names in each folder
        self._pending: list[Named] = []
        self._old: dict[int, bytes] = {}  # contents, as flushed
        self._new: dict[int, bytes] = {}
        self.said: Any = None

    def take(self, event: Event) -> None:
        """Follow an event."""
        match event:
            case Written(node, data):
                self._new[node] = data
            case Named():
                self._pending.append(event)
            case Flushed(node):
                self._old[node] = self._new.get(node, b"")
                for item in [item for item in self._pending if any(change[0] == node for change in item.changes)]:
                    self._pending.remove(item)
                    _rename(self._lasting, item)
            case Said(what):
                self.said = what

    def after_cut(self, chance: random.Random) -> Iterator[Tree]:
        """What a cut at this moment may leave."""
        for part in _PARTS:
            yield self._tree([], part)
            yield self._tree(self._pending, part)
        for _ in range(2):
            kept = [item for item in self._pending if chance.random() < 0.5]
            yield self._tree(kept, lambda old, new: chance.choice(_PARTS)(old, new))

    def _tree(self, kept: list[Named], part: Callable[[bytes, bytes], bytes]) -> Tree:
        names = {folder: dict(entries) for folder, entries in self._lasting.items()}
        for item in kept:
            _rename(names, item)
        found: Tree = {}
        waiting = [("", self._root)]
        while waiting:
            path, node = waiting.pop()
            if node in self._are_folders:
                found[path] = None
                waiting += [(f"{path}/{name}", inner) for name, inner in names.get(node, {}).items()]
            else:
                old, new = self._old.get(node, b""), self._new.get(node, b"")
                found[path] = new if old == new else part(old, new)
        return found


def _rename(names: dict[int, dict[str, int]], item: Named) -> None:
    for folder, name, node in item.changes:
        if node is None:
            names.setdefault(folder, {}).pop(name, None)
        else:
            names.setdefault(folder, {})[name] = node


def _half(old: bytes, new: bytes) -> tuple[int, int]:
    """Where new bytes begin to differ from old ones, and the middle of those that differ."""
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return same, (same + len(new)) // 2


def _first_half(old: bytes, new: bytes) -> bytes:
    return new[: _half(old, new)[1]]


def _zeros(old: bytes, new: bytes) -> bytes:
    same, _ = _half(old, new)
    return new[:same] + bytes(len(new) - same)


def _second_half(old: bytes, new: bytes) -> bytes:
    same, middle = _half(old, new)
    return new[:same] + bytes(middle - same) + new[middle:]


# What of new contents may be there that were not flushed.
_PARTS: tuple[Callable[[bytes, bytes], bytes], ...] = (
    lambda old, _: old,
    lambda _, new: new,
    _first_half,
    _zeros,
    _second_half,
)


def restore(tree: Tree, root: Path) -> None:
    """Lay out what a cut has left in a folder that does not exist yet."""
    for path, data in tree.items():
        place = Path(f"{root}{path}")
        if data is None:
            place.mkdir()
        else:
            place.write_bytes(data)

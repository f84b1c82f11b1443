"""Finds how a folder of pictures is laid out, and lists its pictures class by class, before any is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from playground.engine.data.in_memory import DataError
from playground.spec.data.picture_folder_summary import MOST_CLASSES, TRAIN, PictureLayout
from playground.spec.data.picture_paths import visible_entries
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.files.file_kind import PICTURE_SUFFIXES
from playground.spec.files.storage import is_namable, shown, why_not_read
from playground.spec.messages import message, tr_noop

_PARTS = {  # names of folders, in small letters, by the field of `PictureLayout`
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}


class ListedPicture(NamedTuple):
    """A file that may be a picture."""

    path: str  # in the chosen folder, with “/”
    part: int  # of the data, to which its folder assigns it


def class_folders_in(root: Path) -> list[str]:
    """The names of the folders that hold pictures, by the names of their files.

    Raises:
        DataError: a folder cannot be read.
    """
    return [name for name in _folders(root) if any(is_picture_name(path) for path, _ in entries_in(root / name, True))]


def are_flat_parts(root: Path, folders: Sequence[str]) -> bool:
    """Whether folders are parts of the data by their names, such as “train” and “test”, and hold no folders.

    Raises:
        DataError: a folder cannot be read.
    """
    known = {name for names in _PARTS.values() for name in names}
    return all(name.lower() in known and not _folders(root / name) for name in folders)


def is_for_training(folder: str) -> bool:
    """Whether it is the training part by its name."""
    return folder.lower() in _PARTS["train"]


def is_picture_name(path: str) -> bool:
    """Whether a file is a picture by its name."""
    return path.lower().endswith(PICTURE_SUFFIXES)


def found_layout(root: Path) -> PictureLayout:
    """The layout of a folder: separate parts where a folder for training holds folders, and another part is beside it.

    Raises:
        DataError: the folder cannot be read.
    """
    names: dict[str, str] = {}
    for name, is_file in entries_in(root):
        part = next((part for part, known in _PARTS.items() if name.lower() in known), None)
        if part is not None and not is_file and _is_folder(root / name):
            names.setdefault(part, name)
    separate = len(names) > 1 and "train" in names and len(_folders(root / names["train"])) > 1
    return PictureLayout(nested=True).with_(**(names if separate else {}))


def listed_by_class(root: Path, layout: PictureLayout, skips: Skips) -> Iterator[tuple[str, Iterator[ListedPicture]]]:
    """The name of each class, and the files in its folders: first those for training.

    Raises:
        DataError: a folder cannot be read.
    """
    if layout.train:
        _skip_beside(root, layout, skips)
    names = _folders(root / layout.train, f"{layout.train}/" if layout.train else "", skips)
    for name in names[MOST_CLASSES:]:
        skips.add(SkippedKind.CLASS, name, message("only the first {count} folders are used", count=MOST_CLASSES))
    for _, folder in layout.folders[1:]:
        for name in _folders(root / folder, f"{folder}/", skips):
            if name not in names:
                words = tr_noop("“{train}” has no folder of that name")
                skips.add(SkippedKind.CLASS, f"{folder}/{shown(Path(name))}", message(words, train=layout.train))
    for name in names[:MOST_CLASSES]:
        yield name, _of_class(root, layout, name, skips)


def _of_class(root: Path, layout: PictureLayout, name: str, skips: Skips) -> Iterator[ListedPicture]:
    for part, folder in layout.folders:
        within = f"{folder}/{name}" if folder else name
        if part != TRAIN and not (root / within).is_dir():
            continue
        for path, is_file in entries_in(root / within, layout.nested):
            if is_file:
                yield ListedPicture(f"{within}/{path}", part)
            else:
                skips.add(SkippedKind.FILE, f"{within}/{shown(Path(path))}", message("it is not a file"))


def _skip_beside(root: Path, layout: PictureLayout, skips: Skips) -> None:
    """Record what is beside the folders of the parts."""
    parts = [folder for _, folder in layout.folders]
    for name, _ in entries_in(root):
        if name not in parts:
            words = tr_noop("it is not in {folders}")
            folders = ", ".join(f"“{part}”" for part in parts)
            skips.add(SkippedKind.FILE, shown(Path(name)), message(words, folders=folders))


def _folders(folder: Path, prefix: str = "", skips: Skips | None = None) -> list[str]:
    """The names of the folders in it; `skips` records the rest, after `prefix`."""
    found = []
    for name, is_file in entries_in(folder):
        inner = not is_file and _is_folder(folder / name)
        if inner and is_namable(name):
            found.append(name)
        elif skips is not None:
            words = message("its name is no text") if inner else message("it is not in the folder of a class")
            skips.add(SkippedKind.FILE, f"{prefix}{shown(Path(name))}", words)
    return found


def _is_text(name: str) -> bool:
    """Whether it can be stored: names on disk may be bytes that are no UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def entries_in(folder: Path, nested: bool = False) -> list[tuple[str, bool]]:
    """`visible_entries`.

    Raises:
        DataError: a folder cannot be read.
    """
    try:
        return list(visible_entries(folder, nested))
    except OSError as error:
        raise DataError(why_not_read(Path(os.fsdecode(error.filename or folder)), error)) from error

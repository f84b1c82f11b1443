"""Stores drawings with labels as a folder of pictures per label, which can be trained on like any folder of pictures.

A drawing is a grey PNG of 56 × 56 pixels, white ink on black, in the place and the size in which it was drawn.
"""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from platformdirs import user_data_path

from playground.engine.runs.store_files import new_id
from playground.spec.data.label_folders import folder_name, label_of
from playground.spec.files.storage import FileError, read_bounded, shown, why_not_read, write_atomically, writing_error
from playground.spec.messages import PlaygroundError, message, tr_noop

SIDE = 56  # pixels
MARK = ".drawings"  # a file in the folder of a collection, by which its folders are known as labels
LONGEST_LABEL = 64  # characters
VARIABLE = "PLAYGROUND_DRAWINGS"  # of the environment: the collection's folder
_LONGEST_NAME = 250  # bytes of a folder's name
_MOST_BYTES = 1_000_000  # of a picture; one takes about a thousand
_SUFFIX = ".png"
_FAINT = 8  # of 255: what is nowhere lighter is no ink

Bytes = npt.NDArray[np.uint8]


class LabelError(PlaygroundError):
    """A text cannot be a label; the message says why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored drawing: its label and the name of its file, which begins with the time."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A drawing that was deleted, with its file, so that it can be put back."""

    kept: Kept
    file: bytes


def default_folder() -> Path:
    """The folder that `PLAYGROUND_DRAWINGS` names, or one for user data; it need not exist."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen) if chosen else user_data_path("Playground", appauthor=False) / "drawings"


def label_from(text: str) -> str:
    """The label that a person means: without blanks around it, accents composed.

    Raises:
        LabelError: it is empty or too long, or has signs that cannot be seen.
    """
    label = unicodedata.normalize("NFC", text.strip())
    if not label:
        raise LabelError(message("A drawing needs a label, such as 7 or “tree”."))
    if not label.isprintable():
        raise LabelError(message("A label is one line of signs that can be seen; this one holds others."))
    if len(label) > LONGEST_LABEL:
        words = tr_noop("This label has {count:,} characters, where at most {most} are stored.")
        raise LabelError(message(words, count=len(label), most=LONGEST_LABEL))
    if len(folder_name(label).encode()) > _LONGEST_NAME:
        raise LabelError(message("This label is too long for the name of a folder. Choose a shorter one."))
    return label


def in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels as people list them: numbers by value, then texts."""
    return tuple(sorted(labels, key=lambda label: (*((0, int(label)) if _number(label) else (1, 0)), label)))


def _number(label: str) -> bool:
    return label.isascii() and label.isdigit()


def has_ink(picture: Bytes) -> bool:
    """Whether there is something on it."""
    return bool(picture.max(initial=0) > _FAINT)


class Collection:
    """The drawings in one folder, which is made with the first of them. It keeps nothing in memory."""

    def __init__(self, folder: Path, side: int = SIDE, labels: tuple[str, ...] = ()) -> None:
        """Pictures are (side, side); with `labels` there are no others."""
        self.folder, self.side, self.labels = folder, side, labels

    def all(self) -> dict[str, tuple[Kept, ...]]:
        """The drawings of each label, oldest first.

        Raises:
            FileError: the folder cannot be read.
        """
        found = {}
        for folder in self._entries(self.folder):
            label = label_of(folder.name)
            if label and folder.is_dir(follow_symlinks=False):
                names = sorted(entry.name for entry in self._entries(Path(folder.path)) if _is_drawing(entry))
                if names:
                    found[label] = tuple(Kept(label, name) for name in names)
        return {label: found[label] for label in in_order(found)}

    def path(self, kept: Kept) -> Path:
        """The file of a drawing."""
        return self.folder / folder_name(kept.label) / kept.name

    def add(self, text: str, picture: Bytes) -> Kept:
        """Store a picture, (side, side) uint8, with a label.

        Raises:
            LabelError: the text cannot be a label.
            FileError: it could not be written.
        """
        assert picture.shape == (self.side, self.side)
        assert picture.dtype == np.uint8
        kept = Kept(self._label_from(text), new_id(datetime.now()) + _SUFFIX)
        self._write(kept, png(picture))
        return kept

    def read(self, kept: Kept) -> Bytes:
        """The picture of a drawing, (side, side).

        Raises:
            FileError: it cannot be read, or another program has put a picture of another kind in its place.
        """
        path = self.path(kept)
        data = read_bounded(path, _MOST_BYTES)
        try:
            with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
                if image.size == (self.side, self.side) and image.mode == "L":
                    return np.array(image)
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for damaged files
            raise FileError(message("“{file}” is damaged: it is not a PNG.", file=shown(path))) from error
        words = tr_noop("“{file}” is not a drawing of this collection: those are grey, of {side} × {side} pixels.")
        raise FileError(message(words, file=shown(path), side=self.side))

    def delete(self, drawings: Iterable[Kept]) -> tuple[Removed, ...]:
        """Delete drawings; those deleted before an error are put back.

        Raises:
            FileError: one could not be read or deleted.
        """
        removed: list[Removed] = []
        for kept in drawings:
            path = self.path(kept)
            try:
                removed.append(Removed(kept, read_bounded(path, _MOST_BYTES)))
                path.unlink()
            except (FileError, OSError) as error:
                self.restore(removed)
                raise error if isinstance(error, FileError) else _undeleted(path, error) from error
            self._drop_empty(kept.label)
        return tuple(removed)

    def restore(self, removed: Iterable[Removed]) -> None:
        """Put deleted drawings back.

        Raises:
            FileError: one could not be written.
        """
        for item in removed:
            self._write(item.kept, item.file)

    def relabel(self, drawings: Iterable[Kept], text: str) -> tuple[Kept, ...]:
        """Give drawings another label, which may have drawings already; they are returned as they are now.

        Raises:
            LabelError: the text cannot be a label.
            FileError: one could not be moved; those before it have the new label.
        """
        label = self._label_from(text)
        moved = []
        for kept in drawings:
            new = Kept(label, kept.name)
            if new != kept:
                self._move(kept, new)
            moved.append(new)
        return tuple(moved)

    def _label_from(self, text: str) -> str:
        label = label_from(text)
        if self.labels and label not in self.labels:
            words = tr_noop("“{label}” is none of these labels: {labels}.")
            raise LabelError(message(words, label=label, labels=", ".join(self.labels)))
        return label

    def _move(self, kept: Kept, new: Kept) -> None:
        old, target = self.path(kept), self.path(new)
        try:
            self._prepare(target.parent)
            if target.exists():  # only if files were copied by hand: ids are unique
                raise FileExistsError(17, "there is a drawing of that name")
            os.replace(old, target)
        except OSError as error:
            raise writing_error(target, error) from error
        self._drop_empty(kept.label)

    def _write(self, kept: Kept, data: bytes) -> None:
        path = self.path(kept)
        self._prepare(path.parent)
        write_atomically(path, data)

    def _prepare(self, folder: Path) -> None:
        """Make the folder of a label, and mark that of the collection."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise writing_error(folder, error) from error
        mark = self.folder / MARK
        if not mark.exists():
            write_atomically(mark, b"1\n")

    def _drop_empty(self, label: str) -> None:
        with suppress(OSError):  # it is not empty
            (self.folder / folder_name(label)).rmdir()

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise FileError(why_not_read(folder, error)) from error


def labels_in(folder: Path, names: Iterable[str]) -> tuple[str, ...]:
    """The labels of a collection's folders; none where `folder` is not a collection's, or two would be alike."""
    if not (folder / MARK).is_file():
        return ()
    labels = tuple(label_of(name) or name for name in names)
    return labels if len(set(labels)) == len(labels) else ()


def trainable(counts: Mapping[str, int], fewest: int) -> bool:
    """Whether there are `fewest` drawings, in at least two labels with two each, as a folder of pictures needs."""
    enough = [count for count in counts.values() if count >= 2]
    return len(enough) >= 2 and sum(enough) >= fewest


def png(picture: Bytes) -> bytes:
    """A grey picture, (H, W), as a PNG."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def _is_drawing(entry: os.DirEntry[str]) -> bool:
    shown_name = not entry.name.startswith(".")
    return shown_name and entry.name.lower().endswith(_SUFFIX) and entry.is_file(follow_symlinks=False)


def _undeleted(path: Path, error: OSError) -> FileError:
    words = tr_noop("“{file}” was not deleted: {reason}.")
    return FileError(message(words, file=shown(path), reason=error.strerror or repr(error)))

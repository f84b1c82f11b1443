"""Writes a collection of drawings for other programs: as two IDX files with a list of labels, or as folders of PNGs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from playground.engine.data.collection import MARK, Bytes, Collection, Kept, in_order
from playground.engine.data.formats.idx import idx_bytes
from playground.engine.inference.pictures import digit
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.label_folders import folder_name
from playground.spec.files.storage import FileError, shown, write_atomically, writing_error
from playground.spec.messages import message, tr_noop

IMAGES, LABELS, NAMES = "images-idx3-ubyte", "labels-idx1-ubyte", "labels.txt"
_MOST_LABELS = 256  # a label is one byte
_MOST_TRIES = 1_000  # names of a new folder


def numbered(labels: Iterable[str]) -> tuple[str, ...]:
    """The names of the numbers 0, 1, … in an IDX file: whole numbers up to 255 stand for themselves, as in MNIST.

    Raises:
        FileError: there are too many labels.
    """
    names = in_order(labels)
    numbers = [int(name) for name in names if name.isascii() and name.isdigit() and name == str(int(name))]
    if names and len(numbers) == len(names) and max(numbers) < _MOST_LABELS:
        return tuple(map(str, range(max(numbers) + 1)))
    if len(names) > _MOST_LABELS:
        words = tr_noop("IDX files number at most {most} labels; this collection has {count:,}.")
        raise FileError(message(words, most=_MOST_LABELS, count=len(names)))
    return names


def export_idx(collection: Collection, folder: Path, name: str, *, normalized: bool) -> Path:
    """Write the drawings, oldest first, to a new folder in `folder`, which is returned.

    The line of a label in `labels.txt`, counted from 0, is its number in the IDX file: where the collection allows no
    other labels than those of a data set, that of the class.

    Args:
        normalized: fit and centre the ink on 28 × 28 pixels, as in MNIST; otherwise pictures stay as they are stored.

    Raises:
        FileError: a drawing cannot be read, or a file could not be written; nothing is left of the new folder.
        Cancelled: see `stop_if_cancelled`.
    """
    drawings = _drawings(collection)
    names = collection.labels or numbered({kept.label for kept in drawings})
    numbers = {label: number for number, label in enumerate(names)}
    pictures = np.stack([_picture(collection, kept, normalized) for kept in drawings])
    labels = np.array([numbers[kept.label] for kept in drawings], np.uint8)
    made = _new_folder(folder, name)
    with _removed_on_failure(made):
        write_atomically(made / IMAGES, idx_bytes(pictures))
        write_atomically(made / LABELS, idx_bytes(labels))
        write_atomically(made / NAMES, "".join(f"{label}\n" for label in names).encode())
    return made


def export_png(collection: Collection, folder: Path, name: str) -> Path:
    """Copy the drawings to a new folder in `folder`, which is returned; it is a collection as well.

    Raises:
        FileError: a drawing cannot be read, or a file could not be written; nothing is left of the new folder.
        Cancelled: see `stop_if_cancelled`.
    """
    drawings = _drawings(collection)
    made = _new_folder(folder, name)
    with _removed_on_failure(made):
        for kept in drawings:
            stop_if_cancelled()
            collection.read(kept)  # a damaged one is named
            target = made / folder_name(kept.label)
            target.mkdir(exist_ok=True)
            shutil.copyfile(collection.path(kept), target / kept.name)
        write_atomically(made / MARK, b"1\n")
    return made


def _drawings(collection: Collection) -> Sequence[Kept]:
    """All drawings, oldest first, whatever their label: whoever trains on the first part then sees most labels."""
    drawings = sorted((kept for group in collection.all().values() for kept in group), key=lambda kept: kept.name)
    if not drawings:
        raise FileError(message("There are no drawings to export."))
    return drawings


def _picture(collection: Collection, kept: Kept, normalized: bool) -> Bytes:
    stop_if_cancelled()
    picture = collection.read(kept)
    return (digit(picture / np.float32(255)) * 255).round().astype(np.uint8) if normalized else picture


def _new_folder(folder: Path, name: str) -> Path:
    """A new folder of that name, with a number after it where there is one already."""
    for number in range(1, _MOST_TRIES):
        made = folder / (name if number == 1 else f"{name} {number}")
        try:
            made.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise writing_error(made, error) from error
        return made
    raise FileError(message("“{folder}” has too many folders of that name.", folder=shown(folder)))


@contextmanager
def _removed_on_failure(made: Path) -> Iterator[None]:
    """Remove a new folder if writing into it fails."""
    try:
        yield
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError):
            raise writing_error(made, error) from error
        raise

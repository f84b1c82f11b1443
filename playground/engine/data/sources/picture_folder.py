"""Reads folders of pictures: inspects one when it is chosen, and loads it for training later."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from playground.engine.data.collection import labels_in
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sources.split import split
from playground.engine.inference.picture_files import PictureError
from playground.engine.inference.pictures import Bytes, tile
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.picture_folder_summary import FEWEST_PICTURES, MOST_CLASSES, MOST_PICTURES, PictureFolder
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.source_choice import Inspected
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop

_PROBE_SIDE = 8  # pixels; enough to check that a picture can be decoded

Progress = Callable[[int], None]  # called with the number of pictures read so far


def inspect(path: str, progress: Progress | None = None) -> Inspected:
    """Inspect a folder, and decode every picture in it.

    Args:
        progress: called with the number of pictures read so far.

    Raises:
        DataError: it cannot be read, or has too few pictures or classes; the message says which.
        Cancelled: see `stop_if_cancelled`.
    """
    skips = Skips()
    found = _decoded(path, _PROBE_SIDE, False, skips, progress or (lambda _count: None))
    if len(found.classes) < 2 or sum(found.counts) < FEWEST_PICTURES:
        words = tr_noop(
            "“{folder}” has {count:,} pictures in {classes} folders with at least two. {fewest} in two are needed: "
            "one folder of pictures for each class."
        )
        name, count = shown(Path(path)), sum(found.counts)
        raise DataError(message(words, folder=name, count=count, classes=len(found.classes), fewest=FEWEST_PICTURES))
    return Inspected(found.folder(path), skips.listed, skips.counts)


def read(data: OwnPictures) -> Data:
    """The pictures, split: (N, C, side, side) uint8, and their class indices (N,) int64.

    Raises:
        DataError: a folder cannot be read, or has changed since it was chosen.
    """
    found = _decoded(data.source.path, data.side, data.colour == "colour", Skips())
    if found.folder(data.source.path) != data.source:
        words = tr_noop("“{folder}” has changed since it was chosen. Choose it again.")
        raise DataError(message(words, folder=shown(Path(data.source.path))))
    labels = np.repeat(np.arange(len(found.counts)), found.counts)
    images, targets = torch.from_numpy(np.stack(found.images)), torch.from_numpy(labels)
    parts = split(labels, data.validation_count, data.test_count, data.split_seed)
    train, validation, test = (InputTargetPairs(images[part], targets[part]) for part in map(torch.from_numpy, parts))
    return Data(train, validation, test)


@dataclass(slots=True)
class _Found:
    """The pictures that could be decoded, class by class."""

    classes: tuple[str, ...]
    counts: tuple[int, ...]
    images: list[Bytes]
    sha256: str

    def folder(self, path: str) -> PictureFolder:
        """The summary that an experiment stores."""
        labels = labels_in(Path(path), self.classes)
        return PictureFolder(path=path, sha256=self.sha256, classes=self.classes, counts=self.counts, labels=labels)


def _decoded(
    path: str,
    side: int,
    colour: bool,
    skips: Skips,
    progress: Progress = lambda _count: None,
) -> _Found:
    found, names, seen = _Found((), (), [], ""), hashlib.sha256(), 0
    for folder in _folders(Path(path), skips):
        images: list[Bytes] = []
        entries: list[str] = []
        for entry in _entries(folder, skips):
            stop_if_cancelled()
            seen += 1
            progress(seen)
            if len(found.images) + len(images) >= MOST_PICTURES:
                skips.add(
                    SkippedKind.REST,
                    folder.name,
                    message("only the first {count:,} pictures are used", count=MOST_PICTURES),
                )
                break
            try:
                images.append(tile(Path(entry.path), side, colour))
                entries.append(f"{folder.name}/{entry.name}\0{entry.stat().st_size}\n")
            except PictureError as error:
                skips.add(SkippedKind.PICTURE, f"{folder.name}/{shown(Path(entry.name))}", error.message)
        if len(images) < 2:
            skips.add(SkippedKind.CLASS, folder.name, message("a class with fewer than two pictures"))
            continue
        found.classes, found.counts = (*found.classes, folder.name), (*found.counts, len(images))
        found.images += images
        names.update("".join(entries).encode(errors="surrogateescape"))
    found.sha256 = names.hexdigest()
    return found


def _folders(path: Path, skips: Skips) -> Iterator[Path]:
    """The folders of the classes, sorted by name."""
    if not path.is_absolute():
        raise DataError(message("No folder of pictures has been chosen."))
    folders = []
    for entry in _scanned(path):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            folders.append(Path(entry.path))
        else:
            skips.add(SkippedKind.FILE, shown(Path(entry.name)), message("it is not in the folder of a class"))
    for folder in folders[MOST_CLASSES:]:
        skips.add(
            SkippedKind.CLASS, folder.name, message("only the first {count} folders are used", count=MOST_CLASSES)
        )
    yield from folders[:MOST_CLASSES]


def _entries(folder: Path, skips: Skips) -> Iterator[os.DirEntry[str]]:
    for entry in _scanned(folder):
        if entry.name.startswith(".") or entry.name.lower() in ("thumbs.db", "desktop.ini"):
            continue
        if entry.is_file(follow_symlinks=False):
            yield entry
        else:
            skips.add(SkippedKind.FILE, f"{folder.name}/{shown(Path(entry.name))}", message("it is not a file"))


def _scanned(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        words = tr_noop("“{folder}” was not opened: {reason}.")
        raise DataError(message(words, folder=shown(folder), reason=error.strerror or repr(error))) from error

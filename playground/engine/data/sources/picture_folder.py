"""Reads folders of pictures: inspects one when it is chosen, and loads it for training later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from playground.engine.data.collection import labels_in
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sources.picture_listing import ListedPicture, found_layout, listed_by_class
from playground.engine.data.sources.split import split_rest
from playground.engine.inference.heic import heic_reader_missing
from playground.engine.inference.picture_files import PictureError, has_several_pages, picture_bytes
from playground.engine.inference.pictures import Bytes, tile
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.picture_folder_summary import (
    FEWEST_PICTURES,
    MOST_PICTURES,
    TEST,
    TRAIN,
    VALIDATION,
    PictureFolder,
    PictureLayout,
)
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.data.source_choice import Inspected
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.files.file_kind import is_heic
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message, plural, tr_noop

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
    root, skips = _chosen(path), Skips()
    layout = found_layout(root)
    found = _decoded(root, layout, _PROBE_SIDE, False, skips, progress or (lambda _count: None))
    if len(found.classes) < 2 or sum(found.counts) < FEWEST_PICTURES:
        words = tr_noop(
            "“{folder}” has {count:,} pictures in {classes} folders with at least two. {fewest} in two are needed: "
            "one folder of pictures for each class."
        )
        name, count = shown(root), sum(found.counts)
        raise DataError(message(words, folder=name, count=count, classes=len(found.classes), fewest=FEWEST_PICTURES))
    return Inspected(found.folder(path, layout), skips.listed, skips.counts, tuple(_remarks(found, layout)))


def read(data: OwnPictures) -> Data:
    """The pictures, split: (N, C, side, side) uint8, and their class indices (N,) int64.

    Raises:
        DataError: a folder cannot be read, or has changed since it was chosen.
    """
    source = data.source
    root = _chosen(source.path)
    if source.heic and (missing := heic_reader_missing()):
        raise DataError(missing)
    found = _decoded(root, source.layout, data.side, data.colour == "colour", Skips())
    if found.folder(source.path, source.layout) != source:
        words = tr_noop("“{folder}” has changed since it was chosen. Choose it again.")
        raise DataError(message(words, folder=shown(root)))
    labels = np.repeat(np.arange(len(found.counts)), found.counts)
    images, targets = torch.from_numpy(np.stack(found.images)), torch.from_numpy(labels)
    parts = split_rest(labels, found.parts, data.drawn_validation_count, data.drawn_test_count, data.split_seed)
    train, validation, test = (InputTargetPairs(images[part], targets[part]) for part in map(torch.from_numpy, parts))
    return Data(train, validation, test)


@dataclass(slots=True)
class _Found:
    """The pictures that could be decoded, class by class."""

    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    images: list[Bytes] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)  # to which its folder assigns each picture
    nested: bool = False  # whether some are in folders within that of their class
    several_pages: int = 0  # pictures of which only the first page is read
    heic: bool = False  # whether some are HEIC
    sha256: str = ""

    def folder(self, path: str, layout: PictureLayout) -> PictureFolder:
        """The summary that an experiment stores; its layout has no folders without pictures."""
        used = layout.with_(
            nested=self.nested,
            validation=layout.validation if VALIDATION in self.parts else "",
            test=layout.test if TEST in self.parts else "",
        )
        return PictureFolder(
            path=path,
            sha256=self.sha256,
            classes=self.classes,
            counts=self.counts,
            validation_total=self.parts.count(VALIDATION),
            test_total=self.parts.count(TEST),
            heic=self.heic,
            layout=used,
            labels=labels_in(Path(path), self.classes),
        )


def _decoded(
    root: Path,
    layout: PictureLayout,
    side: int,
    colour: bool,
    skips: Skips,
    progress: Progress = lambda _count: None,
) -> _Found:
    found, names, seen = _Found(), hashlib.sha256(), 0
    for name, listed in listed_by_class(root, layout, skips):
        images: list[Bytes] = []
        kept: list[ListedPicture] = []
        for item in listed:
            stop_if_cancelled()
            seen += 1
            progress(seen)
            if len(found.images) + len(images) >= MOST_PICTURES:
                words = message("only the first {count:,} pictures are used", count=MOST_PICTURES)
                skips.add(SkippedKind.REST, name, words)
                break
            try:
                content = picture_bytes(root / item.path)
                images.append(tile(content, side, colour))
                kept.append(item)
                found.several_pages += has_several_pages(content)
                found.heic |= is_heic(content)
            except PictureError as error:
                skips.add(SkippedKind.PICTURE, shown(Path(item.path)), error.message)
        if sum(item.part == TRAIN for item in kept) < 2:
            skips.add(SkippedKind.CLASS, name, message("a class with fewer than two pictures"))
            continue
        found.classes, found.counts = (*found.classes, name), (*found.counts, len(images))
        found.images += images
        found.parts += [item.part for item in kept]
        found.nested |= any(item.path.count("/") > 1 + bool(layout.train) for item in kept)
        lines = (f"{item.path}\0{(root / item.path).stat().st_size}\n" for item in kept)
        names.update("".join(lines).encode(errors="surrogateescape"))
    found.sha256 = names.hexdigest()
    return found


def _chosen(path: str) -> Path:
    if not Path(path).is_absolute():
        raise DataError(message("No folder of pictures has been chosen."))
    return Path(path)


def _remarks(found: _Found, layout: PictureLayout) -> Iterator[Message]:
    """Remarks on decisions: how separate folders are used, and which pages of pictures with several are read."""
    for part, folder in layout.folders[1:]:
        if part not in found.parts:
            words = tr_noop("“{folder}” has no pictures in folders of the classes, and is not used.")
            yield message(words, folder=shown(Path(folder)))
    if TEST in found.parts:
        words = tr_noop("The pictures in “{test}” are the test pictures; the test share decides nothing.")
        yield message(words, test=shown(Path(layout.test)))
    elif layout.train:
        words = tr_noop("The test pictures are a share of those in “{train}”.")
        yield message(words, train=shown(Path(layout.train)))
    if VALIDATION in found.parts:
        words = tr_noop("The pictures in “{validation}” are those for validation; their share decides nothing.")
        yield message(words, validation=shown(Path(layout.validation)))
    if found.several_pages:
        yield plural(
            "The first page is read of {count:,} pictures that have several.",
            "The first page is read of a picture that has several.",
            found.several_pages,
        )

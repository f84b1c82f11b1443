"""Walks through a folder of pictures once, takes those that can be read, and sums up what it found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from playground.engine.data.collection import labels_in
from playground.engine.data.in_memory import DataError
from playground.engine.data.sources.picture_listing import ListedPicture, listed_by_class
from playground.engine.data.sources.picture_table import listed_by_label
from playground.engine.inference.picture_files import PictureError, has_several_pages, picture_bytes, upright_size
from playground.engine.inference.pictures import Bytes, tile
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.picture_folder_summary import (
    MOST_AT_FIRST,
    MOST_UNREAD,
    TEST,
    TRAIN,
    VALIDATION,
    PictureFolder,
    PictureLayout,
)
from playground.spec.data.skipped import SkippedKind, Skips
from playground.spec.files.file_kind import is_heic
from playground.spec.files.storage import is_namable, shown
from playground.spec.messages import message, tr_noop

Progress = Callable[[int], object]  # called with the number of pictures read so far


class Taken(NamedTuple):
    """Properties of a picture that can be used."""

    image: Bytes | None = None
    size: tuple[int, int] | None = None  # width and height
    several_pages: bool = False
    heic: bool = False


Take = Callable[[str], Taken]  # a picture by its path in the folder; raises `PictureError` for one that cannot be read


def decoding(root: Path, side: int, colour: bool, framing: str = "crop", *, keep: bool = True) -> Take:
    """Decodes each picture; with `keep`, it is kept in memory."""

    def take(path: str) -> Taken:
        content = picture_bytes(root / path)
        image = tile(content, side, colour, framing)
        try:
            pages = has_several_pages(content)
        except PictureError:  # the second one is damaged; the first is what is read
            pages = True
        return Taken(image if keep else None, upright_size(content), pages, is_heic(content))

    return take


def believing(unread: Collection[str]) -> Take:
    """Opens no file: all can be read but these."""
    refused = frozenset(unread)

    def take(path: str) -> Taken:
        if path in refused:
            raise PictureError(message("it could not be read when the folder was chosen"))
        return Taken()

    return take


class FirstFormats:
    """Takes what the first versions read: PNG, JPEG, BMP, GIF and WebP, whatever the ending of the file."""

    def __init__(self, root: Path, take: Take) -> None:
        self._root, self._take = root, take
        self.later = 0  # pictures in other formats that can be read now

    def __call__(self, path: str) -> Taken:
        taken = self._take(path)
        if _is_later(picture_bytes(self._root / path)[:12]):
            self.later += 1
            raise PictureError(message("earlier versions did not read this format"))
        return taken


def _is_later(head: bytes) -> bool:
    """Whether a file is TIFF, AVIF or HEIC, by its first 12 bytes."""
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") or head[4:8] == b"ftyp"


@dataclass(slots=True)
class FoundPictures:
    """The pictures that can be used, class by class."""

    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    paths: list[str] = field(default_factory=list)  # in the folder
    images: list[Bytes] = field(default_factory=list)  # as many, or none
    sizes: set[tuple[int, int]] = field(default_factory=set)
    parts: list[int] = field(default_factory=list)  # to which its folder assigns each picture
    unread: list[str] = field(default_factory=list)  # paths of files that cannot be read as pictures
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
            most=layout.most if len(self.paths) > MOST_AT_FIRST else MOST_AT_FIRST,
        )
        storable = len(self.unread) <= MOST_UNREAD and is_namable("".join(self.unread))
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
            unread=tuple(self.unread) if storable else None,
        )


def found_pictures(
    root: Path, layout: PictureLayout, take: Take, skips: Skips, progress: Progress = int
) -> FoundPictures:
    """The pictures of a folder.

    Raises:
        DataError: a folder or a table cannot be read.
        Cancelled: see `stop_if_cancelled`.
    """
    found, names, seen = FoundPictures(), hashlib.sha256(), 0
    table = layout.table
    listing = listed_by_label(root, table, skips) if table.file else listed_by_class(root, layout, skips)
    for name, listed in listing:
        kept: list[tuple[ListedPicture, Taken]] = []
        for item in listed:
            stop_if_cancelled()
            seen += 1
            progress(seen)
            if len(found.paths) + len(kept) >= layout.most:
                skips.add(
                    SkippedKind.REST, name, message("only the first {count:,} pictures are used", count=layout.most)
                )
                break
            try:
                kept.append((item, take(item.path)))
            except PictureError as error:
                found.unread.append(item.path)
                skips.add(SkippedKind.PICTURE, shown(Path(item.path)), error.message)
        if sum(item.part == TRAIN for item, _ in kept) < 2:
            skips.add(SkippedKind.CLASS, name, message("a class with fewer than two pictures"))
            continue
        _add_class(found, name, kept)
        found.nested |= not table.file and any(item.path.count("/") > 1 + bool(layout.train) for item, _ in kept)
        try:
            lines = [f"{item.path}\0{(root / item.path).stat().st_size}\n" for item, _ in kept]
        except OSError as error:
            words = tr_noop("“{folder}” changes while it is read. Choose it again.")
            raise DataError(message(words, folder=shown(root))) from error
        names.update("".join(lines).encode(errors="surrogateescape"))
    found.sha256 = names.hexdigest()
    return found


def _add_class(found: FoundPictures, name: str, kept: list[tuple[ListedPicture, Taken]]) -> None:
    found.classes, found.counts = (*found.classes, name), (*found.counts, len(kept))
    for item, taken in kept:
        found.paths.append(item.path)
        found.parts.append(item.part)
        found.images += [taken.image] if taken.image is not None else []
        found.sizes |= {taken.size} if taken.size else set()
        found.several_pages += taken.several_pages
        found.heic |= taken.heic

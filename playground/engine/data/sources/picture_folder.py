"""Reads folders of pictures: inspects one when it is chosen, and loads it for training later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from playground.engine.data.formats.alike_texts import on_alike
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.on_demand import MOST_KEPT, KeptPictures, OnDemandPairs
from playground.engine.data.sample_places import PartPlaces, SampleOrder, SamplePlaces
from playground.engine.data.sources.changed_examples import changed_split, moved
from playground.engine.data.sources.found_pictures import (
    FirstFormats,
    FoundPictures,
    Progress,
    believing,
    decoding,
    found_pictures,
)
from playground.engine.data.sources.picture_listing import are_flat_parts, class_folders_in, found_layout
from playground.engine.data.sources.picture_table import found_label_table
from playground.engine.data.sources.split import split_rest
from playground.engine.inference.heic import heic_reader_missing
from playground.engine.inference.picture_files import PictureError
from playground.engine.inference.pictures import Bytes, tile
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.picture_folder_summary import (
    FEWEST_PICTURES,
    MOST_PICTURES,
    TEST,
    VALIDATION,
    PictureLayout,
)
from playground.spec.data.skipped import Skips
from playground.spec.data.source_choice import Inspected
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.files.storage import is_namable, shown
from playground.spec.messages import Message, message, plural, tr_noop

_PROBE_SIDE = 8  # pixels; enough to check that a picture can be decoded


@dataclass(frozen=True, slots=True)
class InspectedPictures(Inspected):
    """A folder of pictures, with the sizes of some: width and height in pixels."""

    smallest: tuple[int, int] = (0, 0)  # by area
    largest: tuple[int, int] = (0, 0)
    longest: tuple[int, int] = (1, 1)  # by the ratio of its sides


def inspect(path: str, progress: Progress | None = None) -> InspectedPictures:
    """Inspect a folder, and decode every picture in it.

    Args:
        progress: called with the number of pictures read so far.

    Raises:
        DataError: it cannot be read, or has too few pictures or classes; the message says which.
        Cancelled: see `stop_if_cancelled`.
    """
    root, skips = _chosen(path), Skips()
    table = found_label_table(root)
    if table is None and (inner := _only_inner(root)) is not None:
        inside = inspect(str(Path(path) / inner), progress)
        told = message("The pictures in its folder “{inner}” are read.", inner=inner)
        return replace(inside, remarks=(told, *inside.remarks))
    layout = (table.layout if table else found_layout(root)).with_(most=MOST_PICTURES)
    found = found_pictures(root, layout, decoding(root, _PROBE_SIDE, False, keep=False), skips, progress or int)
    if len(found.classes) < 2 or sum(found.counts) < FEWEST_PICTURES:
        words = tr_noop(
            "“{folder}” has {count:,} pictures in {classes} classes with at least two. {fewest} in two are needed: "
            "one folder of pictures for each class, or a table of file names and classes beside them."
        )
        name, count = shown(root), sum(found.counts)
        raise DataError(message(words, folder=name, count=count, classes=len(found.classes), fewest=FEWEST_PICTURES))
    remarks = (*(table.remarks if table else ()), *_remarks(found, layout))
    if table is None and not layout.train and are_flat_parts(root, found.classes):
        words = tr_noop(
            "The folders {names} are read as classes: there is no table that says what their pictures show."
        )
        names = ", ".join(f"“{shown(Path(name))}”" for name in found.classes)
        remarks = (message(words, names=names), *remarks)
    sizes = sorted(found.sizes, key=lambda size: (size[0] * size[1], size))
    source = found.folder(path, layout)
    longest = max(sizes, key=lambda size: max(size) / min(size))
    return InspectedPictures(
        source, skips.listed, skips.counts, remarks, smallest=sizes[0], largest=sizes[-1], longest=longest
    )


def _only_inner(root: Path) -> str | None:
    """The one folder with pictures, if the data are in it, as archives are unpacked; None where they are not.

    Raises:
        DataError: a folder cannot be read.
    """
    names = class_folders_in(root)
    if len(names) != 1 or not is_namable(names[0]):
        return None
    inside = len(class_folders_in(root / names[0])) > 1 or found_label_table(root / names[0]) is not None
    return names[0] if inside else None


def read(data: OwnPictures) -> Data:
    """The pictures, split: (N, C, side, side) uint8, and their class indices (N,) int64.

    Where they do not fit into memory, they are listed here, and decoded when a batch needs them.

    Raises:
        DataError: a folder cannot be read, or has changed since it was chosen.
    """
    source, colour = data.source, data.colour == "colour"
    root = _chosen(source.path)
    if source.heic and (missing := heic_reader_missing()):
        raise DataError(missing)
    if not data.from_disk:
        take = decoding(root, data.side, colour, data.framing)
    elif source.unread is not None:
        take = believing(source.unread)
    else:  # which files can be read is not known
        take = decoding(root, _PROBE_SIDE, False, keep=False)
    found = found_pictures(root, source.layout, take, Skips())
    remarks: tuple[Message, ...] = ()
    if not _same(found, data) and source.unread is None:  # an experiment of an earlier version, which read less
        first = FirstFormats(root, take)
        found = found_pictures(root, source.layout, first, Skips())
        remarks = (_left_out(first.later),) if first.later else ()
    if not _same(found, data):
        words = tr_noop("“{folder}” has changed since it was chosen. Choose it again.")
        raise DataError(message(words, folder=shown(root)))
    labels, contents = np.repeat(np.arange(len(found.counts)), found.counts), _contents(root, found.paths)
    parts = split_rest(labels, found.parts, data.drawn_validation_count, data.drawn_test_count, data.split_seed)
    parts, changed = changed_split(parts, labels, data.change_list, contents)
    remarks += moved(parts, data.change_list)
    targets, order = torch.from_numpy(changed), SampleOrder(parts.train, parts.validation, labels, contents)
    places = PartPlaces(*(SamplePlaces([found.paths[at] for at in part.tolist()]) for part in parts))
    if data.from_disk:
        kept = KeptPictures(_reader(root, found.paths, data), MOST_KEPT, _identity(root, found.paths, data))
        on_demand = (OnDemandPairs(kept, part, targets[part]) for part in map(torch.from_numpy, parts))
        return Data(*on_demand, remarks=remarks, places=places, order=order)
    images = torch.from_numpy(np.stack(found.images))
    pairs = (InputTargetPairs(images[part], targets[part]) for part in map(torch.from_numpy, parts))
    return Data(*pairs, remarks=remarks, places=places, order=order)


def _contents(root: Path, paths: Sequence[str]) -> Callable[[int], bytes]:
    """A function that returns what the file of a picture holds."""

    def contents(number: int) -> bytes:
        try:
            return (root / paths[number]).read_bytes()
        except OSError as error:
            picture = shown(Path(paths[number]))
            raise DataError(message("“{picture}” cannot be read any more.", picture=picture)) from error

    return contents


def _same(found: FoundPictures, data: OwnPictures) -> bool:
    """Whether these are the pictures that were there when the folder was chosen."""
    source = data.source
    now = found.folder(source.path, source.layout).with_(unread=source.unread)
    return (now.with_(heic=source.heic) if data.from_disk else now) == source


def _left_out(count: int) -> Message:
    return plural(
        "{count:,} further pictures are left out: TIFF, AVIF and HEIC were not read when the folder was chosen. "
        "Choose it again to take them.",
        "One further picture is left out: TIFF, AVIF and HEIC were not read when the folder was chosen. "
        "Choose it again to take it.",
        count,
    )


def _reader(root: Path, paths: Sequence[str], data: OwnPictures) -> Callable[[int], Bytes]:
    side, colour, framing = data.side, data.colour == "colour", data.framing

    def picture(number: int) -> Bytes:
        try:
            return tile(root / paths[number], side, colour, framing)
        except PictureError as error:
            words = tr_noop("“{picture}” was read from disk while it trained, and can be read no more: {reason}")
            raise DataError(message(words, picture=shown(paths[number]), reason=error.message)) from error

    return picture


def _identity(root: Path, paths: Sequence[str], data: OwnPictures) -> str:
    """A digest of the files' names and sizes, and of how they are read; the same wherever the folder lies."""
    digest = hashlib.sha256(repr((data.side, data.colour, data.framing)).encode())
    for path in paths:
        stop_if_cancelled()
        try:
            size = (root / path).stat().st_size
        except OSError as error:
            raise DataError(message("“{picture}” cannot be read any more.", picture=shown(Path(path)))) from error
        digest.update(f"{Path(path).as_posix()} {size}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _chosen(path: str) -> Path:
    if not Path(path).is_absolute():
        raise DataError(message("No folder of pictures has been chosen."))
    return Path(path)


def _remarks(found: FoundPictures, layout: PictureLayout) -> Iterator[Message]:
    """Remarks on classes that look alike, how separate folders are used, and which pages of pictures are read."""
    yield from on_alike(message("the classes"), found.classes)
    for part, folder in layout.folders[1:]:
        if part not in found.parts:
            words = tr_noop("“{folder}” has no pictures in folders of the classes, and is not used.")
            yield message(words, folder=shown(Path(folder)))
    column = layout.table.parts
    if TEST in found.parts and column:
        words = tr_noop("The test pictures are those that “{column}” names; the test share decides nothing.")
        yield message(words, column=column)
    elif TEST in found.parts:
        words = tr_noop("The pictures in “{test}” are the test pictures; the test share decides nothing.")
        yield message(words, test=shown(Path(layout.test)))
    elif layout.train:
        words = tr_noop("The test pictures are a share of those in “{train}”.")
        yield message(words, train=shown(Path(layout.train)))
    if VALIDATION in found.parts and column:
        words = tr_noop("The validation pictures are those that “{column}” names; their share decides nothing.")
        yield message(words, column=column)
    elif VALIDATION in found.parts:
        words = tr_noop("The pictures in “{validation}” are those for validation; their share decides nothing.")
        yield message(words, validation=shown(Path(layout.validation)))
    if found.several_pages:
        yield plural(
            "The first page is read of {count:,} pictures that have several.",
            "The first page is read of a picture that has several.",
            found.several_pages,
        )

"""Takes a few pictures of a folder, to show beside each what a network will see of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from playground.engine.data.sources.picture_listing import listed_by_class
from playground.engine.data.sources.picture_table import listed_by_label
from playground.engine.inference.picture_files import DAMAGED, PictureError, decoding, picture_bytes, upright
from playground.engine.inference.picture_pixels import on_white
from playground.engine.inference.pictures import Bytes, tile
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.skipped import Skips
from playground.spec.datasets.picture_folder import OwnPictures

_TRIED = 20  # files of a class that are opened until one can be read


class PictureSample(NamedTuple):
    """A picture and what a network sees of it."""

    label: str
    path: str  # in the folder
    original: Bytes  # (H, W, 3), upright
    prepared: Bytes  # (C, side, side)


def samples(data: OwnPictures, count: int, longest: int) -> tuple[PictureSample, ...]:
    """Up to `count` pictures, of as many classes as there are; originals have at most `longest` pixels a side.

    Raises:
        DataError: the folder or its table cannot be read.
        Cancelled: see `stop_if_cancelled`.
    """
    root, source = Path(data.source.path), data.source
    table = source.layout.table
    listing = listed_by_label(root, table, Skips()) if table.file else listed_by_class(root, source.layout, Skips())
    names = dict(zip(source.classes, data.class_names, strict=True))
    each = -(-count // max(1, len(names)))  # of a class
    found: list[PictureSample] = []
    for folder, listed in listing:
        if folder in names and len(found) < count:
            paths = (item.path for item in islice(listed, _TRIED))
            found += islice(_readable(root, paths, names[folder], data, longest), min(each, count - len(found)))
    return tuple(found)


def _readable(root: Path, paths: Iterator[str], label: str, data: OwnPictures, longest: int) -> Iterator[PictureSample]:
    for path in paths:
        stop_if_cancelled()
        try:
            content = picture_bytes(root / path)
            prepared = tile(content, data.side, data.colour == "colour", data.framing)
            yield PictureSample(label, path, _reduced(content, longest), prepared)
        except PictureError:  # it is named among those left out
            continue


def _reduced(content: bytes, longest: int) -> Bytes:
    image = upright(content, 2 * longest)
    with decoding(DAMAGED):
        small = on_white(image).convert("RGB")
        small.thumbnail((longest, longest))
        return np.asarray(small).copy()

"""Layers in serialized form, for copy, paste and drag and drop within a window and between two windows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from PySide6.QtCore import QByteArray, QMimeData

from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.messages import PlaygroundError, message
from playground.spec.number_text import bytes_text
from playground.spec.search.ranges import Range
from playground.spec.search.structure import ranges_within

MIME = "application/x-playground-layers+json"
_LARGEST = 4_000_000  # bytes; two thousand layers take far less
_LAYERS = TypeAdapter(tuple[Layer, ...])
_RANGES = TypeAdapter(tuple[Range, ...])
_PATHS = TypeAdapter(tuple[tuple[int, ...], ...])


class ClippingError(PlaygroundError):
    """The pasted or dropped data contains no layers."""


@dataclass(frozen=True, slots=True)
class Clipping:
    """Layers with their origin: the id of a stack and their paths in it, both empty for new layers.

    `ranges` are what a search may change in them; their paths begin with the index of the layer among `layers`.
    """

    layers: tuple[Layer, ...]
    source: str = ""
    paths: tuple[LayerPath, ...] = ()
    ranges: tuple[Range, ...] = ()


def text_of(clipping: Clipping) -> str:
    """The text for the clipboard.

    Only text: a `QMimeData` made in Python and left on the clipboard is destroyed after the interpreter on platforms
    that keep it that long, and the process crashes at exit. `QClipboard.setText` creates the object in C++.
    """
    record = {
        "layers": [layer.model_dump(mode="json") for layer in clipping.layers],
        "source": clipping.source,
        "paths": clipping.paths,
        "ranges": [item.model_dump(mode="json") for item in clipping.ranges],
    }
    return json.dumps(record, ensure_ascii=False)


def mime_of(clipping: Clipping) -> QMimeData:
    """The MIME data of a drag."""
    mime = QMimeData()
    mime.setData(MIME, QByteArray(text_of(clipping).encode()))
    return mime


def clipping_of(mime: QMimeData) -> Clipping:
    """Return the layers in dropped data.

    Raises:
        ClippingError: the data contains no layers, is too large, or contains something else.
    """
    data = mime.data(MIME).data() if mime.hasFormat(MIME) else b""
    return clipping_in(bytes(data))


def clipping_in(data: bytes | str) -> Clipping:
    """Return the layers in pasted data: JSON, as `text_of` writes it.

    Raises:
        ClippingError: the data contains no layers, is too large, or contains something else.
    """
    if not data:
        raise ClippingError(message("There is nothing to paste. Copy a layer first."))
    if len(data) > _LARGEST:
        raise ClippingError(
            message(
                "The pasted data takes {size}, too much for layers. Copy a layer first.", size=bytes_text(len(data))
            )
        )
    try:
        record = json.loads(data)
        layers = _LAYERS.validate_python(record["layers"])
        ranges = _RANGES.validate_python(record.get("ranges", ()))
        if not all(item.path and item.path[0] < len(layers) for item in ranges):
            raise ValueError("a range belongs to none of the layers")
        paths = _PATHS.validate_python(record.get("paths", ()))
        return Clipping(layers, str(record.get("source", "")), paths, ranges)
    except (ValueError, ValidationError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ClippingError(message("The pasted data contains no layers. Copy a layer first.")) from error


def ranges_of(experiment: Experiment, paths: Sequence[LayerPath]) -> tuple[Range, ...]:
    """The ranges of the layers at `paths`, with paths that begin with the index among these."""
    return tuple(
        item.with_(path=(number, *item.path[len(path) :]))
        for number, path in enumerate(paths)
        for item in ranges_within(experiment, path)
    )


def copies(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Layers equal to `layers` but different objects, so that a stack can distinguish them from the originals."""
    return tuple(map(_copy, layers))


def _copy(layer: Layer) -> Layer:
    if not isinstance(layer, Container):
        return layer.model_copy()
    return layer.with_(branches=tuple(Stack(layers=copies(branch.layers)) for branch in layer.branches))

"""Tensors of the Open Inference Protocol: as JSON, or as bytes after it (the extension for binary tensor data)."""

from __future__ import annotations

from http import HTTPStatus
from math import prod
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from playground.engine.service.problems import Problem
from playground.engine.service.requests import MOST_SAMPLES, too_many_samples
from playground.spec.messages import Message, message

Array = npt.NDArray[Any]

TYPES: dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "INT64": np.dtype("<i8"), "UINT8": np.dtype("u1")}


class Given(BaseModel):
    """A tensor that a client sends."""

    model_config = ConfigDict(strict=True)

    name: str
    shape: list[Annotated[int, Field(ge=0, le=2**31)]] = Field(min_length=1, max_length=8)
    datatype: str
    parameters: dict[str, Any] = {}
    data: list[Any] | None = None


class Wanted(BaseModel):
    """A tensor that a client asks for."""

    model_config = ConfigDict(strict=True)

    name: str
    parameters: dict[str, Any] = {}


class Inference(BaseModel):
    """The JSON of a request."""

    model_config = ConfigDict(strict=True)

    id: str | None = Field(None, max_length=1000)
    inputs: list[Given] = Field(min_length=1, max_length=16)
    outputs: list[Wanted] = Field([], max_length=16)
    parameters: dict[str, Any] = {}


def array_of(given: Given, binary: bytes | None) -> Array:
    """The tensor as an array of its type and shape. `binary`: its bytes, where they do not stand in the JSON.

    Raises:
        Problem: type, size or values are wrong.
    """
    kind = TYPES.get(given.datatype)
    if kind is None:
        raise malformed(message("Tensors are {types}, not {found}.", types=", ".join(TYPES), found=given.datatype[:20]))
    if given.shape[0] > MOST_SAMPLES:
        raise too_many_samples()
    size = prod(given.shape)
    found: Array
    if binary is None:
        found = _from_json(given, kind)
    elif len(binary) != size * kind.itemsize:
        words = message(
            "“{name}” has {n:,} bytes, not the {m:,} of its shape and type.",
            name=given.name[:100],
            n=len(binary),
            m=size * kind.itemsize,
        )
        raise malformed(words)
    else:
        found = np.frombuffer(binary, kind)
    if found.size != size:
        words = message(
            "“{name}” has {n:,} numbers, not the {m:,} of its shape.", name=given.name[:100], n=found.size, m=size
        )
        raise malformed(words)
    if not np.isfinite(found).all():
        raise malformed(message("All numbers are finite."))
    return found.reshape(given.shape)


def _from_json(given: Given, kind: np.dtype[Any]) -> Array:
    """The numbers of a tensor, one after the other; they may be nested."""
    if given.data is None:
        raise malformed(message("“{name}” has no data.", name=given.name[:100]))
    try:
        found = np.array(given.data)
    except ValueError:  # lists of different lengths
        found = np.array(None)
    wanted = "iuf" if kind.kind == "f" else "iu"
    if found.size and found.dtype.kind not in wanted:
        raise malformed(message("The data of {kind} are numbers of that type, evenly nested.", kind=given.datatype))
    if kind.kind != "f" and found.size:
        bounds = np.iinfo(kind)
        if found.min() < bounds.min or found.max() > bounds.max:
            raise malformed(message("The data of {kind} are numbers of that type, evenly nested.", kind=given.datatype))
    with np.errstate(over="ignore"):  # the caller refuses what became infinite
        return found.astype(kind).ravel()


def malformed(words: Message) -> Problem:
    """The refusal of a request that does not say what it should."""
    return Problem(HTTPStatus.BAD_REQUEST, words)

"""Reads what a client sent: bodies of limited size and time, JSON of limited depth, and samples in several forms."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request

from playground.engine.service.problems import Problem
from playground.spec.data.dataset import Samples
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import bytes_text

MOST_BYTES = 8 * 2**20  # of a body
MOST_SECONDS = 20.0  # for a body to arrive
MOST_SAMPLES = 1024  # in a request
LARGE = 65_536  # bytes of JSON that take so long to read that other requests are answered meanwhile

R = TypeVar("R")

_PICTURES = (Samples.DIGITS, Samples.PICTURES)


def too_many_samples() -> Problem:
    """The problem of a request with more than `MOST_SAMPLES`."""
    most = message("A request holds {n:,} samples at most.", n=MOST_SAMPLES)
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, most)


class Asked(NamedTuple):
    """The samples of a request; `single`: whether the client sent one and expects one answer."""

    samples: list[Any]
    single: bool


async def body_of(request: Request) -> bytes:
    """The whole body.

    Raises:
        Problem: it is too large, or does not arrive.
    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > MOST_BYTES:
        raise _too_large()
    pieces, size = [], 0
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size > MOST_BYTES:
                    raise _too_large()
                pieces.append(piece)
    except TimeoutError:
        words = message("The body did not arrive within {n:g} s.", n=MOST_SECONDS)
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, words, {"Connection": "close"}) from None
    except ClientDisconnect:
        raise Problem(HTTPStatus.BAD_REQUEST, message("The client has gone.")) from None
    return b"".join(pieces)


def _too_large() -> Problem:
    words = message("The body is larger than {size}.", size=bytes_text(MOST_BYTES))
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words, {"Connection": "close"})


def json_of(body: bytes) -> Any:
    """The value of a JSON text; nesting is limited by the parser.

    Raises:
        Problem: it is none.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, message("The body is no valid JSON: {why}.", why=error)) from None


async def beside(size: int, work: Callable[[], R]) -> R:
    """The result of work on a body of `size` bytes; large ones are worked on beside the event loop."""
    return await asyncio.to_thread(work) if size > LARGE else work()


async def asked(request: Request, kind: Samples) -> Asked:
    """The samples of a request: one as `input`, several as `inputs`, or a picture as the body itself.

    Raises:
        Problem: it holds none, too many, or not of this kind.
    """
    body = await body_of(request)
    content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content.startswith("image/") or content == "application/octet-stream":
        if kind not in _PICTURES:
            words = tr_noop("This network takes no pictures: send JSON.")
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message(words))
        if not body:
            raise Problem(HTTPStatus.BAD_REQUEST, message("The body is empty."))
        return Asked([body], single=True)
    if content not in ("application/json", ""):
        words = tr_noop("Send JSON, or a picture as image/png or image/jpeg, not {kind}.")
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message(words, kind=content))
    return await beside(len(body), partial(_in_json, body, kind))


def _in_json(body: bytes, kind: Samples) -> Asked:
    """The samples in a JSON text; raises Problem."""
    given = json_of(body)
    if not isinstance(given, dict) or ("input" in given) == ("inputs" in given):
        words = tr_noop("The body is an object with either “input”, one sample, or “inputs”, a list of them.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message(words))
    samples = [given["input"]] if "input" in given else given["inputs"]
    if not isinstance(samples, list):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message("“inputs” is a list of samples."))
    if len(samples) > MOST_SAMPLES:
        raise too_many_samples()
    if kind in _PICTURES:
        highest = given.get("range", 255)
        if isinstance(highest, bool) or highest not in (1, 255):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message("“range” is 255, as usual, or 1."))
        exact = highest == 255 and b"true" not in body and b"false" not in body
        samples = [(pixel_bytes(sample) if exact else None, sample) for sample in samples]
        samples = [picture_in(sample, highest) if known is None else known for known, sample in samples]
    return Asked(samples, single="input" in given)


def pixel_bytes(value: object) -> npt.NDArray[np.uint8] | None:
    """Rows of whole numbers from 0 to 255 as a picture (H, W), the usual case in a tenth of the time; None for others.

    The value holds no booleans, which would pass for 0 and 1.
    """
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        return None
    if len(widths := set(map(len, value))) != 1 or widths == {0}:
        return None
    try:
        found = bytearray().join(map(bytes, value))
    except (TypeError, ValueError):  # fractions, other numbers, deeper lists
        return None
    return np.frombuffer(found, np.uint8).reshape(len(value), -1)


def picture_in(value: object, highest: int) -> bytes | np.ndarray[Any, Any]:
    """A picture in JSON: the base64 text of a PNG or JPEG file, or rows of pixels from 0 to `highest`.

    Raises:
        Problem: it is neither.
    """
    if isinstance(value, str):
        try:
            return base64.b64decode(value.partition(",")[2] if value.startswith("data:") else value, validate=True)
        except (binascii.Error, ValueError):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message("A picture as text is base64.")) from None
    if not isinstance(value, list):
        words = tr_noop("A picture is the base64 text of a PNG or JPEG file, or a list of rows of pixels.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message(words))
    pixels = _numbers(value)
    if not pixels.size or not np.isfinite(pixels).all() or pixels.min() < 0 or pixels.max() > highest:
        bounds = message("Pixels lie from 0 to {highest}; “range” says which.", highest=highest)
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, bounds)
    if highest == 255 and pixels.max() <= 1 and (pixels % 1).any():
        words = tr_noop("All pixels lie from 0 to 1: say so with “range”: 1.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message(words))
    return pixels / np.float32(highest)


def _numbers(value: list[object]) -> np.ndarray[Any, Any]:
    """Nested lists of numbers as float32; raises Problem."""
    try:
        found = np.array(value)
    except ValueError:  # of different lengths
        found = np.array(None)
    if found.size and found.dtype.kind not in "iuf":
        words = tr_noop("The rows of a picture hold numbers, in each as many.")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message(words))
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is refused
        return found.astype(np.float32)

"""Corrections, misread drawings with the class that they have, which an experiment mixes into its training data."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import Component, hidden, integer
from playground.spec.messages import tr_noop

SIDE = 28  # pixels
MOST = 2000  # corrections of an experiment
MOST_COPIES = 60_000
MOST_SAMPLES = 120_000  # that corrections add to an epoch; they are held in memory
_LONGEST = 1400  # characters of a packed picture; noise, which cannot be packed, takes 1,060


def packed(pixels: bytes) -> str:
    """The bytes of a picture as text: compressed by zlib, in base64."""
    return base64.b64encode(zlib.compress(pixels, 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The bytes of a packed picture, 28 × 28, row by row.

    Raises:
        ValueError: the text is none.
    """
    try:
        unpacker = zlib.decompressobj()
        pixels = unpacker.decompress(base64.b64decode(text, validate=True), SIDE * SIDE + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("it is damaged") from error
    if len(pixels) != SIDE * SIDE or not unpacker.eof:
        raise ValueError("it has another size")
    return pixels


class Correction(Component):
    """A picture with its class: a plain record."""

    label: ClassVar[str] = tr_noop("Correction")
    help: ClassVar[str] = tr_noop("A misread drawing with the class that it really has.")

    number: int = Field(0, strict=True, ge=0, le=255)  # of the class
    picture: str = Field(strict=True, max_length=_LONGEST)  # see `packed`

    @field_validator("picture")
    @classmethod
    def _is_picture(cls, text: str) -> str:
        try:
            unpacked(text)
        except ValueError as error:
            raise PydanticCustomError("no_picture", "it is not a picture") from error
        return text


class Corrections(Component):
    """Pictures that are trained on beside the training data, each several times in an epoch; a plain record."""

    label: ClassVar[str] = tr_noop("Corrections")
    help: ClassVar[str] = tr_noop("Your corrections, which are mixed into the training data.")

    items: tuple[Correction, ...] = hidden(tr_noop("Corrections"), most=MOST)
    copies: int = integer(
        1,
        tr_noop("Times in an epoch"),
        tr_noop("How many times each correction is trained on in an epoch."),
        ge=1,
        le=MOST_COPIES,
    )

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.count > MOST_SAMPLES:
            words = tr_noop("corrections, each several times, add more than {most} samples to an epoch")
            raise PydanticCustomError("too_many", words, {"most": MOST_SAMPLES})
        return self

    @property
    def count(self) -> int:
        """The number of samples that they add to an epoch."""
        return len(self.items) * self.copies


def copies_for(share: float, corrections: int, samples: int) -> int:
    """How many times each correction comes in an epoch so that about `share` of it, 0–1, are corrections."""
    wanted = round(share / (1 - share) * samples / corrections)
    return max(1, min(MOST_COPIES, MOST_SAMPLES // corrections, wanted))

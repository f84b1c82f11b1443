"""Samples and answers in a few characters, and pictures in a few pixels, for a list of requests."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from playground.engine.inference.predictions.prediction import Prediction
from playground.engine.service.event_lines import THUMBNAIL
from playground.spec.messages import printable
from playground.spec.number_text import bytes_text, percent_text

LONGEST = 120  # characters
_FEW = 3  # answers that are listed
_LARGEST = 2**24  # pixels of a picture that is made small


def short_sample(samples: Sequence[Any]) -> str:
    """The first sample in words, and how many there are: `x=0.5, y=−1`, `28 × 28`, `(of 12) Hello`."""
    if not len(samples):
        return ""
    text = _cut(_words(samples[0]))
    return text if len(samples) == 1 else f"(1/{len(samples):,}) {text}"


def short_answer(answers: Sequence[Prediction]) -> str:
    """The answers of a request, each with its probability if it has one: `7 (99.8 %)`."""
    texts = [_answer(item) for item in answers[:_FEW]]
    return _cut(", ".join(texts) + (", …" if len(answers) > _FEW else ""))


def thumbnail(samples: Sequence[Any]) -> str:
    """The first sample as base64 of a PNG of at most 28 × 28; empty where it is no picture."""
    try:
        picture = _picture(samples[0]) if len(samples) else None
        if picture is None or picture.width * picture.height > _LARGEST:
            return ""
        picture.draft("RGB", (THUMBNAIL, THUMBNAIL))  # a JPEG is decoded at a fraction of its size
        picture = picture.convert("L" if picture.mode in ("1", "L", "I;16") else "RGB")
        picture.thumbnail((THUMBNAIL, THUMBNAIL))
        data = io.BytesIO()
        picture.save(data, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""  # what a client sent is no picture, as it was told
    return base64.b64encode(data.getvalue()).decode("ascii")


def _answer(item: Prediction) -> str:
    if item.problem is not None:
        return str(item.problem)
    if item.refused:
        return str(item.words)
    return f"{item.answer} ({percent_text(max(item.probabilities), 1)})" if item.probabilities else item.answer


def _words(sample: Any) -> str:
    if isinstance(sample, str):
        return sample
    if isinstance(sample, Mapping):
        return ", ".join(f"{name}={value}" for name, value in sample.items())
    if isinstance(sample, bytes):
        try:
            with Image.open(io.BytesIO(sample)) as picture:
                return f"{picture.width:,} × {picture.height:,}"
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            return bytes_text(len(sample))
    if isinstance(sample, np.ndarray):
        return " × ".join(map(str, sample.shape))
    return ", ".join(map(str, sample)) if isinstance(sample, list | tuple) else str(sample)


def _picture(sample: Any) -> Image.Image | None:
    if isinstance(sample, bytes):
        return Image.open(io.BytesIO(sample))
    if not isinstance(sample, np.ndarray) or sample.ndim not in (2, 3):
        return None
    if sample.dtype == np.uint8:
        pixels = sample
    else:
        pixels = (np.clip(np.nan_to_num(sample), 0, 1) * 255).round().astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[0] in (1, 3) and pixels.shape[2] not in (1, 3):
        pixels = pixels.transpose(1, 2, 0)
    return Image.fromarray(pixels.squeeze(2) if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)


def _cut(text: str) -> str:
    text = printable(text[: LONGEST + 1])
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"

"""Reads the digits in a picture or a drawing, one or several, with a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from playground.engine.data.in_memory import pixels
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.inference.connected_pieces import Box
from playground.engine.inference.picture_files import Grey
from playground.engine.inference.pictures import Sign, read_signs
from playground.engine.weights import Trained


@dataclass(frozen=True, slots=True)
class DigitPiece:
    """A digit that was found: where, what the network saw (28, 28), and its answer.

    `probabilities` are those of the data's classes, in their order.
    """

    box: Box
    picture: Grey
    answer: str
    probabilities: tuple[float, ...]


def read_digits(trained: Trained, source: Path | bytes) -> list[DigitPiece]:
    """Find and read the digits in a picture, row by row from left to right; at least one.

    Raises:
        PictureError: the picture cannot be read, or shows nothing.
    """
    return _read(trained, read_signs(source))


def _read(trained: Trained, signs: Sequence[Sign]) -> list[DigitPiece]:
    if not signs:
        return []
    seen = [sign.digit for sign in signs]
    images = pixels(torch.from_numpy(np.stack(seen)))[:, None]
    names = trained.experiment.data.class_names
    shares = probabilities(trained.network, images, trained.experiment.recipe.loss)
    return [
        DigitPiece(sign.box, picture, names[int(each.argmax())], tuple(each.tolist()))
        for sign, picture, each in zip(signs, seen, shares, strict=True)
    ]

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
from playground.engine.inference.predictions.prediction import Prediction, answered
from playground.engine.weights import Trained
from playground.spec.messages import Message


@dataclass(frozen=True, slots=True)
class DigitPiece:
    """A digit that was found: where, what the network saw (28, 28), and its answer.

    `probabilities` are those of the data's classes, in their order. Where the network is set to refuse, and is not sure
    enough, `answer` is empty and `most_probable` is what it would have been.
    """

    box: Box
    picture: Grey
    answer: str
    probabilities: tuple[float, ...]
    most_probable: str
    words: Message  # the answer, for people

    @property
    def refused(self) -> bool:
        """Whether the network is not sure enough to answer."""
        return bool(self.most_probable)

    @property
    def confidence(self) -> float:
        """The probability of the most probable class."""
        return max(self.probabilities)


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
    shares = probabilities(trained.network, images, trained.experiment.recipe.loss)
    return [
        _piece(sign.box, picture, answered(trained.experiment, each.tolist(), ""))
        for sign, picture, each in zip(signs, seen, shares, strict=True)
    ]


def _piece(box: Box, picture: Grey, found: Prediction) -> DigitPiece:
    return DigitPiece(box, picture, found.answer, found.probabilities, found.most_probable, found.words)

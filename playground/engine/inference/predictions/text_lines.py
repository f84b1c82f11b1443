"""Predictions for the lines of a text: their classes, or case and punctuation restored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding import decoded
from playground.engine.inference.predictions.prediction import Prediction, PredictionError
from playground.engine.inference.punctuation import Piece, restore
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.text_summary import MOST_BYTES
from playground.spec.files.storage import read_bounded, shown


def line_predictions(trained: Trained, path: Path) -> Iterator[Prediction]:
    """Each line of a text file that is not blank, with case and punctuation restored.

    Raises:
        PlaygroundError: the file cannot be read, or is not a text.
    """
    for number, line in numbered_lines(path):
        stop_if_cancelled()
        yield Prediction(shown(path), f"line {number:,}", restored(trained, line), cells={"text": line})


def restored(trained: Trained, line: str) -> str:
    """A line with case and punctuation restored."""
    return "".join(piece.after for piece in _whole(trained, line))


def numbered_lines(path: Path) -> list[tuple[int, str]]:
    """The lines of a text file that are not blank, with their numbers from 1.

    Raises:
        PlaygroundError: the file cannot be read, or is not a text.
    """
    try:
        text, _ = decoded(read_bounded(path, MOST_BYTES), shown(path))
    except Damaged as error:
        raise PredictionError(error.message) from error
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _whole(trained: Trained, line: str) -> tuple[Piece, ...]:
    """The restored line; the generator yields between pieces of work, which nobody waits for here."""
    work = restore(trained.network, trained.experiment, line)
    while True:
        try:
            next(work)
        except StopIteration as end:
            pieces: tuple[Piece, ...] = end.value
            return pieces

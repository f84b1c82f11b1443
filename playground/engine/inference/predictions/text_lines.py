"""Predictions for the lines of a text: their classes, or case and punctuation restored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.encoding import decoded
from playground.engine.inference.line_classes import line_probabilities
from playground.engine.inference.predictions.prediction import Prediction, PredictionError, answered
from playground.engine.inference.punctuation import Piece, restore
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.data.text_summary import MOST_BYTES
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.files.storage import read_bounded, shown

_CHUNK = 512  # lines that are classified together


def line_predictions(trained: Trained, path: Path) -> Iterator[Prediction]:
    """Each line of a text file that is not blank, with its class, or with case and punctuation restored.

    Raises:
        PlaygroundError: the file cannot be read, or is not a text.
    """
    try:
        text, _ = decoded(read_bounded(path, MOST_BYTES), shown(path))
    except Damaged as error:
        raise PredictionError(error.message) from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    yield from (_classified if isinstance(trained.experiment.data, LabelledTexts) else _restored)(
        trained, shown(path), lines
    )


def _classified(trained: Trained, source: str, lines: Sequence[tuple[int, str]]) -> Iterator[Prediction]:
    for begin in range(0, len(lines), _CHUNK):
        stop_if_cancelled()
        some = lines[begin : begin + _CHUNK]
        shares = line_probabilities(trained.network, trained.experiment, [line for _, line in some])
        for (number, line), share in zip(some, shares, strict=True):
            yield answered(trained.experiment.data, share.tolist(), source, f"line {number:,}", {"text": line})


def _restored(trained: Trained, source: str, lines: Sequence[tuple[int, str]]) -> Iterator[Prediction]:
    for number, line in lines:
        stop_if_cancelled()
        restored = "".join(piece.after for piece in _whole(trained, line))
        yield Prediction(source, f"line {number:,}", restored, cells={"text": line})


def _whole(trained: Trained, line: str) -> tuple[Piece, ...]:
    """The restored line; the generator yields between pieces of work, which nobody waits for here."""
    work = restore(trained.network, trained.experiment, line)
    while True:
        try:
            next(work)
        except StopIteration as end:
            pieces: tuple[Piece, ...] = end.value
            return pieces

"""Restores case and punctuation of a text with a network trained to do so."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.data.alphabet import stripped
from playground.engine.data.sources.text import alphabet, restored
from playground.engine.evaluation.evaluate import beliefs, evaluating
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

_WINDOW_CHUNK = 4  # windows: about 4 ms for the bundled network


class RestoringError(PlaygroundError):
    """This network cannot restore a text."""


class Piece(NamedTuple):
    """One character of the text, with its predicted case and mark and their probability."""

    before: str  # lower case, without a punctuation mark
    after: str  # the character and the mark after it, if any
    probability: float


def restore(network: nn.Module, experiment: Experiment, text: str) -> Generator[None, None, tuple[Piece, ...]]:
    """Give a text its most probable case and punctuation marks.

    Existing ones are removed first. Characters that the network's alphabet lacks stay as they are and are not part of
    its input. Line feeds pad both ends, as many as fill a window. Yields every few milliseconds of work.

    Raises:
        RestoringError: the network is of another kind.
        DataError: the text that it was trained on cannot be read.
    """
    bare, read = _read_of(experiment, text)
    data = experiment.data
    assert isinstance(data, Text)
    known, classes = alphabet(data), restored(data)
    labels, probabilities = (yield from _labels(network, experiment, read)) if read else ([], [])
    predictions = iter(zip(labels, probabilities, strict=True))
    pieces = []
    for character in bare:
        if character in known.characters:
            label, probability = next(predictions)
            pieces.append(Piece(character, classes.written(character, label), probability))
        else:
            pieces.append(Piece(character, character, 1.0))
    return tuple(pieces)


def _labels(
    network: nn.Module, experiment: Experiment, text: str
) -> Generator[None, None, tuple[list[int], list[float]]]:
    """The class with the greatest output for each character, as in the score, and its probability."""
    windows = torch.stack([item for item, _ in _windows(experiment, text)])
    parts = []
    for some in torch.split(windows, _WINDOW_CHUNK):
        with evaluating(network):
            parts.append(network(some))
        yield
    outputs = torch.cat(parts)
    with evaluating(network):
        shares = beliefs(network, outputs.flatten(0, 1), experiment.recipe.loss).view_as(outputs)
    best = outputs.argmax(-1, keepdim=True)
    probabilities = shares.gather(-1, best)[..., 0]
    kept = [(row, span) for row, (_, span) in enumerate(_windows(experiment, text))]
    labels = torch.cat([best[row, span, 0] for row, span in kept])
    return labels.tolist(), torch.cat([probabilities[row, span] for row, span in kept]).tolist()


def last_window(experiment: Experiment, text: str) -> Tensor | None:
    """The last of the windows of a text that the network reads, (1, context); None if it reads none of the text.

    Raises:
        RestoringError, DataError: as `restore`.
    """
    *_, last = (None, *(codes for codes, _ in _windows(experiment, _read_of(experiment, text)[1])))
    return None if last is None else last[None]


def last_position(experiment: Experiment, text: str) -> int:
    """Where the last character of a text is in its `last_window`; 0 if the network reads none of it.

    Raises:
        RestoringError, DataError: as `restore`.
    """
    *_, last = (slice(0, 1), *(span for _, span in _windows(experiment, _read_of(experiment, text)[1])))
    return int(last.stop) - 1


def _read_of(experiment: Experiment, text: str) -> tuple[str, str]:
    """A text without case and marks, and the part of it that the network reads."""
    data = experiment.data
    if not isinstance(data, Text) or data.asked != "restore":
        raise RestoringError(message("This network does not restore text: it was not made for that."))
    bare, known = stripped(text, restored(data)).text, alphabet(data)
    return bare, "".join(character for character in bare if character in known.characters)


def _windows(experiment: Experiment, text: str) -> Iterator[tuple[Tensor, slice]]:
    """Windows that overlap by half, and the slice of each that counts: the middle, with context on both sides."""
    context = experiment.data.sample_shape[0]
    step = max(1, context // 2)
    around = (context - step) // 2
    data = experiment.data
    assert isinstance(data, Text)
    known = alphabet(data)
    beyond = "\n" if "\n" in known.characters else known.characters[0]
    filled = beyond * around + text + beyond * context
    for begin in range(0, len(text), step):
        codes = known.encode(filled[begin : begin + context]).to(torch.int64)
        yield codes, slice(around, around + min(step, len(text) - begin))

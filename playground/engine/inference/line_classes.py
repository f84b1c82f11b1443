"""Answers of a network for lines of text, and the words of a line that they depend on."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.data.sources.labelled import encoded
from playground.engine.evaluation.evaluate import evaluating, probabilities
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

_WORD = re.compile(r"\S+")
_CHUNK = 16  # lines that are answered together: a few milliseconds


class LineError(PlaygroundError):
    """This network cannot classify a line."""


class Part(NamedTuple):
    """A word of a line, or what stands between two words."""

    text: str
    effect: float  # by how much the logit of the answer falls without it; 0 where there is no word


def codes_of(experiment: Experiment, lines: Sequence[str]) -> Tensor:
    """The network's input, (N, length) int64.

    Raises:
        LineError: the network is of another kind.
    """
    data = _data(experiment)
    return encoded([line.strip() for line in lines], data.alphabet, data.length).to(torch.int64)


def line_probabilities(network: nn.Module, experiment: Experiment, lines: Sequence[str]) -> npt.NDArray[np.float32]:
    """The probability of each class, (N, classes).

    Raises:
        LineError: the network is of another kind.
    """
    return probabilities(network, codes_of(experiment, lines), experiment.recipe.loss)


def words_that_matter(network: nn.Module, experiment: Experiment, line: str) -> tuple[Part, ...]:
    """The words of a line and what is between them, each with its effect, see `occlusion`."""
    work = occlusion(network, experiment, line)
    while True:
        try:
            next(work)
        except StopIteration as end:
            parts: tuple[Part, ...] = end.value
            return parts


def occlusion(network: nn.Module, experiment: Experiment, line: str) -> Generator[None, None, tuple[Part, ...]]:
    """The words of a line and what is between them, each with its effect on the answer.

    The effect of a word is the greatest output for the whole line, minus the same output for the line in which blanks
    stand in place of the word. Words beyond the characters that the network sees have none. Yields every few
    milliseconds of work.

    Raises:
        LineError: the network is of another kind.
    """
    data = _data(experiment)
    line = line.strip()
    words = list(_WORD.finditer(line))
    variants = [line, *(_without(line, *word.span()) for word in words if word.start() < data.length)]
    codes = encoded(variants, data.alphabet, data.length).to(torch.int64)
    outputs = []
    for some in torch.split(codes, _CHUNK):
        with evaluating(network):
            outputs.append(network(some).double())
        yield
    whole, *rest = torch.cat(outputs)
    best = int(whole.argmax())
    effects = [float(whole[best] - output[best]) for output in rest]
    return tuple(_parts(line, words, effects + [0.0] * (len(words) - len(effects))))


def _parts(line: str, words: Sequence[re.Match[str]], effects: Sequence[float]) -> list[Part]:
    parts, end = [], 0
    for word, effect in zip(words, effects, strict=True):
        if word.start() > end:
            parts.append(Part(line[end : word.start()], 0.0))
        parts.append(Part(word.group(), effect))
        end = word.end()
    return parts


def _without(line: str, start: int, end: int) -> str:
    return line[:start] + " " * (end - start) + line[end:]


def _data(experiment: Experiment) -> LabelledTexts:
    if not isinstance(experiment.data, LabelledTexts):
        raise LineError(message("This network does not classify texts: it was not made for that."))
    return experiment.data

"""Lets a network that guesses the next character write: it reads what there is, one character is drawn, and so on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor, nn

from playground.engine.data.sources.text import alphabet
from playground.engine.evaluation.evaluate import beliefs, evaluating
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

_COLDEST = 1e-6  # below that the likeliest always wins, and dividing by it would leave the range of float32
LIKELIEST = 5  # how many of the characters that could come next are told


class WritingError(PlaygroundError):
    """This network cannot write."""


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How characters are drawn."""

    temperature: float = 0.8  # what the logits are divided by; 0 always takes the likeliest
    top_k: int = 0  # among how many of the likeliest is drawn; 0: among all
    seed: int = 0


class TokenPrediction(NamedTuple):
    """One character, and what the network expected there, before temperature and top-k change anything."""

    character: str
    probability: float  # of that character
    likeliest: tuple[tuple[str, float], ...]  # those it expected most, falling


def unknown_characters(experiment: Experiment, prompt: str) -> str:
    """The characters of a prompt, each once, that a network which writes leaves out because it knows none of them."""
    data = experiment.data
    return alphabet(data).lacking(prompt) if isinstance(data, Text) else ""


def write(
    network: nn.Module, experiment: Experiment, prompt: str, manner: SamplingOptions
) -> Iterator[TokenPrediction]:
    """Write on behind a prompt, without end.

    Raises:
        WritingError: as `next_character`.
    """
    text, seen = prompt, len(prompt) + experiment.data.sample_shape[0]
    for place in count():
        guess = next_character(network, experiment, text, place, manner)
        text = (text + guess.character)[-seen:]
        yield guess


def next_character(
    network: nn.Module, experiment: Experiment, text: str, place: int, manner: SamplingOptions
) -> TokenPrediction:
    """What is written behind a text.

    The text is read as the beginning of a line, and its last characters alone, as many as a window has. Characters
    that the network's alphabet lacks are left out; a network that knows no line break reads the first character of
    its alphabet, most often the space, where nothing else is left to begin with. The draw depends on the seed, on the
    `place` (how many characters were written before) and on what the network expects, on nothing else.

    Raises:
        WritingError: the network was made for something else, for no text, or its outputs are no finite numbers.
        DataError: the text that it learned from, whose characters it writes, cannot be read.
    """
    data = experiment.data
    if not isinstance(data, Text) or data.asked != "next":
        raise WritingError(
            message("This network does not write: it was not made to guess the next character of a text.")
        )
    known = alphabet(data)
    if not len(known):
        raise WritingError(message("This network does not write: it has learned from no text."))
    codes = known.encode("\n" + text).tolist()[-data.context :] or [0]
    chances = expected(network, experiment, codes)
    code = _drawn(chances, place, manner)
    best = chances.topk(min(LIKELIEST, len(chances)))
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    likeliest = tuple((known.characters[number], share) for number, share in pairs)
    return TokenPrediction(known.characters[code], float(chances[code]), likeliest)


def expected(network: nn.Module, experiment: Experiment, codes: Sequence[int]) -> Tensor:
    """How probable the network finds each character (V,) behind the given ones, at most as many as a window has.

    A network is made for whole windows: a shorter text is filled up behind its end, where one that guesses what comes
    next does not look.

    Raises:
        WritingError: its outputs are no finite numbers.
    """
    filled = [*codes, *[codes[-1]] * (experiment.data.sample_shape[0] - len(codes))]
    device = next((parameter.device for parameter in network.parameters()), torch.device("cpu"))
    with evaluating(network):
        outputs = network(torch.tensor([filled], device=device))[:, len(codes) - 1].to("cpu", torch.float32)
        if not bool(outputs.isfinite().all()):
            raise WritingError(message("The network’s outputs are no finite numbers: it cannot write."))
        return beliefs(network, outputs, experiment.recipe.loss)[0]


def _drawn(chances: Tensor, place: int, manner: SamplingOptions) -> int:
    """The number of one character, drawn after p^(1/T), with the improbable ones left out."""
    if manner.temperature < _COLDEST:
        return int(chances.argmax())
    logits = chances.log()
    if 0 < manner.top_k < len(logits):
        logits = logits.masked_fill(logits < logits.topk(manner.top_k).values[-1], -torch.inf)
    weights = ((logits - logits.max()) / manner.temperature).exp()
    seed = int(np.random.SeedSequence((manner.seed, place)).generate_state(1, np.uint64)[0] >> 1)
    return int(torch.multinomial(weights, 1, generator=Generator().manual_seed(seed)))

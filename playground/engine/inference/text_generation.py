"""Text generation: samples one character, word or byte pair after another from a network that predicts the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor, nn

from playground.engine.data.sources.text import units
from playground.engine.data.units import Units
from playground.engine.evaluation.evaluate import beliefs, evaluating
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

_LEAST_TEMPERATURE = 1e-6  # below it the likeliest is always chosen; dividing by it would overflow float32
_LONGEST_CHARACTER = 8  # codes of byte pairs, at least, that hold all bytes of an unfinished character
LIKELIEST = 5  # number of candidates reported for each character


class WritingError(PlaygroundError):
    """This network cannot generate text."""


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How characters are sampled."""

    temperature: float = 0.8  # divides the logits; 0 always chooses the likeliest
    top_k: int = 0  # number of likeliest characters to sample from; 0: all
    seed: int = 0


class TokenPrediction(NamedTuple):
    """One unit and the network's expectation there, before temperature and top-k are applied."""

    character: str  # the text that it adds: empty for the first bytes of a character, a whole word for a word
    probability: float  # of that unit
    likeliest: tuple[tuple[str, float], ...]  # the most probable units, in falling order
    code: int


def unknown_characters(experiment: Experiment, prompt: str) -> str:
    """The characters of a prompt, each once, that are left out because the network's alphabet lacks them."""
    data = experiment.data
    return units(data).lacking(prompt) if isinstance(data, Text) else ""


def write(
    network: nn.Module, experiment: Experiment, prompt: str, options: SamplingOptions
) -> Iterator[TokenPrediction]:
    """Continue a prompt without end.

    Raises:
        WritingError: as `next_character`.
    """
    written: tuple[int, ...] = ()
    for position in count():
        prediction = next_character(network, experiment, prompt, position, options, written)
        written = (*written, prediction.code)[-_kept(experiment) :]
        yield prediction


def _kept(experiment: Experiment) -> int:
    """How many codes are needed of a text: a window of them, and those that the last characters are made of."""
    return experiment.data.sample_shape[0] + _LONGEST_CHARACTER


def next_character(
    network: nn.Module,
    experiment: Experiment,
    text: str,
    position: int,
    options: SamplingOptions,
    written: Sequence[int] = (),
) -> TokenPrediction:
    """Sample the unit after a text and the codes that were `written` after it; an unknown word is never drawn.

    The text is read as the beginning of a line, and only its last characters, as many as fit a window. Characters that
    the network's alphabet lacks are left out; if nothing is left and the alphabet has no line break, the network reads
    the first character of its alphabet, usually the space. The draw depends only on the seed, on `position` (number of
    characters generated before) and on the network's probabilities.

    Raises:
        WritingError: the network is of another kind, was trained on no text, or its outputs are not finite.
        DataError: the text that it was trained on, which defines its alphabet, cannot be read.
    """
    known, codes = _last_codes(experiment, text, written)
    shares = _expected(network, experiment, padded(experiment, codes), len(codes) - 1)
    code = _sampled(_without(shares, known.unknown), position, options)
    best = shares.topk(min(LIKELIEST, len(shares)))
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    likeliest = tuple((known.name(number), share) for number, share in pairs)
    last = list(written[-_LONGEST_CHARACTER:])
    added = known.text([*last, code])[len(known.text(last)) :]
    return TokenPrediction(added, float(shares[code]), likeliest, code)


def last_window(experiment: Experiment, text: str, written: Sequence[int] = ()) -> Tensor:
    """The input of the network in `next_character`, (1, context): the end of the text, and padding behind it.

    Raises:
        WritingError, DataError: as `next_character`.
    """
    return padded(experiment, last_codes(experiment, text, written))


def last_codes(experiment: Experiment, text: str, written: Sequence[int] = ()) -> list[int]:
    """The codes at the end of a text that fit a window, at least one.

    Raises:
        WritingError, DataError: as `next_character`.
    """
    return _last_codes(experiment, text, written)[1]


def _last_codes(experiment: Experiment, text: str, written: Sequence[int]) -> tuple[Units, list[int]]:
    """The units of a text, and the codes of its end, at least one and at most a window of them."""
    data = experiment.data
    if not isinstance(data, Text) or data.asked != "next":
        raise WritingError(
            message("This network does not write: it was not made to guess the next character of a text.")
        )
    known = units(data)
    if not len(known):
        raise WritingError(message("This network does not write: it was trained on no text."))
    return known, [*known.encode("\n" + text).tolist(), *written][-data.context :] or [0]


def _without(shares: Tensor, unknown: int | None) -> Tensor:
    """The probabilities without that of an unknown word, unless nothing else is possible."""
    if unknown is None:
        return shares
    others = shares.clone()
    others[unknown] = 0.0
    return others if bool(others.any()) else shares


def expected(network: nn.Module, experiment: Experiment, codes: Sequence[int]) -> Tensor:
    """Probability of each character (V,) after the given codes, at most a window of them.

    A network takes whole windows: a shorter text is padded behind its end, which a network that predicts the next
    character does not see.

    Raises:
        WritingError: its outputs are not finite.
    """
    return _expected(network, experiment, padded(experiment, codes), len(codes) - 1)


def padded(experiment: Experiment, codes: Sequence[int]) -> Tensor:
    """A whole window (1, context) of codes, the last of which is repeated to fill it."""
    return torch.tensor([[*codes, *[codes[-1]] * (experiment.data.sample_shape[0] - len(codes))]])


def _expected(network: nn.Module, experiment: Experiment, window: Tensor, last: int) -> Tensor:
    """As `expected`, after the code at `last` in a window (1, context)."""
    device = next((parameter.device for parameter in network.parameters()), torch.device("cpu"))
    with evaluating(network):
        outputs = network(window.to(device))[:, last].to("cpu", torch.float32)
        if not bool(outputs.isfinite().all()):
            raise WritingError(message("The network’s outputs are not finite: it cannot write."))
        return beliefs(network, outputs, experiment.recipe.loss)[0]


def _sampled(shares: Tensor, position: int, options: SamplingOptions) -> int:
    """Index of one character, drawn in proportion to p^(1/T) among the top k."""
    if options.temperature < _LEAST_TEMPERATURE:
        return int(shares.argmax())
    logits = shares.log()
    if 0 < options.top_k < len(logits):
        logits = logits.masked_fill(logits < logits.topk(options.top_k).values[-1], -torch.inf)
    weights = ((logits - logits.max()) / options.temperature).exp()
    seed = int(np.random.SeedSequence((options.seed, position)).generate_state(1, np.uint64)[0] >> 1)
    return int(torch.multinomial(weights, 1, generator=Generator().manual_seed(seed)))

"""The question for the next character, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.network_source import NetworkSource
from playground.spec.datasets.text import Text

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Question:
    """The question for one character of a generated text."""

    text: str  # prompt, and the text generated so far
    position: int  # number of characters generated so far
    temperature: float
    top_k: int  # 0 for all
    seed: int
    attempt: int  # number of the generated text, to recognize outdated answers
    prompt: str = ""
    written: tuple[int, ...] = ()  # the last codes generated so far; of characters the text says as much


@dataclass(frozen=True, slots=True)
class WrittenCharacter:
    """One generated character, word or byte pair, and the most probable alternatives."""

    question: Question
    character: str
    probability: float
    likeliest: tuple[tuple[str, float], ...]
    alphabet: int  # number of characters in the alphabet
    version: int  # of the network, as passed with its weights
    code: int = 0


def network_input(source: NetworkSource, question: Question) -> Tensor:
    """The last window (1, context) of the text, as the network reads it."""
    from playground.engine.inference.text_generation import last_window

    return last_window(source.experiment, *_read(source, question))


def steps(source: NetworkSource, question: Question) -> int:
    """How many codes of the window are of the text; padding follows, which the network does not see."""
    from playground.engine.inference.text_generation import last_codes

    return len(last_codes(source.experiment, *_read(source, question)))


def _read(source: NetworkSource, question: Question) -> tuple[str, tuple[int, ...]]:
    """The text, or the prompt and the codes that were generated after it, where codes are no characters."""
    data = source.experiment.data
    joined = isinstance(data, Text) and data.unit_kind != "characters"
    return (question.prompt, question.written) if joined else (question.text, ())


def write(network: nn.Sequential, source: NetworkSource, question: Question) -> WrittenCharacter:
    """Generate one character; called in the inference thread."""
    from playground.engine.inference.text_generation import SamplingOptions, next_character

    options = SamplingOptions(question.temperature, question.top_k, question.seed)
    alphabet = source.experiment.data.task.classes or 0
    text, written = _read(source, question)
    guess = next_character(network, source.experiment, text, question.position, options, written)
    return WrittenCharacter(
        question, guess.character, guess.probability, guess.likeliest, alphabet, source.version, guess.code
    )

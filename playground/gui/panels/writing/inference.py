"""What the panel asks, a character at a time, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.inference_thread import NetworkSource

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Question:
    """Which character comes next?"""

    text: str  # prompt, and what was written so far
    place: int  # how many characters were written so far
    temperature: float
    top_k: int  # 0 for all
    seed: int
    attempt: int  # which text this is: the answer to an earlier one comes too late


@dataclass(frozen=True, slots=True)
class WrittenCharacter:
    """One character, and what else was expected there."""

    question: Question
    character: str
    probability: float
    likeliest: tuple[tuple[str, float], ...]
    alphabet: int  # how many characters there are
    version: int  # of the network, as given with its weights


def write(network: nn.Sequential, source: NetworkSource, question: Question) -> WrittenCharacter:
    """Let a network write one character; called in the inference thread."""
    from playground.engine.inference.text_generation import SamplingOptions, next_character

    manner = SamplingOptions(question.temperature, question.top_k, question.seed)
    alphabet = source.experiment.data.task.classes or 0
    guess = next_character(network, source.experiment, question.text, question.place, manner)
    return WrittenCharacter(question, guess.character, guess.probability, guess.likeliest, alphabet, source.version)

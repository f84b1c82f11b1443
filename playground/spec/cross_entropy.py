"""The cross entropy of a language model in its usual units: nats, bits, and as perplexity."""

from __future__ import annotations

from math import exp, log

from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message
from playground.spec.number_text import fixed_text

_MOST = 700.0  # nats; exp of more overflows a float


def is_language_model(experiment: Experiment) -> bool:
    """Whether the loss is the cross entropy of a language model, in nats per character or other unit."""
    return experiment.data.task.language and experiment.recipe.loss.in_nats


def bits_per_character(nats: float, data: Dataset, *, tested: bool = False) -> float:
    """A loss in nats per unit of a text, as bits per character of the training part or of the test."""
    return nats * data.units_per_character(tested=tested) / log(2)


def cross_entropy_text(nats: float, data: Dataset | None = None, *, tested: bool = False) -> Message:
    """A loss in nats per unit, as bits per character, by which all units compare, and as perplexity, exp(nats)."""
    bits = fixed_text(bits_per_character(nats, data, tested=tested) if data else nats / log(2), 3)
    perplexity = fixed_text(exp(min(nats, _MOST)), 2)
    if data is None or data.units_per_character() == 1:
        return message("{bits} bits, perplexity {perplexity}", bits=bits, perplexity=perplexity)
    names = {"bits": bits, "perplexity": perplexity, "units": message(data.units[0])}
    return message("{bits} bits a character, perplexity {perplexity} over {units}", **names)

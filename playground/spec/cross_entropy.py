"""The cross entropy of a language model in its usual units: nats, bits, and as perplexity."""

from __future__ import annotations

from math import exp, log

from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message
from playground.spec.number_text import fixed_text

_MOST = 700.0  # nats; exp of more overflows a float


def is_language_model(experiment: Experiment) -> bool:
    """Whether the loss is the cross entropy of a language model, in nats per character."""
    return experiment.data.task.language and experiment.recipe.loss.in_nats


def cross_entropy_text(nats: float) -> Message:
    """A loss in nats per character, as bits per character and as perplexity, exp(nats)."""
    bits, perplexity = fixed_text(nats / log(2), 3), fixed_text(exp(min(nats, _MOST)), 2)
    return message("{bits} bits, perplexity {perplexity}", bits=bits, perplexity=perplexity)

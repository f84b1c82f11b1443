"""How surprised a language model is, as its field tells it: nats, bits, and the perplexity."""

from __future__ import annotations

from math import exp, log

from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message
from playground.spec.number_text import fixed_text

_MOST = 700.0  # nats: e to the power of more is no float


def is_language_model(experiment: Experiment) -> bool:
    """Whether the loss is the surprise of a language model, in nats a character."""
    return experiment.data.task.language and experiment.recipe.loss.in_nats


def cross_entropy_text(nats: float) -> Message:
    """A loss in nats a character in bits, and as perplexity: among how many equally likely ones it was to guess."""
    bits, perplexity = fixed_text(nats / log(2), 3), fixed_text(exp(min(nats, _MOST)), 2)
    return message("{bits} bits, perplexity {perplexity}", bits=bits, perplexity=perplexity)

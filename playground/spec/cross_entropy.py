"""How surprised a language model is, as its field tells it: nats, bits, and the perplexity."""

from __future__ import annotations

from math import exp, log

from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message

_MOST = 700.0  # nats: e to the power of more is no float


def is_language_model(experiment: Experiment) -> bool:
    """Whether the loss is the surprise of a language model, in nats a character."""
    return experiment.data.task.language and experiment.recipe.loss.in_nats


def cross_entropy_text(nats: float) -> Message:
    """A loss in nats a character in bits, and as perplexity: among how many equally likely ones it was to guess."""
    return message("{bits:.3f} bits, perplexity {perplexity:.2f}", bits=nats / log(2), perplexity=exp(min(nats, _MOST)))

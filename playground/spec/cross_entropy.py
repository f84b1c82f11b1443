"""The cross entropy of a language model in its usual units: nats, bits, and as perplexity."""

from __future__ import annotations

from math import exp, log

from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message

_MOST = 700.0  # nats; exp of more overflows a float


def is_language_model(experiment: Experiment) -> bool:
    """Whether the loss is the cross entropy of a language model, in nats per character."""
    return experiment.data.task.language and experiment.recipe.loss.in_nats


def cross_entropy_text(nats: float) -> Message:
    """A loss in nats per character, as bits per character and as perplexity, exp(nats)."""
    return message("{bits:.3f} bits, perplexity {perplexity:.2f}", bits=nats / log(2), perplexity=exp(min(nats, _MOST)))

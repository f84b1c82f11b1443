"""The meaning of the confidence of an answer, in words: it depends on the loss and on the end of the network."""

from __future__ import annotations

from playground.spec.check.shapes import walk
from playground.spec.experiment import Experiment
from playground.spec.layers.activation import Softmax
from playground.spec.messages import Message, message, tr_noop
from playground.spec.recipe.output_activations import IDENTITY

_SOFTMAX = tr_noop("Confidence: the probability of the answer, by softmax over the outputs of all classes.")
_LAYER = tr_noop("Confidence: the probability of the answer, as the Softmax at the end of the network gives it.")
_SIGMOIDS = tr_noop(
    "Confidence: the sigmoid of the answer's output over the sum of the sigmoids of all classes. {loss} learns each "
    "class by itself, so that they need not add up to 1 before."
)
_NUMBERS = tr_noop(
    "Confidence: the answer's output over the sum of all outputs, where those below 0 count as 0. With {loss} the "
    "network learns to give 1 for the true class and 0 for others, which are no probabilities."
)


def confidence_words(experiment: Experiment) -> Message:
    """How `engine.evaluation.evaluate.beliefs` computes the probabilities of classes for this experiment."""
    loss = experiment.recipe.loss
    active = [row.layer for row in walk(experiment.stack, experiment.data.sample_shape) if row.active]
    if active and isinstance(active[-1], Softmax):
        return message(_LAYER)
    if loss.output_activation == IDENTITY:
        return message(_NUMBERS, loss=message(loss.label))
    if loss.output_activation.log is not None:
        return message(_SIGMOIDS, loss=message(loss.label))
    return message(_SOFTMAX)

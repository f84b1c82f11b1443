"""Says in words whether a network is good enough to be used."""

from __future__ import annotations

from math import isfinite

from playground.spec.experiment import Experiment
from playground.spec.surprise import is_told, told
from playground.spec.task import Score
from playground.spec.words import Message, say

FIT = 0.99  # share of the test images that must be right


def verdict(experiment: Experiment, loss: float, score: float) -> Message:
    """What loss and score on the test samples mean; of a classifier, whether it is fit to deploy, or what it lacks."""
    data = experiment.data
    if is_told(experiment) and isfinite(loss):
        return say(
            "{nats:.4f} nats a character on the end of the text, {told}; {percent:.2f} % are guessed right.",
            nats=loss,
            told=told(loss),
            percent=100 * score,
        )
    if data.task.score is not Score.ACCURACY or data.task.places > 1:
        name, value = data.task.score, data.task.score.written(score)
        return say(
            "{score} {value} on the {count:,} test {samples}.",
            score=say(name),
            value=value,
            count=data.test_count,
            samples=say(data.samples),
        )
    if score >= FIT:
        return say(
            "Fit to deploy: {percent:.2f} % of the test {samples} are read right.",
            percent=100 * score,
            samples=say(data.samples),
        )
    missing = round((FIT - score) * data.test_count) or 1
    return say(
        "Not fit to deploy yet: {percent:.2f} % of the test {samples} are read right, "
        "{missing:,} too few for {fit:.0f} %.",
        percent=100 * score,
        samples=say(data.samples),
        missing=missing,
        fit=100 * FIT,
    )

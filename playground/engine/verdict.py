"""Says in words whether a network is good enough to be used."""

from __future__ import annotations

from playground.spec.words import Message, say

FIT = 0.99  # share of the test images that must be right


def verdict(accuracy: float, count: int) -> Message:
    """Whether a network is fit to deploy, from its test accuracy on `count` images; if not, what is missing."""
    if accuracy >= FIT:
        return say("Fit to deploy: {accuracy:.2%} of the test images are read right.", accuracy=accuracy)
    missing = round((FIT - accuracy) * count) or 1
    return say(
        "Not fit to deploy yet: {accuracy:.2%} of the test images are read right, {missing:,} too few for {fit:.0%}.",
        accuracy=accuracy,
        missing=missing,
        fit=FIT,
    )

"""Says in words whether a network is good enough to be used."""

from __future__ import annotations

from playground.spec.words import Message, say

FIT = 0.99  # share of the test images that must be right


def verdict(accuracy: float, count: int) -> Message:
    """Whether a network is fit to deploy, from its test accuracy on `count` images; if not, what is missing."""
    if accuracy >= FIT:
        return say("Fit to deploy: {percent:.2f} % of the test images are read right.", percent=100 * accuracy)
    missing = round((FIT - accuracy) * count) or 1
    return say(
        "Not fit to deploy yet: {percent:.2f} % of the test images are read right, "
        "{missing:,} too few for {fit:.0f} %.",
        percent=100 * accuracy,
        missing=missing,
        fit=100 * FIT,
    )

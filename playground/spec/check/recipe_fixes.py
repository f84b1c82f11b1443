"""Fixes that change the recipe, for those who find out during training what is wrong with it."""

from __future__ import annotations

from math import floor, log10
from typing import Any

from playground.spec.check.problem import Fix
from playground.spec.edits import Set
from playground.spec.messages import Message, message
from playground.spec.number_text import setting_text
from playground.spec.recipe.regularizers import Regularizer

USUAL_DECAY = 1e-4


def setting(path: tuple[str, ...], value: Any, words: Message) -> Fix:
    """The fix that sets one field outside the stack."""
    return Fix(words, (Set(path, value, words),))


def rate_fix(rate: float) -> Fix:
    """Set the learning rate to about `rate`: 1, 2 or 5 times a power of ten."""
    words = message("Set the learning rate to {rate}", rate=setting_text(round_rate(rate)))
    return setting(("recipe", "optimizer", "lr"), round_rate(rate), words)


def round_rate(rate: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above `rate`, within the range of learning rates."""
    rate = min(100.0, max(1e-8, rate)) * (1 + 1e-9)
    power = floor(log10(rate))
    first = next(step for step in (5, 2, 1) if rate >= step * 10.0**power)
    return float(first * 10.0**power) if power >= 0 else first / 10.0**-power


def weaker_decay(regularizer: Regularizer | None) -> Fix:
    """Switch a regularizer off, but for its zeros, or without one set the optimizer's weight decay to a usual value."""
    if regularizer is not None:
        relaxed = regularizer.relaxed
        words = message("Switch the regularizer off")
        if relaxed.keeps_zeros:
            words = message("Switch the penalties of the regularizer off")
        return setting(("recipe", "regularizer"), relaxed, words)
    words = message("Set the weight decay to {decay}", decay=setting_text(USUAL_DECAY))
    return setting(("recipe", "optimizer", "weight_decay"), USUAL_DECAY, words)


def clipping(norm: float) -> Fix:
    """Clip gradients at a norm."""
    return setting(
        ("recipe", "clip_norm"), norm, message("Clip gradients at a norm of {norm}", norm=setting_text(norm))
    )

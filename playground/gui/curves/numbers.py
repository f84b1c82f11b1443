"""How figures of a run are written in the window: short, and as wide as the last one."""

from __future__ import annotations

from math import isfinite

from playground.spec.number_text import NO_FIGURE, percent_text


def loss_text(loss: float | None) -> str:
    """A loss to four places, or to three digits where it is very large or small."""
    if loss is None:
        return NO_FIGURE
    if not isfinite(loss):
        return "∞" if loss > 0 else "not a number"
    return f"{loss:.4f}" if loss == 0.0 or 0.001 <= abs(loss) < 1000.0 else f"{loss:.2e}"


def share_text(share: float | None) -> str:
    """A share of 1 in per cent."""
    return percent_text(share, 1)


def setting_text(value: float) -> str:
    """A setting such as a learning rate, with the digits it needs."""
    return f"{value:.4g}"

"""How figures are written wherever a person reads them: one way for each kind, the same in window and terminal."""

from __future__ import annotations

from math import isfinite

from playground.spec.words import Message, say

NO_FIGURE = "–"
_PREFIXES = ("", "k", "M", "G", "T", "P")  # powers of 1000
_ROUNDS_UP = 999.95  # with one decimal, this and more would read 1,000.0: it belongs to the next prefix


def flops_text(count: int) -> str:
    """Floating-point operations: `224 FLOP`, `50.8 kFLOP`, `4.7 MFLOP`."""
    return _scaled(count, "FLOP")


def bytes_text(count: int) -> str:
    """A number of bytes, in powers of 1000: `12 B`, `101.8 kB`, `3.9 MB`."""
    return _scaled(count, "B")


def percent_text(share: float | None, places: int = 2) -> str:
    """A share of 1 in per cent, `97.53 %`; a dash where there is none, or it is no finite number."""
    return NO_FIGURE if share is None or not isfinite(share) else f"{100.0 * share:,.{places}f} %"


def loss_text(loss: float | None) -> str:
    """A loss, or a part of one, to four places: `0.0712`; with three digits where it is very large or small."""
    if loss is None:
        return NO_FIGURE
    if not isfinite(loss):
        return "∞" if loss > 0 else "not a number"
    return f"{loss:.4f}" if loss == 0.0 or 0.001 <= abs(loss) < 1000.0 else f"{loss:.2e}"


def parameters_text(count: int) -> Message:
    """How many numbers are learned: `1 parameter`, `101,770 parameters`."""
    return say("1 parameter") if count == 1 else say("{count:,} parameters", count=count)


def _scaled(count: int, unit: str) -> str:
    """A whole number with the prefix that leaves at most three digits before the point, and one behind it."""
    power = 0
    while abs(count) / 1000**power >= (_ROUNDS_UP if power else 1000) and power < len(_PREFIXES) - 1:
        power += 1
    return f"{count / 1000**power:,.{1 if power else 0}f} {_PREFIXES[power]}{unit}"

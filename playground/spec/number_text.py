"""Formats numbers for display: one function for each kind, the same in window and terminal.

Counts are written by Python's own `{count:,}`: `1,204`. Files and JSON lines hold plain numbers.
"""

from __future__ import annotations

from math import isfinite

from playground.spec.messages import Message, message, plural

NO_FIGURE = "–"

# Decimal places of per cent.
SCORE = 2  # accuracy and other scores
PROBABILITY = 1  # of a class or a character
BRIEF = 0  # progress, and shares that are not known more exactly

_PREFIXES = ("", "k", "M", "G", "T", "P")  # powers of 1000
_ROUNDS_UP = 999.95  # from here on, one decimal would give 1,000.0, so the next prefix is used
_LONG = 1e7  # per cent
_TYPED = 12  # significant digits in a typed number at most; a number with more was computed
_DIGITS = 6  # significant digits of a computed one
_MEASURED = 3  # significant digits of milliseconds, which no measurement exceeds


def flops_text(count: int) -> str:
    """Floating-point operations: `224 FLOP`, `50.8 kFLOP`, `4.7 MFLOP`."""
    return _scaled(count, "FLOP")


def bytes_text(count: int) -> str:
    """A number of bytes, in powers of 1000: `12 B`, `101.8 kB`, `3.9 MB`."""
    return _scaled(count, "B")


def percent_text(share: float | None, decimals: int = SCORE) -> str:
    """A measured share of 1 in per cent, `97.53 %`; a dash where it is None or not finite.

    R² has no lower bound: from ten million per cent on, a power of ten stands for the digits, `−1.2e+30 %`.
    """
    if share is None or not isfinite(share):
        return NO_FIGURE
    each = 100.0 * share
    return f"{minus(f'{each:,.{decimals}f}' if abs(each) < _LONG else f'{each:.1e}')} %"


def part_text(share: float) -> str:
    """A chosen or promised share of 1, `99 %` or `12.5 %`; a computed one has one decimal place, `8.3 %`."""
    percent = 100.0 * share
    text = f"{percent:.{_TYPED}g}"
    if float(f"{float(text) / 100.0:.{_TYPED}g}") != share:
        text = f"{percent:.1f}" if abs(percent) >= 1 else f"{percent:.2g}"
    return f"{_shortened(text)} %"


def fixed_text(value: float, decimals: int) -> str:
    """A number with as many decimals as its neighbours, `−0.5`, and no sign where all are 0; a dash for none finite."""
    return minus(f"{value:z.{decimals}f}") if isfinite(value) else NO_FIGURE


def loss_text(loss: float | None) -> str:
    """A loss with four decimals, `0.0831`; below 0.001 and from 1000 on, three digits and an exponent, `8.31e-5`."""
    if loss is None:
        return NO_FIGURE
    if not isfinite(loss):
        return "NaN" if loss != loss else "∞" if loss > 0 else "−∞"
    usual = loss == 0.0 or 0.001 <= abs(loss) < 1000.0
    return minus(f"{loss:.4f}" if usual else _shortened(f"{loss:.2e}", keep_zeros=True))


def amount_text(value: float) -> str:
    """A quantity in its own unit, with at least four digits: `0.0417`, `2024`, `12,346`, `1.5e-7`."""
    if value and isfinite(value) and not 1e-4 <= abs(value) < 1e9:
        return minus(_shortened(f"{value:.3e}"))
    return minus(f"{value:,.0f}" if abs(value) >= 9999.5 else f"{value:.4g}")


def setting_text(value: float, digits: int | None = None) -> str:
    """A setting, such as a learning rate, in its shortest form that can be typed: `32`, `0.001`, `1e-4`, `1e6`.

    digits: the most significant digits; if None, up to 12 of a typed number, or six of a computed one.
    """
    if isinstance(value, int):
        return str(value)
    if digits is None:
        digits = _TYPED if float(f"{value:.{_TYPED}g}") == value else _DIGITS
    if value == 0 or (isfinite(value) and 1e-3 <= abs(value) < 1e6):
        return _shortened(f"{value:.{digits}g}") if abs(value) < 10**digits else f"{float(f'{value:.{digits}g}'):.0f}"
    return _shortened(f"{value:.{digits - 1}e}")


def clock_text(seconds: float) -> str:
    """A duration as a clock shows it: `0:21`, `12:05`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_text(seconds: float) -> str:
    """A measured duration: `3.2 s`, and from a minute on `1:02`."""
    return f"{seconds:.1f} s" if seconds < 59.95 else clock_text(seconds)


def milliseconds_text(milliseconds: float) -> str:
    """A short measured duration, to three digits: `0.412 ms`, `12.3 ms`, `1,240 ms`; a dash where it is not finite."""
    if not isfinite(milliseconds):
        return NO_FIGURE
    digits = f"{milliseconds:.{_MEASURED}g}"
    return f"{_shortened(digits) if milliseconds < 100 else f'{float(digits):,.0f}'} ms"


def speed_text(rate: float, what: Message) -> Message:
    """A rate per second: `12,345 images/s`."""
    return message("{rate:,.0f} {what}/s", rate=rate, what=what)


def minus(text: str) -> str:
    """The text of a number with a minus sign in place of a leading hyphen."""
    return f"−{text[1:]}" if text.startswith("-") else text


def parameters_text(count: int, trained: int | None = None) -> Message:
    """The number of learned parameters: `1 parameter`, `101,770 parameters`, `101,770 parameters, 1,290 trained`.

    `trained`: how many of them are not frozen; None for all.
    """
    whole = plural("{count:,} parameters", "1 parameter", count)
    if trained is None or trained == count:
        return whole
    return message("{parameters}, {trained:,} trained", parameters=whole, trained=trained)


def _scaled(count: int, unit: str) -> str:
    """A count with a prefix, at most three digits before the decimal point, and one after it."""
    power = 0
    while count / 1000**power >= _ROUNDS_UP and power < len(_PREFIXES) - 1:
        power += 1
    return f"{count / 1000**power:,.{1 if power else 0}f} {_PREFIXES[power]}{unit}"


def _shortened(text: str, *, keep_zeros: bool = False) -> str:
    """The text without trailing zeros (unless they are kept), and without a plus sign and zeros in the exponent."""
    mantissa, _, exponent = text.partition("e")
    if "." in mantissa and not keep_zeros:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa

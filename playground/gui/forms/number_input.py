"""Reads, writes and steps the text of a number field, without a widget."""

from __future__ import annotations

from math import floor, isfinite, log10

from playground.spec.component import FieldInfo
from playground.spec.messages import PlaygroundError, message
from playground.spec.number_text import part_text, setting_text

Number = int | float

_NICE = (1, 2, 5)  # the digits of the steps within a power of ten on a logarithmic scale
_SMALLEST_SHARE = 1e-3  # share of the default: below it, a logarithmic field that may be 0 steps to 0


class RefusedNumber(PlaygroundError):
    """The text is not a number, or not one that is valid for the field."""


def read_number(field: FieldInfo, text: str) -> Number:
    """Read a number from text; spaces and underscores may group digits, and a comma may be the decimal point.

    A share is entered in per cent, with or without the sign: 8.3 is 0.083.

    Raises:
        RefusedNumber: the text is not a number, not finite, not an integer where one is required, or out of bounds.
    """
    cleaned = (
        "".join(text.split())
        .replace("_", "")
        .replace("−", "-")
        .removesuffix("%" if field.share else field.unit or "\0")
    )
    if field.kind == "integer" or cleaned.count(",") > 1 or "." in cleaned:
        cleaned = cleaned.replace(",", "")
    try:
        value = float(cleaned.replace(",", "."))
        if field.share:
            value = float(f"{value / 100:.12g}")  # 8.3 / 100 is not 0.083
    except ValueError:
        raise RefusedNumber(
            message("“{text}” is not a number. Expected {range}.", text=text, range=_range(field))
        ) from None
    if not isfinite(value) or (field.kind == "integer" and value != int(value)):
        raise RefusedNumber(message("{text} is not possible here. Expected {range}.", text=text, range=_range(field)))
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise RefusedNumber(message("{text} is out of range. Expected {range}.", text=text, range=_range(field)))
    return int(value) if field.kind == "integer" else value


def read_numbers(field: FieldInfo, text: str) -> tuple[Number, ...]:
    """Read a list of numbers, separated by commas or spaces, or by semicolons if a comma is the decimal point.

    Raises:
        RefusedNumber: one of them is invalid, or there are too many.
    """
    parts = text.split(";") if ";" in text else text.replace(",", " ").split()
    numbers = tuple(read_number(field, part.strip()) for part in parts if part.strip())
    if field.most is not None and len(numbers) > field.most:
        raise RefusedNumber(
            message("{count:,} numbers are too many. Expected at most {most:,}.", count=len(numbers), most=field.most)
        )
    return numbers


def write_value(field: FieldInfo, value: Number) -> str:
    """The text of a number: as `setting_text` writes it, or for a share in per cent, `8.3 %`."""
    return part_text(value) if field.share else setting_text(value)


def write_numbers(values: tuple[Number, ...]) -> str:
    """The text that `read_numbers` reads: `1, 1, 2.5`."""
    return ", ".join(map(setting_text, values))


def step_number(field: FieldInfo, value: Number, steps: int) -> Number:
    """The number `steps` steps away: of 1 for integers, along 1-2-5 for logarithmic fields, else a round share."""
    if field.kind == "integer":
        return int(_bounded(field, value + steps))
    stepped = float(value)
    if field.logarithmic:
        for _ in range(abs(steps)):
            stepped = _next_nice(field, stepped, up=steps > 0)
    else:
        step = _linear_step(field)
        stepped = round((stepped + steps * step) / step) * step
    return float(f"{_bounded(field, stepped):.10g}")


def _range(field: FieldInfo) -> object:
    low, high = field.minimum, field.maximum
    whole = field.kind == "integer"
    if low is None or high is None:
        return message("a whole number") if whole else message("a number")
    words = {
        name: f"{value:,}" if whole else write_value(field, value) for name, value in (("low", low), ("high", high))
    }
    if whole:
        return message("a whole number from {low} to {high}", **words)
    return message("a number from {low} to {high}", **words)


def _bounded(field: FieldInfo, value: float) -> float:
    if field.minimum is not None:
        value = max(field.minimum, value)
    return value if field.maximum is None else min(field.maximum, value)


def _linear_step(field: FieldInfo) -> float:
    """A power of ten that fits into the range between 50 and 500 times."""
    if field.minimum is None or field.maximum is None:
        return 0.1
    return float(10.0 ** floor(log10((field.maximum - field.minimum) / 50)))


def _next_nice(field: FieldInfo, value: float, *, up: bool) -> float:
    """The neighbour of `value` among … 1, 2, 5, 10, 20 …, or 0 below the smallest if 0 is allowed."""
    smallest = (field.default or 1.0) * _SMALLEST_SHARE
    if value <= 0:
        return smallest if up else value
    if not up and field.minimum == 0 and value <= smallest * (1 + 1e-9):
        return 0.0
    power = floor(log10(value))
    nice = [float(f"{digit}e{exponent}") for exponent in range(power - 1, power + 3) for digit in _NICE]
    if up:
        return next(candidate for candidate in nice if candidate > value * (1 + 1e-9))
    return next(candidate for candidate in reversed(nice) if candidate < value * (1 - 1e-9))

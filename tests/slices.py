"""Runs work that is done in slices to its end."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeVar

T = TypeVar("T")


def outcome(slices: Generator[object, None, T]) -> T:
    """What a generator returns."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            value: T = end.value
            return value


def last_answer(slices: Iterator[T | None]) -> T:
    """The last answer among what a generator yields."""
    return [answer for answer in slices if answer is not None][-1]

"""Translates what `spec` says in plain English, where it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from playground.spec.messages import Message, joined, message, tr_noop

if TYPE_CHECKING:  # they bring everything that can be chosen, for which the first paint does not wait
    from playground.spec.check.problem import Problem
    from playground.spec.data.dataset import Dataset

CONTEXT = ""  # under which `packaging/extract_strings.py` files what does not stand in a `self.tr`
_LARGE = 10**9


def translated(words: Message | str) -> str:
    """The words of a label, help or message in the user's language, with their values filled in.

    Values that are messages are translated as well; strings among them are names and stay as they are.
    """
    if isinstance(words, Message):
        values = {name: translated(value) if isinstance(value, Message) else value for name, value in words.values}
        return _template(words).format(**values)
    return QCoreApplication.translate(CONTEXT, words) if words else ""


def _template(words: Message) -> str:
    """The template in the user's language; of one with a count, the form which that takes there, or else in English."""
    if not words.singular:
        return QCoreApplication.translate(CONTEXT, words.template)
    count = dict(words.values)["count"]
    assert isinstance(count, int)
    number = count if count < _LARGE else _LARGE + count % _LARGE  # Qt takes 32 bits; the form depends on the end
    found = QCoreApplication.translate(CONTEXT, words.template, words.singular, number)
    return words.english if found == words.template else found


def explained(problem: Problem) -> str:
    """What is wrong, and what there should be instead."""
    expected = translated(message("Expected: {expected}.", expected=problem.expected))
    return f"{translated(problem.what)} {expected}"


def counted(data: Dataset) -> str:
    """How many samples a data set has to train, to validate and to test with, or that it was not chosen yet."""
    if not data.known:
        return translated(tr_noop("not chosen yet"))
    parts = [message("{count:,} train", count=data.train_count)]
    if data.validation_count:
        parts.append(message("{count:,} validation", count=data.validation_count))
    parts.append(message("{count:,} test {samples}", count=data.test_count, samples=message(data.samples)))
    return translated(joined(parts))

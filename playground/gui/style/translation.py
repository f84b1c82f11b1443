"""Translates messages of `spec`, which are in English, for display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from playground.spec.messages import Message, joined, message, tr_noop

if TYPE_CHECKING:  # they import all components, for which the first paint does not wait
    from playground.spec.check.problem import Problem
    from playground.spec.data.dataset import Dataset

CONTEXT = ""  # context of strings outside `self.tr` in `packaging/extract_strings.py`
_LARGE = 10**9


def translated(words: Message | str) -> str:
    """A label, help text or message in the user's language, with its values filled in.

    Values that are messages are translated as well; strings among the values are names and stay unchanged.
    """
    if isinstance(words, Message):
        values = {name: translated(value) if isinstance(value, Message) else value for name, value in words.values}
        return _template(words).format(**values)
    return QCoreApplication.translate(CONTEXT, words) if words else ""


def _template(words: Message) -> str:
    """The template in the user's language; with a count, its plural form, or English if there is no translation."""
    if not words.singular:
        return QCoreApplication.translate(CONTEXT, words.template)
    count = dict(words.values)["count"]
    assert isinstance(count, int)
    number = count if count < _LARGE else _LARGE + count % _LARGE  # Qt takes 32 bits; the last digits decide the form
    found = QCoreApplication.translate(CONTEXT, words.template, words.singular, number)
    return words.english if found == words.template else found


def explained(problem: Problem) -> str:
    """A problem's description and its expectation."""
    expected = translated(message("Expected: {expected}.", expected=problem.expected))
    return f"{translated(problem.what)} {expected}"


def counted(data: Dataset) -> str:
    """Number of training, validation and test samples of a data set, or that none was chosen yet."""
    if not data.known:
        return translated(tr_noop("not chosen yet"))
    parts = [message("{count:,} train", count=data.train_count)]
    if data.addition:
        parts.append(data.addition)
    if data.changed:
        parts.append(data.changed)
    if data.validation_count:
        parts.append(message("{count:,} validation", count=data.validation_count))
    parts.append(message("{count:,} test {samples}", count=data.test_count, samples=message(data.samples)))
    return translated(joined(parts))

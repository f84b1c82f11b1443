"""Translates what `spec` says in plain English, where it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from playground.spec.messages import Message

if TYPE_CHECKING:  # they bring everything that can be chosen, for which the first paint does not wait
    from playground.spec.check.problem import Problem
    from playground.spec.data.dataset import Dataset

# The context under which lupdate files the strings of `mark` and `say`:
# pyside6-lupdate $(find playground -name "*.py") -tr-function-alias QT_TR_NOOP+=tr_noop,tr+=message -ts FILE.ts
CONTEXT = ""


def translated(words: Message | str) -> str:
    """The words of a label, help or message in the user's language, with their values filled in.

    Values that are messages are translated as well; strings among them are names and stay as they are.
    """
    if isinstance(words, Message):
        values = {name: translated(value) if isinstance(value, Message) else value for name, value in words.values}
        return QCoreApplication.translate(CONTEXT, words.template).format(**values)
    return QCoreApplication.translate(CONTEXT, words) if words else ""


def explained(problem: Problem) -> str:
    """What is wrong, and what there should be instead."""
    expected = QCoreApplication.translate("Problem", "Expected: {0}.").format(translated(problem.expected))
    return f"{translated(problem.what)} {expected}"


def counted(data: Dataset) -> str:
    """How many samples a data set has to train, to validate and to test with, or that it was not chosen yet."""
    if not data.known:
        return QCoreApplication.translate("Data", "not chosen yet")
    parts = [QCoreApplication.translate("Data", "{0:,} train").format(data.train_count)]
    if data.validation_count:
        parts.append(QCoreApplication.translate("Data", "{0:,} validation").format(data.validation_count))
    test = QCoreApplication.translate("Data", "{0:,} test {1}")
    parts.append(test.format(data.test_count, translated(data.samples)))
    return " · ".join(parts)

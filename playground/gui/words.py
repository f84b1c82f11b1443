"""Translates what `spec` says in plain English, where it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from playground.spec.words import Message

if TYPE_CHECKING:  # it brings everything that can be chosen, for which the first paint does not wait
    from playground.spec.problem import Problem

# The context under which lupdate files the strings of `mark` and `say`:
# pyside6-lupdate playground -tr-function-alias QT_TR_NOOP+=mark -tr-function-alias tr+=say -ts FILE.ts
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

"""Translates what `spec` says in plain English, where it is shown."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from playground.spec.words import Message


def translated(words: Message | str) -> str:
    """The words of a label, help or message in the user's language, with their values filled in."""
    if isinstance(words, Message):
        values = {
            name: translated(value) if isinstance(value, Message | str) else value for name, value in words.values
        }
        return QCoreApplication.translate("spec", words.template).format(**values)
    return QCoreApplication.translate("spec", words) if words else ""

"""Words of the import view; the words of decisions stand where these are declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.gui.style.translation import translated
from playground.spec.messages import tr_noop

Options = Sequence[tuple[Any, str]]

AUTOMATIC = tr_noop("Automatic")


def capitalised(word: str) -> str:
    """A word in the language of the window, as the label of an entry: its first letter is a capital."""
    shown = translated(word)
    return shown[:1].upper() + shown[1:]

"""The error for a file whose reader is a library that is not installed."""

from __future__ import annotations

from playground.engine.data.formats.damage import Damaged
from playground.spec.messages import message, tr_noop


def missing_library(file: str, library: str) -> Damaged:
    """The sentence with the command that installs the library."""
    words = tr_noop("{library} is missing, which reads it: run “{command}”, or save the table as CSV")
    return Damaged(file, message(words, library=library, command="pip install playground[tables]"))

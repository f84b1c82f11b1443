"""Explains an exception of the training thread in one sentence, and logs it."""

from __future__ import annotations

import logging

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.spec.messages import Message, message

_LONGEST = 200  # characters
_log = logging.getLogger(__name__)


def explained(error: Exception) -> tuple[Message, bool]:
    """The reason for the user, and whether the error was unexpected, so that the log has details."""
    known = as_out_of_memory(error)
    if known is not None:
        _log.info("refused: %s", known, exc_info=error)
        return known.message, False
    _log.error("the worker failed", exc_info=error)
    return message("Something went wrong: {error}.", error=_first_line(error)), True


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:_LONGEST] if lines else type(error).__name__

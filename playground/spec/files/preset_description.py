"""Splits an experiment's description into its two parts: an explanation, and something to try."""

from __future__ import annotations

_TRY = "Try:"  # begins the last paragraph, if that is something to try


def has_attempt(about: str) -> bool:
    """Whether a description, untranslated, ends with something to try."""
    return about.rpartition("\n\n")[2].startswith(_TRY)


def parts(about: str, *, attempt: bool) -> tuple[str, str]:
    """The description without its last paragraph, and that paragraph; without an `attempt`, all of it and "".

    A translation may begin the last paragraph with any word, so `attempt` comes from `has_attempt` of the original.
    """
    if not attempt:
        return about, ""
    description, _, tried = about.rpartition("\n\n")
    return description, tried

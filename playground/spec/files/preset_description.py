"""An experiment's description in its two parts: what to look at, and what to try."""

from __future__ import annotations

_TRY = "Try:"  # begins the last paragraph, where there is something to try


def has_attempt(about: str) -> bool:
    """Whether a description, untranslated, ends with something to try."""
    return about.rpartition("\n\n")[2].startswith(_TRY)


def parts(about: str, *, attempt: bool) -> tuple[str, str]:
    """The description without its last paragraph, and that, where it is something to try (`attempt`); or all of it.

    A translation has the same paragraphs, but begins the last with a word of its own: so that is to be told.
    """
    if not attempt:
        return about, ""
    description, _, tried = about.rpartition("\n\n")
    return description, tried

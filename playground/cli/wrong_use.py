"""The error of a command line that is used wrongly."""

from __future__ import annotations

from playground.spec.messages import PlaygroundError


class WrongUse(PlaygroundError):
    """The command line asks for something that does not exist or makes no sense."""

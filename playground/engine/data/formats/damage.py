"""The one error for a file that is not what it should be."""

from __future__ import annotations

from playground.spec.messages import Message, PlaygroundError, message


class Damaged(PlaygroundError):
    """A file is damaged, or another one than its name says; the message names it and says what is wrong with it."""

    def __init__(self, file: str, why: Message) -> None:
        super().__init__(message("“{file}” cannot be used: {why}.", file=file, why=why))
        self.why = why

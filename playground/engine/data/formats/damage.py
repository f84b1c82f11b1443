"""The error for a file with invalid contents."""

from __future__ import annotations

from playground.spec.messages import Message, PlaygroundError, message


class Damaged(PlaygroundError):
    """A file is damaged, or not the file that its name says; the message names the file and the mistake."""

    def __init__(self, file: str, why: Message) -> None:
        super().__init__(message("“{file}” cannot be used: {why}.", file=file, why=why))
        self.why = why

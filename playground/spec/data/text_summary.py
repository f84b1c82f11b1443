"""The summary of a user's text file, made when it is chosen: enough to build networks for it without opening it.

It is part of the experiment, so that the codes a network writes can be decoded when the file is gone. Before training
the file is read again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.text_encoding import Encoding

MOST_BYTES = 100_000_000
MOST_CHARACTERS = 10_000  # different ones; of more, the rarest are left out


class TextFile(Component):
    """A text file as it was when it was chosen."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; empty before one is chosen
    sha256: str = Field("", strict=True, max_length=64)
    encoding: Encoding = Field("utf-8", strict=True, max_length=40)
    count: int = Field(0, strict=True, ge=0, le=MOST_BYTES)  # characters
    alphabet: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # sorted by code point
    complete: bool = Field(True, strict=True)  # whether the alphabet has all characters of the text
    kept: int = Field(0, strict=True, ge=0, le=MOST_BYTES)  # characters that are not punctuation marks
    letters: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # the alphabet in lower case, without marks
    marks: str = Field("", strict=True, max_length=100)
    cased: bool = Field(False, strict=True)  # whether it has upper-case letters

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

"""What was found in a text of one's own when it was chosen: enough to build networks for it without opening it.

It is part of the experiment, so that what a network writes can be read when the file is gone. Before anything is
learned the file is read again, and has to be what it was.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.text_encoding import Encoding

MOST_BYTES = 100_000_000
MOST_CHARACTERS = 10_000  # different ones: the rarest of more are left out


class TextFile(Component):
    """A text file as it was when it was chosen."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; empty where none was chosen
    sha256: str = Field("", strict=True, max_length=64)
    encoding: Encoding = Field("utf-8", strict=True, max_length=40)
    count: int = Field(0, strict=True, ge=0, le=MOST_BYTES)  # characters
    alphabet: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # by code point
    complete: bool = Field(True, strict=True)  # whether it has no characters besides those of the alphabet
    kept: int = Field(0, strict=True, ge=0, le=MOST_BYTES)  # characters without marks
    letters: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # the alphabet in lower case, without marks
    marks: str = Field("", strict=True, max_length=100)
    cased: bool = Field(False, strict=True)  # whether it has capitals

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePath(self.path).name

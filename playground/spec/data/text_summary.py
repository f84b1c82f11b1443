"""The summary of a user's text file, made when it is chosen: enough to build networks for it without opening it.

It is part of the experiment, so that the codes a network writes can be decoded when the file is gone. Before training
the file is read again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.text_encoding import Encoding
from playground.spec.data.text_units import FEWEST_UNITS, MOST_UNITS, USUAL_UNITS, TextUnits
from playground.spec.data.unit_kind import UnitKind

MOST_BYTES = 100_000_000
MOST_CHARACTERS = 10_000  # different ones; of more, the rarest are left out
MOST_FILES = 10_000
BEGINNING = 400  # characters that are shown as they were read
BETWEEN_FILES = "\n"  # joins the files of a text


class TextChoice(Component):
    """The user's decisions on how a text is read; the program makes those that are left open."""

    encoding: Encoding | None = Field(None, strict=True, max_length=40)  # of all files; None: of each, by its bytes
    files: tuple[str, ...] = ()  # of a folder, by their names in it; none: all texts in it
    units: UnitKind = "characters"
    vocabulary: int = Field(USUAL_UNITS, strict=True, ge=FEWEST_UNITS, le=MOST_UNITS)  # words or byte pairs in it


class TextPart(Component):
    """One of the files of a text as it was when it was chosen."""

    name: str = Field("", strict=True, max_length=4_000)  # its path in the folder, with “/” between folders
    sha256: str = Field("", strict=True, max_length=64)
    encoding: Encoding = Field("utf-8", strict=True, max_length=40)


class TextFile(Component):
    """A text file, or a text of several files, as it was when it was chosen."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; of a folder if there are parts; empty at first
    sha256: str = Field("", strict=True, max_length=64)  # empty if there are parts
    encoding: Encoding = Field("utf-8", strict=True, max_length=40)  # of the first part, if there are parts
    parts: tuple[TextPart, ...] = Field((), max_length=MOST_FILES)  # in the order in which they are joined
    chosen: bool = Field(False, strict=True)  # whether the user chose the encoding, which then is that of all parts
    beginning: str = Field("", strict=True, max_length=BEGINNING)  # the first lines as they were read
    count: int = Field(0, strict=True, ge=0, le=MOST_BYTES)  # characters
    alphabet: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # sorted by code point
    complete: bool = Field(True, strict=True)  # whether the alphabet has all characters of the text
    kept: int = Field(0, strict=True, ge=0, le=MOST_BYTES)  # characters that are not punctuation marks
    letters: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # the alphabet in lower case, without marks
    marks: str = Field("", strict=True, max_length=100)
    cased: bool = Field(False, strict=True)  # whether it has upper-case letters
    units: TextUnits = Field(TextUnits())  # those that it is read in

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

    @property
    def files(self) -> tuple[tuple[str, TextPart], ...]:
        """The path of each file, and what is known of it."""
        if not self.parts:
            return ((self.path, TextPart(name=self.name, sha256=self.sha256, encoding=self.encoding)),)
        return tuple((str(PurePath(self.path, part.name)), part) for part in self.parts)

    @property
    def choice(self) -> TextChoice:
        """With which the same files are read again."""
        return TextChoice(
            encoding=self.encoding if self.chosen else None,
            files=tuple(part.name for part in self.parts),
            units=self.units.kind,
            vocabulary=self.units.size,
        )

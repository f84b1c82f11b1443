"""The summary of labelled texts, made when they are chosen: enough to build networks without opening the files.

It is part of the experiment, so that a network reads new lines when the files are gone. Before training the files are
read again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component
from playground.spec.data.table_reading import TableReading
from playground.spec.data.text_encoding import Encoding

MOST_CLASSES = 200  # different labels in a column
MOST_CHARACTERS = 5_000  # different ones with a code of their own; rarer ones share a code
FEWEST_TEXTS = 10
MOST_OTHERS = 10_000  # files of a folder in other encodings than most
FOLDER_COLUMNS = ("text", "folder")  # the columns that the texts of a folder make
_WORDS = 3.0  # in a text on average, from which on it is clearly one
_LONGEST = 200  # characters in the name of a column or a class


class TextColumn(Component):
    """A column that can be the text, or the label, or either."""

    name: str = Field("", strict=True, max_length=_LONGEST)
    mean_length: float = Field(0.0, strict=True, ge=0)  # characters
    mean_words: float = Field(0.0, strict=True, ge=0)
    usual_length: int = Field(1, strict=True, ge=1)  # characters that 19 of 20 texts do not exceed
    alphabet: str = Field("", strict=True, max_length=MOST_CHARACTERS)  # by code point; empty if it cannot be the text
    labels: tuple[str, ...] = Field((), max_length=MOST_CLASSES)  # sorted; empty if it cannot be the label
    counts: tuple[int, ...] = Field((), max_length=MOST_CLASSES)  # rows of each label

    @property
    def clearly_text(self) -> bool:
        """Whether the texts have several words each, on average."""
        return self.mean_words >= _WORDS

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that can be predicted: those with more than one row."""
        return tuple(name for name, count in zip(self.labels, self.counts, strict=False) if count > 1)

    @property
    def classified(self) -> int:
        """How many rows have one of `classes`."""
        return sum(count for count in self.counts if count > 1)


class FileEncoding(Component):
    """A file of a folder that is in another encoding than most."""

    name: str = Field("", strict=True, max_length=4_000)  # its path in the folder, with “/” between folders
    encoding: Encoding = Field("utf-8", strict=True, max_length=40)


class LabelledFiles(Component):
    """A table with texts and labels, or a folder with a folder of text files for each class."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; empty before one is chosen
    sha256: str = Field("", strict=True, max_length=64)  # of the table, or of the names and contents of all texts
    is_folder: bool = Field(False, strict=True)
    reading: TableReading = Field(TableReading())  # of a folder only its encoding, which is that of most texts
    others: tuple[FileEncoding, ...] = Field((), max_length=MOST_OTHERS)  # texts of a folder in other encodings
    rows: int = Field(0, strict=True, ge=0)  # those that have a value in all of `columns`
    columns: tuple[TextColumn, ...] = Field((), max_length=1_000)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

    @property
    def texts(self) -> tuple[TextColumn, ...]:
        """The columns that can be the text."""
        return tuple(item for item in self.columns if item.alphabet)

    @property
    def clearly_texts(self) -> bool:
        """Whether the texts have several words each, on average."""
        return self.text_column().clearly_text

    def text_column(self, name: str = "") -> TextColumn:
        """The text of that name; otherwise the longest one on average."""
        named = next((item for item in self.texts if item.name == name), None)
        return named or max(self.texts, key=lambda item: item.mean_length, default=TextColumn())

    def labels_beside(self, text: TextColumn) -> tuple[TextColumn, ...]:
        """The columns that can be the label of a text."""
        return tuple(item for item in self.columns if len(item.classes) > 1 and item is not text)

    def label_column(self, text: TextColumn, name: str = "") -> TextColumn:
        """The label of that name; otherwise the one with the fewest classes."""
        found = self.labels_beside(text)
        named = next((item for item in found if item.name == name), None)
        return named or min(found, key=lambda item: len(item.classes), default=TextColumn())

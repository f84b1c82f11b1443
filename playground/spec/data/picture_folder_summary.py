"""The summary of a folder of pictures, made when it is chosen: classes and counts, without opening it again.

It is part of the experiment. Before training the folder is inspected again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component, later
from playground.spec.data.table_reading import TableReading

LONGEST_NAME = 200  # characters in the name of a column
MOST_CLASSES = 200
MOST_PICTURES = 500_000
MOST_AT_FIRST = 50_000  # that earlier versions read of a folder
MOST_UNREAD = 1_000  # files whose names are stored
FEWEST_PICTURES = 10
TRAIN, VALIDATION, TEST = range(3)  # the parts of the data


class LabelTable(Component):
    """A table beside the pictures that names each of them and its class."""

    file: str = Field("", strict=True, max_length=255)  # its name; empty: there is none
    reading: TableReading = Field(TableReading())
    within: str = Field("", strict=True, max_length=255)  # the folder that the paths begin in; empty: the chosen one
    pictures: str = Field("", strict=True, max_length=LONGEST_NAME)  # the column of paths
    ending: str = Field("", strict=True, max_length=10)  # of the files, such as “.png”, where the paths lack it
    labels: str = Field("", strict=True, max_length=LONGEST_NAME)  # the column of classes
    # the column that names the part of each picture; or empty
    parts: str = Field("", strict=True, max_length=LONGEST_NAME, json_schema_extra=later(7))


class PictureLayout(Component):
    """Where the classes are from: folders in the chosen one, or in others for training, validation and testing; or a
    table.
    """

    nested: bool = Field(False, strict=True)  # whether pictures in folders within that of a class belong to it
    train: str = Field("", strict=True, max_length=255)  # name of the folder; empty: the chosen one itself
    validation: str = Field("", strict=True, max_length=255)  # empty: there is none
    test: str = Field("", strict=True, max_length=255)  # empty: there is none
    most: int = Field(MOST_AT_FIRST, strict=True, ge=1, le=MOST_PICTURES)  # pictures that are read
    table: LabelTable = Field(LabelTable())  # where there is one, folders decide nothing

    @property
    def folders(self) -> tuple[tuple[int, str], ...]:
        """The parts that have pictures of their own, and the folder of each; the first is that for training."""
        others = ((VALIDATION, self.validation), (TEST, self.test))
        return ((TRAIN, self.train), *((part, name) for part, name in others if name))


class PictureFolder(Component):
    """A folder with one subfolder of pictures per class, as it was when it was chosen."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; empty before one is chosen
    sha256: str = Field("", strict=True, max_length=64)  # of the names and lengths of all pictures that can be read
    classes: tuple[str, ...] = Field((), max_length=MOST_CLASSES)
    counts: tuple[int, ...] = Field((), max_length=MOST_CLASSES)  # pictures of each class, two at least
    validation_total: int = Field(0, strict=True, ge=0)  # of these pictures, those in the folder for validation
    test_total: int = Field(0, strict=True, ge=0)  # of these pictures, those in the folder for testing
    heic: bool = Field(False, strict=True)  # whether some are HEIC, which a library reads that is not always there
    layout: PictureLayout = Field(PictureLayout())
    labels: tuple[str, ...] = Field((), max_length=MOST_CLASSES)  # of the classes of a collection of drawings
    # Paths of the files that are not pictures, so that the others can be listed without being opened; or not known.
    unread: tuple[str, ...] | None = Field(None, max_length=MOST_UNREAD)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The labels of drawings, or else the names of the folders."""
        return self.labels if len(self.labels) == len(self.classes) else self.classes

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePath(self.path).name

    @property
    def total(self) -> int:
        """The number of pictures."""
        return sum(self.counts)

    @property
    def undivided(self) -> int:
        """The number of pictures that no folder of theirs assigns to validation or testing."""
        return self.total - self.validation_total - self.test_total

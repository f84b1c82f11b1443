"""The summary of a folder of pictures, made when it is chosen: classes and counts, without opening it again.

It is part of the experiment. Before training the folder is inspected again, and must not have changed.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component

MOST_CLASSES = 200
MOST_PICTURES = 50_000
FEWEST_PICTURES = 10


class PictureFolder(Component):
    """A folder with one subfolder of pictures per class, as it was when it was chosen."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; empty before one is chosen
    sha256: str = Field("", strict=True, max_length=64)  # of the names and lengths of all pictures that can be read
    classes: tuple[str, ...] = Field((), max_length=MOST_CLASSES)
    counts: tuple[int, ...] = Field((), max_length=MOST_CLASSES)  # pictures of each class, two at least
    labels: tuple[str, ...] = Field((), max_length=MOST_CLASSES)  # of the classes of a collection of drawings

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

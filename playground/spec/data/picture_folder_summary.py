"""What was found in a folder of pictures when a person chose it: enough to know classes and counts without opening it.

It is part of the experiment; before anything is learned the folder is looked at again, and has to be what it was.
"""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field

from playground.spec.component import Component

MOST_CLASSES = 200
MOST_PICTURES = 50_000


class PictureFolder(Component):
    """A folder with a folder of pictures for each class, as it was when it was chosen."""

    path: str = Field("", strict=True, max_length=4_000)  # absolute; empty where none was chosen
    sha256: str = Field("", strict=True, max_length=64)  # of the names and lengths of all pictures that can be read
    classes: tuple[str, ...] = Field((), max_length=MOST_CLASSES)
    counts: tuple[int, ...] = Field((), max_length=MOST_CLASSES)  # pictures of each class, two at least

    @property
    def name(self) -> str:
        """The folder's own name."""
        return PurePath(self.path).name

    @property
    def total(self) -> int:
        """How many pictures there are."""
        return sum(self.counts)

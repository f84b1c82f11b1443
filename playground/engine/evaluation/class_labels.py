"""The names of a data set's classes for people: the characters of a text, and what a mask marks."""

from __future__ import annotations

from playground.engine.data.sources.text import restored, units
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Score
from playground.spec.datasets.text import Text
from playground.spec.messages import Message, message

_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍"}
_LETTER = "x"  # stands for any letter where case and marks are restored


def class_labels(data: Dataset) -> tuple[Message | str, ...]:
    """The name of each class, by class index; a `Message` where it is the program's own word.

    Raises:
        DataError: a bundled text cannot be read.
    """
    count = data.task.classes or 0
    if isinstance(data, Text):
        if data.asked == "next":
            known = units(data)
            return tuple(visible(known.name(code)) for code in range(count))
        classes = restored(data)
        return tuple(classes.written(_LETTER, label) for label in range(count))
    if data.task.score is Score.IOU and count == 2:
        return message("background"), message("ink")
    return tuple(data.class_names[:count])


def visible(name: str) -> str:
    """A character, word or byte pair in which spaces and line ends can be seen."""
    return "".join(_VISIBLE.get(character, character) for character in name) or "∅"

"""Visible text: English here, marked for extraction, and translated where it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def tr_noop(text: str) -> str:
    """Return `text` unchanged; the call marks it for the extraction of translatable strings."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A text with values in it: the template is translated first and filled in afterwards."""

    template: str
    values: tuple[tuple[str, object], ...] = ()
    singular: str = ""  # the English template where the value `count` is 1, of a sentence that depends on it

    @property
    def english(self) -> str:
        """The template of its count, untranslated."""
        return self.singular if self.singular and dict(self.values)["count"] == 1 else self.template

    def __str__(self) -> str:
        return self.english.format(**dict(self.values))


def message(template: str, **values: object) -> Message:
    """Make a `Message`; `template` uses `str.format` fields and is marked for extraction by this call."""
    return Message(template, tuple(values.items()))


def plural(template: str, singular: str, count: int) -> Message:
    """Make a `Message` with the value `count`: `singular` where that is 1, else `template`.

    The call is extracted with as many forms as a language has; `singular` tells sentences with one template apart.
    """
    return Message(template, (("count", count),), singular)


def joined(parts: Iterable[Message], between: str = " · ") -> Message:
    """Join short messages with a separator, like the settings on a block: `32 filters · 3 × 3`."""
    values = {f"part{i}": part for i, part in enumerate(parts)}
    return Message(between.join(f"{{{name}}}" for name in values), tuple(values.items()))


def printable(text: str, kept: str = "") -> str:
    """The text with a space for each unprintable character: control characters, line ends, direction marks.

    `kept` are unprintable characters to keep. Text from a file then cannot control a terminal.
    """
    return "".join(letter if letter.isprintable() or letter in kept else " " for letter in text)


class PlaygroundError(Exception):
    """Base class of all errors of this package; its message is a sentence that can be shown to the user."""

    def __init__(self, message: Message | str) -> None:
        super().__init__(str(message))
        self.message = message if isinstance(message, Message) else Message("{text}", (("text", message),))

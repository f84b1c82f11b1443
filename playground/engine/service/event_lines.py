"""Messages of a service to the program that started it: a JSON object a line. Needs no library of the extra `serve`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playground.spec.messages import Message

MOST_LISTED = 20  # requests in a line; of further ones only the number is told
THUMBNAIL = 28  # pixels of the longer side


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listening(_Event):
    """The service listens. `steps` are those of the networks, by name."""

    event: Literal["listening"] = "listening"
    host: str
    port: int = Field(ge=1, le=65_535)
    steps: dict[str, int]


class Exchanged(_Event):
    """A network was exchanged for what its file holds now; requests that had begun end with the one before."""

    event: Literal["exchanged"] = "exchanged"
    model: str
    step: int


class Answered(_Event):
    """A request that was answered or refused."""

    time: float  # of its arrival, seconds since 1970
    model: str
    step: int | None  # of the network that answered; None where none did
    given: str  # the input in short
    picture: str = ""  # base64 of a PNG of at most 28 × 28, where the input is a picture
    answer: str  # in short, or why there is none
    seconds: float = Field(ge=0)  # from its arrival to the end of its answer
    status: int  # of HTTP


class Requests(_Event):
    """Requests since the last such line, in the order of their ends; `unlisted` further ones came before them."""

    event: Literal["requests"] = "requests"
    items: tuple[Answered, ...]
    unlisted: int = Field(0, ge=0)


class Failed(_Event):
    """Why the service did not begin: a template of `Message`, and its values."""

    event: Literal["failed"] = "failed"
    template: str
    values: dict[str, int | float | str]

    @property
    def message(self) -> Message:
        """The sentence."""
        return Message(self.template, tuple(self.values.items()))


Event = Listening | Exchanged | Requests | Failed
_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def failed(words: Message) -> Failed:
    """The event for a sentence."""
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in words.values}
    return Failed(template=words.english, values=values)


def line_of(event: Event) -> bytes:
    """The line of an event, with its end."""
    return event.model_dump_json().encode("utf-8") + b"\n"


def event_in(line: bytes) -> Event:
    """The event of a line.

    Raises:
        ValueError: it is none.
    """
    return _EVENTS.validate_json(line)

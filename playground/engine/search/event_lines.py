"""Messages of a search to the program that started it: a JSON object a line. Imports neither Optuna nor torch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from playground.engine.search.outcome import TrialRow

State = Literal["trained", "pruned", "failed", "refused", "again", "running", "waiting"]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Begun(_Event):
    """The study is open; the lines of its earlier trials follow."""

    event: Literal["begun"] = "begun"
    study: str
    goals: tuple[str, ...]


class Trial(_Event):
    """A trial as it is now: a later line of the same number replaces it. See `TrialRow`."""

    event: Literal["trial"] = "trial"
    number: int = Field(ge=0)
    state: State
    values: tuple[float, ...]
    params: dict[str, bool | int | float | str]
    figures: dict[str, Any]
    reason: str
    seconds: float | None
    epochs: int
    run_ids: tuple[str, ...]
    first: bool
    curve: tuple[tuple[int, float], ...] = ()

    @property
    def row(self) -> TrialRow:
        """The trial."""
        return TrialRow(**{name: getattr(self, name) for name in TrialRow._fields})


class Progressed(_Event):
    """How far the search is: share of the budget, and seconds since its workers were ready."""

    event: Literal["progress"] = "progress"
    share: float
    seconds: float
    running: int


class Importances(_Event):
    """The share of each range, by its key, in what makes trials good at the first goal; they sum to 1."""

    event: Literal["importances"] = "importances"
    shares: dict[str, float]
    trials: int  # that were trained to the end


class Ended(_Event):
    """The search has ended. `exhausted`: the space seems to hold no further network; `reason` says so, in English."""

    event: Literal["ended"] = "ended"
    exhausted: bool
    reason: str = ""


Event = Begun | Trial | Progressed | Importances | Ended
_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def trial_event(row: TrialRow) -> Trial:
    """The event for a trial."""
    return Trial(**row._asdict())


def line_of(event: Event) -> str:
    """The line of an event, without its end."""
    return event.model_dump_json()


def event_in(line: bytes) -> Event:
    """The event of a line.

    Raises:
        ValueError: it is none.
    """
    return _EVENTS.validate_json(line)

"""The range that a form offers for a field, and the edit that puts one into an experiment or takes it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from playground.spec.check.problems import check
from playground.spec.check.validation_messages import mistake
from playground.spec.component import NONE, FieldInfo
from playground.spec.edits import Replace
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop
from playground.spec.search.domain import Scalar, proposed
from playground.spec.search.names import range_name
from playground.spec.search.network_ranges import output_place
from playground.spec.search.places import NoPlace, field_at, layer_place, value_at
from playground.spec.search.ranges import MOST_OPTIONS, Choices, FieldRange, NumberRange, Range, SpaceError
from playground.spec.search.space import Limits, SearchSpace


def takes_range(info: FieldInfo) -> bool:
    """Whether a field of that declaration can hold a range."""
    if info.kind in ("integer", "real"):
        return info.minimum is not None and info.maximum is not None
    return info.kind == "flag" or 1 < len(options_of(info)) <= MOST_OPTIONS


def options_of(info: FieldInfo) -> tuple[Scalar, ...]:
    """The values among which a field chooses: ids of components; none for other fields."""
    if info.kind == "flag":
        return (True, False)
    if info.kind == "choice":
        return tuple(value for value, _ in info.options)
    if info.kind == "component" and info.family is not None:
        return (*((NONE,) if info.optional else ()), *(member.id for member in info.family.members()))
    return ()


def range_at(experiment: Experiment, path: Sequence[int], field: str) -> FieldRange | None:
    """The range of a field, dotted, of the layer at `path`, or outside the stack for `()`; None without one."""
    for item in experiment.search.ranges if experiment.search else ():
        if isinstance(item, FieldRange) and (item.path, item.field) == (tuple(path), field):
            return item
    return None


def proposed_range(experiment: Experiment, path: Sequence[int], field: str) -> NumberRange | Choices | None:
    """The range that is offered for a field, around its present value; None where it can hold none.

    Raises:
        SpaceError: no network with another value could be trained.
    """
    path = tuple(path)
    place = (*(layer_place(path) if path else ()), *field.split("."))
    info = field_at(experiment, place)
    if info is None or not takes_range(info):
        return None
    _ensure_free(experiment, path, field)
    if options := options_of(info):
        return Choices(path=path, field=field, options=options)
    try:
        interval = proposed(info, float(value_at(experiment, place)))
    except NoPlace:
        return None
    if interval is None:
        return None
    low, high, logarithmic, _ = interval
    return NumberRange(path=path, field=field, low=float(low), high=float(high), logarithmic=logarithmic)


def _ensure_free(experiment: Experiment, path: tuple[int, ...], field: str) -> None:
    """Refuse the size of the output, unless the data leave it open."""
    if not path or output_place(experiment) != (place := layer_place(path)):
        return
    layer = value_at(experiment, place)
    if field != layer.units_field or check(experiment):
        return
    changed = layer.with_(**{field: getattr(layer, field) + 1})
    if problems := check(Replace(path, changed, message("")).apply(experiment)):
        words = tr_noop("{layer} makes the output, whose size the data fix. With another one: {why}")
        raise SpaceError(message(words, layer=message(layer.label), why=problems[0].what))


@dataclass(frozen=True, slots=True)
class SetRange:
    """Puts a range into the space of an experiment, in place of that of the same key; None takes that one out."""

    key: str
    item: Range | None
    label: Message

    def apply(self, experiment: Experiment) -> Experiment:
        space = experiment.search or SearchSpace()
        ranges = list(space.ranges)
        at = next((number for number, item in enumerate(ranges) if item.key == self.key), len(ranges))
        ranges[at : at + 1] = [] if self.item is None else [self.item]
        changed: SearchSpace | None = space.with_(ranges=tuple(ranges))
        if not ranges and space.limits == Limits():
            changed = None
        return experiment.with_(search=changed)


def range_edit(experiment: Experiment, item: Range, chosen: Range | None) -> SetRange:
    """The edit that puts `chosen` in the place of a range, or takes it out for None, with its text in the undo menu."""
    name = range_name(item, experiment)
    words = message("Remove the range of {field}", field=name)
    return SetRange(item.key, chosen, words if chosen is None else message("Search over {field}", field=name))


def range_refusal(error: ValidationError) -> Message:
    """Why a space cannot hold what was entered: only the ranges and the space themselves know."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "too_long" and first["loc"] == ("ranges",):
        words = tr_noop("That would be too many: a search space holds at most {most:,} ranges.")
        return message(words, most=first["ctx"]["max_length"])
    return mistake(error)

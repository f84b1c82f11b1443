"""Names of ranges, and what they may be, in words."""

from __future__ import annotations

from playground.spec.component import NONE, Component, FieldInfo
from playground.spec.layer import Layer
from playground.spec.messages import Message, joined, message, tr_noop
from playground.spec.number_text import part_text, setting_text
from playground.spec.search.domain import Domain, Interval, Scalar
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.places import NoPlace, field_at, value_at
from playground.spec.search.ranges import Choices, FieldRange, LayerChoice, Range, Repeats

_DIGITS = 3  # of numbers that are not whole


def range_name(item: Range, experiment: Component) -> Message:
    """Such as `Linear 1: Units` or `Learning rate`; the number is that of the layer in its stack, from 1."""
    what = short_name(item, experiment)
    if not item.path:
        return what if isinstance(item, FieldRange) else message(_WHOLE.get(item.key, item.key))
    try:
        label = message(value_at(experiment, item.layer).label)
    except NoPlace:
        return message("{text}", text=item.key)
    return message("{layer} {number}: {what}", layer=label, number=item.path[-1] + 1, what=what)


def short_name(item: Range, experiment: Component) -> Message:
    """The name of what a range changes, without that of the layer: `Units`."""
    if isinstance(item, FieldRange) and item.field == "enabled":
        return message("Present")
    info = field_at(experiment, item.place) if isinstance(item, FieldRange) else None
    return message(info.label if info else item.label)


_WHOLE = {"activation": tr_noop("Activation"), "norm": tr_noop("Norm"), "width": tr_noop("Width")}  # by key


def value_text(item: Range, experiment: Component, value: Scalar) -> Message:
    """A value of a range, as people read it."""
    info = field_at(experiment, item.place) if isinstance(item, FieldRange) else None
    return _text(info, value)


def domain_text(item: Range, experiment: Component) -> Message:
    """The values that a range allows: `16 … 128`, or `relu | tanh`.

    Raises:
        SpaceError: it does not fit the experiment.
    """
    domain: Domain = item.domain(experiment)
    info = field_at(experiment, item.place) if isinstance(item, FieldRange) else None
    if isinstance(domain, Interval):
        low, high = (int(end) if domain.whole else end for end in domain[:2])
        return message("{low} … {high}", low=_text(info, low), high=_text(info, high))
    return joined([_text(info, value) for value in domain.values], " | ")


def block_text(item: Range, experiment: Component) -> Message:
    """The words for a range on a block: `Units 16 … 128`, or `repeated 0 … 3 times`.

    Raises:
        SpaceError: it does not fit the experiment.
    """
    domain = domain_text(item, experiment)
    match item:
        case Repeats():
            return message("repeated {times} times", times=domain)
        case LayerChoice():
            return message("one of {layers}", layers=domain)
        case WidthRange():
            return message("all widths × {factor}", factor=domain)
        case NetworkChoice(what="activation"):
            return message("one activation: {options}", options=domain)
        case NetworkChoice():
            return message("one norm: {options}", options=domain)
        case Choices(field="enabled", options=(_, _)):
            return message("may be left out")
    return message("{name} {domain}", name=short_name(item, experiment), domain=domain)


def _text(info: FieldInfo | None, value: Scalar) -> Message:
    if isinstance(value, bool):
        return message("yes") if value else message("no")
    if isinstance(value, str):
        return _label(info, value)
    if info is not None and info.share:
        return message("{text}", text=part_text(value))
    return message("{text}", text=f"{value:,}" if isinstance(value, int) else setting_text(value, _DIGITS))


def _label(info: FieldInfo | None, value: str) -> Message:
    """The label of a choice, or of a component with that id."""
    if info is not None:
        found = next((label for option, label in info.options if option == value), None)
        member = info.family.member(value) if info.family is not None else None
        found = member.label if member is not None else found
        if found:
            return message(found)
    elif (layer := Layer.member(value.partition(" ")[0])) is not None:  # one of several layers, maybe numbered
        number = value.partition(" ")[2]
        label = message(layer.label)
        return message("{layer} {number}", layer=label, number=number) if number else label
    return message("none") if value == NONE else message("{text}", text=value)

"""Says in words how an experiment is set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.container import Container
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack, Trainable
from playground.spec.messages import Message, joined, message, plural, tr_noop
from playground.spec.number_text import part_text, setting_text

_NAMES = ("name", "about", "refuse_below")  # fields of an experiment that do not decide what its run does


class Setting(NamedTuple):
    """One setting of an experiment."""

    field: str  # dotted path, such as `recipe.optimizer` or `stack.layers.2`
    label: Message
    value: Message


class _Place(NamedTuple):
    """Where a field is: its dotted path, and the labels on the way to it."""

    path: str = ""
    labels: tuple[Message, ...] = ()

    def under(self, name: str, *labels: Message) -> _Place:
        return _Place(f"{self.path}.{name}".lstrip("."), (*self.labels, *labels))


def settings(experiment: Experiment) -> tuple[Setting, ...]:
    """All settings of an experiment but its name: one for each field of data, recipe and seed, and for each layer."""
    return tuple(_settings(experiment, _Place()))


def _settings(owner: Component, place: _Place) -> Iterator[Setting]:
    for name, label, info in _fields(owner):
        value = getattr(owner, name)
        if isinstance(owner, Experiment) and name in _NAMES:
            continue
        if isinstance(value, Component) and not hasattr(value, "id"):
            yield from _settings(value, place.under(name))
        elif _holds_components(value):
            for i, item in enumerate(value):
                words = tr_noop("Layer {number}") if isinstance(item, Layer) else tr_noop("{label} {number}")
                inside = place.under(f"{name}.{i}", message(words, label=label, number=i + 1))
                yield Setting(inside.path, joined(inside.labels), _component(item))
        elif info or value:
            inside = place.under(name, label)
            yield Setting(inside.path, joined(inside.labels), _value(value, info))


def _fields(owner: Component) -> Iterator[tuple[str, Message, FieldInfo | None]]:
    """Name and label of each field, and its description if a form shows it; these come first, in the form's order."""
    described = fields_of(type(owner))
    for info in described:
        yield info.name, message(info.label), info
    shown = {info.name for info in described}
    for name, field in type(owner).model_fields.items():
        if name in shown:
            continue
        extra = field.json_schema_extra
        label = extra.get("label") if isinstance(extra, dict) else None
        yield name, message(str(label or name.replace("_", " "))), None


def _holds_components(value: object) -> bool:
    """Whether it is a list of members of a family, or of branches; plain records, such as points, are only counted."""
    return isinstance(value, tuple) and bool(value) and (hasattr(value[0], "id") or isinstance(value[0], Stack))


def _component(item: Component) -> Message:
    """A component with its settings: `SGD · Learning rate 0.1 · Momentum 0.9`; a layer as on its block."""
    if isinstance(item, Stack):
        return message("({layers})", layers=joined(map(_component, item.layers), ", "))
    if isinstance(item, Layer):
        parts = [message(item.label), *item.summary()]
        parts += map(_component, item.branches) if isinstance(item, Container) else ()
        frozen = isinstance(item, Trainable) and item.frozen
        marks = [*([message("frozen")] if frozen else []), *([] if item.enabled else [message("off")])]
        return joined([*parts, *marks])
    shown = [(label, info, getattr(item, name)) for name, label, info in _fields(item)]
    settings = [
        message("{label} {value}", label=label, value=_value(value, info)) for label, info, value in shown if info
    ]
    changed = item.changed if isinstance(item, Dataset) else None
    return joined([message(item.label), *settings, *([changed] if changed is not None else [])])


def _value(value: Any, info: FieldInfo | None) -> Message:
    """The value of a field in words."""
    if isinstance(value, Component):
        return _component(value)
    if value is None or value == ():
        return message("none")
    if isinstance(value, bool):
        return message("on") if value else message("off")
    if _holds_components(value):
        return joined([message("({item})", item=_component(item)) for item in value])
    if info is None and isinstance(value, tuple):
        return plural("{count:,} items", "1 item", len(value))
    if info is None:
        return _text(value)
    if info.kind == "numbers":
        return message("{text}", text=", ".join(map(setting_text, value)))
    if info.kind == "choice":
        return message("{text}", text=message(dict(info.options)[value]))
    if isinstance(value, int | float):
        number = part_text(value) if info.share else setting_text(value)
        return message("{number} {unit}", number=number, unit=message(info.unit)) if info.unit else _text(number)
    return _text(value)


def _text(value: object) -> Message:
    return message("{text}", text=value)

"""Finds the changes of an experiment that a run can adopt while it is in progress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class LiveChange:
    """One changed number: its dotted path (`recipe.optimizer.lr`), its label, and both values.

    For a tuple that no form shows, the values are its old and new length.
    """

    field: str
    label: str
    old: float
    new: float


class _NotLive(Exception):
    """A change that a run cannot adopt; the argument is its dotted path."""


def live_changes(old: Experiment, new: Experiment) -> tuple[LiveChange, ...] | None:
    """The changes from one experiment to the other, or None where not all of them are live.

    Names, descriptions, search spaces and what the trained network refuses are ignored. An empty tuple means that the
    two train in the same way.
    """
    try:
        return tuple(_changes(old, new.presented_as(old).with_(search=old.search), ""))
    except _NotLive:
        return None


def obstacle(old: Experiment, new: Experiment) -> str | None:
    """The dotted path of the first change that a run cannot adopt; None where it can adopt all."""
    try:
        for _ in _changes(old, new.presented_as(old).with_(search=old.search), ""):
            pass
    except _NotLive as found:
        return str(found)
    return None


def _changes(old: Component, new: Component, field_path: str) -> Iterator[LiveChange]:
    if old == new:
        return
    if type(old) is not type(new):
        raise _NotLive(field_path)
    described = {info.name: info for info in fields_of(type(old))}
    for name, field in type(old).model_fields.items():
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        where, extra = f"{field_path}.{name}".lstrip("."), field.json_schema_extra
        if name not in described and isinstance(extra, dict) and extra.get("live"):  # see `component.hidden`
            yield LiveChange(where, str(extra["label"]), len(before), len(after))
        else:
            yield from _change(before, after, where, described.get(name))


def _change(before: object, after: object, field_path: str, info: FieldInfo | None) -> Iterator[LiveChange]:
    if isinstance(before, Component) and isinstance(after, Component):
        yield from _changes(before, after, field_path)
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from _change(*pair, f"{field_path}.{index}", None)
    elif info is not None and info.live and isinstance(before, int | float) and isinstance(after, int | float):
        yield LiveChange(field_path, info.label, before, after)
    elif before != after:
        raise _NotLive(field_path)

"""Places in an experiment: finds, reads and replaces what is at one, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from playground.spec.component import Component, FieldInfo, fields_of

_C = TypeVar("_C", bound=Component)
Place = tuple[str | int, ...]  # names of fields, and indexes in tuples, from the experiment down


class NoPlace(Exception):
    """There is nothing at the place, because a layer or a component is another one."""


def layer_place(path: Sequence[int]) -> Place:
    """The place of the layer at a path: its index, then pairs of branch and index inside containers."""
    place: list[str | int] = ["stack", "layers", *path[:1]]
    for branch, index in zip(path[1::2], path[2::2], strict=True):
        place += ["branches", branch, "layers", index]
    return tuple(place)


def value_at(root: Any, place: Place) -> Any:
    """The value at a place.

    Raises:
        NoPlace: there is none.
    """
    for name in place:
        if isinstance(name, int):
            if not isinstance(root, tuple) or name >= len(root):
                raise NoPlace
            root = root[name]
        elif isinstance(root, Component) and name in type(root).model_fields:
            root = getattr(root, name)
        else:
            raise NoPlace
    return root


def with_value(root: _C, place: Place, value: Any) -> _C:
    """A copy of `root` with another value at the place, validated like a new one.

    Raises:
        NoPlace: there is no such place.
        pydantic.ValidationError: the value does not suit it.
    """
    return cast(_C, _with_value(root, place, value))


def _with_value(root: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    name, *rest = place
    inner = _with_value(value_at(root, (name,)), tuple(rest), value)
    if isinstance(name, int):
        return (*root[:name], inner, *root[name + 1 :])
    return root.with_(**{name: inner})


def field_at(root: Any, place: Place) -> FieldInfo | None:
    """The declaration of the field at a place; None where there is none that a form shows."""
    try:
        owner = value_at(root, place[:-1])
    except NoPlace:
        return None
    found = (info for info in fields_of(type(owner)) if info.name == place[-1]) if isinstance(owner, Component) else ()
    return next(iter(found), None)

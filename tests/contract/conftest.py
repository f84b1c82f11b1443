"""Draws components and stacks from their declarations alone, so that a new component is tested by being declared."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import playground.spec.experiment  # noqa: F401  registers every component
from playground.spec.check.shapes import output_of, walk
from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.container import Container
from playground.spec.layer import Layer, Shape, ShapeMismatch, Stack

FEW = 7  # whole numbers stay this close to their smallest, so that generated networks are small


def _values(field: FieldInfo) -> SearchStrategy[Any]:
    """Values that a field can have."""
    match field.kind:
        case "integer":
            return st.integers(int(field.minimum), min(int(field.maximum), int(field.minimum) + FEW))
        case "real":
            return st.floats(field.minimum, field.maximum, allow_subnormal=False)
        case "numbers":
            return st.lists(st.floats(field.minimum, field.maximum), max_size=min(FEW, field.most)).map(tuple)
        case "flag":
            return st.booleans()
        case "choice":
            return st.sampled_from([value for value, _ in field.options])
        case "text":
            return st.text(max_size=20)
        case "component":
            some = _components(field.family)
            return st.none() | some if field.optional else some
        case "components":
            return st.lists(_components(field.family), max_size=3).map(tuple)
    raise AssertionError(field.kind)


@cache
def _member(member: type[Component]) -> SearchStrategy[Component]:
    own = {"branches": _branches(member)} if issubclass(member, Container) else {}
    return st.fixed_dictionaries(own, optional={field.name: _values(field) for field in fields_of(member)}).map(
        lambda values: member(**values)
    )


def _branches(container: type[Container]) -> SearchStrategy[tuple[Stack, ...]]:
    """As many branches as it has when it is new, of a few layers that need not fit."""
    layers = st.lists(_components(Layer), max_size=2).map(lambda found: Stack(layers=tuple(found)))
    return st.tuples(*[layers] * len(container().branches))


@cache
def _components(family: type[Component]) -> SearchStrategy[Component]:
    """Any member of a family (or the record itself, where a family has no members), with any settings."""
    return st.deferred(lambda: st.one_of([_member(item) for item in family.members()] or [_member(family)]))


@st.composite
def _stacks(draw: DrawFn, shape: Shape, most: int = 8) -> Stack:
    """Layers that fit behind one another: each that does not is mended, or left out where it cannot be."""
    layers: list[Layer] = []
    for layer in draw(st.lists(_components(Layer), max_size=most)):
        if isinstance(layer, Container):
            inner = tuple(draw(_stacks(shape, most // 2)) for _ in layer.branches)
            layer = layer.with_(branches=inner)
        try:
            fitting, shape = _fitted(layer, shape)
        except ShapeMismatch:
            continue
        layers += fitting
        if draw(st.integers(0, 9)) == 0:  # a disabled layer fits anywhere
            layers.append(draw(_components(Layer)).with_(enabled=False))
    return Stack(layers=tuple(layers))


def _fitted(layer: Layer, shape: Shape) -> tuple[list[Layer], Shape]:
    """The layer, mended as it says where it does not fit, and the shape behind it."""
    if isinstance(layer, Container):
        (row, *_) = walk(Stack(layers=(layer,)), shape)
        mended = row.mismatch.instead if row.mismatch else None
        return [mended or layer], (mended or layer).output_shape(shape)
    try:
        return [layer], output_of(layer, shape)
    except ShapeMismatch as mismatch:
        mended = [item for item in (mismatch.before, mismatch.instead or layer) if item is not None]
    for item in mended:
        shape = output_of(item, shape)
    return mended, shape


@pytest.fixture(scope="session")
def members() -> Any:
    """From a concrete class to its values with any settings."""
    return _member


@pytest.fixture(scope="session")
def components() -> Any:
    """From a family to its members with any settings."""
    return _components


@pytest.fixture(scope="session")
def stacks() -> Any:
    """From a shape to stacks that can take it."""
    return _stacks

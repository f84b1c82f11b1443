"""Ranges of the whole network: one activation or norm for all its layers, and one factor for their widths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import NONE, Component, between
from playground.spec.container import Container
from playground.spec.layer import Layer
from playground.spec.layers.activation import Activation
from playground.spec.layers.normalization import Normalization
from playground.spec.messages import tr_noop
from playground.spec.search.domain import Domain, Interval, Options, Scalar
from playground.spec.search.places import Place, value_at, with_value
from playground.spec.search.ranges import Range, require_order

_C = TypeVar("_C", bound=Component)
_ROOT: Place = ("stack", "layers")
_MULTIPLES = (8, 4, 2)  # a width that is a multiple of the first of these stays one


class NetworkChoice(Range):
    """One activation, or one norm, for the whole network; a norm may be “none”.

    The output layer, and all behind it, keep theirs: what the loss reads is not a matter of taste.
    """

    id: ClassVar[str] = "throughout"
    label: ClassVar[str] = tr_noop("For the whole network")
    help: ClassVar[str] = tr_noop("One activation, or one norm, for all layers.")
    turn: ClassVar[int] = 3

    what: Literal["activation", "norm"] = "activation"
    options: tuple[Annotated[str, Field(strict=True, max_length=200)], ...] = Field(
        ("relu",), min_length=1, max_length=64, fail_fast=True
    )

    @model_validator(mode="after")
    def _require_known(self) -> Self:
        for option in self.options:
            if self._family.member(option) is None and (option != NONE or self.what == "activation"):
                raise PydanticCustomError("unknown_type", tr_noop("this type is unknown here"), {"found": option})
        if len(set(self.options)) < len(self.options):
            raise PydanticCustomError("options", tr_noop("an option occurs twice"))
        return self

    @property
    def key(self) -> str:
        return self.what

    @property
    def _family(self) -> type[Layer]:
        return Activation if self.what == "activation" else Normalization

    def domain(self, experiment: Component) -> Domain:
        if not any(True for _ in self._found(experiment)):
            raise self.lacking()
        return Options(self.options)

    def present(self, experiment: Component) -> Scalar | None:
        ids = {layer.id if layer.enabled else NONE for _, layer in self._found(experiment)}
        return self.checked(experiment, ids.pop()) if len(ids) == 1 else None

    def applied(self, experiment: _C, value: Scalar) -> _C:
        norms_return = self.what == "norm" and self._are_off(experiment)
        for place, layer in tuple(self._found(experiment)):
            member = self._family.member(str(value))
            if member is None:
                changed = layer.with_(enabled=False)
            else:
                changed = layer if layer.id == value else member(enabled=layer.enabled)
                changed = changed.with_(enabled=True) if norms_return else changed
            experiment = with_value(experiment, place, changed)
        return experiment

    def found_ids(self, experiment: Component) -> tuple[str, ...]:
        """The ids of the layers that it would replace, in order, each once; disabled norms count as “none”."""
        off = self.what == "norm"
        ids = (NONE if off and not layer.enabled else layer.id for _, layer in self._found(experiment))
        return tuple(dict.fromkeys(ids))

    def places(self, experiment: Component) -> tuple[Place, ...]:
        """The places of the layers that it would replace."""
        return tuple(place for place, _ in self._found(experiment))

    def _are_off(self, experiment: Component) -> bool:
        """Whether all are disabled: then the network has none, and another option brings them back."""
        return not any(layer.enabled for _, layer in self._found(experiment))

    def _found(self, experiment: Component) -> Iterator[tuple[Place, Layer]]:
        """All such layers before the output layer, and those in fields."""
        for place, layer in hidden_layers(experiment):
            if isinstance(layer, self._family):
                yield place, layer
            inner = getattr(layer, "activation", None)
            if self.what == "activation" and isinstance(inner, Activation):
                yield (*place, "activation"), inner


class WidthRange(Range):
    """A factor for the widths of all layers but the output layer: units, filters, hidden sizes, embeddings.

    A width that is a multiple of 8, 4 or 2 stays one, so that heads and groups still divide it.
    """

    id: ClassVar[str] = "width"
    label: ClassVar[str] = tr_noop("Width")
    help: ClassVar[str] = tr_noop("A factor for the units and filters of all layers but the last.")
    turn: ClassVar[int] = 4

    low: Annotated[float, between(0.01, 100.0)] = 0.25
    high: Annotated[float, between(0.01, 100.0)] = 4.0

    @model_validator(mode="after")
    def _require_order(self) -> Self:
        require_order(self.low, self.high)
        return self

    @property
    def key(self) -> str:
        return "width"

    def domain(self, experiment: Component) -> Domain:
        if not any(layer.units_field for _, layer in hidden_layers(experiment)):
            raise self.lacking()
        return Interval(self.low, self.high, True, False)

    def present(self, experiment: Component) -> Scalar | None:
        return self.checked(experiment, 1.0)

    def applied(self, experiment: _C, value: Scalar) -> _C:
        for place, layer in tuple(hidden_layers(experiment)):
            if layer.units_field:
                experiment = with_value(experiment, place, _widened(layer, float(value)))
        return experiment


def _widened(layer: Layer, factor: float) -> Layer:
    """The layer with that many times the units; a depthwise convolution has as many groups again."""
    before = getattr(layer, layer.units_field)
    width = scaled(before, factor)
    depthwise = before > 1 and getattr(layer, "groups", 1) == before
    return layer.with_(**{layer.units_field: width}, **({"groups": width} if depthwise else {}))


def scaled(width: int, factor: float) -> int:
    """A width times a factor, at least 1, and a multiple of 8, 4 or 2 where the width is one."""
    unit = next((unit for unit in _MULTIPLES if width % unit == 0), 1)
    return max(1, round(width * factor / unit)) * unit


def hidden_layers(experiment: Any) -> list[tuple[Place, Layer]]:
    """All layers with their places, in order, up to the last enabled one that has a width: the output layer."""
    found = list(_walked(experiment, _ROOT))
    output = _output(found)
    return found if output is None else found[:output]


def output_place(experiment: Any) -> Place | None:
    """The place of the output layer, the last enabled one that has a width; None without one."""
    found = list(_walked(experiment, _ROOT))
    output = _output(found)
    return None if output is None else found[output][0]


def _output(found: Sequence[tuple[Place, Layer]]) -> int | None:
    """The index of the output layer."""
    return next((n for n in reversed(range(len(found))) if found[n][1].units_field and found[n][1].enabled), None)


def _walked(experiment: Any, place: Place) -> Iterator[tuple[Place, Layer]]:
    for index, layer in enumerate(value_at(experiment, place)):
        here = (*place, index)
        yield here, layer
        if isinstance(layer, Container):
            for branch in range(len(layer.branches)):
                yield from _walked(experiment, (*here, "branches", branch, "layers"))

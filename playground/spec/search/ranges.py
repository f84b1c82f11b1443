"""Ranges: what may be at a place of an experiment, in place of a single value."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import NONE, Component, between
from playground.spec.layer import Layer
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Repeat
from playground.spec.messages import PlaygroundError, message, tr_noop
from playground.spec.search.domain import Domain, Interval, Options, Scalar
from playground.spec.search.places import NoPlace, Place, field_at, layer_place, value_at, with_value

_C = TypeVar("_C", bound=Component)
MOST_OPTIONS = 64
MOST_TIMES = 100
_LONGEST = 200  # characters of a name
_Index = Annotated[int, Field(strict=True, ge=0, le=2000)]
_Name = Annotated[str, Field(strict=True, max_length=_LONGEST)]


class SpaceError(PlaygroundError):
    """A range does not fit its experiment."""


class Range(Component):
    """Base of all ranges. `path` is that of a layer in the stack; it is empty for what is outside the stack."""

    turn: ClassVar[int]  # ranges of smaller turns are applied first

    path: tuple[_Index, ...] = Field((), max_length=41, fail_fast=True)

    @model_validator(mode="after")
    def _require_path(self) -> Self:
        if self.path and len(self.path) % 2 == 0:
            raise PydanticCustomError("path", tr_noop("the path ends in a branch, not at a layer"))
        return self

    @property
    @abstractmethod
    def key(self) -> str:
        """Its name, unique in a space: `stack.0.out_features`."""

    @abstractmethod
    def domain(self, experiment: Component) -> Domain:
        """The values that it allows in that experiment.

        Raises:
            SpaceError: the experiment has no such place, or one of another kind.
        """

    @abstractmethod
    def present(self, experiment: Component) -> Scalar | None:
        """The value of the experiment itself; None where it is not in the range."""

    @abstractmethod
    def applied(self, experiment: _C, value: Scalar) -> _C:
        """The experiment with that value.

        Raises:
            NoPlace: another range has put something else there, so that this one has no effect.
            pydantic.ValidationError: the value does not suit the place.
        """

    @property
    def layer(self) -> Place:
        """The place of the layer at `path`."""
        return layer_place(self.path)

    @property
    def stem(self) -> str:
        """The first part of a key: `stack.0`; empty outside the stack."""
        return ".".join(map(str, ("stack", *self.path))) if self.path else ""

    def lacking(self) -> SpaceError:
        """The error where the experiment has no such place."""
        return SpaceError(message("The range “{range}” belongs to nothing in this experiment.", range=self.key))

    def checked(self, experiment: Component, value: Scalar | None) -> Scalar | None:
        """The value where it is in the domain, else None."""
        return value if value in self.domain(experiment) else None


class FieldRange(Range):
    """Base of ranges of one field; its name is dotted: of a layer `out_features`, outside `recipe.optimizer.lr`."""

    field: _Name = "recipe.batch_size"

    @model_validator(mode="after")
    def _require_part(self) -> Self:
        if not self.path and not self.field.startswith("recipe."):
            raise PydanticCustomError("field", tr_noop("only layers and the recipe can have ranges"))
        return self

    @property
    def place(self) -> Place:
        """The place of the field."""
        return (*(self.layer if self.path else ()), *self.field.split("."))

    @property
    def key(self) -> str:
        return f"{self.stem}.{self.field}".lstrip(".")

    def applied(self, experiment: _C, value: Scalar) -> _C:
        return with_value(experiment, self.place, value)


class NumberRange(FieldRange):
    """Numbers between two bounds, in even steps or in even factors."""

    id: ClassVar[str] = "numbers"
    label: ClassVar[str] = tr_noop("Numbers")
    help: ClassVar[str] = tr_noop("Any number between two bounds.")
    turn: ClassVar[int] = 2

    low: Annotated[float, Field(strict=True)] = 16.0
    high: Annotated[float, Field(strict=True)] = 128.0
    logarithmic: bool = False

    @model_validator(mode="after")
    def _require_order(self) -> Self:
        require_order(self.low, self.high)
        if self.logarithmic and self.low <= 0:
            raise PydanticCustomError("bounds", tr_noop("a logarithmic range begins above 0"))
        return self

    def domain(self, experiment: Component) -> Domain:
        info = field_at(experiment, self.place)
        if info is None or info.kind not in ("integer", "real"):
            raise self.lacking()
        least, greatest = info.minimum, info.maximum
        whole = info.kind == "integer"
        if least is None or greatest is None or not least <= self.low <= self.high <= greatest:
            words = tr_noop("The range “{range}” should lie between {low} and {high}.")
            raise SpaceError(message(words, range=self.key, low=least, high=greatest))
        if whole and not (self.low.is_integer() and self.high.is_integer()):
            raise SpaceError(message("The bounds of “{range}” should be whole numbers.", range=self.key))
        return Interval(self.low, self.high, self.logarithmic, whole)

    def present(self, experiment: Component) -> Scalar | None:
        return self.checked(experiment, value_at(experiment, self.place))

    def applied(self, experiment: _C, value: Scalar) -> _C:
        info = field_at(experiment, self.place)
        if info is None:
            raise NoPlace
        return super().applied(experiment, value if info.kind == "integer" else float(value))


class Choices(FieldRange):
    """A few values of a field; a component is named by its id, none of them by “none”.

    In a field of several components, such as augmentations, an id stands for that one alone.
    An optional layer is one whose field `enabled` is true or false.
    """

    id: ClassVar[str] = "choices"
    label: ClassVar[str] = tr_noop("Choices")
    help: ClassVar[str] = tr_noop("One of a few values.")
    turn: ClassVar[int] = 1

    options: tuple[Annotated[bool | int | float | _Name, Field(union_mode="smart")], ...] = Field(
        (16, 32, 64), min_length=1, max_length=MOST_OPTIONS, fail_fast=True
    )

    @model_validator(mode="after")
    def _require_distinct(self) -> Self:
        _require_distinct([(type(item), item) for item in self.options])
        return self

    def domain(self, experiment: Component) -> Domain:
        for option in self.options:
            try:
                self.applied(experiment, option)
            except (ValueError, OverflowError, NoPlace) as error:  # pydantic's ValidationError is a ValueError
                words = tr_noop("“{option}” is no value for “{range}”.")
                raise SpaceError(message(words, option=str(option), range=self.key)) from error
        return Options(self.options)

    def present(self, experiment: Component) -> Scalar | None:
        value = value_at(experiment, self.place)  # `domain` says so where there is none
        return self.checked(experiment, _id(value) if value is None or isinstance(value, Component | tuple) else value)

    def applied(self, experiment: _C, value: Scalar) -> _C:
        present, info = value_at(experiment, self.place), field_at(experiment, self.place)
        if info is None or info.kind not in ("component", "components") or info.family is None:
            return super().applied(experiment, float(value) if info and info.kind == "real" else value)
        if value == _id(present):
            return experiment
        if value == NONE and (info.optional or info.kind == "components"):
            return with_value(experiment, self.place, None if info.kind == "component" else ())
        member = info.family.member(str(value))
        if member is None:
            raise NoPlace
        return with_value(experiment, self.place, member() if info.kind == "component" else (member(),))


class LayerChoice(Range):
    """One of several layers in a place."""

    id: ClassVar[str] = "layers"
    label: ClassVar[str] = tr_noop("One of several layers")
    help: ClassVar[str] = tr_noop("One of several layers in this place.")
    turn: ClassVar[int] = 0

    options: tuple[Layer, ...] = Field((ReLU(),), min_length=1, max_length=MOST_OPTIONS, fail_fast=True)

    @property
    def key(self) -> str:
        return f"{self.stem} layer"

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the options, numbered where one occurs again."""
        seen: dict[str, int] = {}
        found = []
        for option in self.options:
            seen[option.id] = seen.get(option.id, 0) + 1
            found.append(option.id if seen[option.id] == 1 else f"{option.id} {seen[option.id]}")
        return tuple(found)

    def domain(self, experiment: Component) -> Domain:
        _ensure_layer(self, experiment)
        return Options(self.names)

    def present(self, experiment: Component) -> Scalar | None:
        layer = value_at(experiment, self.layer)
        return next((name for name, option in zip(self.names, self.options, strict=True) if option == layer), None)

    def applied(self, experiment: _C, value: Scalar) -> _C:
        chosen = self.options[self.names.index(str(value))]
        return with_value(experiment, self.layer, chosen)


class Repeats(Range):
    """A layer, such as a container, so many times in a row; 0 leaves it out."""

    id: ClassVar[str] = "repeats"
    label: ClassVar[str] = tr_noop("Repeated")
    help: ClassVar[str] = tr_noop("How many times the layer follows itself; 0 leaves it out.")
    turn: ClassVar[int] = 5  # the last, because it moves layers

    low: Annotated[int, between(0, MOST_TIMES)] = 0
    high: Annotated[int, between(0, MOST_TIMES)] = 3

    @model_validator(mode="after")
    def _require_order(self) -> Self:
        require_order(self.low, self.high)
        return self

    @property
    def key(self) -> str:
        return f"{self.stem} times"

    def domain(self, experiment: Component) -> Domain:
        _ensure_layer(self, experiment)
        return Interval(self.low, self.high, False, True)

    def present(self, experiment: Component) -> Scalar | None:
        layer = value_at(experiment, self.layer)
        return self.checked(experiment, layer.times if isinstance(layer, Repeat) else 1)

    def applied(self, experiment: _C, value: Scalar) -> _C:
        """The layer so many times, each with its own settings; a Repeat gets that number of times instead."""
        layer, times, place = value_at(experiment, self.layer), int(value), self.layer
        siblings, at = value_at(experiment, place[:-1]), int(place[-1])
        row = (layer.with_(times=times),) if isinstance(layer, Repeat) and times else (layer,) * times
        return with_value(experiment, place[:-1], (*siblings[:at], *row, *siblings[at + 1 :]))


def optional(path: tuple[int, ...]) -> Choices:
    """The range of a layer that may be there or not."""
    return Choices(path=path, field="enabled", options=(True, False))


def _ensure_layer(found: Range, experiment: Component) -> None:
    try:
        value_at(experiment, found.layer)
    except NoPlace as error:
        raise found.lacking() from error
    if not found.path:
        raise found.lacking()


def require_order(low: float, high: float) -> None:
    """Raise pydantic's error where bounds are the wrong way round."""
    if low > high:
        raise PydanticCustomError("bounds", tr_noop("the smallest value is above the largest"))


def _require_distinct(options: list[Any]) -> None:
    if len(set(options)) < len(options):
        raise PydanticCustomError("options", tr_noop("an option occurs twice"))


def _id(value: Component | tuple[Any, ...] | None) -> str | None:
    """The id of a component, also of one that is alone among possibly several; None where it has none."""
    if isinstance(value, tuple) and len(value) > 1:
        return None
    alone = value[0] if isinstance(value, tuple) and value else value or None
    return NONE if alone is None else getattr(alone, "id", None)

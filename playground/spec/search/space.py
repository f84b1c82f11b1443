"""Search spaces: ranges and limits of an experiment, as one frozen value that is stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from playground.spec.component import Component, integer, real
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.search import network_ranges  # noqa: F401  registers its ranges
from playground.spec.search.domain import Domain, Scalar
from playground.spec.search.places import NoPlace
from playground.spec.search.ranges import Range, SpaceError

_C = TypeVar("_C", bound=Component)
_MOST_RANGES = 200


class Limits(Component):
    """Upper limits on the cost of a network; 0 stands for no limit."""

    label: ClassVar[str] = tr_noop("Limits")
    help: ClassVar[str] = tr_noop("What a network may take at most; others are not trained.")

    parameters: int = integer(0, tr_noop("Parameters"), tr_noop("Largest number of parameters."), ge=0, le=10**12)
    flops: int = integer(
        0, tr_noop("FLOPs"), tr_noop("Floating-point operations of one sample's forward pass."), ge=0, le=10**15
    )
    milliseconds: float = real(
        0.0,
        tr_noop("Milliseconds"),
        tr_noop("Time of one sample's forward pass on this machine, on one thread."),
        ge=0.0,
        le=1e6,
        unit=tr_noop("ms"),
    )
    memory: int = integer(0, tr_noop("Memory"), tr_noop("Bytes that training takes, about."), ge=0, le=10**15)


class Size(NamedTuple):
    """How much a space holds."""

    networks: int  # at most: all combinations of its ranges in the stack that can be counted
    recipes: int  # the same for ranges outside the stack
    continuous: int  # ranges of numbers that are not whole

    @property
    def text(self) -> Message:
        """A sentence."""
        whole = plural("The space holds up to {count:,} networks", "The space holds 1 network", self.networks)
        if self.recipes > 1:
            words = tr_noop("{networks} with {count:,} recipes each")
            words = words if self.networks > 1 else tr_noop("{networks} with {count:,} recipes")
            whole = message(words, networks=whole, count=self.recipes)
        if self.continuous:
            more = plural("its {count:,} continuous ranges", "its continuous range", self.continuous)
            return message("{whole}, for each value of {more}.", whole=whole, more=more)
        return message("{whole}.", whole=whole)


class SearchSpace(Component):
    """Ranges by place, and limits. A name of a range occurs once."""

    label: ClassVar[str] = tr_noop("Search space")
    help: ClassVar[str] = tr_noop("What a search may change.")

    ranges: tuple[Range, ...] = Field((), max_length=_MOST_RANGES, fail_fast=True)
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _require_distinct(self) -> Self:
        keys = [item.key for item in self.ranges]
        if len(set(keys)) < len(keys):
            raise PydanticCustomError("ranges", tr_noop("a place has two ranges"))
        return self

    def domains(self, experiment: Component) -> dict[str, Domain]:
        """The values that each range allows, by its key.

        Raises:
            SpaceError: a range does not fit the experiment.
        """
        return {item.key: item.domain(experiment) for item in self.ranges}

    def present(self, experiment: Component) -> dict[str, Scalar] | None:
        """The values of the experiment itself; None where one of them is outside its range.

        Raises:
            SpaceError: a range does not fit the experiment.
        """
        self.domains(experiment)
        found = {item.key: item.present(experiment) for item in self.ranges}
        values = {key: value for key, value in found.items() if value is not None}
        return values if len(values) == len(found) else None

    def apply(self, experiment: _C, values: Mapping[str, Any]) -> _C:
        """The experiment with those values, by key, and without a space.

        A value whose place another one has filled differently has no effect.

        Raises:
            SpaceError: there is no such range, or the value does not suit it.
        """
        known = {item.key: item for item in self.ranges}
        for key in values:
            if key not in known:
                raise SpaceError(message("The space has no range “{range}”.", range=key[:200]))
        domains = {key: known[key].domain(experiment) for key in values}
        changed = experiment
        for item in sorted(self.ranges, key=_turn):
            if item.key not in values:
                continue
            value = values[item.key]
            if value not in domains[item.key]:
                words = tr_noop("{value} is not in the range “{range}”.")
                raise SpaceError(message(words, value=str(value)[:200], range=item.key))
            try:
                changed = item.applied(changed, value)
            except NoPlace:
                continue
            except ValidationError as error:
                words = tr_noop("{value} is not possible for “{range}”.")
                raise SpaceError(message(words, value=str(value)[:200], range=item.key)) from error
        return changed.with_(search=None)

    def size(self, experiment: Component) -> Size:
        """How much it holds.

        Raises:
            SpaceError: a range does not fit the experiment.
        """
        counts = {item.key: domain.number for item, domain in self._pairs(experiment)}
        stack = [item.key for item in self.ranges if item.path or not hasattr(item, "field")]
        networks = prod(counts[key] or 1 for key in stack)
        recipes = prod(count or 1 for key, count in counts.items() if key not in stack)
        return Size(networks, recipes, sum(count is None for count in counts.values()))

    def _pairs(self, experiment: Component) -> list[tuple[Range, Domain]]:
        return [(item, item.domain(experiment)) for item in self.ranges]


def _turn(item: Range) -> tuple[int, int, tuple[int, ...]]:
    """The order of application: whole layers first, from the outside; repetition last, from inside and behind."""
    depth = len(item.path)
    return item.turn, -depth if item.turn else depth, tuple(-index for index in item.path)

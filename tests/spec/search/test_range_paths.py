"""Ranges follow their layers through every edit of the stack, and go with what they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.spec.container import Container
from playground.spec.edits import Edit, Insert, Move, Remove, Replace, Set, Unwrap, Wrap, layer_at, outermost
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Parallel, Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.messages import message
from playground.spec.recipe.optimizers import SGD
from playground.spec.search.ranges import NumberRange
from playground.spec.search.space import SearchSpace

Path = tuple[int, ...]


def linear(units: int) -> Linear:
    return Linear(out_features=units)


LAYERS: tuple[Layer, ...] = (
    linear(10),
    Parallel(branches=(Stack(layers=(linear(20), linear(21))), Stack(layers=(linear(22), ReLU())))),
    linear(11),
    Residual(branches=(Stack(layers=(linear(23), Residual(branches=(Stack(layers=(linear(30),)),)))),)),
    linear(12),
)


def units(stack: Stack, before: Path = ()) -> dict[int, Path]:
    """The path of each linear layer, by the units that tell it from others."""
    found: dict[int, Path] = {}
    for index, layer in enumerate(stack.layers):
        if isinstance(layer, Linear):
            found[layer.out_features] = (*before, index)
        if isinstance(layer, Container):
            for number, branch in enumerate(layer.branches):
                found |= units(branch, (*before, index, number))
    return found


def ranged() -> Experiment:
    """An experiment with a range for the units of each linear layer, which begins at the number that it has."""
    stack = Stack(layers=LAYERS)
    ranges = (
        NumberRange(path=path, field="out_features", low=number, high=99) for number, path in units(stack).items()
    )
    return Experiment(stack=stack, search=SearchSpace(ranges=tuple(ranges)))


def ensure_followed(edit: Edit) -> Experiment:
    """Apply an edit: each range that is left is that of its layer, and each layer that is left has its range."""
    before = ranged()
    after = edit.apply(before)
    assert after.search is not None
    found = {int(item.low): item.path for item in after.search.ranges if isinstance(item, NumberRange)}
    known = units(before.stack)
    assert found == {number: path for number, path in units(after.stack).items() if number in known}
    return after


@pytest.mark.parametrize(
    "edit",
    [
        Insert((1,), (ReLU(), linear(50))),
        Insert((5,), (ReLU(),)),
        Insert((3, 0, 1), (ReLU(),)),
        Remove(((0,),)),
        Remove(((0,), (1, 0, 0), (3,))),
        Remove(((1,), (1, 0, 1))),
        Move(((0,),), (3, 0, 1)),
        Move(((1, 0, 1), (3,)), (0,)),
        Move(((3, 0, 1),), (1, 1, 2)),
        Wrap(((0,), (2,)), Residual()),
        Wrap(((3, 0, 0),), Residual()),
        Wrap(((1,),), Residual(branches=(Stack(layers=(ReLU(),)),))),
        Unwrap((1,), "Parallel"),
        Unwrap((3,), "Residual"),
        Unwrap((3, 0, 1), "Residual"),
        Replace((2,), Linear(out_features=11, bias=False), message("Bias")),
        Replace((1,), ReLU(), message("Activation")),
    ],
    ids=repr,
)
def test_ranges_follow_their_layers(edit: Edit) -> None:
    ensure_followed(edit)


def paths(stack: Stack, before: Path = ()) -> Sequence[Path]:
    """Those of all layers."""
    found: list[Path] = []
    for index, layer in enumerate(stack.layers):
        found.append((*before, index))
        if isinstance(layer, Container):
            for number, branch in enumerate(layer.branches):
                found += paths(branch, (*before, index, number))
    return found


PATHS = st.sampled_from(paths(Stack(layers=LAYERS)))


@settings(max_examples=25, deadline=None)
@given(taken=st.lists(PATHS, min_size=1, max_size=4, unique=True), to=PATHS)
def test_ranges_follow_any_move_and_removal(taken: list[Path], to: Path) -> None:
    ensure_followed(Move(tuple(taken), to))
    ensure_followed(Remove(tuple(taken)))
    ensure_followed(Wrap(outermost(taken), Residual()))


def test_a_range_goes_with_the_field_that_it_belongs_to() -> None:
    space = SearchSpace(
        ranges=(
            NumberRange(path=(0,), field="p", low=0.1, high=0.5),
            NumberRange(field="recipe.optimizer.momentum", low=0.1, high=0.9),
            NumberRange(field="recipe.optimizer.lr", low=0.1, high=0.9),
        )
    )
    before = Experiment(stack=Stack(layers=(Dropout(), linear(2))), search=space)
    before = Set(("recipe", "optimizer"), SGD(momentum=0.5), message("Optimizer")).apply(before.with_(search=None))
    before = before.with_(search=space)
    space.domains(before)
    after = Replace((0,), linear(4), message("Layer")).apply(before)
    assert after.search is not None
    assert [item.key for item in after.search.ranges] == ["recipe.optimizer.momentum", "recipe.optimizer.lr"]
    assert layer_at(after.stack, (0,)) == linear(4)
    adam = type(Experiment().recipe.optimizer)()
    changed = Set(("recipe", "optimizer"), adam, message("Optimizer")).apply(after)
    assert changed.search is not None
    kept = ["recipe.optimizer.lr"] if not hasattr(adam, "momentum") else [item.key for item in after.search.ranges]
    assert [item.key for item in changed.search.ranges] == kept

"""Ranges of the structure: what is offered, what stands on a block, and choices of layers that follow an edit."""

from __future__ import annotations

import pytest

from playground.spec.component import NONE
from playground.spec.edits import Insert, Move, Replace, Wrap, layer_at
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU, Tanh
from playground.spec.layers.containers import Repeat, Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.messages import message
from playground.spec.search.names import block_text
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.ranges import Choices, LayerChoice, NumberRange, Range, Repeats, SpaceError, optional
from playground.spec.search.space import SearchSpace
from playground.spec.search.structure import Structure, proposed_structure, ranges_within, structure_at, structure_of

HIDDEN = Linear(out_features=8, activation=Tanh())
LAYERS: tuple[Layer, ...] = (HIDDEN, BatchNorm(), Repeat(times=4), Linear(out_features=2))


def made(*items: Range, layers: tuple[Layer, ...] = LAYERS) -> Experiment:
    return Experiment(stack=Stack(layers=layers), search=SearchSpace(ranges=items) if items else None)


@pytest.mark.parametrize(
    ("kind", "path", "range_"),
    [
        (Structure.OPTIONAL, (1,), optional((1,))),
        (Structure.REPEATED, (0,), Repeats(path=(0,), low=0, high=3)),
        (Structure.REPEATED, (2,), Repeats(path=(2,), low=0, high=8)),
        (Structure.ONE_OF, (0,), LayerChoice(path=(0,), options=(HIDDEN,))),
        (Structure.WIDTH, (), WidthRange(low=0.5, high=2.0)),
        (Structure.ACTIVATION, (), NetworkChoice(what="activation", options=("tanh", "relu", "gelu", "silu"))),
        (Structure.NORM, (), NetworkChoice(what="norm", options=("batch_norm", NONE))),
    ],
)
def test_what_is_offered_holds_the_present_network(kind: Structure, path: tuple[int, ...], range_: Range) -> None:
    experiment = made()
    assert proposed_structure(experiment, kind, path) == range_
    assert range_.present(experiment) is not None
    assert structure_of(range_) is kind
    with_it = made(range_)
    assert structure_at(with_it, kind, path) == range_
    assert ranges_within(with_it, path) == (range_,)


def test_a_layer_that_may_be_left_out_is_offered_once_at_least() -> None:
    assert proposed_structure(made(optional((0,))), Structure.REPEATED, (0,)) == Repeats(path=(0,), low=1, high=3)
    assert structure_of(NumberRange(path=(0,), field="out_features")) is None
    assert structure_of(Choices(field="recipe.batch_size")) is None


def test_the_container_of_the_output_layer_is_refused() -> None:
    layers = (HIDDEN, Residual(branches=(Stack(layers=(Linear(out_features=2),)),)))
    with pytest.raises(SpaceError, match="Residual makes the output"):
        proposed_structure(made(layers=layers), Structure.REPEATED, (1,))


def test_a_frozen_norm_is_kept() -> None:
    layers = (HIDDEN, BatchNorm(frozen=True), Linear(out_features=2))
    with pytest.raises(SpaceError, match="BatchNorm is frozen"):
        proposed_structure(made(layers=layers), Structure.NORM, ())


def test_a_factor_for_no_widths_is_a_range_of_nothing() -> None:
    with pytest.raises(SpaceError, match="belongs to nothing"):
        WidthRange().domain(made(layers=(ReLU(), Linear(out_features=2))))


def test_blocks_say_it_in_words() -> None:
    choice = LayerChoice(path=(0,), options=(HIDDEN, ReLU()))
    items = (optional((0,)), Repeats(path=(0,), low=0, high=2), choice, WidthRange(low=0.5, high=2.0))
    assert [str(block_text(item, made())) for item in items] == [
        "may be left out",
        "repeated 0 … 2 times",
        "one of Linear | ReLU",
        "all widths × 0.5 … 2",
    ]


CELL = Residual(branches=(Stack(layers=(ReLU(),)),))
CHOICE = LayerChoice(path=(0,), options=(ReLU(), CELL))


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (Replace((0,), CELL.with_(activation=Tanh()), message("x")), (0,)),
        (Insert((0, 0, 0), (Tanh(),)), (0,)),
        (Move(((0, 0, 0),), (2,)), (0,)),
        (Wrap(((0, 0, 0),), Repeat()), (0,)),
        (Wrap(((0,),), Repeat()), (0, 0, 0)),
        (Insert((0,), (Tanh(),)), (1,)),
    ],
)
def test_a_choice_of_layers_has_what_the_stack_has(edit: Insert | Move | Wrap | Replace, path: tuple[int, ...]) -> None:
    after = edit.apply(made(CHOICE, layers=(CELL, Linear(out_features=2))))
    (found,) = after.search.ranges if after.search else ()
    assert isinstance(found, LayerChoice)
    assert found.options == (ReLU(), layer_at(after.stack, path))
    assert found.path == path
    assert found.present(after) == "residual"

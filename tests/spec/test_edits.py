"""Edits are pure: each gives a new experiment, leaves the old one as it was, and says what it does."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from playground.spec.edits import Insert, LayerPath, Move, Remove, Replace, Set, layer_at
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ELU, GELU, ReLU, SiLU, Tanh
from playground.spec.messages import message
from playground.spec.recipe.optimizers import SGD

NAMES = {ReLU: "R", Tanh: "T", ELU: "E", GELU: "G", SiLU: "S"}


@pytest.fixture
def experiment() -> Experiment:
    return Experiment(stack=Stack(layers=(ReLU(), Tanh(), ELU(), GELU())))


def letters(experiment: Experiment) -> str:
    return "".join(NAMES[type(layer)] for layer in experiment.stack.layers)


@pytest.mark.parametrize(("path", "expected"), [((0,), "STRTEG"), ((2,), "RTSTEG"), ((4,), "RTEGST")])
def test_insert(experiment: Experiment, path: LayerPath, expected: str) -> None:
    edit = Insert(path, (SiLU(), Tanh()))
    assert letters(edit.apply(experiment)) == expected
    assert letters(experiment) == "RTEG"
    assert str(edit.label) == "Insert 2 layers"


@pytest.mark.parametrize(
    ("paths", "expected", "label"),
    [
        (((0,),), "TEG", "Remove a layer"),
        (((3,), (0,)), "TE", "Remove 2 layers"),
        (((0,), (1,), (2,), (3,)), "", "Remove 4 layers"),
    ],
)
def test_remove(experiment: Experiment, paths: tuple[LayerPath, ...], expected: str, label: str) -> None:
    edit = Remove(paths)
    assert letters(edit.apply(experiment)) == expected
    assert str(edit.label) == label


@pytest.mark.parametrize(
    ("paths", "to", "expected"),
    [
        (((0,),), (2,), "TREG"),
        (((0,),), (4,), "TEGR"),
        (((3,),), (0,), "GRTE"),
        (((2,), (0,)), (4,), "TGRE"),
        (((1,), (2,)), (2,), "RTEG"),
        (((1,), (2,)), (0,), "TERG"),
    ],
)
def test_move(experiment: Experiment, paths: tuple[LayerPath, ...], to: LayerPath, expected: str) -> None:
    assert letters(Move(paths, to).apply(experiment)) == expected


def test_replace(experiment: Experiment) -> None:
    edit = Replace((1,), SiLU(), message("Change Tanh to SiLU"))
    assert letters(edit.apply(experiment)) == "RSEG"
    assert str(edit.label) == "Change Tanh to SiLU"


def test_set_reaches_into_components(experiment: Experiment) -> None:
    faster = Set(("recipe", "optimizer", "lr"), 0.01, message("Learning rate")).apply(experiment)
    assert faster.recipe.optimizer.lr == 0.01
    assert experiment.recipe.optimizer.lr == 0.001
    assert Set(("recipe", "optimizer"), SGD(), message("Optimizer")).apply(faster).recipe.optimizer == SGD()
    assert Set(("seed",), 7, message("Seed")).apply(experiment).seed == 7


def test_set_refuses_what_is_out_of_bounds(experiment: Experiment) -> None:
    with pytest.raises(ValidationError):
        Set(("recipe", "optimizer", "lr"), -1.0, message("Learning rate")).apply(experiment)


def test_layer_at(experiment: Experiment) -> None:
    assert layer_at(experiment.stack, (2,)) == ELU()
    with pytest.raises(IndexError):
        layer_at(experiment.stack, (4,))
    with pytest.raises(IndexError, match="holds no layers"):
        layer_at(experiment.stack, (1, 0, 0))

"""A layer that does not fit is led to the nearest place where it does."""

from __future__ import annotations

import pytest

from playground.spec.check.insertion_points import InsertionPoint, move_fix
from playground.spec.check.problems import check
from playground.spec.check.shapes import walk
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.pooling import AdaptiveAvgPool2d, GlobalPool2d, MaxPool2d
from playground.spec.layers.shape import Flatten
from playground.spec.layers.upsampling import Upsample

CNN = (Conv2d(), MaxPool2d(), Flatten(), Linear(), Linear(out_features=10))


def place(layers: tuple[Layer, ...], path: LayerPath) -> InsertionPoint:
    experiment = Experiment(stack=Stack(layers=layers))
    return InsertionPoint(experiment, walk(experiment.stack, experiment.data.sample_shape), path)


@pytest.mark.parametrize(
    ("layers", "path", "layer", "expected"),
    [
        (CNN, (5,), Conv2d(), (2,)),
        (CNN, (3,), MaxPool2d(), (2,)),
        (CNN, (1,), Linear(), (3,)),
        (CNN, (5,), Embedding(), None),
        (
            (Conv2d(kernel_size=14, stride=28), Flatten(), Linear()),
            (3,),
            MaxPool2d(),
            (0,),
        ),  # where 1 × 1 is left, none fits
        ((Residual(branches=(Stack(layers=(ReLU(),)),)), Flatten(), Linear()), (0, 0, 1), Linear(), (2,)),
        ((Conv2d(), Flatten()), (0,), Linear(), (2,)),  # behind the last
        # It does not fit on 14 × 14, nor in a branch that is repeated; both before and behind the container it does.
        (
            (Repeat(branches=(Stack(layers=(MaxPool2d(), Upsample())),)), *CNN[2:]),
            (0, 0, 1),
            Conv2d(kernel_size=15),
            (1,),
        ),
        # What does not fit already, further behind, is no reason against a place.
        ((Conv2d(), Flatten(), Linear(), MaxPool2d()), (2,), MaxPool2d(), (1,)),
        # Behind a layer that does not fit, nobody knows what the others receive: no better than not fitting.
        ((Conv2d(), GlobalPool2d(), Linear(), MaxPool2d()), (2,), GlobalPool2d(), None),
    ],
)
def test_the_nearest_place(
    layers: tuple[Layer, ...], path: LayerPath, layer: Layer, expected: LayerPath | None
) -> None:
    at = place(layers, path)
    assert at.refusal(layer) is not None
    assert at.nearest(layer) == expected


def test_a_place_at_which_others_no_longer_fit_is_none() -> None:
    at = place((Flatten(), Linear(out_features=784), Linear(out_features=10)), (3,))
    assert at.refusal(Conv2d(kernel_size=28)) is not None
    assert at.nearest(Conv2d(kernel_size=28)) == (0,)
    only = place((Conv2d(kernel_size=28), MaxPool2d(kernel_size=1), Flatten()), (3,))
    assert (
        only.nearest(MaxPool2d(kernel_size=3)) is None
    )  # in front of the convolution it would fit, but that would not


def test_behind_a_place_at_which_others_no_longer_fit_is_another() -> None:
    """Pooled once more, 2 × 2 is too small for the convolution behind it; before it is made 2 × 2, nothing is lost."""
    at = place((AdaptiveAvgPool2d(output_size=2), Conv2d(kernel_size=2), Flatten(), Linear(out_features=10)), (3,))
    assert at.nearest(MaxPool2d()) == (0,)


def test_a_layer_is_not_moved_to_where_another_would_not_fit_then() -> None:
    """Else the two could be moved past one another for ever."""
    layers = (Conv2d(kernel_size=28), MaxPool2d(kernel_size=3), Flatten(), Linear(out_features=10))
    experiment = Experiment(stack=Stack(layers=layers))
    rows = walk(experiment.stack, experiment.data.sample_shape)
    (pooling,) = (row for row in rows if row.mismatch is not None)
    assert pooling.path == (1,)
    assert move_fix(experiment, rows, pooling) is None


def test_what_arrives_first_in_a_container_is_what_arrives_at_it() -> None:
    layers = (Repeat(branches=(Stack(layers=(Conv2d(),)),)),)
    assert place(layers, (0, 0, 0)).shape == (1, 28, 28)
    assert place(layers, (0, 0, 1)).shape == (32, 26, 26)


def test_while_layers_are_being_removed_nothing_is_known_of_the_places_behind() -> None:
    whole = place(CNN, (4,))
    at = InsertionPoint(whole.experiment, whole.rows[:2], whole.path)
    assert at.shape is None
    assert at.refusal(Conv2d()) is None


def test_within_a_container_the_way_is_told_by_the_layers_in_it() -> None:
    layers = (Residual(branches=(Stack(layers=(ReLU(), Linear())),)),)
    assert place(layers, (0, 0, 0)).direction((0, 0, 1)) == (True, ReLU())
    assert place(layers, (0, 0, 2)).direction((0, 0, 1)) == (False, Linear())


@pytest.mark.parametrize(
    ("layers", "labels"),
    [
        ((*CNN, Conv2d()), ["Move before Flatten", "Remove Conv2d"]),
        ((Conv2d(), Linear(), Flatten(), Linear(out_features=10)), ["Insert Flatten", "Move after Flatten"]),
        ((*CNN, Embedding()), ["Remove Embedding"]),
    ],
)
def test_moving_is_offered_where_it_mends(layers: tuple[Layer, ...], labels: list[str]) -> None:
    experiment = Experiment(stack=Stack(layers=layers))
    (problem, *_) = check(experiment)
    assert [str(fix.label) for fix in problem.fixes] == labels
    for fix in problem.fixes:
        mended = fix.apply(experiment)
        assert all(row.mismatch is None for row in walk(mended.stack, mended.data.sample_shape))


def test_a_layer_is_moved_out_of_a_container_in_which_it_cannot_be() -> None:
    inner = Residual(branches=(Stack(layers=(ReLU(), Linear())),))
    experiment = Experiment(stack=Stack(layers=(inner, Flatten(), Linear(out_features=10))))
    (problem,) = check(experiment)
    (_, move) = problem.fixes
    assert str(move.label) == "Move after Flatten"
    assert [layer.label for layer in move.apply(experiment).stack.layers] == ["Residual", "Flatten", "Linear", "Linear"]
    assert check(move.apply(experiment)) == ()

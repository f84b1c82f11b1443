"""What an earlier walk found is used again where it still holds, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playground.spec.check.shapes import totals, walk
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.shape import Flatten

LAYERS = (Conv2d(), MaxPool2d(), MaxPool2d(kernel_size=20), ReLU(enabled=False), Flatten(), Linear(), Linear())
stacks = st.lists(st.sampled_from(LAYERS), max_size=8).map(lambda layers: Stack(layers=tuple(layers)))


@given(st.lists(stacks, min_size=2, max_size=4))
def test_a_walk_that_knows_an_earlier_one_finds_the_same(after_one_another: list[Stack]) -> None:
    rows = walk(after_one_another[0], (1, 28, 28))
    for stack in after_one_another[1:]:
        rows = walk(stack, (1, 28, 28), rows)
        fresh = walk(stack, (1, 28, 28))
        assert [said(row) for row in rows] == [said(row) for row in fresh]


def said(row: object) -> str:
    """All of a row; two mismatches are never equal."""
    return repr(row)


def test_rows_are_kept_where_nothing_changed() -> None:
    layers: tuple[Layer, ...] = (Conv2d(), Flatten(), Linear(out_features=10))
    rows = walk(Stack(layers=layers), (1, 28, 28))
    again = walk(Stack(layers=(layers[0], ReLU(), *layers[1:])), (1, 28, 28), rows)
    assert again[0] is rows[0]
    assert again[3].calls is rows[2].calls
    assert again[3].path == (3,)


def test_a_disabled_layer_is_none_of_the_networks_layers() -> None:
    layers = (Conv2d(), ReLU(enabled=False), Flatten(), Linear(out_features=10))
    assert totals(walk(Stack(layers=layers), (1, 28, 28))).layers == 3
    inside = Residual(branches=(Stack(layers=(Linear(out_features=10), ReLU())),), enabled=False)
    assert totals(walk(Stack(layers=(*layers, inside)), (1, 28, 28))).layers == 3

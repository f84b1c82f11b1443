"""Which layers of a stack can take over weights of an earlier one."""

from __future__ import annotations

import pytest

from playground.spec.check.shapes import walk
from playground.spec.kept_layers import kept_layers
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten

FIRST = (Flatten(), Linear(out_features=16, activation=ReLU()))  # three modules
LAST = Linear(out_features=10)
NORM = BatchNorm(frozen=True)
BLOCK = Residual(branches=(Stack(layers=(Conv2d(out_channels=1, padding=1),)),))


@pytest.mark.parametrize(
    ("before", "after", "pairs", "new"),
    [
        ((*FIRST, LAST), (*FIRST, LAST), ((1, 1), (3, 3)), ()),
        ((*FIRST, LAST), (*FIRST, Linear(out_features=3)), ((1, 1),), (Linear(out_features=3),)),
        ((*FIRST, LAST), (Flatten(), FIRST[1].with_(frozen=True, activation=None), LAST), ((1, 1), (3, 2)), ()),
        ((*FIRST, LAST), (*FIRST, NORM, LAST), ((1, 1), (3, 4)), (NORM,)),
        ((*FIRST, NORM, LAST), (*FIRST, NORM.with_(enabled=False), LAST), ((1, 1), (4, 3)), ()),
        ((*FIRST, LAST), (Linear(out_features=3),), (), (Linear(out_features=3),)),
        ((BLOCK, *FIRST), (BLOCK.with_(activation=ReLU()), Flatten(), LAST), ((0, 0),), (LAST,)),
        ((), (*FIRST,), (), (FIRST[1],)),
    ],
)
def test_layers_are_aligned_by_their_tensors(
    before: tuple[Layer, ...], after: tuple[Layer, ...], pairs: tuple[tuple[int, int], ...], new: tuple[Layer, ...]
) -> None:
    kept = kept_layers(*(walk(Stack(layers=layers), (1, 8, 8)) for layers in (before, after)))
    assert kept.pairs == pairs
    assert kept.new == new
    assert kept.all == len(pairs) + len(new)

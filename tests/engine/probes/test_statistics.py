"""Reductions against numbers that can be counted by hand, also where they are not finite, or lie differently."""

from __future__ import annotations

from math import inf, isnan, nan, sqrt

import numpy as np
import pytest
import torch

from playground.engine.probes.statistics import (
    COUNTED,
    Moments,
    class_counts,
    count_not_finite,
    count_saturated,
    input_statistics,
    largest_by_unit,
    lengths,
    log_histogram,
    moments,
    pooled,
    thinned,
)
from playground.engine.training.snapshots import LOG_BINS, InputStatistics, LayerStatistics


def test_lengths_of_large_numbers_do_not_overflow() -> None:
    found = lengths([torch.tensor([3.0, 4.0]), torch.tensor([[3e30], [4e30]]), torch.zeros(2, 2)])
    assert found == pytest.approx([5.0, 5e30, 0.0])
    assert lengths([]) == []


def test_lengths_of_many_equal_numbers_are_exact() -> None:
    """Added up in a row, their squares would be rounded the same way each time."""
    assert lengths([torch.full((3000, 1000), 0.1)]) == pytest.approx([0.1 * sqrt(3e6)], rel=1e-5)


def test_lengths_are_not_finite_only_where_a_number_is() -> None:
    endless, broken = lengths([torch.tensor([1.0, -inf]), torch.tensor([inf, nan])])
    assert endless == inf
    assert isnan(broken)
    assert count_not_finite([torch.tensor([1.0, -inf, nan]), torch.tensor([2.0]), torch.tensor([inf])]) == 3


def test_moments_of_numbers_far_from_0() -> None:
    """A difference of mean squares would be lost in float32."""
    assert moments(torch.tensor([[9999.0, 10001.0], [9999.0, 10001.0]])) == (4, 10000.0, 1.0)


def test_moments_of_parts_are_those_of_the_whole() -> None:
    values = torch.arange(10.0)
    parts = [moments(values[:3]), moments(values[3:])]
    assert pooled(parts) == pytest.approx(moments(values), rel=1e-6)
    assert pooled([Moments(1, nan, nan), Moments(1, 0.0, 0.0)])[0] != 0.0


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_units_of_images_are_channels(layout: torch.memory_format) -> None:
    images = torch.zeros(2, 3, 4, 4)
    images[1, 1, 2, 3], images[0, 2, 0, 0], images[1, 2, 1, 1] = -2.0, 1.0, nan
    found = largest_by_unit(images.contiguous(memory_format=layout)).tolist()
    assert found[:2] == [0.0, 2.0]
    assert isnan(found[2])


def test_units_of_sequences_and_vectors_are_features() -> None:
    sequences = torch.zeros(2, 4, 3)
    sequences[1, 2, 0] = 5.0
    assert largest_by_unit(sequences).tolist() == [5.0, 0.0, 0.0]
    assert largest_by_unit(torch.tensor([[0.0, 1.0], [0.0, -3.0]])).tolist() == [0.0, 3.0]


def test_saturated_is_close_to_either_end() -> None:
    assert count_saturated(torch.tensor([0.0, 0.005, 0.02, 0.5, 0.98, 0.995, nan]), 0.0, 1.0) == 3
    assert count_saturated(torch.tensor([-1.0, -0.97, 0.0, 0.99]), -1.0, 1.0) == 2


def test_inputs() -> None:
    assert input_statistics(torch.tensor([[1.0, 3.0], [3.0, 1.0]])) == InputStatistics(2.0, 1.0, 1.0, 3.0)
    assert input_statistics(torch.tensor([[1, 2]])) is None


@pytest.mark.parametrize(
    ("targets", "classes", "expected"),
    [
        (torch.tensor([0, 2, 2]), 4, (1.0, 0.0, 2.0, 0.0)),
        (torch.tensor([[0, 1], [1, 1]]), 2, (1.0, 3.0)),
        (torch.tensor([[0.25, 0.75], [1.0, 0.0]]), 2, (1.25, 0.75)),
        (torch.ones(2, 3, 4, 4) * torch.tensor([0.0, 0.5, 1.0]).view(3, 1, 1), 3, (0.0, 16.0, 32.0)),
        (torch.ones(2, 5, 2), 2, (10.0, 10.0)),
        (torch.ones(2, 3), None, ()),
        (torch.tensor([0, 1]), 5000, ()),
    ],
)
def test_classes(targets: torch.Tensor, classes: int | None, expected: tuple[float, ...]) -> None:
    assert class_counts(targets, classes) == expected


def test_the_ratio_of_an_update() -> None:
    layer = LayerStatistics((0,), 4, 1.0, 0.5, 0.001, 0.0, 1.0, None, None, 0)
    assert layer.update_ratio == 0.002
    assert layer._replace(weight=0.0).update_ratio == inf
    assert layer._replace(weight=0.0, update=0.0).update_ratio == 0.0
    assert layer._replace(weight=None, update=None).update_ratio is None


def test_a_histogram_of_powers_is_that_of_numpy() -> None:
    generator = torch.Generator().manual_seed(5)
    for count, scale in ((1, 3.0), (7, 1e-9), (5000, 2e-3), (COUNTED, 1e4)):
        values = scale * torch.randn(count, generator=generator) ** 3
        found = log_histogram(values)
        assert found.reach == values.abs().max().item()
        assert list(found.counts) == np.histogram(values.numpy(), np.array(found.edges, np.float32))[0].tolist()
        assert len(found.counts) == LOG_BINS == len(found.edges) - 1
    middle = LOG_BINS // 2
    assert log_histogram(torch.zeros(4)) == (1.0, tuple(4 * (place == middle) for place in range(LOG_BINS)))
    assert log_histogram(torch.tensor([nan, inf, -2.0])) == (2.0, (1, *[0] * (LOG_BINS - 1)))
    assert log_histogram(torch.empty(0)) == (1.0, (0,) * LOG_BINS)


def test_of_many_numbers_every_nth_is_counted() -> None:
    many, few = torch.arange(2.0 * COUNTED), torch.arange(6.0).reshape(2, 3).t()
    assert torch.equal(thinned((few,)), torch.tensor([0.0, 3.0, 1.0, 4.0, 2.0, 5.0]))
    assert torch.equal(thinned((many, few)), torch.cat([many[::3], torch.tensor([0.0, 4.0])]))

"""Cluttered fields: digits where they are said to be, clutter that is no ink, the same fields for the same seed."""

from __future__ import annotations

import pytest
import torch

from playground.engine.data.in_memory import load
from playground.engine.data.sources.clutter import GRAIN, HALF, SIDE, Fields, arranged, composed, grain
from playground.spec.datasets.clutter import ClutteredMNIST

FEW = ClutteredMNIST(count=40, validation_share=0.25)


@pytest.fixture(scope="module")
def parts() -> tuple[Fields, Fields, Fields]:
    data = load(FEW)
    found = (data.train, data.validation, data.test)
    assert all(isinstance(part, Fields) for part in found)
    return found  # type: ignore[return-value]


def test_shapes_ranges_and_counts(parts: tuple[Fields, Fields, Fields]) -> None:
    assert [len(part) for part in parts] == [30, 10, 2000]
    inputs, masks = parts[0].cut(0, 30)
    assert inputs.shape == (30, 1, 56, 56)
    assert inputs.dtype == torch.float32
    assert 0.0 <= inputs.min() <= inputs.max() <= 1.0
    assert masks.shape == (30, 56, 56)
    assert masks.dtype == torch.int64
    assert set(masks.unique().tolist()) == {0, 1}


def test_without_clutter_and_noise_only_the_digit_is_there() -> None:
    """Each field is the digit's picture, moved; its mask are the pixels from half grey on."""
    images = torch.randint(0, 256, (3, 28, 28), dtype=torch.uint8)
    places = arranged(3, 6, 0, 14, 5, 0)
    inputs, masks = composed(images, torch.zeros(GRAIN), places)
    for number, (field, mask) in enumerate(zip(inputs, masks, strict=True)):
        top, left = places[number, 1:3].tolist()
        expected = torch.zeros(SIDE, SIDE)
        expected[top : top + 28, left : left + 28] = images[number % 3] / 255.0
        assert torch.equal(field[0], expected)
        assert torch.equal(mask, (expected * 255).round() >= HALF)


def test_clutter_lies_over_and_under_but_is_no_ink(parts: tuple[Fields, Fields, Fields]) -> None:
    part = parts[0]
    inputs, masks = part.cut(0, 30)
    for number in range(30):
        empty = torch.from_numpy(part.empty(number))
        assert (empty <= inputs[number, 0] + 1e-6).all()
        top, left = part.positions[number, 1:3].tolist()
        around = torch.ones(SIDE, SIDE, dtype=torch.bool)
        around[top : top + 28, left : left + 28] = False
        assert torch.equal(empty[around], inputs[number, 0][around])
    assert ((inputs[:, 0] > 0.9) & (masks == 0)).any()  # clutter as bright as ink


def test_no_digit_is_in_two_parts_and_no_two_parts_have_the_same_clutter() -> None:
    whole = load(ClutteredMNIST(count=20_000, validation_share=0.5))
    train, held_out = whole.train, whole.validation
    assert isinstance(train, Fields)
    assert isinstance(held_out, Fields)
    both = torch.cat([train.images.flatten(1), held_out.images.flatten(1)])
    assert len(train.images) == 50_000
    assert len(held_out.images) == 10_000
    assert len(both.unique(dim=0)) == len(both)  # MNIST has no digit twice
    assert not torch.equal(train.positions[:100, 4:], held_out.positions[:100, 4:])


def test_a_batch_is_the_fields_of_these_numbers(parts: tuple[Fields, Fields, Fields]) -> None:
    inputs, masks = parts[0].cut(0, 30)
    order = parts[0].order(torch.Generator().manual_seed(1))
    assert sorted(order.tolist()) == list(range(30))
    some, their = parts[0].batch(order[:7])
    assert torch.equal(some, inputs[order[:7]])
    assert torch.equal(their, masks[order[:7]])


def test_the_same_seed_gives_the_same_fields_and_another_gives_others() -> None:
    one, again, other = (load(FEW.with_(data_seed=seed)).train.cut(0, 5)[0] for seed in (3, 3, 4))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_noise_has_the_deviation_asked_for() -> None:
    assert grain(0.3, 0).std().item() == pytest.approx(0.3, rel=0.01)
    assert not grain(0.0, 0).any()


def test_memory_stays_small_however_many_fields_there_are() -> None:
    """Where everything lies takes less than a tenth of what the fields would."""
    part = load(ClutteredMNIST(count=20_000)).train
    assert isinstance(part, Fields)
    assert part.positions.nbytes + part.grain.nbytes + part.images.nbytes < 20_000 * SIDE * SIDE

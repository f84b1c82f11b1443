"""Pictures that are read when they are needed: which are kept, and that several threads may ask for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
import pytest
import torch

from playground.engine.data.on_demand import KeptPictures, OnDemandPairs, Picture

BYTES = 3 * 4 * 4


class Reader:
    """Makes pictures full of their number, and counts how often."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self._lock = Lock()

    def __call__(self, number: int) -> Picture:
        with self._lock:
            self.read.append(number)
        return np.full((3, 4, 4), number, np.uint8)


def test_the_pictures_that_were_used_last_are_kept() -> None:
    reader = Reader()
    kept = KeptPictures(reader, 4 * BYTES + 1)
    for numbers, read in (((0, 1, 2, 3), 4), ((3, 0), 4), ((4,), 5), ((0, 3, 2, 4), 5), ((1,), 6), ((0,), 7)):
        assert kept.pictures(numbers)[:, 0, 0, 0].tolist() == list(numbers)
        assert len(reader.read) == read
        assert kept.kept <= 4 * BYTES


def test_a_batch_may_be_larger_than_what_is_kept_and_name_a_picture_twice() -> None:
    reader = Reader()
    kept = KeptPictures(reader, 2 * BYTES)
    assert kept.pictures([*range(100), 5])[:, 2, 3, 3].tolist() == [*range(100), 5]
    assert sorted(reader.read) == list(range(100))
    assert kept.kept == 2 * BYTES


def test_threads_may_ask_at_the_same_time() -> None:
    kept = KeptPictures(Reader(), 20 * BYTES)
    generator = np.random.default_rng(1)
    asked = [generator.integers(0, 60, 30).tolist() for _ in range(40)]
    with ThreadPoolExecutor(6) as pool:
        for numbers, found in zip(asked, pool.map(kept.pictures, asked), strict=True):
            assert found[:, 1, 1, 1].tolist() == numbers
    assert kept.kept == len(kept._kept) * BYTES == 20 * BYTES


def test_what_cannot_be_read_is_raised_where_it_is_needed() -> None:
    def read(number: int) -> Picture:
        if number == 7:
            raise LookupError("7")
        return np.zeros((1, 2, 2), np.uint8)

    kept = KeptPictures(read)
    with pytest.raises(LookupError, match="7"):
        kept.pictures(range(20))
    assert len(kept.pictures(range(7))) == 7


def test_pairs_without_samples_have_the_shape_of_others() -> None:
    pairs = OnDemandPairs(KeptPictures(Reader()), torch.arange(0), torch.arange(0))
    assert pairs.cut(0, 10)[0].shape == (0, 3, 4, 4)
    assert len(pairs.order(torch.Generator())) == 0

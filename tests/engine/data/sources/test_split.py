"""How samples are divided."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.data.sources.split import split, split_rest


@given(
    st.lists(st.integers(0, 4), min_size=4, max_size=200), st.floats(0, 0.5), st.floats(0.05, 0.5), st.integers(0, 9)
)
def test_every_sample_once_and_every_class_its_share(
    classes: list[int], held_out: float, tested: float, seed: int
) -> None:
    test = max(1, round(len(classes) * tested))
    validation = round((len(classes) - test) * held_out)
    labels = np.array(classes, np.int64)
    parts = split(labels, validation, test, seed)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(classes)))
    assert (len(parts.validation), len(parts.test)) == (validation, test)
    for found, again in zip(parts, split(labels, validation, test, seed), strict=True):
        assert np.array_equal(found, again)
    for kind, count in enumerate(np.bincount(labels)):
        assert abs((labels[parts.test] == kind).sum() - count * test / len(classes)) < 1.5


def test_another_seed_divides_otherwise() -> None:
    labels = np.zeros(100, np.int64)
    assert not np.array_equal(split(labels, 10, 10, 0).test, split(labels, 10, 10, 1).test)


def test_samples_that_have_a_part_keep_it() -> None:
    found = split_rest(np.zeros(6, np.int64), [0, 1, 0, 2, 0, 0], 1, 1, 0)
    assert sorted(np.concatenate(found).tolist()) == list(range(6))
    assert 1 in found.validation
    assert 3 in found.test
    assert [part.dtype for part in found] == [np.int64] * 3

"""Confusion and the figures of classes, against counting one by one."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

import numpy as np
import pytest

from playground.engine.evaluation.class_figures import (
    class_figures,
    confusion_matrix,
    most_confused,
    row_shares,
    similarity_order,
)

CLASSES = 6  # the last of which does not occur


@pytest.fixture
def pairs() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    true = random.integers(0, CLASSES - 1, 400)
    predicted = np.where(random.random(400) < 0.6, true, random.integers(0, CLASSES - 1, 400))
    return true, predicted


def test_the_matrix_counts_pairs_and_keeps_the_place_of_absent_classes(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    found = confusion_matrix(*pairs, CLASSES)
    counted = [[0] * CLASSES for _ in range(CLASSES)]
    for true, predicted in zip(*pairs, strict=True):
        counted[true][predicted] += 1
    assert found.tolist() == counted
    assert found.shape == (CLASSES, CLASSES)


def test_figures_of_each_class_are_as_defined(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    found = class_figures(confusion_matrix(*pairs, CLASSES))
    both = list(zip(*pairs, strict=True))
    for number in range(CLASSES - 1):
        right = sum(1 for true, given in both if true == given == number)
        missed = sum(1 for true, given in both if true == number != given)
        wrongly = sum(1 for true, given in both if given == number != true)
        precision, recall = right / (right + wrongly), right / (right + missed)
        assert found.precision[number] == pytest.approx(precision)
        assert found.recall[number] == pytest.approx(recall)
        assert found.f1[number] == pytest.approx(2 * precision * recall / (precision + recall))
        assert found.iou[number] == pytest.approx(right / (right + missed + wrongly))
        assert found.support[number] == right + missed
    absent = [item[CLASSES - 1] for item in found]
    assert all(map(isnan, absent[:4]))
    assert absent[4] == 0


def test_shares_of_a_row_add_up_to_one(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    shares = row_shares(confusion_matrix(*pairs, CLASSES))
    assert shares[:-1].sum(1) == pytest.approx(1)
    assert np.isnan(shares[-1]).all()


def test_the_pairs_confused_most_often_come_first(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    found = most_confused(*pairs, 5)
    counted: dict[tuple[int, int], int] = {}
    for true, given in zip(*pairs, strict=True):
        if true != given:
            counted[true, given] = counted.get((true, given), 0) + 1
    expected = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:5]
    assert [((pair.true, pair.predicted), pair.times) for pair in found] == expected
    assert most_confused(pairs[0], pairs[0]) == ()


def test_confused_classes_stand_next_to_each_other() -> None:
    """A chain 3 – 0 – 4 – 1 – 2, whose order is known, and a class that is absent."""
    chain = (3, 0, 4, 1, 2)
    confusion = np.diag([50] * 5 + [0])
    for some, other in pairwise(chain):
        confusion[some, other] = confusion[other, some] = 10
    order = similarity_order(confusion)
    assert sorted(order) == list(range(6))
    assert [number for number in order if number != 5] == list(chain[::-1])  # which begins with the smaller end
    assert similarity_order(np.diag([4, 5])) == [0, 1]
    assert similarity_order(np.zeros((4, 4), np.int64)) == [0, 1, 2, 3]


@pytest.mark.parametrize(("true", "given"), [([0, 3], [0, 0]), ([0, 0], [0, -1]), ([0, 1], [0])])
def test_what_is_no_class_is_refused(true: list[int], given: list[int]) -> None:
    with pytest.raises(ValueError, match="class"):
        confusion_matrix(np.array(true), np.array(given), 3)

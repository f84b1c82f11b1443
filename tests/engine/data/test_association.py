"""Associations between columns: against numpy, and small tables computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.data.association import association, correlation_ratio, cramers_v, pearson

RANDOM = np.random.default_rng(0)


def test_pearson_is_that_of_numpy_at_any_size() -> None:
    one = RANDOM.normal(size=200)
    other = 0.3 * one + RANDOM.normal(size=200)
    for scale in (1.0, 1e-200, 1e300):
        assert pearson(one * scale, other) == pytest.approx(np.corrcoef(one, other)[0, 1])


def test_the_correlation_ratio_of_the_usual_example() -> None:
    codes = np.array([0.0] * 5 + [1.0] * 4 + [2.0] * 6)  # algebra, geometry, statistics
    scores = np.array([45, 70, 29, 15, 21, 40, 20, 30, 42, 65, 95, 80, 70, 85, 73.0])
    assert correlation_ratio(codes, scores) ** 2 == pytest.approx(6780 / 9640)


def test_cramers_v_by_hand() -> None:
    # χ² = 100 · (30 · 40 - 10 · 20)² / (40 · 60 · 50 · 50), and φ = V for 2 × 2
    assert cramers_v(np.array([[30.0, 10.0], [20.0, 40.0]])) == pytest.approx((1000**2 / (40 * 60 * 50 * 50)) ** 0.5)
    assert cramers_v(np.full((2, 3), 5.0)) == 0.0


def test_missing_values_are_left_aside() -> None:
    one, other = np.array([1, 2, np.nan, 4, 5.0]), np.array([2, 4, 6, np.nan, 10.0])
    found = association(one, other, category=False, classes=False)
    assert found is not None
    assert found.strength == pytest.approx(1.0)
    assert association(np.full(9, 3.0), np.arange(9.0), category=False, classes=False) is None


@pytest.mark.parametrize("classes", [True, False])
def test_a_category_that_names_the_target_gives_it_away(classes: bool) -> None:
    target = np.repeat([0.0, 1.0], [50, 10])
    found = association(target * 2, target, category=True, classes=classes)
    assert found is not None
    assert found.gives_away
    weak = association(np.arange(60.0) % 3, target, category=True, classes=classes)
    assert weak is not None
    assert not weak.gives_away
    each_row = association(np.arange(60.0), target, category=True, classes=classes)  # fits anything by chance
    assert each_row is not None
    assert not each_row.gives_away


def test_of_rare_classes_the_usual_answer_is_no_giveaway() -> None:
    target, column = np.repeat([0.0, 1.0], [995, 5]), np.arange(1000.0) % 2
    found = association(column, target, category=True, classes=True)
    assert found is not None
    assert not found.gives_away


def test_a_number_with_an_interval_for_each_class_gives_them_away() -> None:
    target = np.repeat([1.0, 0.0], [20, 20])
    skewed = np.concatenate([RANDOM.uniform(0, 1, 20), RANDOM.uniform(2, 100, 20)])
    found = association(skewed, target, category=False, classes=True)
    assert found is not None
    assert found.gives_away
    skewed[0] = 50.0
    found = association(skewed, target, category=False, classes=True)
    assert found is not None
    assert not found.gives_away

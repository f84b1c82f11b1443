"""Associations between columns: against numpy, and small tables computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.data.association import association, cramers_v, kelleys_epsilon, pearson, spearman

RANDOM = np.random.default_rng(0)


def test_pearson_is_that_of_numpy_at_any_size() -> None:
    one = RANDOM.normal(size=200)
    other = 0.3 * one + RANDOM.normal(size=200)
    for scale in (1.0, 1e-200, 1e300):
        assert pearson(one * scale, other) == pytest.approx(np.corrcoef(one, other)[0, 1])


def test_epsilon_of_the_usual_example() -> None:
    codes = np.array([0.0] * 5 + [1.0] * 4 + [2.0] * 6)  # algebra, geometry, statistics
    scores = np.array([45, 70, 29, 15, 21, 40, 20, 30, 42, 65, 95, 80, 70, 85, 73.0])
    # between 6780 of 9640, and so within 2860; their means are 2860 / 12 and 9640 / 14
    assert kelleys_epsilon(codes, scores) ** 2 == pytest.approx(1 - (2860 / 12) / (9640 / 14))
    assert kelleys_epsilon(np.arange(15.0), scores) == 0.0  # each row is a category of its own


def test_cramers_v_by_hand() -> None:
    # χ² = 100 · (30 · 40 - 10 · 20)² / (40 · 60 · 50 · 50); by Bergsma, φ² less 1/99 of 2 - 1/99 sides less 1
    corrected = (1000**2 / (40 * 60 * 50 * 50) - 1 / 99) / (1 - 1 / 99)
    assert cramers_v(np.array([[30.0, 10.0], [20.0, 40.0]])) == pytest.approx(corrected**0.5)
    assert cramers_v(np.diag([7.0, 5.0, 9.0])) == pytest.approx(1.0)
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


def test_many_small_categories_are_not_associated_by_chance() -> None:
    random = np.random.default_rng(1)
    codes, values, classes = (
        random.integers(0, 60, 200) * 1.0,
        random.normal(size=200),
        random.integers(0, 3, 200) * 1.0,
    )
    for target, of_classes in ((values, False), (classes, True)):
        found = association(codes, target, category=True, classes=of_classes)
        assert found is not None
        assert found.strength < 0.25  # η and V without correction are above 0.5


def test_spearman_is_the_correlation_of_mean_ranks() -> None:
    one, other = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0], [2.0, 7.0, 1.0, 8.0, 2.0, 8.0]

    def ranks(values: list[float]) -> list[float]:
        return [sum(v < value for v in values) + (sum(v == value for v in values) + 1) / 2 for value in values]

    assert spearman(np.array(one), np.array(other)) == pytest.approx(np.corrcoef(ranks(one), ranks(other))[0, 1])


def test_a_curve_that_only_rises_gives_the_target_away() -> None:
    column = np.linspace(0, 12, 40)
    found = association(column, np.exp(column), category=False, classes=False)
    assert found is not None
    assert (found.measure, found.gives_away, found.strength) == ("rho", True, pytest.approx(1.0))


@pytest.mark.parametrize("classes", [True, False])
def test_missing_cells_that_tell_the_target_give_it_away(classes: bool) -> None:
    target = np.repeat([0.0, 1.0], [30, 20])
    column = np.where(target > 0, np.nan, RANDOM.normal(size=50))
    for category in (False, True):
        found = association(
            np.abs(np.round(column)) if category else column, target, category=category, classes=classes
        )
        assert found is not None
        assert (found.of_missing, found.gives_away) == (True, True)
    column[::3] = np.nan
    found = association(column, target, category=False, classes=classes)
    assert found is None or not found.gives_away


def test_the_target_rounded_or_in_bands_gives_it_away() -> None:
    target = RANDOM.normal(50, 20, size=300)
    tenths = np.round(target, 1)
    for column in (np.round(target / 30), -np.floor(target / 40), (target > 50).astype(float), np.round(tenths / 25)):
        assert abs(pearson(column, target)) < 0.99
        found = association(column, target, category=False, classes=False)
        assert found is not None
        assert found.gives_away
        assert found.rounded
    bands = np.array([2.0, 0.0, 1.0])[np.digitize(target, [40, 60])]  # categories, in no order
    found = association(bands, target, category=True, classes=False)
    assert found is not None
    assert found.rounded


def test_what_merely_goes_with_a_target_is_not_taken_for_the_target_rounded() -> None:
    target = RANDOM.normal(50, 20, size=300)
    noisy = np.round((target + RANDOM.normal(0, 3, size=300)) / 30)
    doses = np.repeat([1.0, 2.0, 3.0, 5.0], 40)
    caused = np.sqrt(doses) * 100 + RANDOM.normal(0, 4, size=160)
    few = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1.0])  # one row of ten is the largest by chance
    for column, wanted in ((noisy, target), (doses, caused), (few, np.arange(10.0) ** 2)):
        for category in (False, True):
            found = association(column, wanted, category=category, classes=False)
            assert found is not None
            assert not found.rounded

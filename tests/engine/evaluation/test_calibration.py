"""Calibration and threshold, against loops over single answers."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from playground.engine.evaluation.calibration import at_threshold, calibration, threshold_curve


@pytest.fixture
def answers() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    confidence = np.round(random.random(300), 2).astype(np.float32)  # with ties, and values on the edges of bins
    confidence[:5] = 1.0
    return confidence, random.random(300) < confidence


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_bins_and_error_are_as_defined(answers: tuple[np.ndarray, np.ndarray], bins: int) -> None:
    found = calibration(*answers, bins)
    error = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [
            (float(known), bool(right))
            for known, right in zip(*answers, strict=True)
            if low <= float(known) < high or (number == bins - 1 and known == 1.0)
        ]
        assert found.counts[number] == len(inside)
        if inside:
            mean = sum(known for known, _ in inside) / len(inside)
            accuracy = sum(right for _, right in inside) / len(inside)
            assert found.confidence[number] == pytest.approx(mean)
            assert found.accuracy[number] == pytest.approx(accuracy)
            error += len(inside) / 300 * abs(mean - accuracy)
    assert found.ece == pytest.approx(error)
    assert found.counts.sum() == 300


def test_full_confidence_belongs_to_the_last_bin() -> None:
    found = calibration(np.array([1.0, 1.0, 0.2]), np.array([True, False, True]), 5)
    assert found.counts.tolist() == [0, 1, 0, 0, 2]
    assert isnan(found.accuracy[0])
    assert found.ece == pytest.approx((2 * 0.5 + 0.8) / 3)


def test_an_edge_belongs_to_the_bin_above() -> None:
    assert calibration(np.array([0.5]), np.array([True]), 2).counts.tolist() == [0, 1]


@pytest.mark.parametrize("confidence", [[], [1.2], [-0.1], [float("nan")]])
def test_what_is_no_confidence_is_refused(confidence: list[float]) -> None:
    with pytest.raises(ValueError, match="confidences"):
        calibration(np.array(confidence), np.ones(len(confidence), bool))


def test_the_threshold_curve_counts_what_is_answered(answers: tuple[np.ndarray, np.ndarray]) -> None:
    found = threshold_curve(*answers)
    assert found.threshold.tolist() == sorted({float(known) for known in answers[0]}, reverse=True)
    for threshold, share, accuracy in zip(*found, strict=True):
        said = [bool(right) for known, right in zip(*answers, strict=True) if known >= threshold]
        assert share == pytest.approx(len(said) / 300)
        assert accuracy == pytest.approx(sum(said) / len(said))
    assert found.share[-1] == 1


def test_a_threshold_between_two_confidences() -> None:
    curve = threshold_curve(np.array([0.9, 0.6, 0.6, 0.3]), np.array([True, True, False, False]))
    assert at_threshold(curve, 0.5) == (0.75, pytest.approx(2 / 3))
    assert at_threshold(curve, 0.6) == (0.75, pytest.approx(2 / 3))
    assert at_threshold(curve, 0.95) == (0.0, None)
    assert at_threshold(curve, 0.0) == (1.0, 0.5)

"""Contours lie where a formula says that the confidence has their level."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.data.sources.patterns import EDGE
from playground.engine.inference.confidence_contours import CONFIDENCES, HEIGHTS, contours

SIDE = 80
CELL = 2 * EDGE / SIDE
X, Y = np.meshgrid(EDGE * (2 * (np.arange(SIDE) + 0.5) / SIDE - 1), EDGE * (1 - 2 * (np.arange(SIDE) + 0.5) / SIDE))


def test_two_classes_have_lines_on_both_sides_of_their_boundary() -> None:
    second = 1 / (1 + np.exp(-(X - 0.5 * Y)))
    found = contours(np.maximum(second, 1 - second).astype(np.float32), second > 0.5, heights=False)
    assert [contour.level for contour in found] == list(CONFIDENCES)
    for contour in found:
        logit = np.log(contour.level / (1 - contour.level))
        sides = {round(float(np.median(line[:, 0] - 0.5 * line[:, 1])), 1) for line in contour.lines}
        assert sides == {round(logit, 1) + 0.0, -round(logit, 1) + 0.0}
        for line in contour.lines:
            assert np.abs(line[:, 0] - 0.5 * line[:, 1]) == pytest.approx(logit, abs=CELL)


def test_several_classes_and_heights() -> None:
    distance = np.hypot(X, Y)
    rings = contours(np.exp(-distance / 4).astype(np.float32), None, heights=False)
    for contour in rings:
        (line,) = contour.lines
        assert np.hypot(*line.T) == pytest.approx(-4 * np.log(contour.level), abs=CELL)
    slope = contours((X / EDGE).astype(np.float32), None, heights=True)
    assert [contour.level for contour in slope] == list(HEIGHTS)
    for contour in slope:
        assert contour.lines[0][:, 0] == pytest.approx(contour.level * EDGE, abs=CELL)


def test_a_flat_map_and_one_without_numbers_have_none() -> None:
    assert contours(np.full((SIDE, SIDE), 0.6, np.float32), None, heights=False) == ()
    assert contours(np.full((SIDE, SIDE), np.nan, np.float32), None, heights=True) == ()

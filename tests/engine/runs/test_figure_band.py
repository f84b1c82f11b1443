"""The band over the curves of several runs, compared with numpy."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from playground.engine.runs.figure_band import Band, Figure, band
from playground.engine.training.snapshots import Epoch
from tests.engine.runs.stored import opened, step, stored


def curves(losses: list[float], scores: list[float | None]) -> list[Epoch]:
    """The epochs of a run with these training losses and validation scores."""
    both = zip(losses, scores, strict=True)
    return [Epoch(i, 2 * i, 1.0, loss, 0.5, None, score) for i, (loss, score) in enumerate(both, 1)]


@pytest.mark.parametrize("figure", ["train_loss", "validation_score"])
def test_the_band_is_numpys(figure: Figure) -> None:
    values = np.random.default_rng(0).random((4, 7))
    found = band([curves(list(row), list(row)) for row in values], figure)
    assert found.epochs == tuple(range(1, 8))
    assert np.allclose(found.mean, values.mean(0), rtol=1e-15)
    assert np.array_equal(found.low, values.min(0))
    assert np.array_equal(found.high, values.max(0))
    assert found.counts == (4,) * 7


def test_a_run_counts_where_it_has_a_finite_value() -> None:
    runs = [curves([4.0, 2.0, 1.0], [0.5, None, 0.75]), curves([2.0, nan], [0.25, None]), curves([inf], [None])]
    assert band(runs, "train_loss") == Band((1, 2, 3), (3.0, 2.0, 1.0), (2.0, 2.0, 1.0), (4.0, 2.0, 1.0), (2, 1, 1))
    assert band(runs, "validation_score") == Band((1, 3), (0.375, 0.75), (0.25, 0.75), (0.5, 0.75), (2, 1))
    assert band(runs, "validation_loss") == band([], "train_loss") == Band((), (), (), (), ())


def test_the_curves_of_stored_runs_have_a_band(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        runs = [stored(store, count).curves() for count in (1, 3)]
    assert any(type(item) is type(step(1)) for item in runs[0])
    found = band(runs, "validation_loss")
    assert (found.epochs, found.counts) == ((1, 2, 3), (2, 1, 1))
    assert found.mean == (1.0, 1 / 2, 1 / 3)

"""The figures of training are means over few steps, fewer at the beginning and beside a validation."""

from __future__ import annotations

import pytest

from playground.spec.recipe.running_mean import running_mean_steps


@pytest.mark.parametrize(
    ("step", "most", "per_epoch", "steps"),
    [
        (0, 50, None, 1),
        (19, 50, None, 1),
        (20, 50, None, 2),  # a tenth of the steps made so far
        (499, 50, None, 49),
        (500, 50, None, 50),
        (5000, 50, None, 50),
        (5000, 200, None, 200),
        (5000, 200, 100, 50),  # half an epoch
        (5000, 20, 100, 20),
        (5000, 200, 1, 1),
        (100, 200, 100, 10),
    ],
)
def test_over_how_many(step: int, most: int, per_epoch: int | None, steps: int) -> None:
    assert running_mean_steps(step, most, per_epoch) == steps


def test_usually_over_fifty() -> None:
    assert running_mean_steps(1_000_000) == 50

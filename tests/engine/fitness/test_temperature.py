"""The temperature, against scipy's minimiser and torch's cross entropy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from torch.nn import functional

from playground.engine.evaluation.answers import ClassAnswers
from playground.engine.evaluation.calibration import calibration
from playground.engine.fitness.temperature import (
    chance_error,
    confidences,
    fitted_temperature,
    log_shares,
    nll,
)


def made(sharpness: float, count: int = 2000, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are `sharpness` times those that their classes were drawn by."""
    random = np.random.default_rng(3)
    honest = random.normal(size=(count, classes)) * 2
    shares = np.exp(honest) / np.exp(honest).sum(1, keepdims=True)
    targets = (shares.cumsum(1) < random.random((count, 1))).sum(1)
    return honest * sharpness + 7.0, targets


@pytest.mark.parametrize("sharpness", [0.2, 1.0, 3.0, 20.0])
def test_the_temperature_is_the_one_that_a_minimiser_finds(sharpness: float) -> None:
    logits, targets = made(sharpness)

    def loss(exponent: float) -> float:
        scaled = torch.from_numpy(logits) / np.exp(exponent)
        return functional.cross_entropy(scaled, torch.from_numpy(targets)).item()

    expected = minimize_scalar(loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-9})
    found = fitted_temperature(logits, targets)
    assert found is not None
    assert found.value == pytest.approx(np.exp(expected.x), rel=1e-5)
    assert found.value == pytest.approx(sharpness, rel=0.1)
    assert (found.nll_before, found.nll_after) == pytest.approx((loss(0.0), expected.fun))


def test_there_is_none_where_all_are_right_or_worse_than_guessing() -> None:
    logits, _ = made(1.0)
    assert fitted_temperature(logits, logits.argmax(1)) is None
    assert fitted_temperature(logits, logits.argmin(1)) is None


def test_confidences_are_those_of_softmax() -> None:
    logits, targets = made(3.0)
    shares = (torch.from_numpy(logits) / 1.7).softmax(1)
    assert confidences(logits, 1.7) == pytest.approx(shares.amax(1).numpy())
    assert nll(logits / 1.7, targets) == pytest.approx(
        -shares.gather(1, torch.from_numpy(targets)[:, None]).log().mean().item()
    )


def test_log_odds_give_the_logarithms_of_the_shares() -> None:
    logits = torch.randn(50, 4, dtype=torch.float64) * 20
    odds = logits.log_softmax(1) - torch.log1p(-logits.softmax(1)).clamp_min(-700)
    odds[0, 0] = -torch.inf
    none = np.zeros((50, 1))
    answers = ClassAnswers(*[none.astype(int)] * 2, *[none.astype(np.float32)] * 2, None, 4, none, odds.numpy())
    found = log_shares(answers)
    assert found is not None
    assert found[0, 0] == pytest.approx(np.log(1e-12))
    small = logits.softmax(1) < 0.999  # where 1 − p has its digits in this test
    small[0, 0] = False
    assert found[small.numpy()] == pytest.approx(logits.log_softmax(1)[small].numpy())
    assert log_shares(answers._replace(log_odds=None)) is None


def test_chance_is_what_calibrated_answers_stay_below() -> None:
    random = np.random.default_rng(9)
    sure = random.uniform(0.5, 1.0, size=150)
    limit = chance_error(sure)
    errors = [calibration(sure, random.random(150) < sure).ece for _ in range(1000)]
    assert np.mean(np.array(errors) <= limit) == pytest.approx(0.95, abs=0.03)

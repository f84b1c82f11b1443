"""A language model's loss in other words, and only where the loss is what they are about."""

from __future__ import annotations

from math import log

import pytest

from playground.spec.cross_entropy import cross_entropy_text, is_language_model
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.recipe.losses import MSE, CrossEntropy, Loss
from playground.spec.recipe.recipe import Recipe
from playground.spec.verdict import Findings, verdict


def test_guessing_among_equals_is_told_as_that() -> None:
    assert str(cross_entropy_text(log(64))) == "6.000 bits, perplexity 64.00"
    assert "perplexity" in str(cross_entropy_text(1e9))  # of a run that is going wrong


@pytest.mark.parametrize(
    ("loss", "is_so"), [(CrossEntropy(), True), (CrossEntropy(label_smoothing=0.1), False), (MSE(), False)]
)
def test_only_the_plain_cross_entropy_is_told_so(loss: Loss, is_so: bool) -> None:
    assert is_language_model(Experiment(data=Shakespeare(), recipe=Recipe(loss=loss))) is is_so


def test_only_of_a_language_model() -> None:
    assert not is_language_model(Experiment(data=MNIST()))
    assert not is_language_model(Experiment(data=Shakespeare(asked="restore")))


def test_the_verdict_tells_it() -> None:
    said = str(verdict(Experiment(data=Shakespeare()), Findings(log(4), 0.55, 1000)))
    assert said == (
        "1.3863 nats a character on the end of the text, 2.000 bits, perplexity 4.00; 55.00 % are guessed right."
    )
    restored = verdict(Experiment(data=Shakespeare(asked="restore")), Findings(1.0, 0.8, 1000))
    assert str(restored).startswith("F1 80.00 %")

"""What is said of a test: the same words for the same figures, whatever was trained."""

from __future__ import annotations

import pytest

from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset, presets, promise
from playground.spec.recipe.losses import MSE, CrossEntropy
from playground.spec.recipe.recipe import Recipe
from playground.spec.verdict import Baseline, Findings, verdict
from tests.spec.verdicts_of_classes import CLASSES
from tests.spec.verdicts_of_other_tasks import OTHER_TASKS

TABLE = {**CLASSES, **OTHER_TASKS}


@pytest.mark.parametrize("case", TABLE)
def test_the_verdict(case: str) -> None:
    data, tested, baseline, promised, said = TABLE[case]
    assert str(verdict(Experiment(data=data), tested, baseline, promised)) == said


def test_cards_promise_the_number_that_they_say() -> None:
    for one in presets():
        if one.promise is None:
            continue
        told = {f"{one.promise:.2f} nats", f"{100 * one.promise:.3g} %", f"{30 * one.promise:.0f} of 30"}
        assert any(words in one.expected for words in told), (one.id, one.expected)


def test_a_promise_holds_for_its_own_data_and_layers() -> None:
    textbook = preset("textbook").experiment
    assert promise(textbook) == 0.977
    assert promise(textbook.with_(recipe=textbook.recipe.with_(epochs=3))) == 0.977
    assert promise(textbook.with_(data=textbook.data.with_(train_limit=100))) is None
    assert promise(preset("too-high-learning-rate").experiment) is None
    assert promise(Experiment(data=Heights())) is None


def test_a_language_model_whose_loss_is_not_in_nats_is_told_by_what_it_guesses_right() -> None:
    experiment = Experiment(data=Shakespeare(), recipe=Recipe(loss=MSE()))
    said = verdict(experiment, Findings(0.01, 0.55, 1000), Baseline(0.27, nats=2.45))
    assert str(said) == (
        "Accuracy 55.00 % on the 1,000 test windows; the commonest answer for each character gives 27.00 %."
    )


def test_class_weights_are_not_advised_where_there_are_some() -> None:
    found = Findings(0.9, 0.098, 10_000, same="0")
    weighted = Recipe(loss=CrossEntropy(class_weights=(30.0, *[1.0] * 9)))
    assert "Class weights" in str(verdict(Experiment(data=MNIST()), found))
    assert "Class weights" not in str(verdict(Experiment(data=MNIST(), recipe=weighted), found))


def test_the_classes_of_points_are_called_as_beside_the_map() -> None:
    assert Points().class_names == ("1", "2")

"""What is said of a test: the same words for the same figures, whatever was trained."""

from __future__ import annotations

from math import inf, nan

import pytest

from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset, presets, promise
from playground.spec.recipe.losses import MSE, CrossEntropy
from playground.spec.recipe.recipe import Recipe
from playground.spec.verdict import Baseline, Findings, verdict

ONES = Baseline(0.1135, "1")  # the commonest digit, among MNIST's 10,000 test images
ADVICE = "Try another learning rate, ten times smaller first, more epochs, or another seed."

TABLE = {
    "fit": (
        MNIST(),
        Findings(0.03, 0.992, 10_000),
        ONES,
        None,
        "Fit to deploy: 99.20 % of the 10,000 test images are right.",
    ),
    "just fit": (
        MNIST(),
        Findings(0.03, 0.99, 10_000),
        ONES,
        None,
        "Fit to deploy: 99.00 % of the 10,000 test images are right.",
    ),
    "one too few": (
        MNIST(),
        Findings(0.03, 0.9899, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 98.99 % of the 10,000 test images are right, 1 too few for 99 %.",
    ),
    "three too few": (  # 248 of 250 are 99.2 %, 247 only 98.8 %
        MNIST(),
        Findings(0.1, 245 / 250, 250),
        ONES,
        None,
        "Not fit to deploy yet: 98.00 % of the 250 test images are right, 3 too few for 99 %.",
    ),
    "fit, and promised more": (
        MNIST(),
        Findings(0.03, 0.991, 10_000),
        ONES,
        0.997,
        "Fit to deploy: 99.10 % of the 10,000 test images are right.",
    ),
    "as promised": (
        MNIST(),
        Findings(0.1, 0.976, 10_000),
        ONES,
        0.977,
        "97.60 % of the 10,000 test images are right, about what this network’s card promises (97.7 %).",
    ),
    "as promised but for rounding": (  # two standard deviations of 10,000 answers are 0.003
        MNIST(),
        Findings(0.1, 0.9721, 10_000),
        ONES,
        0.977,
        "97.21 % of the 10,000 test images are right, about what this network’s card promises (97.7 %).",
    ),
    "less than promised": (
        MNIST(),
        Findings(0.1, 0.962, 10_000),
        ONES,
        0.977,
        "Not fit to deploy yet: 96.20 % of the 10,000 test images are right, 280 too few for 99 %.",
    ),
    "far from fit": (
        MNIST(),
        Findings(0.9, 0.7, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 70.00 % of the 10,000 test images are right; 99 % are needed. " + ADVICE,
    ),
    "not far from fit": (
        MNIST(),
        Findings(0.3, 0.9223, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 92.23 % of the 10,000 test images are right; 99 % are needed.",
    ),
    "just far from fit": (
        MNIST(),
        Findings(0.4, 0.8899, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 88.99 % of the 10,000 test images are right; 99 % are needed. " + ADVICE,
    ),
    "just not far from fit": (
        MNIST(),
        Findings(0.4, 0.89, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 89.00 % of the 10,000 test images are right; 99 % are needed.",
    ),
    "nearly fit": (
        MNIST(),
        Findings(0.2, 0.94, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 94.00 % of the 10,000 test images are right, 500 too few for 99 %.",
    ),
    "pupil": (
        DistilledMNIST(),
        Findings(0.3, 0.917, 10_000),
        ONES,
        0.92,
        "91.70 % of the 10,000 test images are right, about what this network’s card promises (92 %).",
    ),
    "chance": (
        MNIST(),
        Findings(2.3, 0.098, 10_000),
        ONES,
        0.977,
        "9.80 % of the 10,000 test images are right: no better than always answering “1”, which gives 11.35 %. "
        + ADVICE,
    ),
    "hardly better": (
        Points(),
        Findings(0.6, 0.51, 1000),
        Baseline(0.5, "1"),
        None,
        "51.00 % of the 1,000 test points are right: hardly better than always answering “1”, which gives 50.00 %; "
        "it may be chance. " + ADVICE,
    ),
    "as good as the commonest": (
        Points(),
        Findings(0.7, 0.5, 1000),
        Baseline(0.5, "1"),
        None,
        "50.00 % of the 1,000 test points are right: no better than always answering “1”, which gives 50.00 %. "
        + ADVICE,
    ),
    "within two standard deviations": (  # of 1,000 answers: √(0.5 · 0.5 / 1000) = 0.0158 each
        Points(),
        Findings(0.6, 0.531, 1000),
        Baseline(0.5, "1"),
        None,
        "53.10 % of the 1,000 test points are right: hardly better than always answering “1”, which gives 50.00 %; "
        "it may be chance. " + ADVICE,
    ),
    "beyond two standard deviations": (
        Points(),
        Findings(0.6, 0.532, 1000),
        Baseline(0.5, "1"),
        None,
        "53.20 % of the 1,000 test points are right; always answering “1” gives 50.00 %.",
    ),
    "stopped after 3 steps": (
        MNIST(),
        Findings(2.3, 0.11, 10_000, step=3, planned=4300, stopped=True),
        ONES,
        None,
        "Stopped after 3 of 4,300 steps. 11.00 % of the 10,000 test images are right: no better than always answering "
        "“1”, which gives 11.35 %. Let it train longer.",
    ),
    "stopped too late, and bad": (
        MNIST(),
        Findings(2.3, 0.11, 10_000, step=10, planned=10, stopped=True),
        ONES,
        None,
        "11.00 % of the 10,000 test images are right: no better than always answering “1”, which gives 11.35 %. "
        + ADVICE,
    ),
    "stopped too late": (
        MNIST(),
        Findings(0.03, 0.992, 10_000, step=10, planned=10, stopped=True),
        ONES,
        None,
        "Fit to deploy: 99.20 % of the 10,000 test images are right.",
    ),
    "the same answer on an unbalanced table": (
        Table(),
        Findings(0.05, 0.9917, 240, same="no {0}"),
        Baseline(0.9917, "no {0}"),
        None,
        "The network answers “no {0}” for each of the 240 test rows. That is right for 99.17 % of them, because so "
        "many are; none of the others is found. " + ADVICE + " Class weights help where one class is rare.",
    ),
    "iris": (
        Table(),
        Findings(0.1, 29 / 30, 30),
        Baseline(1 / 3, "setosa"),
        29 / 30,
        "96.67 % of the 30 test rows are right, as this network’s card promises (96.7 %); always answering "
        "“setosa” gives 33.33 %.",
    ),
    "iris, about as promised": (  # of 30 answers: 2 · √(29/30 · 1/30 / 30) = 0.066 below 0.967
        Table(),
        Findings(0.1, 28 / 30, 30),
        Baseline(1 / 3, "setosa"),
        29 / 30,
        "93.33 % of the 30 test rows are right, about what this network’s card promises (96.7 %); always answering "
        "“setosa” gives 33.33 %.",
    ),
    "iris, less than promised": (
        Table(),
        Findings(0.1, 27 / 30, 30),
        Baseline(1 / 3, "setosa"),
        29 / 30,
        "90.00 % of the 30 test rows are right; always answering “setosa” gives 33.33 %.",
    ),
    "iris, changed": (
        Table(),
        Findings(0.1, 0.8, 30),
        Baseline(1 / 3, "setosa"),
        None,
        "80.00 % of the 30 test rows are right; always answering “setosa” gives 33.33 %.",
    ),
    "points": (
        Points(),
        Findings(0.01, 0.995, 1000),
        Baseline(0.5, "1"),
        None,
        "99.50 % of the 1,000 test points are right; always answering “1” gives 50.00 %.",
    ),
    "language": (
        Shakespeare(),
        Findings(1.5, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.3,
        "1.5000 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "Counting which character follows which gives 2.4500 nats and 27.00 %.",
    ),
    "language, alone": (
        Shakespeare(),
        Findings(1.5, 0.55, 1000),
        None,
        1.5,
        "1.5000 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right.",
    ),
    "language, just as promised": (
        Shakespeare(),
        Findings(1.5, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.5,
        "1.5000 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "That is what this network’s card promises (1.5 nats). Counting which character follows which gives 2.4500 "
        "nats and 27.00 %.",
    ),
    "language, no better": (
        Shakespeare(),
        Findings(2.5, 0.2, 1000),
        Baseline(0.27, nats=2.45),
        None,
        "2.5000 nats a character on the end of the text, 3.607 bits, perplexity 12.18; 20.00 % are guessed right. "
        "That is no better than counting which character follows which (2.4500 nats, 27.00 %). " + ADVICE,
    ),
    "language, as good as counting": (
        Shakespeare(),
        Findings(2.45, 0.27, 1000),
        Baseline(0.27, nats=2.45),
        None,
        "2.4500 nats a character on the end of the text, 3.535 bits, perplexity 11.59; 27.00 % are guessed right. "
        "That is no better than counting which character follows which (2.4500 nats, 27.00 %). " + ADVICE,
    ),
    "language, as promised": (
        Shakespeare(),
        Findings(1.49, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.48,
        "1.4900 nats a character on the end of the text, 2.150 bits, perplexity 4.44; 55.00 % are guessed right. "
        "That is about what this network’s card promises (1.48 nats). Counting which character follows which gives "
        "2.4500 nats and 27.00 %.",
    ),
    "language, just about as promised": (
        Shakespeare(),
        Findings(1.4999, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.48,
        "1.4999 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "That is about what this network’s card promises (1.48 nats). Counting which character follows which gives "
        "2.4500 nats and 27.00 %.",
    ),
    "language, just less than promised": (
        Shakespeare(),
        Findings(1.5001, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.48,
        "1.5001 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "Counting which character follows which gives 2.4500 nats and 27.00 %.",
    ),
    "tags": (
        Shakespeare(asked="restore"),
        Findings(0.2, 0.7, 1000),
        Baseline(0.4),
        None,
        "F1 70.00 % on the 1,000 test windows; the commonest answer for each character gives 40.00 %.",
    ),
    "pixels": (
        ClutteredMNIST(),
        Findings(0.2, 0.915, 2000),
        Baseline(0.0),
        0.91,
        "IoU 91.50 % on the 2,000 test images, as this network’s card promises (91 %); the commonest class of each "
        "pixel gives 0.00 %.",
    ),
    "pixels, about as promised": (
        ClutteredMNIST(),
        Findings(0.2, 0.9051, 2000),
        Baseline(0.0),
        0.91,
        "IoU 90.51 % on the 2,000 test images, about what this network’s card promises (91 %); the commonest class of "
        "each pixel gives 0.00 %.",
    ),
    "pixels, less than promised": (
        ClutteredMNIST(),
        Findings(0.2, 0.9049, 2000),
        Baseline(0.0),
        0.91,
        "IoU 90.49 % on the 2,000 test images; the commonest class of each pixel gives 0.00 %.",
    ),
    "pictures": (
        ReconstructedMNIST(),
        Findings(0.2, 0.1, 10_000),
        Baseline(0.18),
        None,
        "R² 10.00 % on the 10,000 test images: no better than the mean of the training set, which gives 18.00 %. "
        + ADVICE,
    ),
    "pictures, as good as the mean": (
        ReconstructedMNIST(),
        Findings(0.2, 0.18, 10_000),
        Baseline(0.18),
        None,
        "R² 18.00 % on the 10,000 test images: no better than the mean of the training set, which gives 18.00 %. "
        + ADVICE,
    ),
    "better than the mean": (
        Heights(),
        Findings(0.01, 0.9, 1000, rmse=0.1234567, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.09 on average (MAE; RMSE 0.1235) on the 1,000 test points, R² 90.00 %; always answering "
        "the mean, 0.02, is off by 0.33 (RMSE 0.39).",
    ),
    "a number, alone": (
        Heights(),
        Findings(0.01, 0.9, 1000, rmse=0.12, mae=0.09),
        None,
        None,
        "“height” is off by 0.09 on average (MAE; RMSE 0.12) on the 1,000 test points, R² 90.00 %.",
    ),
    "hills": (
        Heights(),
        Findings(0.01, 0.966, 1000, rmse=0.1, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        0.97,
        "“height” is off by 0.09 on average (MAE; RMSE 0.1) on the 1,000 test points, R² 96.60 %, about what "
        "this network’s card promises (97 %); always answering the mean, 0.02, is off by 0.33 (RMSE 0.39).",
    ),
    "hills, less than promised": (
        Heights(),
        Findings(0.01, 0.9649, 1000, rmse=0.1, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        0.97,
        "“height” is off by 0.09 on average (MAE; RMSE 0.1) on the 1,000 test points, R² 96.49 %; always answering "
        "the mean, 0.02, is off by 0.33 (RMSE 0.39).",
    ),
    "worse than the mean": (
        Heights(),
        Findings(0.2, -0.5, 1000, rmse=0.5, mae=0.4),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.4 on average (MAE; RMSE 0.5) on the 1,000 test points, R² −50.00 %: no better than "
        "always answering the mean, 0.02 (MAE 0.33, RMSE 0.39). " + ADVICE,
    ),
    "as good as the mean": (
        Heights(),
        Findings(0.2, -0.001, 1000, rmse=0.39, mae=0.33),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.33 on average (MAE; RMSE 0.39) on the 1,000 test points, R² −0.10 %: no better than "
        "always answering the mean, 0.02 (MAE 0.33, RMSE 0.39). " + ADVICE,
    ),
    "the same number": (
        Heights(),
        Findings(0.2, -0.1, 1000, same="", rmse=0.4, mae=0.3),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "The network gives the same answer for each of the 1,000 test points: it has learned nothing "
        "from them. R² −10.00 %. " + ADVICE,
    ),
    "the same for each character": (
        Shakespeare(),
        Findings(3.3, 0.15, 1000, same=""),
        Baseline(0.27, nats=2.45),
        None,
        "The network gives the same answer for each of the 1,000 test windows: it has learned nothing from them. "
        "Accuracy 15.00 %. " + ADVICE,
    ),
    "no number": (MNIST(), Findings(nan, nan, 10_000), ONES, None, "The loss on the test images is no finite number."),
    "infinite": (
        MNIST(),
        Findings(inf, 0.99, 10_000),
        ONES,
        None,
        "The loss on the test images is no finite number.",
    ),
    "given up": (
        MNIST(),
        Findings(0.0, 0.0, 10_000, step=3, planned=10, stopped=True, given_up=True),
        None,
        None,
        "Stopped after 3 of 10 steps. The test was stopped as well: how good the network is, is not known.",
    ),
    "given up after the last step": (
        MNIST(),
        Findings(0.0, 0.0, 10_000, step=10, planned=10, given_up=True),
        None,
        None,
        "The test was stopped as well: how good the network is, is not known.",
    ),
    "nothing to test with": (
        Table(),
        Findings(0.0, 0.0, 0),
        None,
        None,
        "There are no rows to test with: nothing was tested.",
    ),
}


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

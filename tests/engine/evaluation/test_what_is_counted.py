"""Ranks where confidences are rounded, R² of one sample, and the words beside figures: against plain computations."""

from __future__ import annotations

from itertools import product
from math import isnan

import numpy as np
import pytest
import torch
from torch import nn

from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.evaluation.answers import NumberAnswers, all_answers
from playground.engine.evaluation.confidence import confidence_words
from playground.engine.evaluation.data_part import EvaluatedPart, Part
from playground.engine.evaluation.evaluate import beliefs, log_beliefs, log_odds
from playground.engine.evaluation.figures import figures
from playground.engine.evaluation.report import report
from playground.engine.evaluation.residuals import residuals, undefined_score
from playground.spec.data.dataset import Dataset
from playground.spec.data.separate_test import SeparateTest
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import Softmax
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE, BinaryCrossEntropy, CrossEntropy, Loss
from playground.spec.recipe.recipe import Recipe

RANDOM = torch.Generator().manual_seed(2)


def experiment_of(data: Dataset, loss: Loss, *end: Softmax) -> Experiment:
    outputs = data.task.output[-1]
    stack = Stack(layers=(Linear(out_features=outputs), *end))
    return Experiment(name="Small", data=data, stack=stack, recipe=Recipe(loss=loss))


def roc_area(scores: np.ndarray, members: np.ndarray) -> float:
    """The share of pairs of a member and another in which the member has the greater score."""
    pairs = list(product(scores[members], scores[~members]))
    return sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)


@pytest.mark.parametrize("loss", [CrossEntropy(), BinaryCrossEntropy()])
def test_classes_are_ranked_by_their_logits_where_probabilities_round_to_1(loss: Loss) -> None:
    experiment = experiment_of(Points(), loss)
    inputs = 60 * torch.randn(120, 2, generator=RANDOM)
    targets = (inputs[:, 0] + 40 * torch.randn(120, generator=RANDOM) > 0).long()
    network = nn.Sequential(nn.Linear(2, 2))
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor([[-1.0, 0.2], [1.0, 0.3]]))
        logits = network(inputs).double().numpy()
    found = all_answers(network, experiment, InputTargetPairs(inputs, targets))
    assert found.classes is not None
    assert found.classes.probabilities is not None
    rounded = found.classes.probabilities[:, 1]
    assert len(np.unique(rounded)) < 100  # many are the same
    if isinstance(loss, CrossEntropy):
        odds = logits[:, 1] - logits[:, 0]
    else:
        odds = -np.logaddexp(0, -logits[:, 1]) + np.logaddexp(0, -logits[:, 0])
    assert found.classes.log_odds is not None
    assert found.classes.log_odds[:, 1] == pytest.approx(odds, rel=1e-5, abs=1e-5)
    tables = figures(found).classes
    assert tables is not None
    expected = roc_area(odds, targets.numpy() == 1)
    assert tables.ranking[1].roc_area == pytest.approx(expected)
    assert expected != pytest.approx(roc_area(rounded, targets.numpy() == 1), abs=1e-4)
    per_class = report(found, experiment.data.task, ("0", "1"))["per_class"]
    assert per_class[1]["roc_area"] == pytest.approx(expected)

    # Answering only the surest: the accuracy of the k with the largest margins.
    certainty = np.abs(odds)
    right = logits.argmax(1) == targets.numpy()
    order = np.argsort(-certainty, kind="stable")
    shares, accuracies = tables.thresholds.share, tables.thresholds.accuracy
    assert len(shares) == 120
    for k in (1, 10, 50, 120):
        assert accuracies[np.isclose(shares, k / 120)] == pytest.approx([right[order[:k]].mean()])
    assert (np.diff(tables.thresholds.threshold) <= 0).all()


def test_probabilities_of_a_softmax_layer_and_of_plain_numbers_keep_their_rank() -> None:
    logits = torch.tensor([[0.0, 30.0, -3.0], [0.0, 40.0, -3.0], [1.0, 0.5, 0.0]])
    network = nn.Sequential(nn.Softmax(1))
    shares = network(logits)
    assert shares[0, 1] == shares[1, 1] == 1
    found = log_odds(log_beliefs(network, shares))
    others = torch.logsumexp(logits.double()[:, [0, 2]], 1)
    assert found[:, 1] == pytest.approx((logits.double()[:, 1] - others).numpy(), rel=1e-5)
    given = torch.tensor([[-1.0, 0.5, 1.5], [0.0, 0.0, 2.0], [float("nan"), 0.0, 1.0]])
    logs = log_beliefs(nn.Sequential(), given, MSE())
    assert logs.exp().numpy() == pytest.approx(beliefs(nn.Sequential(), given, MSE()).numpy(), rel=1e-6)
    assert log_odds(logs)[0].tolist() == pytest.approx([float("-inf"), np.log(1 / 3), np.log(3)])


def test_r2_is_not_defined_for_one_sample_and_for_equal_targets() -> None:
    experiment = experiment_of(Heights(), MSE())
    network = nn.Sequential(nn.Linear(2, 1))
    inputs = torch.randn(4, 2, generator=RANDOM)
    for count, targets, words in (
        (1, [3.0], "a single sample"),
        (4, [2.0, 2.0, 2.0, 2.0], "all targets are the same"),
        (4, [2.0, 2.0, 2.0, 3.0], None),
    ):
        part = InputTargetPairs(inputs[:count], torch.tensor(targets)[:, None])
        found = all_answers(network, experiment, part)
        assert isnan(found.evaluation.score) == (words is not None)
        reason = undefined_score(found)
        assert (reason is None) if words is None else (words in str(reason))
    for value in (0.1, 12.7, 1e6 + 0.1):  # whose mean is rounded
        same = NumberAnswers(np.full(7, value), np.arange(7.0))
        assert isnan(residuals(same).r_squared)
    with torch.no_grad():
        network[0].weight.fill_(float("nan"))  # no numbers: that is another reason
    assert undefined_score(all_answers(network, experiment, part)) is None


def test_what_is_counted_and_where_it_is_from() -> None:
    def part_of(data: Dataset, part: Part) -> EvaluatedPart:
        return EvaluatedPart(part, InputTargetPairs(torch.zeros(3, 1), torch.zeros(3)), 3, data)

    assert part_of(MNIST(), Part.TEST).places is None
    assert str(part_of(ClutteredMNIST(), Part.TEST).places) == f"{3 * 56 * 56:,} pixels"
    assert str(part_of(Shakespeare(context=64), Part.TEST).places) == "192 characters"
    assert part_of(MNIST(), Part.VALIDATION).remark is None
    assert str(part_of(MNIST(), Part.TRAIN).remark) == "seen in training"
    table = Table()
    tested = table.with_(split_by="file", source=table.source.with_(tested=SeparateTest(path="/data/new.csv", rows=3)))
    assert str(part_of(tested, Part.TEST).remark) == "from the test file “new.csv”"
    assert part_of(table, Part.TEST).remark is None


def test_the_confidence_is_defined_by_the_loss_and_the_last_layer() -> None:
    for loss, words in (
        (CrossEntropy(), "by softmax over the outputs"),
        (BinaryCrossEntropy(), "over the sum of the sigmoids"),
        (MSE(), "those below 0 count as 0. With MSE the"),
    ):
        assert words in str(confidence_words(experiment_of(MNIST(), loss)))
        assert "Softmax at the end of the network" in str(confidence_words(experiment_of(MNIST(), loss, Softmax())))

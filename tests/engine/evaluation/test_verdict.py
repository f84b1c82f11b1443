"""What a test says of a network: what it found, beside what needs none and what was promised."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from playground.engine.data.in_memory import Data, load
from playground.engine.evaluation.evaluate import Evaluation
from playground.engine.evaluation.verdict import Conclusion, VerdictBuilder
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

LENGTHS = Experiment(
    data=Table(target="petal length", asks="number"),
    stack=Stack(layers=(Linear(out_features=1),)),
    recipe=Recipe(loss=MSE()),
)


def judged(experiment: Experiment, data: Data, outputs: Tensor, found: Evaluation | None) -> Conclusion:
    """The verdict on outputs (N, …) for the test samples, shown in two pieces, after the last step."""
    judge, count = VerdictBuilder(experiment, data), len(data.test)
    for start, stop in ((0, 7), (7, count)):
        inputs, targets = data.test.cut(start, stop)
        judge.watch(inputs, outputs[start:stop], targets)
    return judge.judge(found, 1_000_000, stopped=False)


def logits(data: Data, right: int) -> Tensor:
    """Of so many test digits the right class, of the others the next one: (N, 10)."""
    _, targets = data.test.cut(0, len(data.test))
    said = torch.where(torch.arange(len(targets)) < right, targets, (targets + 1) % 10)
    return F.one_hot(said, 10).float()


def test_it_is_compared_with_the_commonest_class(dense: Experiment, digits: Data) -> None:
    found = judged(dense, digits, logits(digits, 15), Evaluation(2.0, 0.15))
    counts = torch.bincount(digits.train.cut(0, 200)[1], minlength=10)
    least = (digits.test.cut(0, 100)[1] == counts.argmax()).float().mean().item()
    assert found.baseline_score == pytest.approx(least)
    assert f"always answering “{counts.argmax()}”" in str(found.verdict)
    assert (found.test_rmse, found.test_mae) == (None, None)


def test_what_a_card_promises_is_told(mnist: Data) -> None:
    experiment = preset("lenet-5").experiment
    found = judged(experiment, mnist, logits(mnist, 9_845), Evaluation(0.05, 0.9845))
    assert "card promises" in str(found.verdict)
    other = experiment.with_(stack=Stack(layers=experiment.stack.layers[:-1]))
    assert "card promises" not in str(judged(other, mnist, logits(mnist, 9_845), Evaluation(0.05, 0.9845)).verdict)


def test_errors_of_a_number_are_told_beside_those_of_the_mean() -> None:
    data = load(LENGTHS.data)
    _, targets = data.test.cut(0, len(data.test))
    off = torch.full_like(targets, 0.1)
    off[::2] = -0.2
    found = judged(LENGTHS, data, targets + off, Evaluation(0.02, 0.97))
    assert found.test_mae == pytest.approx(data.unit * off.abs().mean().item(), rel=1e-5)
    assert found.test_rmse == pytest.approx(data.unit * off.square().mean().sqrt().item(), rel=1e-5)
    assert "always answering the mean" in str(found.verdict)


def test_a_test_that_was_given_up_has_no_figures() -> None:
    """Though some of the samples were seen."""
    data = load(LENGTHS.data)
    _, targets = data.test.cut(0, len(data.test))
    found = judged(LENGTHS, data, targets + 0.1, None)
    assert found[1:] == (None, None, None)
    assert "The test was stopped as well" in str(found.verdict)

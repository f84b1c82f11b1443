"""The figures of an evaluation are those of all samples at once, in whatever chunks they were computed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.engine.build import resolve
from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.evaluation.evaluate import Evaluation, evaluate
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.spec.data.task import Score, Task, classes
from playground.spec.recipe.losses import (
    MAE,
    MSE,
    CrossEntropy,
    Dice,
    DiceCrossEntropy,
    Focal,
    Huber,
    KLDivergence,
    Loss,
)
from tests.contract.test_pairings import TASKS

COUNT = 40
WEIGHTS = (0.2, 1.0, 30.0, 4.0)
SET = {
    "smoothed": CrossEntropy(label_smoothing=0.1),
    "weighted": CrossEntropy(class_weights=WEIGHTS),
    "weighted and smoothed": CrossEntropy(class_weights=WEIGHTS, label_smoothing=0.2),
    "warm": KLDivergence(temperature=4.0),
}
CASES = {
    f"{kind}, {name}": (loss, task)
    for kind, loss in {**{member.id: member() for member in Loss.members()}, **SET}.items()
    for name, task in {**TASKS, "F1 of each step": Task((5, 4), "classes", Score.F1)}.items()
    if task.targets in loss.takes
}


def samples(task: Task) -> InputTargetPairs:
    """Outputs of a network, and targets in the order of their classes, so that each chunk holds others."""
    generator = torch.Generator().manual_seed(7)
    outputs = 2.0 * torch.randn(COUNT, *task.output, generator=generator)
    if task.targets != "classes":
        numbers = torch.rand(COUNT, *task.output, generator=generator)
        return InputTargetPairs(outputs, numbers.softmax(1) if task.targets == "soft" else numbers)
    places = task.output[1:] if len(task.output) == 3 else task.output[:-1]
    labels = torch.randint(task.classes or 0, (COUNT * task.positions,), generator=generator)
    return InputTargetPairs(outputs, labels.sort().values.view(COUNT, *places))


def evaluated(loss: Loss, task: Task, part: InputTargetPairs, chunk: int) -> Evaluation:
    """What an evaluation in chunks of that size finds; the outputs are those of a network that changes nothing."""
    objective = Objective(loss, task, torch.device("cpu"))
    chunks = evaluate(nn.Sequential(nn.Identity()), objective, Scoring(task, loss.output_activation), part, chunk)
    while True:
        try:
            next(chunks)
        except StopIteration as end:
            return end.value


def by_torch(loss: Loss, task: Task, part: InputTargetPairs) -> float:
    """The loss of all samples at once, in float64, of torch's own functions alone."""
    outputs, targets = part.inputs.double(), part.targets
    if task.classes is None:
        of_numbers = _OF_NUMBERS.get(loss.id) or resolve(loss.call())  # further ones are functions of torch's as well
        return float(of_numbers(outputs, targets.double()))
    if outputs.dim() == 4:
        outputs = outputs.flatten(2).transpose(1, 2)
    rows, labels = outputs.reshape(-1, task.classes), targets.flatten()
    shares = (targets if task.targets == "soft" else functional.one_hot(labels, task.classes)).double()
    if isinstance(loss, CrossEntropy):
        weights = torch.tensor(loss.class_weights).double() if loss.class_weights else None
        asked = shares if task.targets == "soft" else labels
        return float(functional.cross_entropy(rows, asked, weights, label_smoothing=loss.label_smoothing))
    if isinstance(loss, KLDivergence):
        spread = shares * (1 - loss.smoothing) + loss.smoothing / task.classes
        spread = (spread.log() / loss.temperature).softmax(1)
        found = functional.kl_div((rows / loss.temperature).log_softmax(1), spread, reduction="batchmean")
        return float(found * loss.temperature**2)
    if isinstance(loss, Focal):
        p = rows.softmax(1)[torch.arange(len(rows)), labels]
        return float((-((1 - p) ** loss.gamma) * p.log()).mean())
    if isinstance(loss, Dice | DiceCrossEntropy):
        overlap = _dice(rows.softmax(1), shares, task)
        surprise = functional.cross_entropy(rows, shares)
        return float(overlap if isinstance(loss, Dice) else surprise + loss.weight * overlap)
    return float(_OF_NUMBERS[loss.id](rows, shares))


def _dice(p: Tensor, t: Tensor, task: Task) -> Tensor:
    """The mean over the samples, each with an overlap of its own; of places without the background."""
    p, t = (item.view(COUNT, task.positions, -1)[..., int(task.positions > 1) :].flatten(1) for item in (p, t))
    return (1 - 2 * (p * t).sum(1) / (p.square().sum(1) + t.square().sum(1))).mean()


_OF_NUMBERS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
    MSE.id: functional.mse_loss,
    MAE.id: functional.l1_loss,
    Huber.id: functional.huber_loss,
}


@pytest.mark.parametrize(("loss", "task"), CASES.values(), ids=CASES)
def test_a_set_has_one_loss_and_one_score_whatever_the_chunks_are(loss: Loss, task: Task) -> None:
    part = samples(task)
    whole = by_torch(loss, task, part)
    found = [evaluated(loss, task, part, chunk) for chunk in (1, 7, 16, COUNT)]
    assert [item.loss for item in found] == pytest.approx([whole] * 4, rel=1e-6, abs=1e-6)
    assert all(one.score == pytest.approx(other.score, rel=1e-6, abs=1e-6) for one, other in pairwise(found))


def test_a_rare_class_of_great_weight_counts_in_its_chunk_alone() -> None:
    """Chunks of 16 of such a set had a mean of means of 1.289, where 0.906 is right."""
    task, loss = classes(2), CrossEntropy(class_weights=(1.0, 30.0))
    outputs = torch.tensor([[2.0, 0.0]] * 39 + [[1.0, 0.0]])
    part = InputTargetPairs(outputs, torch.tensor([0] * 39 + [1]))
    right = (39 * 0.126928 + 30 * 1.313262) / (39 + 30)
    assert evaluated(loss, task, part, 16).loss == pytest.approx(right, rel=1e-5)

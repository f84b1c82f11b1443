"""Every loss is its formula, written out number by number, and has a slope however sure the network is."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, log1p

import pytest
import torch
from torch import Tensor

from playground.engine.evaluation.objective import Objective
from playground.engine.losses import dice as dice_of_places
from playground.engine.losses import kl_divergence as kl_divergence_of_places
from playground.spec.data.task import classes
from playground.spec.recipe.losses import (
    MAE,
    MSE,
    BinaryCrossEntropy,
    CrossEntropy,
    Dice,
    DiceCrossEntropy,
    Focal,
    Huber,
    KLDivergence,
    Loss,
)

CLASSES = 4
OUTPUTS = torch.tensor(
    [[0.3, -1.2, 2.0, 0.0], [5.0, -4.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0], [-0.2, 1.4, 0.1, 0.9]], dtype=torch.float64
)
LABELS = torch.tensor([2, 1, 0, 1])

Sample = Callable[[list[float], int], float]  # outputs and the right class: the loss of one sample


def softmax(z: list[float]) -> list[float]:
    total = sum(map(exp, z))
    return [exp(item) / total for item in z]


def target(label: int, smoothing: float = 0.0) -> list[float]:
    return [(1 - smoothing) * (k == label) + smoothing / CLASSES for k in range(CLASSES)]


def cross_entropy(z: list[float], label: int, smoothing: float = 0.0) -> float:
    return -sum(t * log(p) for t, p in zip(target(label, smoothing), softmax(z), strict=True))


def kl_divergence(z: list[float], label: int, smoothing: float, temperature: float = 1.0) -> float:
    """Kullback and Leibler, 1951, equation 2.3; with a temperature as Hinton et al., 2015, section 2, have it."""
    p = softmax([item / temperature for item in z])
    softer = [t ** (1 / temperature) for t in target(label, smoothing)]
    q = [t / sum(softer) for t in softer]
    return temperature**2 * sum(b * log(b / a) for a, b in zip(p, q, strict=True) if b)


def focal(z: list[float], label: int, gamma: float) -> float:
    """Lin et al., 2017, arXiv:1708.02002, equation 4."""
    p = softmax(z)[label]
    return -((1 - p) ** gamma) * log(p)


def binary_cross_entropy(z: list[float], label: int) -> float:
    """-ln σ(z) for the right class and -ln(1 - σ(z)) for each other: Goodfellow et al., Deep Learning, 6.2.2.2."""
    return sum(log1p(exp(-item if k == label else item)) for k, item in enumerate(z)) / CLASSES


def error(power: int) -> Sample:
    return lambda z, label: sum(abs(y - t) ** power for y, t in zip(z, target(label), strict=True)) / CLASSES


def huber(z: list[float], label: int, delta: float) -> float:
    """Huber, 1964, Robust Estimation of a Location Parameter: half the square, then a tangent to it."""
    errors = [abs(y - t) for y, t in zip(z, target(label), strict=True)]
    return sum(e * e / 2 if e < delta else delta * (e - delta / 2) for e in errors) / CLASSES


def dice(z: list[float], label: int) -> float:
    """Milletari et al., 2016, arXiv:1606.04797, section 3."""
    p, t = softmax(z), target(label)
    overlap = 2 * sum(a * b for a, b in zip(p, t, strict=True))
    return 1 - overlap / (sum(a * a for a in p) + sum(b * b for b in t))


FORMULAS: list[tuple[Loss, Sample]] = [
    (CrossEntropy(), cross_entropy),
    (CrossEntropy(label_smoothing=0.2), lambda z, y: cross_entropy(z, y, 0.2)),
    (KLDivergence(), lambda z, y: kl_divergence(z, y, 0.1)),
    (KLDivergence(smoothing=0.0), lambda z, y: kl_divergence(z, y, 0.0)),
    (KLDivergence(temperature=2.0), lambda z, y: kl_divergence(z, y, 0.1, 2.0)),
    (Focal(), lambda z, y: focal(z, y, 2.0)),
    (Focal(gamma=0.5), lambda z, y: focal(z, y, 0.5)),
    (Focal(gamma=0.0), cross_entropy),
    (BinaryCrossEntropy(), binary_cross_entropy),
    (MSE(), error(2)),
    (MAE(), error(1)),
    (Huber(), lambda z, y: huber(z, y, 1.0)),
    (Huber(delta=0.25), lambda z, y: huber(z, y, 0.25)),
    (Dice(), dice),
    (DiceCrossEntropy(), lambda z, y: cross_entropy(z, y) + dice(z, y)),
    (DiceCrossEntropy(weight=0.3), lambda z, y: cross_entropy(z, y) + 0.3 * dice(z, y)),
]


def test_class_weights_are_a_weighted_mean() -> None:
    """As `torch.nn.CrossEntropyLoss` says: each sample counts by the weight of its class, over the sum of these."""
    weights = (1.0, 2.5, 0.5, 4.0)
    counted = [weights[label] for label in LABELS.tolist()]
    found = map(cross_entropy, OUTPUTS.tolist(), LABELS.tolist())
    expected = sum(one * weight for one, weight in zip(found, counted, strict=True)) / sum(counted)
    assert value(CrossEntropy(class_weights=weights), OUTPUTS, LABELS).item() == pytest.approx(expected, rel=1e-5)


def test_dice_of_places_leaves_the_background_out_and_is_the_mean_over_samples() -> None:
    chance = torch.Generator().manual_seed(4)
    outputs = torch.randn(2, 5, 3, generator=chance)
    targets = torch.eye(3)[torch.tensor([[0, 1, 2, 0, 1], [0, 0, 0, 2, 0]])]
    expected = []
    for p, t in zip(outputs.softmax(2)[..., 1:], targets[..., 1:], strict=True):
        expected.append(1 - 2 * (p * t).sum().item() / ((p**2).sum() + (t**2).sum()).item())
    assert dice_of_places(outputs, targets).item() == pytest.approx(sum(expected) / 2, rel=1e-5)


def test_positions_of_a_sample_count_like_samples() -> None:
    """Outputs (N, P, C) with another P than C."""
    targets = torch.eye(CLASSES, dtype=torch.float64)[LABELS]
    found = kl_divergence_of_places(
        OUTPUTS.view(2, 2, CLASSES), targets.view(2, 2, CLASSES), smoothing=0.1, temperature=2.0
    )
    assert found.item() == pytest.approx(
        kl_divergence_of_places(OUTPUTS, targets, smoothing=0.1, temperature=2.0).item()
    )


@pytest.mark.parametrize("loss", [CrossEntropy(), KLDivergence(), BinaryCrossEntropy()], ids=lambda loss: loss.id)
def test_probabilities_of_positions_count_like_those_of_samples(loss: Loss) -> None:
    objective = Objective(loss, classes(CLASSES), torch.device("cpu"))
    outputs, targets = OUTPUTS.float(), torch.tensor([target(label, 0.2) for label in LABELS.tolist()])
    found = objective(outputs.view(2, 2, CLASSES), targets.view(2, 2, CLASSES))
    assert found.item() == pytest.approx(objective(outputs, targets).item(), rel=1e-5)


def test_dice_of_what_is_small_and_alike_is_nothing() -> None:
    assert dice_of_places(torch.zeros(1, 4), torch.full((1, 4), 0.25)).item() == pytest.approx(0.0, abs=1e-6)


every_loss = pytest.mark.parametrize("member", Loss.members(), ids=lambda member: member.id)


def value(loss: Loss, outputs: Tensor, labels: Tensor) -> Tensor:
    objective = Objective(loss, classes(outputs.shape[1]), torch.device("cpu"))
    return objective(outputs.float(), labels)


@pytest.mark.parametrize(("loss", "formula"), FORMULAS, ids=[repr(loss) for loss, _ in FORMULAS])
def test_a_loss_is_its_formula(loss: Loss, formula: Sample) -> None:
    expected = sum(map(formula, OUTPUTS.tolist(), LABELS.tolist())) / len(LABELS)
    assert value(loss, OUTPUTS, LABELS).item() == pytest.approx(expected, rel=1e-5)


@every_loss
def test_a_formula_stands_here(member: type[Loss]) -> None:
    assert any(type(loss) is member for loss, _ in FORMULAS)


@every_loss
def test_the_better_answer_costs_less(member: type[Loss]) -> None:
    right, wrong = torch.eye(CLASSES)[[2]] * 0.9, torch.eye(CLASSES)[[3]] * 0.9
    assert value(member(), right, torch.tensor([2])) < value(member(), wrong, torch.tensor([2]))


@pytest.mark.parametrize("loss", [loss for loss, _ in FORMULAS], ids=repr)
@pytest.mark.parametrize("size", [0.0, 20.0, 1e4])
def test_has_a_slope_however_sure_the_network_is(loss: Loss, size: float) -> None:
    outputs = (torch.eye(CLASSES) * size).requires_grad_()
    for labels in (torch.arange(CLASSES), torch.arange(CLASSES).flip(0)):
        outputs.grad = None
        found = value(loss, outputs, labels)
        found.backward()
        assert found.isfinite()
        assert outputs.grad is not None
        assert outputs.grad.isfinite().all()

"""What is found before training: in the data, and in the recipe; figures beside independent computations."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from playground.engine.data.in_memory import Data, InputTargetPairs, load
from playground.engine.doctor.chance_loss import chance_loss
from playground.engine.doctor.doctor import examine
from playground.engine.doctor.finding import Finding
from playground.spec.check.problems import check
from playground.spec.check.recipe_fixes import round_rate
from playground.spec.data.patterns import Gaussians, Moons
from playground.spec.datasets.points import Heights, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.recipe.losses import MAE, MSE, BinaryCrossEntropy, CrossEntropy
from playground.spec.recipe.recipe import Recipe
from tests.benchmarks.doctor_data import imbalanced, mislabelled, overlapping, scaled

PLANE = Points(count=1000, pattern=Moons())
NET = Stack(layers=(Linear(out_features=8, activation=ReLU()), Linear(out_features=2)))
USUAL = Experiment(data=PLANE, stack=NET)


def only(found: tuple[Finding, ...], id: str) -> Finding:
    """The single finding."""
    assert [one.id for one in found] == [id]
    assert found[0].step == 0
    return found[0]


def mended(found: Finding, experiment: Experiment, data: Data) -> bool:
    """Whether nothing is found any more after the fix."""
    assert found.fix is not None
    better = found.fix.apply(experiment)
    return not check(better) and not examine(better, data)


def by_class(data: Data) -> Data:
    """The same data with the training samples sorted by class."""
    train = data.train
    assert isinstance(train, InputTargetPairs)
    order = train.targets.argsort(stable=True)
    return replace(data, train=InputTargetPairs(train.inputs[order], train.targets[order]))


@pytest.fixture(scope="module")
def points() -> Data:
    return load(PLANE)


def test_usual_data_are_in_order(points: Data) -> None:
    assert examine(USUAL, points) == ()


def test_inputs_that_are_not_scaled(points: Data) -> None:
    large = scaled(points, 100.0)
    found = only(examine(USUAL, large), "unscaled_inputs")
    assert found.figure == max(abs(number) for row in large.train.cut(0, 1000)[0].tolist() for number in row)
    assert mended(found, USUAL, large)
    assert examine(USUAL, scaled(points, 3.0)) == ()


def test_a_rare_class(points: Data) -> None:
    rare = imbalanced(points, 1, 0.02)
    found = only(examine(USUAL, rare), "class_imbalance")
    labels = rare.train.cut(0, 1000)[1].tolist()
    assert found.figure == labels.count(1) / len(labels)
    assert mended(found, USUAL, rare)
    assert examine(USUAL, imbalanced(points, 1, 0.5)) == ()


def test_test_samples_that_are_trained_on(points: Data) -> None:
    common = overlapping(points, 0.3)
    found = only(examine(USUAL, common), "overlap")
    train = {tuple(row) for row in common.train.cut(0, 1000)[0].tolist()}
    assert found.figure == sum(tuple(row) in train for row in common.test.cut(0, 10_000)[0].tolist())
    assert str(int(found.figure)) in str(found.sentence)
    assert examine(USUAL, overlapping(points, 0.05)) == ()


def test_validation_and_test_samples_that_are_trained_on_are_both_told(points: Data) -> None:
    train = points.train
    assert isinstance(train, InputTargetPairs)
    copied = InputTargetPairs(train.inputs[:40].clone(), train.targets[:40])
    found = only(examine(USUAL, replace(points, validation=copied, test=copied)), "overlap")
    assert found.figure == 80
    assert "40 of the 40 validation samples" in str(found.sentence)
    assert "40 of the 40 test samples" in str(found.sentence)


def test_labels_that_differ_from_all_around_them(points: Data) -> None:
    wrong = mislabelled(points, 2, 0.3, seed=1)
    found = only(examine(USUAL, wrong), "label_noise")
    inputs, labels = wrong.train.cut(0, 1000)
    doubtful = 0
    for number, point in enumerate(inputs):
        nearest = (inputs - point).square().sum(1).argsort()[1:6].tolist()
        others = [labels[i].item() for i in nearest if i != number]
        doubtful += others.count(1 - labels[number].item()) >= 4
    assert found.figure == pytest.approx(doubtful / len(inputs), abs=0.005)
    assert examine(USUAL, mislabelled(points, 2, 0.03, seed=1)) == ()


def test_batches_that_are_too_small_for_batch_norm(points: Data) -> None:
    stack = Stack(layers=(Linear(out_features=8), BatchNorm(), ReLU(), Linear(out_features=2)))
    small = Experiment(data=PLANE, stack=stack, recipe=Recipe(batch_size=2))
    found = only(examine(small, points), "batch_too_small")
    assert found.figure == 2
    assert mended(found, small, points)
    assert examine(small.with_(recipe=Recipe(batch_size=8)), points) == ()


def test_memory_that_hardly_suffices(points: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Stack(layers=(Linear(out_features=2000), Linear(out_features=20_000), Linear(out_features=2)))
    large = USUAL.with_(stack=wide)
    from playground.engine.doctor import recipe_faults
    from playground.spec.check.memory import training_bytes
    from playground.spec.check.shapes import walk

    needed = training_bytes(large, walk(wide, PLANE.sample_shape))
    monkeypatch.setattr(recipe_faults, "available", lambda: int(needed / 0.9))
    assert only(examine(large, points), "memory").figure == pytest.approx(0.9, abs=0.001)
    monkeypatch.setattr(recipe_faults, "available", lambda: 2 * needed)
    assert examine(large, points) == ()


def test_the_loss_of_chance_is_the_entropy_of_the_classes(points: Data) -> None:
    rare = imbalanced(points, 1, 0.25)
    labels = rare.train.cut(0, 1000)[1].tolist()
    share = torch.tensor([labels.count(0), labels.count(1)], dtype=torch.float64) / len(labels)
    entropy = -(share * share.log()).sum().item()
    for loss in (CrossEntropy(), BinaryCrossEntropy()):
        assert chance_loss(USUAL.with_(recipe=Recipe(loss=loss)), rare) == pytest.approx(entropy, rel=1e-5)


def test_data_that_are_sorted_by_class_are_judged_by_all_of_them() -> None:
    many = PLANE.with_(count=5000)
    usual = USUAL.with_(data=many)
    data = by_class(load(many))
    labels = data.train.cut(0, len(data.train))[1]
    assert labels[:1000].unique().tolist() == [0]
    share = torch.bincount(labels).double() / len(labels)
    entropy = -(share * share.log()).sum().item()
    assert chance_loss(usual, data) == pytest.approx(entropy, rel=0.01)
    assert examine(usual, data) == ()
    only(examine(usual, by_class(mislabelled(data, 2, 0.3, seed=1))), "label_noise")
    train = data.train
    assert isinstance(train, InputTargetPairs)
    large = InputTargetPairs(torch.where(train.targets[:, None] == 1, 100 * train.inputs, train.inputs), train.targets)
    only(examine(usual, replace(data, train=large)), "unscaled_inputs")


def test_of_the_absolute_error_an_answer_of_0_for_each_class_is_the_loss_of_chance(points: Data) -> None:
    rare = imbalanced(points, 1, 0.25)
    assert chance_loss(USUAL.with_(recipe=Recipe(loss=MAE())), points) == pytest.approx(0.5, abs=1e-3)
    labels = rare.train.cut(0, 1000)[1].tolist()
    share = labels.count(1) / len(labels)
    assert 2 * share * (1 - share) < 0.5  # of the mean
    assert chance_loss(USUAL.with_(recipe=Recipe(loss=MAE())), rare) == pytest.approx(2 * share * (1 - share), rel=1e-4)


def test_the_loss_of_chance_is_the_variance_of_numbers() -> None:
    hills = Heights(count=500)
    data = load(hills)
    heights = data.train.cut(0, 1000)[1]
    run = Experiment(data=hills, stack=NET, recipe=Recipe(loss=MSE()))
    assert chance_loss(run, data) == pytest.approx(heights.var(correction=0).item(), rel=1e-5)
    none = InputTargetPairs(torch.zeros(0, 2), torch.zeros(0, 1))
    assert chance_loss(run, replace(data, train=none)) is None


@pytest.mark.parametrize(("rate", "rounded"), [(0.003, 0.002), (0.05, 0.05), (0.0999, 0.05), (1.0, 1.0), (1e-12, 1e-8)])
def test_rates_are_rounded_down_to_1_2_or_5(rate: float, rounded: float) -> None:
    assert round_rate(rate) == rounded


def test_gaussians_that_overlap_are_no_label_noise() -> None:
    plane = Points(count=1000, pattern=Gaussians(), noise=0.5)
    assert examine(USUAL.with_(data=plane), load(plane)) == ()

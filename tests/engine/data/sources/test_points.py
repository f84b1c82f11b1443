"""Points of the plane: made up as declared, divided as declared, the same for the same seed."""

from __future__ import annotations

from math import atan2, hypot, pi, sin

import pytest
import torch

from playground.engine.build import run
from playground.engine.data.in_memory import load
from playground.engine.data.sources.patterns import EDGE, Point, features
from playground.engine.training.snapshots import Change, Step
from playground.engine.training.trainer import Trainer
from playground.spec.data.patterns import XOR, Circle, Gaussians, Hills, Moons, Pattern, Slope, Spirals, Surface
from playground.spec.datasets.points import FEATURES, Classed, Heights, Plane, Points, Raised
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Cosine, StepDecay

PATTERNS: list[Pattern | Surface] = [
    *(member() for member in Pattern.members()),
    *(member() for member in Surface.members()),
    Spirals(arms=5),
]
every_pattern = pytest.mark.parametrize("pattern", PATTERNS, ids=repr)


def made_up(pattern: Pattern | Surface, count: int = 300, noise: float = 0.0, seed: int = 0) -> list[Point]:
    points: list[Point] = run(pattern.call(count, noise, seed))
    return points


@every_pattern
def test_points_depend_on_the_seed_and_not_on_how_many_follow(pattern: Pattern | Surface) -> None:
    points = made_up(pattern, noise=0.4)
    assert points == made_up(pattern, noise=0.4)
    assert points[:100] == made_up(pattern, 100, noise=0.4)
    assert points != made_up(pattern, noise=0.4, seed=1)


@every_pattern
def test_points_stay_in_the_plane(pattern: Pattern | Surface) -> None:
    for noise in (0.0, 3.0):
        assert all(-EDGE <= value <= EDGE for x, y, _ in made_up(pattern, 2000, noise) for value in (x, y))


@pytest.mark.parametrize("pattern", [item for item in PATTERNS if isinstance(item, Pattern)], ids=repr)
def test_classes_are_of_one_size(pattern: Pattern) -> None:
    labels = [label for _, _, label in made_up(pattern, 60)]
    assert {labels.count(label) for label in set(labels)} == {60 // pattern.classes}
    assert set(labels) == set(range(pattern.classes))


def test_noise_moves_points_by_its_standard_deviation() -> None:
    still, moved = made_up(Circle(), 4000), made_up(Circle(), 4000, noise=0.3)
    offsets = torch.tensor([[a - c, b - d] for (a, b, _), (c, d, _) in zip(moved, still, strict=True)])
    assert offsets.std().item() == pytest.approx(0.3, rel=0.05)
    assert offsets.mean().abs().item() < 0.02


def test_where_classes_lie() -> None:
    assert all((hypot(x, y) > 2.8) == label for x, y, label in made_up(Circle()))
    assert all((x * y < 0) == label for x, y, label in made_up(XOR()))
    clouds = torch.tensor([(x, y) for x, y, label in made_up(Gaussians(), 4000) if label])
    assert clouds.mean(0).tolist() == pytest.approx([2.2, 2.2], abs=0.1)
    assert clouds.std(0).tolist() == pytest.approx([1.0, 1.0], abs=0.1)
    assert all(y > -1 if label == 0 else y < 1 for _, y, label in made_up(Moons()))


@pytest.mark.parametrize("arms", [2, 3, 4, 5])
def test_spirals_wind_one_turn_and_three_quarters(arms: int) -> None:
    for x, y, label in made_up(Spirals(arms=arms)):
        along = (hypot(x, y) - 0.4) / 5.0
        turns = (atan2(x, y) / (2 * pi) - 1.75 * along - label / arms) % 1.0
        assert min(turns, 1.0 - turns) < 1e-9


def test_heights() -> None:
    assert all(height == pytest.approx((x + y) / 12) for x, y, height in made_up(Slope()))
    hills = [height for _, _, height in made_up(Hills(), 2000)]
    assert -1.0 < min(hills) < -0.8
    assert 0.9 < max(hills) < 1.05
    assert made_up(Hills(), noise=0.2) != made_up(Hills())


def test_features_are_what_they_are_called() -> None:
    assert features(2.0, -3.0, FEATURES) == [2.0, -3.0, 4.0, 9.0, -6.0, sin(2.0), sin(-3.0)]
    data = load(Points(y=False, xy=True))
    assert data.train.cut(0, 400)[0].shape == (400, 2)


@pytest.mark.parametrize("data", [Points(pattern=Spirals(arms=3)), Heights(), Points(validation_share=0.0)], ids=repr)
def test_parts_are_as_large_as_declared(data: Plane) -> None:
    loaded = load(data)
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [data.train_count, data.validation_count, data.test_count]
    inputs, targets = loaded.test.cut(0, 10)
    assert inputs.dtype == torch.float32
    assert targets.dtype == (torch.float32 if data.task.classes is None else torch.int64)
    assert targets.shape == ((10, 1) if data.task.classes is None else (10,))


def test_test_points_are_others() -> None:
    data = load(Points())
    trained = {tuple(place) for place in data.train.cut(0, 400)[0].tolist()}
    assert not any(tuple(place) in trained for place in data.test.cut(0, 1000)[0].tolist())


@pytest.mark.parametrize("seed", range(40))
def test_test_points_are_others_for_every_seed(seed: int) -> None:
    data = Points(pattern=Moons(), data_seed=seed, count=100)
    parts = load(data)
    train = {tuple(row) for row in parts.train.cut(0, len(parts.train))[0].tolist()}
    test = {tuple(row) for row in parts.test.cut(0, len(parts.test))[0].tolist()}
    assert not train & test


def test_points_added_and_taken_out_are_trained_on_or_not() -> None:
    plain, added = Points(), (Classed(x=1.0, y=-2.0, value=1), Classed(x=0.0, y=0.0, value=4))
    changed = plain.with_(added=added, removed=(1, 1, 3, 450))
    before, after = load(plain), load(changed)
    assert changed.train_count == len(after.train) == 400 - 2 + 1  # 450 is held out; of class 4 there is none
    inputs, targets = after.train.cut(0, 399)
    kept = [number for number in range(400) if number not in (1, 3)]
    assert torch.equal(inputs[:-1], before.train.cut(0, 400)[0][kept])
    assert inputs[-1].tolist() == [1.0, -2.0]
    assert targets[-1] == 1
    assert torch.equal(after.validation.cut(0, 100)[0], before.validation.cut(0, 100)[0])


def test_heights_added() -> None:
    data = load(Heights(added=(Raised(x=1.0, y=1.0, value=-0.5),)))
    assert data.train.cut(400, 401)[1].tolist() == [[-0.5]]


def test_points_added_while_it_trains_are_learned_from_the_next_epoch_on() -> None:
    data = Points(count=20, validation_share=0.0)
    stack = Stack(layers=(Linear(out_features=4), Linear(out_features=2)))
    recipe = Recipe(batch_size=10, epochs=3, optimizer=SGD(lr=0.1), schedule=StepDecay(step_size=1, gamma=0.5))
    experiment = Experiment(data=data, stack=stack, recipe=recipe)
    trainer = Trainer(experiment, load(data))
    next(trainer)
    more = experiment.with_(data=data.with_(added=(Classed(x=1.0, y=1.0, value=1),) * 7, removed=(0,)))
    trainer.change(more)
    snapshots = list(trainer)
    assert [item.label for item in snapshots if isinstance(item, Change)] == ["Points added", "Points removed"]
    steps = [item for item in snapshots if isinstance(item, Step)]
    assert [step.samples for step in steps] == [10, 10, 10, 6, 10, 10, 6]
    assert [step.epochs for step in steps] == [1.0, 1 + 1 / 3, 1 + 2 / 3, 2.0, 2 + 1 / 3, 2 + 2 / 3, 3.0]
    assert [step.learning_rate for step in steps] == [0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025]
    assert trainer.experiment == more


def test_with_points_taken_out_in_the_last_epoch_the_schedule_stays_at_its_end() -> None:
    data = Points(count=20, validation_share=0.0)
    stack = Stack(layers=(Linear(out_features=4), Linear(out_features=2)))
    recipe = Recipe(batch_size=5, epochs=1, optimizer=SGD(lr=0.1), schedule=Cosine())
    experiment = Experiment(data=data, stack=stack, recipe=recipe)
    trainer = Trainer(experiment, load(data))
    next(trainer)
    trainer.change(experiment.with_(data=data.with_(removed=tuple(range(12)))))  # two batches in place of four
    rates = [item.learning_rate for item in trainer if isinstance(item, Step)]
    assert rates == [pytest.approx(0.1 * Cosine().factor(1, 2, 2))] * 3


def test_classes_are_named_as_a_person_counts_them() -> None:
    assert Points().class_names == ("1", "2")

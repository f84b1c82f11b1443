"""Settings and differences of experiments in words: each field that differs once, layers aligned."""

from __future__ import annotations

from itertools import product

import pytest

from playground.spec.datasets.points import Classed, Points
from playground.spec.experiment import Experiment
from playground.spec.experiment_differences import Difference, differences, settings
from playground.spec.files.presets import preset, presets
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Parallel
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, Adam

BASE = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=16), ReLU(), Linear(out_features=10))))


def told(old: Experiment, new: Experiment) -> list[tuple[str, str, str, str]]:
    """The differences as text."""
    return [(item.field, *(str(part) for part in item[1:])) for item in differences(old, new)]


def stacked(*layers: Flatten | Linear | ReLU | Parallel) -> Experiment:
    return BASE.with_(stack=Stack(layers=layers))


def test_equal_experiments_do_not_differ_whatever_they_are_called() -> None:
    assert differences(BASE, BASE.with_(name="other", about="another")) == ()


def test_a_number_is_told_with_the_labels_on_its_way() -> None:
    recipe = BASE.recipe.with_(optimizer=Adam(lr=0.01), epochs=3)
    assert told(BASE, BASE.with_(recipe=recipe, seed=7)) == [
        ("recipe.optimizer.lr", "Optimizer · Learning rate", "0.001", "0.01"),
        ("recipe.epochs", "Epochs", "10", "3"),
        ("seed", "Seed", "0", "7"),
    ]


def test_another_component_is_one_difference() -> None:
    (found,) = differences(BASE, BASE.with_(recipe=BASE.recipe.with_(optimizer=SGD(lr=0.5))))
    assert found.field == "recipe.optimizer"
    assert str(found.old).startswith("Adam · Learning rate 0.001")
    assert str(found.new).startswith("SGD · Learning rate 0.5")


def test_a_layer_more_leaves_those_after_it_alone() -> None:
    more = stacked(Flatten(), ReLU(), *BASE.stack.layers[1:])  # type: ignore[arg-type]
    assert told(BASE, more) == [("stack.layers.1", "2: ReLU", "None", "ReLU")]
    assert told(more, BASE) == [("stack.layers.1", "2: ReLU", "ReLU", "None")]


def test_a_layer_that_was_changed_is_told_by_its_field() -> None:
    wider = stacked(Flatten(), Linear(out_features=32), ReLU(), Linear(out_features=10))
    assert told(BASE, wider) == [("stack.layers.1.out_features", "2: Linear · Units", "16", "32")]


def test_a_disabled_layer_differs() -> None:
    off = stacked(Flatten(), Linear(out_features=16), ReLU(enabled=False), Linear(out_features=10))
    assert told(BASE, off) == [("stack.layers.2.enabled", "3: ReLU · enabled", "on", "off")]


def test_branches_are_told_by_their_number() -> None:
    old, new = (stacked(Parallel(branches=(Stack(), Stack(layers=layers)))) for layers in ((), (ReLU(),)))
    assert told(old, new) == [
        ("stack.layers.0.branches.1.layers.0", "1: Parallel · Branch 2 · 1: ReLU", "None", "ReLU")
    ]


def test_points_by_hand_are_counted() -> None:
    old = Experiment(data=Points(added=(Classed(x=0.0, y=0.0),)))
    new = Experiment(data=Points(added=(Classed(x=1.0, y=0.0),)))
    assert told(old, new) == [("data.added", "Data · Points added", "1 item", "1 item, but others")]


@pytest.mark.parametrize("name", [entry.id for entry in presets()])
def test_every_preset_is_told_completely(name: str) -> None:
    experiment = preset(name).experiment
    found = settings(experiment)
    assert all(str(item.label) and str(item.value) for item in found)
    assert len({item.field for item in found}) == len(found)
    layers = [item for item in found if item.field.startswith("stack.layers.")]
    assert len(layers) == len(experiment.stack.layers)


def test_any_two_presets_differ_in_what_is_told() -> None:
    for one, other in product(presets(), repeat=2):
        found = differences(one.experiment, other.experiment)
        alike = other.experiment.with_(name=one.experiment.name, about=one.experiment.about) == one.experiment
        assert alike == (not found)
        assert all(isinstance(item, Difference) and str(item.old) != str(item.new) for item in found)

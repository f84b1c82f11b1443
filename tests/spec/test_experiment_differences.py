"""Which fields of two experiments differ, and how their values are written."""

import pytest

from playground.spec.data.table_summary import TableFile
from playground.spec.datasets.points import Points
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.experiment_differences import differences
from playground.spec.files.presets import presets
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import Recipe

LAYERS = (Flatten(), Linear(out_features=128), ReLU(), Linear(out_features=10))
BASE = Experiment(stack=Stack(layers=LAYERS), recipe=Recipe(optimizer=SGD(lr=0.1)))


def stacked(*layers: Layer) -> Experiment:
    return BASE.with_(stack=Stack(layers=layers))


def with_recipe(**values: object) -> Experiment:
    return BASE.with_(recipe=BASE.recipe.with_(**values))


def written(a: Experiment, b: Experiment) -> list[tuple[str, str, str, str]]:
    return [(found.path, str(found.label), str(found.a), str(found.b)) for found in differences(a, b)]


def test_names_and_descriptions_are_ignored() -> None:
    assert differences(BASE, BASE.with_(name="Another", about="why")) == ()


@pytest.mark.parametrize(
    ("other", "path", "label", "a", "b"),
    [
        (with_recipe(optimizer=SGD(lr=0.3)), "recipe.optimizer.lr", "Learning rate", "0.1", "0.3"),
        (with_recipe(optimizer=Adam()), "recipe.optimizer", "Optimizer", "SGD", "Adam"),
        (BASE.with_(seed=3), "seed", "Seed", "0", "3"),
        (BASE.with_(data=Points()), "data", "Data", "MNIST", Points.label),
        (
            stacked(Flatten(), Linear(out_features=64), *LAYERS[2:]),
            "stack.layers.1.out_features",
            "Linear 2 · Units",
            "128",
            "64",
        ),
        (stacked(*LAYERS[:3], Dropout(p=0.2), LAYERS[3]), "stack.layers.3", "Dropout 4", "–", "Dropout · p = 0.2"),
        (stacked(*LAYERS[:2], Dropout(p=0.5), LAYERS[3]), "stack.layers.2", "Layer 3", "ReLU", "Dropout · p = 0.5"),
        (stacked(*LAYERS[:2], LAYERS[3]), "stack.layers.2", "ReLU 3", "ReLU", "–"),
        (
            stacked(*LAYERS[:2], ReLU(enabled=False), LAYERS[3]),
            "stack.layers.2.enabled",
            "ReLU 3 · Enabled",
            "on",
            "off",
        ),
    ],
)
def test_one_difference(other: Experiment, path: str, label: str, a: str, b: str) -> None:
    assert written(BASE, other) == [(path, label, a, b)]
    if a != "–" and b != "–":
        assert written(other, BASE) == [(path, label, b, a)]


def test_layers_inside_a_container_are_compared() -> None:
    one, other = (Residual(branches=(Stack(layers=(Linear(out_features=n),)),)) for n in (8, 16))
    found = written(stacked(Flatten(), one), stacked(Flatten(), other))
    assert found == [("stack.layers.1.branches.0.layers.0.out_features", "Residual 2 · Linear 1 · Units", "8", "16")]


def test_values_contain_no_path_of_a_file() -> None:
    one = BASE.with_(data=Table(source=TableFile(path="/home/someone/secret/a.csv")))
    other = BASE.with_(data=Table(source=TableFile(path="/home/someone/secret/b.csv")))
    assert written(one, other) == [("data.source", "Source", "a.csv", "b.csv")]


def test_all_presets_can_be_compared() -> None:
    experiments = [preset.experiment for preset in presets()]
    for a in experiments:
        for b in experiments:
            same = a == b.with_(name=a.name, about=a.about)
            assert bool(differences(a, b)) != same
            assert all(str(found.label) and str(found.a) and str(found.b) for found in differences(a, b))

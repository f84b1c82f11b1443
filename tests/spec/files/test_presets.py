"""The bundled experiments can be trained as they are, and are what their descriptions promise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import playground
from playground.spec.check.problems import check
from playground.spec.check.shapes import totals, walk
from playground.spec.files import resources
from playground.spec.files.experiment_file import experiment_bytes, parse_experiment
from playground.spec.files.presets import Preset, empty, preset, presets, promise
from playground.spec.files.resources import resource
from playground.spec.files.storage import FileError
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import PlaygroundError
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import NoRegularizer

every_preset = pytest.mark.parametrize("entry", presets(), ids=lambda entry: entry.id)


@every_preset
def test_preset_can_be_trained_and_saved(entry: Preset) -> None:
    assert check(entry.experiment, memory=2_000_000_000) == ()
    assert parse_experiment(experiment_bytes(entry.experiment)) == entry.experiment


@every_preset
def test_preset_says_what_to_look_at_and_what_to_try(entry: Preset) -> None:
    assert entry.experiment.name == entry.title
    assert entry.experiment.about == entry.about
    assert "\n\nTry: " in entry.about
    assert entry.expected
    assert entry.trained is None or entry.trained.suffix == ".safetensors"


def test_gallery_begins_with_the_first_network() -> None:
    names = [entry.id for entry in presets() if entry.experiment.data.panel == "digits"]
    assert presets()[0].id == names[0]
    assert names[0] == "first-network"
    assert {"textbook", "lenet-5", "fast-cnn", "shifted-cnn", "reader", "residual-cnn"} < set(names)
    assert names[-2:] == ["too-high-learning-rate", "overfit"]
    assert presets()[0].experiment.data.validation_count == 5_000


def test_textbook_is_exactly_the_textbooks() -> None:
    experiment = preset("textbook").experiment
    assert experiment.stack.layers == (Flatten(), Linear(out_features=128), ReLU(), Linear(out_features=10))
    assert experiment.recipe == Recipe(
        optimizer=Adam(lr=0.001), loss=CrossEntropy(), regularizer=NoRegularizer(), batch_size=32, epochs=10
    )
    assert experiment.data.train_count == 60_000
    assert experiment.data.validation_count == 0


def test_lenet_has_its_61706_weights() -> None:
    experiment = preset("lenet-5").experiment
    assert totals(walk(experiment.stack, experiment.data.sample_shape)).parameters == 61_706


def test_overfit_has_500_images_and_nothing_against_it() -> None:
    experiment = preset("overfit").experiment
    assert experiment.data.train_count == 500
    assert experiment.recipe.regularizer == NoRegularizer()
    assert experiment.recipe.augmentations == ()


def test_unknown_preset_names_those_that_there_are() -> None:
    with pytest.raises(PlaygroundError, match=r"no preset “texbook”.*textbook"):
        preset("texbook")


def test_mnist_is_bundled_with_its_attribution() -> None:
    attribution = resource("mnist", "README.md").read_text(encoding="utf-8")
    assert "Yann LeCun" in attribution
    assert "Attribution-ShareAlike 3.0" in attribution


def test_missing_resource_is_named() -> None:
    with pytest.raises(FileError, match=r"no_such_file”, which belongs to Playground, is missing"):
        resource("mnist", "no_such_file")


def test_installed_resources_are_inside_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Path(playground.__file__).parent == resources._PACKAGE
    package = tmp_path / "playground"
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resource() == tmp_path / "resources"
    (package / "resources").mkdir(parents=True)
    assert resource() == package / "resources"


def test_the_empty_card_is_an_experiment_without_layers() -> None:
    card = empty()
    assert card.experiment.stack.layers == ()
    assert (card.id, card.title, card.about) == ("empty", "Empty", card.experiment.about)
    assert (card.promise, card.trained) == (None, None)


def test_of_presets_that_differ_in_the_recipe_the_one_with_this_recipe_promises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = preset("first-network")
    recipes = [first.experiment.recipe.with_(epochs=epochs) for epochs in (1, 2, 3, 4)]
    experiments = [first.experiment.with_(recipe=recipe) for recipe in recipes]
    kin = [
        replace(first, experiment=one, promise=said) for one, said in zip(experiments, (None, 0.2, 0.3), strict=False)
    ]
    monkeypatch.setattr("playground.spec.files.presets.presets", lambda: tuple(kin))
    assert [promise(one) for one in experiments] == [None, 0.2, 0.3, 0.2]

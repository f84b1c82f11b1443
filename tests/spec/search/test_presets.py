"""Preset spaces: networks for the data that there are, nearly all of which can be trained."""

from __future__ import annotations

from random import Random

import pytest

from playground.spec.files.presets import preset
from playground.spec.recipe.augmentations import Rotate, Shift
from playground.spec.search.domain import Options, grid
from playground.spec.search.presets import LABELS, PRESET_SPACES, NoSpace, preset_space
from playground.spec.search.refusal import refusal
from playground.spec.search.space import Limits

SUITED = {
    "spiral": {"dense", "recipe"},
    "iris": {"dense", "recipe"},
    "textbook": {"dense", "convolutional", "recurrent", "transformer", "recipe"},
    "shakespeare-lstm": {"recurrent", "transformer", "recipe"},
}


@pytest.mark.parametrize("data", SUITED)
@pytest.mark.parametrize("name", PRESET_SPACES)
def test_networks_of_a_space_can_be_trained(data: str, name: str) -> None:
    experiment = preset(data).experiment
    if name not in SUITED[data]:
        with pytest.raises(NoSpace, match="does not suit"):
            preset_space(name, experiment)
        return
    found = preset_space(name, experiment)
    assert found.search is not None
    assert found.search.present(found) is not None
    assert found.data == experiment.data
    assert (found.stack == experiment.stack) == (name == "recipe")
    chance = Random(0)
    for _ in range(6):
        values = {key: chance.choice(grid(domain, 9)) for key, domain in found.search.domains(found).items()}
        assert refusal(found.search.apply(found, values), Limits()) is None


def test_an_unknown_space_is_refused() -> None:
    with pytest.raises(NoSpace, match="There is no space"):
        preset_space("sparse", preset("spiral").experiment)


def test_each_space_has_a_label() -> None:
    assert LABELS.keys() == PRESET_SPACES.keys()


@pytest.mark.parametrize("name", [*PRESET_SPACES])
def test_the_experiment_itself_lies_in_its_space(name: str) -> None:
    for data in ("fast-cnn", "shifted-cnn", "lenet-5"):  # the first two have no weight decay
        found = preset_space(name, preset(data).experiment)
        assert found.search is not None
        assert found.search.present(found) is not None, data


def test_the_recipe_space_has_augmentations_of_pictures_that_are_classified() -> None:
    found = preset_space("recipe", preset("textbook").experiment)
    assert found.search is not None
    assert found.search.present(found) == {
        "recipe.loss.label_smoothing": 0.0,
        "recipe.augmentations": "none",
        "recipe.optimizer.lr": 0.001,
        "recipe.batch_size": 32,
        "recipe.schedule": "constant",
    }
    changed = found.search.apply(found, {"recipe.augmentations": "rotate", "recipe.loss.label_smoothing": 0.1})
    assert changed.recipe.augmentations == (Rotate(),)
    assert found.search.apply(changed.with_(search=found.search), {"recipe.augmentations": "none"}) == (
        changed.with_(recipe=changed.recipe.with_(augmentations=()))
    )
    for data in ("spiral", "segmentation"):
        space = preset_space("recipe", preset(data).experiment).search
        assert space is not None
        assert "recipe.augmentations" not in [item.key for item in space.ranges]


def test_a_setting_of_the_only_augmentation_stays() -> None:
    found = preset_space("recipe", preset("shifted-cnn").experiment)
    own = found.with_(recipe=found.recipe.with_(augmentations=(Shift(pixels=1.0),)))
    assert found.search is not None
    assert found.search.apply(own, {"recipe.augmentations": "shift"}).recipe == own.recipe
    several = found.with_(recipe=found.recipe.with_(augmentations=(Shift(), Rotate())))
    assert found.search.present(several) is None


def test_batches_of_a_preset_space_are_near_that_of_the_recipe() -> None:
    found = preset_space("recipe", preset("shifted-cnn").experiment)
    assert found.search is not None
    sizes = found.search.domains(found)["recipe.batch_size"]
    assert isinstance(sizes, Options)
    assert sizes.values == (32, 64, 128, 256)

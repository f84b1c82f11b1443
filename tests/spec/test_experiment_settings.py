"""The settings of an experiment in words."""

from __future__ import annotations

import pytest

from playground.spec.experiment_settings import settings
from playground.spec.files.presets import preset, presets


@pytest.mark.parametrize("name", [entry.id for entry in presets()])
def test_every_preset_is_told_completely(name: str) -> None:
    experiment = preset(name).experiment
    found = settings(experiment)
    assert all(str(item.label) and str(item.value) for item in found)
    assert len({item.field for item in found}) == len(found)
    layers = [item for item in found if item.field.startswith("stack.layers.")]
    assert len(layers) == len(experiment.stack.layers)

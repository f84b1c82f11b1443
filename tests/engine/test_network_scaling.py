"""The scaling of a table's columns in network files."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.build import build
from playground.engine.data.scaling import Scaling
from playground.engine.training.snapshots import Figures
from playground.engine.weights import load, save
from playground.spec.files.presets import preset
from playground.spec.files.storage import FileError
from tests.engine.test_weights import rewritten


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "no JSON",
        '{"means": [0], "deviations": [1], "target_mean": 0, "target_deviation": 1}',
        '{"means": [0, 0, 0, 0], "deviations": [1, 1, 0, 1], "target_mean": 0, "target_deviation": 1}',
        '{"means": [0, 0, 0, 0], "deviations": [1, 1, 1, 1], "target_mean": 0, "target_deviation": -1}',
    ],
)
def test_a_scaling_that_does_not_suit_the_columns_is_refused(text: str, tmp_path: Path) -> None:
    iris = preset("iris").experiment
    path = tmp_path / "iris.safetensors"
    scaling = Scaling((5.8, 3.0, 3.7, 1.2), (0.8, 0.4, 1.7, 0.7))
    save(path, iris, build(iris), Figures(), scaling)
    assert load(path).scaling == scaling
    rewritten(path, lambda header: header["__metadata__"].update(scaling=text))
    with pytest.raises(FileError, match="means and deviations of the columns in its metadata are damaged"):
        load(path)

"""An exported program changes the same examples as the engine, and refuses others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.engine.data import dataset_cache
from playground.engine.data.in_memory import load
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.changeable import Changeable
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.export.script import script
from tests.contract.test_exported_loaders import CORRECTED, OTHERS, same
from tests.contract.test_exported_training import experiment
from tests.example_changes import with_some

_MOST = 12  # data sets of one kind that are compared


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["exported.py"])
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path / "system")


def _compare(data: Dataset, place: Path | None) -> None:
    assert isinstance(data, Changeable)
    changed = with_some(data)
    same(changed, place)
    before, after = load(data), load(changed)
    assert len(after.train) == len(before.train) - 2 == changed.train_count
    assert len(after.validation) == len(before.validation) == changed.validation_count


@pytest.mark.parametrize(
    "data",
    [
        MNIST(train_limit=300, validation_share=0.01, corrections=CORRECTED),
        Table(),
        Table(target="petal width", validation_share=0.1),
    ],
    ids=lambda data: data.id,
)
def test_changed_bundled_data_are_the_engines(data: Dataset) -> None:
    _compare(data, None)


@pytest.mark.parametrize("kind", [kind for kind in OTHERS if issubclass(kind, Changeable)], ids=lambda kind: kind.id)
def test_changed_downloaded_and_own_data_are_the_engines(
    kind: type[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, data in enumerate(OTHERS[kind](tmp_path, monkeypatch)):
        if number < _MOST:
            _compare(data, tmp_path if data.remotes else None)


def test_pictures_that_are_read_while_it_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.spec.datasets.picture_folder._MOST_IN_MEMORY", 0)
    _compare(next(OTHERS[OwnPictures](tmp_path, monkeypatch)), None)


def test_another_example_ends_the_program_with_a_sentence() -> None:
    items = (ChangedExample(number=7, digest="0" * 12, class_name="3"),)
    names: dict[str, Any] = {"__name__": "exported"}
    program = script(experiment(MNIST(changes=ChangedExamples(items=items))))
    exec(compile(program, "exported.py", "exec"), names)
    with pytest.raises(SystemExit, match="number 7, cannot be used: it is another one now"):
        names["load_data"](None, torch.device("cpu"))

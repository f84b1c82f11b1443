"""An exported program reads pictures that exceed the memory batch by batch, as the engine does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from playground.spec.datasets import picture_folder as declared
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.export.script import script
from tests.contract.test_exported_loaders import experiment, own_pictures, same


def test_pictures_that_exceed_the_memory_are_decoded_batch_by_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["exported.py"])
    monkeypatch.setattr(declared, "_MOST_IN_MEMORY", 100)
    for data in own_pictures(tmp_path, monkeypatch):
        assert isinstance(data, OwnPictures)
        assert data.from_disk
        same(data, None)
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(experiment(data)), "exported.py", "exec"), names)
    (inputs, targets), *_ = names["load_data"](None, torch.device("cpu"))
    assert len(inputs) == len(targets)
    chosen = torch.tensor([4, 0])
    assert torch.equal(inputs[chosen], torch.cat(list(inputs.split(3)))[chosen])
    assert not any(isinstance(value, (torch.Tensor, np.ndarray)) for value in vars(inputs).values())
    names["main"]()  # it trains and is tested
    assert (tmp_path / "trained.safetensors").is_file()

"""A training state in a file: written whole or not at all, and read only as it was written."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as load_tensors

from playground.engine.data.in_memory import Data
from playground.engine.tensor_file import tensor_bytes
from playground.engine.training.state_file import load_state, parse_state, save_state, state_bytes, state_entries
from playground.engine.training.trainer import Trainer
from playground.engine.training.training_state import TrainingState
from playground.engine.weights import save
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import experiment_bytes
from playground.spec.files.network_file import Refused
from playground.spec.files.storage import FileError
from playground.spec.recipe.recipe import EarlyStopping
from tests.engine.training.experiments import changed


@pytest.fixture
def state(dense: Experiment, digits: Data) -> TrainingState:
    """In the middle of the second epoch, with an infinite number in it."""
    trainer = Trainer(changed(dense, stopping=EarlyStopping()), digits)
    while trainer.step < 11:
        next(trainer)
    return trainer.state()


def test_it_comes_back_as_it_was(state: TrainingState, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    save_state(path, state)
    found = load_state(path)
    assert (found.experiment, found.epoch_data) == (state.experiment, state.epoch_data)
    assert (found.progress, found.parts) == (state.progress, state.parts)
    assert found.tensors.keys() == state.tensors.keys()
    for name, tensor in state.tensors.items():
        assert tensor.dtype == found.tensors[name].dtype, name
        assert tensor.numpy().tobytes() == found.tensors[name].numpy().tobytes(), name
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    assert len(load_tensors(path.read_bytes())) == len(state.tensors)  # others can read it


def test_every_truncation_and_random_flips_are_one_error(state: TrainingState, tmp_path: Path) -> None:
    data, path, chance = state_bytes(state), tmp_path / "state.safetensors", random.Random(1)
    for length in [*range(2000), *(chance.randrange(len(data)) for _ in range(200)), len(data) - 1]:
        with pytest.raises(Refused):
            parse_state(data[:length])
    for _ in range(2000):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        if damaged != data:
            with pytest.raises(Refused):
                parse_state(bytes(damaged))
    path.write_bytes(data[:-1])
    with pytest.raises(FileError, match=r"state\.safetensors"):
        load_state(path)


def resealed(holding: TrainingState, **texts: str) -> bytes:
    """A file with other texts, whose checksum is right."""
    tensors, values = state_entries(holding)
    given = {"format": "any", "experiment": experiment_bytes(holding.experiment).decode(), **values, **texts}
    return tensor_bytes(tensors, {name: text for name, text in given.items() if text})


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"version": 1}', "9" * 5000])
@pytest.mark.parametrize("name", ["state", "experiment"])
def test_texts_that_make_no_sense_are_one_error(state: TrainingState, name: str, text: str) -> None:
    with pytest.raises(Refused):
        parse_state(resealed(state, **{name: text}))


def test_values_of_another_kind_are_one_error(state: TrainingState) -> None:
    _, texts = state_entries(state)
    values = json.loads(texts["state"])
    assert parse_state(resealed(state, state=json.dumps(values))).progress == state.progress
    for wrong in ({**values, "version": 2}, {**values, "parts": {}}, {**values, "progress": [1]}):
        with pytest.raises(Refused):
            parse_state(resealed(state, state=json.dumps(wrong)))


def test_a_network_alone_holds_none(dense: Experiment, digits: Data, tmp_path: Path) -> None:
    trainer, path = Trainer(dense, digits), tmp_path / "network.safetensors"
    save(path, dense, trainer.network, trainer.figures)
    with pytest.raises(FileError, match="holds no training state"):
        load_state(path)


def test_tensors_that_are_no_numbers_are_kept(state: TrainingState) -> None:
    """A run may be about to diverge: that is for the run to say."""
    name = next(name for name in state.tensors if name.startswith("optimizer"))
    state.tensors[name].fill_(float("nan"))
    assert torch.equal(parse_state(state_bytes(state)).tensors[name].isnan(), state.tensors[name].isnan())

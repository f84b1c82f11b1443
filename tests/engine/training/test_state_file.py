"""A training state in a network's file: it comes back as it was, and nothing else does."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as load_tensors

from playground.engine.data.in_memory import Data
from playground.engine.network_description import STATE_KEY, read_description
from playground.engine.tensor_file import tensor_pieces
from playground.engine.training.state_file import KEY, PREFIX
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load, save, save_weights
from playground.spec.experiment import Experiment
from playground.spec.files.network_file import metadata_of, read_header
from playground.spec.files.storage import FileError
from playground.spec.recipe.recipe import EMA, EarlyStopping
from tests.engine.training.experiments import changed


@pytest.fixture
def trainer(dense: Experiment, digits: Data) -> Trainer:
    """In the middle of the second epoch, with an infinite number in its state."""
    trainer = Trainer(changed(dense, stopping=EarlyStopping()), digits)
    while trainer.step < 11:
        next(trainer)
    return trainer


@pytest.fixture
def file(trainer: Trainer, tmp_path: Path) -> Path:
    return written(trainer, tmp_path / "network.safetensors")


def written(trainer: Trainer, path: Path) -> Path:
    save_weights(path, trainer.experiment, trainer.network.state_dict(), trainer.figures, trainer.state())
    return path


def test_it_comes_back_as_it_was(trainer: Trainer, file: Path) -> None:
    state, found = trainer.state(), load(file).state
    assert found is not None
    assert (found.experiment, found.epoch_data) == (state.experiment, state.epoch_data)
    assert (found.progress, found.parts) == (state.progress, state.parts)
    assert found.tensors.keys() == state.tensors.keys()
    for name, tensor in state.tensors.items():
        assert tensor.dtype == found.tensors[name].dtype, name
        assert tensor.numpy().tobytes() == found.tensors[name].numpy().tobytes(), name
    assert [item.name for item in file.parent.iterdir()] == [file.name]


def test_its_network_is_the_one_that_a_file_without_it_holds(trainer: Trainer, file: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.safetensors"
    save(plain, trainer.experiment, trainer.network, trainer.figures)
    expected, found = load(plain), load(file)
    assert expected.state is None
    assert found.experiment == expected.experiment
    assert found.figures == expected.figures
    for name, tensor in expected.network.state_dict().items():
        assert torch.equal(tensor, found.network.state_dict()[name])
    assert read_description(file) == read_description(plain)


def test_weights_that_the_network_has_are_not_written_twice(trainer: Trainer, file: Path) -> None:
    names = load_tensors(file.read_bytes()).keys()  # others can read it
    assert set(trainer.network.state_dict()) <= names
    assert not any(name.startswith(f"{PREFIX}weights.") for name in names)


def test_weights_beside_their_average_are_written_both(dense: Experiment, digits: Data, tmp_path: Path) -> None:
    trainer = Trainer(changed(dense, averaging=EMA(decay=0.9)), digits)
    while trainer.step < 3:
        next(trainer)
    state, found = trainer.state(), load(written(trainer, tmp_path / "network.safetensors"))
    assert found.state is not None
    for name, tensor in found.network.state_dict().items():
        assert torch.equal(tensor, trainer.network.state_dict()[name])
        assert torch.equal(found.state.tensors[f"weights.{name}"], state.tensors[f"weights.{name}"])
        assert not torch.equal(tensor, found.state.tensors[f"weights.{name}"])


def test_training_on_leaves_a_state_that_was_read_as_it_is(file: Path, digits: Data) -> None:
    found = load(file)
    assert found.state is not None
    before = {name: tensor.clone() for name, tensor in found.state.tensors.items()}
    trainer = Trainer(found.experiment, digits, network=found.network, state=found.state)
    while trainer.step < 13:
        next(trainer)
    assert all(torch.equal(tensor, found.state.tensors[name]) for name, tensor in before.items())


def test_every_truncation_and_random_flips_are_one_error(file: Path) -> None:
    data, chance = file.read_bytes(), random.Random(1)
    for length in [*range(0, 2000, 7), *(chance.randrange(len(data)) for _ in range(100)), len(data) - 1]:
        file.write_bytes(data[:length])
        with pytest.raises(FileError, match=r"network\.safetensors"):
            load(file)
    for _ in range(500):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        if damaged != data:
            with pytest.raises(FileError):
                load(file)


def resealed(path: Path, **texts: str) -> Path:
    """The file with other metadata, whose checksum is right."""
    metadata, tensors = metadata_of(read_header(path)[0]), load_tensors(path.read_bytes())
    path.write_bytes(b"".join(tensor_pieces(tensors, {**metadata, **texts})))
    return path


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"progress": 1}', "9" * 5000])
def test_values_that_make_no_sense_are_one_error(file: Path, text: str) -> None:
    with pytest.raises(FileError, match="training state"):
        load(resealed(file, **{KEY: text}))


def test_values_of_another_kind_are_one_error(file: Path) -> None:
    values = json.loads(metadata_of(read_header(file)[0])[KEY])
    for wrong in ({**values, "parts": {}}, {**values, "progress": [1]}, {**values, "epoch_experiment": "{}"}):
        with pytest.raises(FileError):
            load(resealed(file, **{KEY: json.dumps(wrong)}))


def test_a_state_of_another_version_does_not_hinder_its_network(trainer: Trainer, file: Path) -> None:
    found = load(resealed(file, **{STATE_KEY: "2", KEY: "whatever"}))
    assert found.state is None
    for name, tensor in found.network.state_dict().items():
        assert torch.equal(tensor, trainer.network.state_dict()[name])


def test_tensors_that_are_no_numbers_are_kept(trainer: Trainer, tmp_path: Path) -> None:
    """A run may be about to diverge: that is for the run to say."""
    state = trainer.state()
    name = next(name for name in state.tensors if name.startswith("optimizer"))
    state.tensors[name].fill_(float("nan"))
    path = tmp_path / "network.safetensors"
    save_weights(path, trainer.experiment, trainer.network.state_dict(), trainer.figures, state)
    found = load(path).state
    assert found is not None
    assert torch.equal(found.tensors[name].isnan(), state.tensors[name].isnan())

"""Network files: the same predictions after a round trip, and one typed error for everything that is wrong."""

from __future__ import annotations

import json
import os
import random
import tracemalloc
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import safetensors
import safetensors.torch
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.data.in_memory import Data, pixels
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.training.snapshots import Figures
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load, network_with, save, save_weights
from playground.spec.experiment import Experiment
from playground.spec.files import checksum
from playground.spec.files.presets import preset
from playground.spec.files.storage import FileError
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.pooling import AvgPool2d
from playground.spec.layers.shape import Flatten

CASES = Path(__file__).parents[1] / "cases"

FIGURES = Figures(epochs=2, step=16, seconds=1.5, train_loss=0.5, test_loss=0.25, test_score=0.875)


@pytest.fixture
def file(dense: Experiment, tmp_path: Path) -> Path:
    path = tmp_path / "network.safetensors"
    save(path, dense, build(dense), FIGURES)
    return path


def rewritten(path: Path, edit: Callable[[dict[str, Any]], object], body: bytes | None = None) -> None:
    """Change the header of a file, and seal it again: nothing but its contents is wrong then."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    edit(header)
    header["__metadata__"][checksum.KEY] = checksum.UNSEALED
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(
        checksum.add_checksum(len(text).to_bytes(8, "little") + text + (data[end:] if body is None else body))
    )


def test_predicts_the_same_bits_after_a_round_trip(chancy: Experiment, digits: Data, tmp_path: Path) -> None:
    trainer = Trainer(chancy, digits)
    list(trainer)
    path = tmp_path / "network.safetensors"
    save(path, trainer.experiment, trainer.network, trainer.figures)
    trained = load(path)
    assert trained.experiment == chancy
    assert trained.figures == trainer.figures
    assert trained.versions["torch"] == torch.__version__
    expected = probabilities(trainer.network, pixels(digits.test.inputs))
    assert probabilities(trained.network, pixels(digits.test.inputs)).tobytes() == expected.tobytes()


def test_what_was_read_can_be_trained_further(file: Path, dense: Experiment, digits: Data) -> None:
    last = list(Trainer(dense, digits, network=load(file).network))[-1]
    assert last.test_score > 0.2


def test_it_says_which_run_it_comes_from(dense: Experiment, tmp_path: Path) -> None:
    path, weights = tmp_path / "network.safetensors", build(dense).state_dict()
    save_weights(path, dense, weights, Figures(), run="20260131-120000-01234567")
    assert load(path).run == "20260131-120000-01234567"
    save_weights(path, dense, weights, Figures())
    assert load(path).run is None


def test_another_experiment_gets_copies_of_weights_that_fit(dense: Experiment) -> None:
    network = build(dense)
    other = network_with(dense.with_(seed=dense.seed + 1), network.state_dict())
    tensors = network.state_dict()
    assert all(tensor.equal(tensors[name]) for name, tensor in other.state_dict().items())
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.zero_()
    assert all(tensor.any() for name, tensor in network.state_dict().items() if name.endswith("weight"))


def test_weights_of_another_stack_are_refused(dense: Experiment) -> None:
    stack = Stack(layers=(Flatten(), Linear(out_features=10)))
    with pytest.raises(FileError, match=r"The tensor “1.weight” should be F32 \[10, 784\], but is F32 \[16, 784\]"):
        network_with(dense.with_(stack=stack), build(dense).state_dict())


@pytest.fixture
def bare(dense: Experiment, tmp_path: Path) -> Path:
    """The weights of a network without its experiment, as exported programs save them."""
    path = tmp_path / "trained.safetensors"
    tensors = build(dense).state_dict()
    safetensors.torch.save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    return path


def test_weights_alone_fill_the_network_of_an_experiment(bare: Path, dense: Experiment, digits: Data) -> None:
    trained = load(bare, dense)
    assert (trained.experiment, trained.figures) == (dense, Figures())
    expected = probabilities(build(dense), pixels(digits.test.inputs))
    assert probabilities(trained.network, pixels(digits.test.inputs)).tobytes() == expected.tobytes()


def test_weights_alone_are_refused_where_nobody_says_what_they_are_for(bare: Path) -> None:
    with pytest.raises(FileError, match="It holds weights, but no experiment to use them in"):
        load(bare)


def test_an_experiment_in_the_file_goes_before_the_one_that_is_named(file: Path, dense: Experiment) -> None:
    assert load(file, Experiment()).experiment == dense


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda found: found.pop("1.weight"), r"“1\.weight” \(F32 \[\d+, 784\]\) is missing"),
        (lambda found: found.update(last=torch.zeros(3)), r"has no tensor “last” \(F32 \[3\]\)"),
        (
            lambda found: found.update({name: torch.zeros(2, 3) for name in found}),  # the first one is named
            r"“1\.weight” should be F32 \[\d+, 784\], but is F32 \[2, 3\]",
        ),
        (lambda found: found.update({"1.bias": found["1.bias"].half()}), r"“1\.bias” should be F32 .*, but is F16"),
        (lambda found: found["1.bias"].fill_(torch.nan), r"“1\.bias” holds NaN"),
    ],
)
def test_weights_alone_of_another_network_are_refused(
    edit: Callable[[dict[str, Any]], object], why: str, bare: Path, dense: Experiment
) -> None:
    tensors = safetensors.torch.load_file(bare)
    edit(tensors)
    safetensors.torch.save_file(tensors, bare)
    with pytest.raises(FileError, match=rf"network of “.*” cannot use them\. .*{why}"):
        load(bare, dense)


def test_the_same_network_gives_the_same_bytes(file: Path, dense: Experiment, tmp_path: Path) -> None:
    save(tmp_path / "again.safetensors", dense, build(dense), FIGURES)
    assert (tmp_path / "again.safetensors").read_bytes() == file.read_bytes()


def test_the_library_reads_it_too(file: Path, dense: Experiment) -> None:
    with safetensors.safe_open(file, "pt") as opened:
        assert set(opened.keys()) == set(build(dense).state_dict())
        metadata = opened.metadata()
    assert metadata["seed"] == "3"
    assert json.loads(metadata["figures"])["test_score"] == 0.875
    assert json.loads(metadata["experiment"])["experiment"]["stack"] == dense.stack.model_dump(mode="json")


@pytest.fixture
def small(dense: Experiment, tmp_path: Path) -> Path:
    """A file of 5 kB with a tensor of each kind."""
    layers = (AvgPool2d(kernel_size=14), Flatten(), BatchNorm(), Linear(out_features=10))
    experiment = dense.with_(stack=Stack(layers=layers))
    save(tmp_path / "network.safetensors", experiment, build(experiment), FIGURES)
    return tmp_path / "network.safetensors"


def test_every_truncation_is_one_file_error(small: Path) -> None:
    for length in reversed(range(small.stat().st_size)):
        os.truncate(small, length)
        with pytest.raises(FileError, match="network"):
            load(small)


def test_two_thousand_flips_are_one_file_error_each(small: Path) -> None:
    data = small.read_bytes()
    chance = random.Random(0)
    with small.open("r+b", buffering=0) as opened:
        for _ in range(2000):
            place = chance.randrange(len(data))
            opened.seek(place)
            opened.write(bytes([data[place] ^ chance.randrange(1, 256)]))
            with pytest.raises(FileError, match="network"):
                load(small)
            opened.seek(place)
            opened.write(data[place : place + 1])
    assert load(small).figures == FIGURES


@pytest.mark.parametrize("lengths", ["{\n}", ["a\nb"], [1.5], [None], [-1], [10**2000], [[2]], {"a": 1}, None])
@pytest.mark.parametrize("key", ["shape", "data_offsets"])
def test_what_is_no_length_is_not_repeated(file: Path, key: str, lengths: Any) -> None:
    rewritten(file, lambda header: header["1.weight"].update({key: lengths}))
    with pytest.raises(FileError, match=r"tensor “1\.weight” in its header is damaged") as caught:
        load(file)
    assert len(str(caught.value).replace(str(file), "")) < 200


@pytest.mark.parametrize("length", [100_000_000, 2**63, 2**64 - 1])
def test_an_enormous_header_is_not_read(file: Path, length: int) -> None:
    with file.open("wb") as opened:
        opened.write(length.to_bytes(8, "little") + b"{")
        opened.truncate(min(length, 100_000_000) + 8)  # sparse: takes no room on the disk
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="header claims to take"):
            load(file)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def renamed(header: dict[str, Any]) -> None:
    header["9.weight"] = header.pop("1.weight")


def test_foreign_names(file: Path) -> None:
    rewritten(file, renamed)
    with pytest.raises(FileError, match=r"“1\.weight” \(F32 \[\d+, \d+\]\) is missing"):
        load(file)


def test_one_tensor_too_many(file: Path) -> None:
    size = file.stat().st_size - 8 - int.from_bytes(file.read_bytes()[:8], "little")
    extra = {"dtype": "F32", "shape": [0], "data_offsets": [size, size]}
    rewritten(file, lambda header: header.update({"further": extra}))
    with pytest.raises(FileError, match=r"has no tensor “further” \("):
        load(file)


@pytest.mark.parametrize(
    ("change", "found"), [({"shape": [784, 16]}, r"F32 \[784, 16\]"), ({"dtype": "I32"}, r"I32 \[16, 784\]")]
)
def test_wrong_shapes_and_types(file: Path, change: dict[str, Any], found: str) -> None:
    rewritten(file, lambda header: header["1.weight"].update(change))
    with pytest.raises(FileError, match=rf"“1\.weight” should be F32 \[16, 784\], but is {found}"):
        load(file)


def test_tensors_that_overlap(file: Path) -> None:
    rewritten(file, lambda header: header["3.bias"].update(data_offsets=header["1.bias"]["data_offsets"]))
    with pytest.raises(FileError):
        load(file)


@pytest.mark.parametrize("offsets", [[-8, 4], [0, 10**30], ["a", "b"], [0], None, [0.5, 4]])
def test_offsets_that_are_none(file: Path, offsets: object) -> None:
    rewritten(file, lambda header: header["1.bias"].update(data_offsets=offsets))
    with pytest.raises(FileError):
        load(file)


def test_nan_is_neither_read_nor_written(file: Path, dense: Experiment) -> None:
    network = build(dense)
    with torch.no_grad():
        network[3].bias[0] = float("nan")
    before = file.read_bytes()
    with pytest.raises(FileError, match=r"“3\.bias” holds NaN"):
        save(file, dense, network, FIGURES)
    assert file.read_bytes() == before
    body = bytearray(before[8 + int.from_bytes(before[:8], "little") :])
    body[:4] = b"\xff\xff\xff\xff"
    rewritten(file, lambda header: None, bytes(body))
    with pytest.raises(FileError, match="holds NaN"):
        load(file)


@pytest.mark.parametrize("key", ["experiment", "figures", "versions"])
@pytest.mark.parametrize(
    "value", ["", "{}[", "[[[[", '{"epochs": 1e999}', '{"test_loss": NaN}', "[1, 2]", '{"a": {}}', '{"epochs": null}']
)
def test_metadata_that_is_damaged(file: Path, key: str, value: str) -> None:
    rewritten(file, lambda header: header["__metadata__"].update({key: value}))
    with pytest.raises(FileError):
        load(file)


def test_a_network_of_terabytes_is_refused_without_memory(file: Path, dense: Experiment) -> None:
    text = json.loads(file.read_bytes()[8 : 8 + int.from_bytes(file.read_bytes()[:8], "little")])["__metadata__"]
    record = json.loads(text["experiment"])
    record["experiment"]["stack"]["layers"][1]["out_features"] = 1_000_000
    record.pop(checksum.KEY)
    rewritten(file, lambda header: header["__metadata__"].update(experiment=json.dumps(record)))
    with pytest.raises(FileError, match=r"1\.weight.*1000000, 784"):
        load(file)


def test_files_of_others_and_no_files(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    path.write_bytes(safetensors.serialize({}, {"format": "pt"}))
    with pytest.raises(FileError, match="weights, but no experiment"):
        load(path)
    with pytest.raises(FileError, match="does not exist"):
        load(tmp_path / "none.safetensors")
    with pytest.raises(FileError, match="a folder"):
        load(tmp_path)


def test_saving_where_one_may_not(file: Path, dense: Experiment) -> None:
    with pytest.raises(FileError, match="folder"):
        save(file / "below.safetensors", dense, build(dense), FIGURES)


def test_networks_of_earlier_versions_give_the_same_answers(digits: Data) -> None:
    """They were trained with weights in another layout, with denormal numbers, and with MKL's products."""
    path = preset("reader").trained
    assert path is not None
    trained = load(path)
    plain = deepcopy(trained.network)
    for module in plain.modules():
        if isinstance(module, nn.Linear):
            module.__class__ = nn.Linear
        for name, parameter in module.named_parameters(recurse=False):
            setattr(module, name, nn.Parameter(parameter.detach().contiguous()))
    pictures = pixels(digits.test.inputs)
    expected = probabilities(plain, pictures)
    torch.set_flush_denormal(True)
    found = probabilities(trained.network, pictures)
    assert abs(found - expected).max() < 1e-6


def test_a_network_of_version_1_opens() -> None:
    trained = load(CASES / "version-1.safetensors")
    assert trained.experiment.data == preset("iris").experiment.data
    assert trained.experiment.stack == preset("iris").experiment.stack

"""Weights of another program are read without running code and put where they belong; outputs are compared."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from playground.engine.build import BuildError, build
from playground.engine.foreign_weights import reading
from playground.engine.foreign_weights.matching import fitted
from playground.engine.foreign_weights.reading import read_foreign
from playground.engine.foreign_weights.taken_weights import looked_at, taken
from playground.engine.training.snapshots import Figures
from playground.engine.weights import save
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.files.storage import FileError
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten

LENET = preset("lenet-5").experiment


class LeNet(nn.Module):
    """As somebody else writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images))


@pytest.fixture
def theirs() -> LeNet:
    torch.manual_seed(1)
    return LeNet()


@pytest.mark.parametrize("how", ["state", "checkpoint", "parallel", "legacy", "safetensors", "half"])
def test_a_network_that_was_written_in_plain_torch_answers_the_same_here(
    theirs: LeNet, tmp_path: Path, how: str
) -> None:
    path = tmp_path / ("net.safetensors" if how == "safetensors" else "net.pt")
    state: Any = theirs.half().state_dict() if how == "half" else theirs.state_dict()
    match how:
        case "safetensors":
            save_file(state, path)
        case "checkpoint":
            torch.save({"epoch": 5, "state_dict": state, "best": 0.9}, path)
        case "parallel":
            torch.save({"model": nn.DataParallel(theirs).state_dict()}, path)
        case _:
            torch.save(state, path, _use_new_zipfile_serialization=how != "legacy")
    found = taken(path, LENET)
    assert found.fit.how == ("shape" if how == "safetensors" else "order")  # that format keeps no order
    assert not found.fit.random
    images = torch.rand(3, 1, 28, 28)
    torch.testing.assert_close(found.network.eval()(images), theirs.float()(images))


def test_statistics_of_batch_normalization_are_taken_also_from_files_without_a_counter(tmp_path: Path) -> None:
    theirs = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
    theirs(torch.rand(8, 1, 28, 28) * 3.0)
    named = {f"net.layer{name}": tensor for name, tensor in theirs.state_dict().items() if "tracked" not in name}
    torch.save(named, tmp_path / "net.pth")
    layers = Conv2d(out_channels=4, kernel_size=3), BatchNorm(), Flatten(), Linear(out_features=10)
    found = taken(tmp_path / "net.pth", LENET.with_(stack=Stack(layers=layers)))
    assert not found.fit.random
    assert "“net.”" in str(found.remarks[0])
    images = torch.rand(3, 1, 28, 28)
    torch.testing.assert_close(found.network.eval()(images), theirs.eval()(images))


def test_a_layer_that_the_file_lacks_begins_as_in_a_new_network_and_the_table_says_why(tmp_path: Path) -> None:
    other = LENET.with_(stack=Stack(layers=(*LENET.stack.layers[:-1], Linear(out_features=47))))
    torch.save(build(other).state_dict(), tmp_path / "net.pt")
    found = taken(tmp_path / "net.pt", LENET)
    fresh = build(LENET).state_dict()
    assert (found.fit.how, [str(layer) for layer in found.fit.random]) == ("name", ["8 Linear"])
    assert str(found.fit.rows[-2].why_not) == "“11.weight” of the stack is 10 × 84"
    assert found.network.state_dict()["11.weight"].equal(fresh["11.weight"])


def wide(count: int) -> Experiment:
    return LENET.with_(stack=Stack(layers=(Flatten(), *(Linear(out_features=784) for _ in range(count)))))


def test_layers_that_are_alike_are_told_apart_by_their_order(tmp_path: Path) -> None:
    state = {f"layer{n}.{own}": t for n in (2, 10) for own, t in nn.Linear(784, 784).state_dict().items()}
    for path in (tmp_path / "net.safetensors", tmp_path / "net.pt"):
        save_file(state, path) if path.suffix == ".safetensors" else torch.save(state, path)
        weights = taken(path, wide(2)).network.state_dict()
        assert weights["1.weight"].equal(state["layer2.weight"])
        assert weights["2.weight"].equal(state["layer10.weight"])


def test_whole_numbers_are_no_weights() -> None:
    found = fitted(wide(1), {"1.weight": torch.zeros(784, 784, dtype=torch.int64), "1.bias": torch.zeros(784)})
    assert found.taken == 0
    assert str(found.rows[0].why_not) == "no layer has such a tensor of this dtype"


class Code:
    """What a pickle may run."""

    ran = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Code, "ran", True)


def refused(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        looked_at(path, LENET)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_code_in_a_pickle_never_runs(tmp_path: Path, theirs: LeNet) -> None:
    for number, value in enumerate((Code(), {"state_dict": theirs.state_dict(), "extra": Code()}, theirs)):
        path = tmp_path / f"{number}.pt"
        torch.save(value, path)
        assert "could run any program. Nothing of it was run." in refused(path)
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Code()))
    refused(tmp_path / "plain.pt")
    assert not Code.ran


def test_damaged_files_are_said(tmp_path: Path, theirs: LeNet) -> None:
    path = tmp_path / "net.pt"
    for new in (True, False):
        torch.save(theirs.state_dict(), path, _use_new_zipfile_serialization=new)
        whole = path.read_bytes()
        for size in (0, 2, 100, len(whole) // 2, len(whole) - 30):
            path.write_bytes(whole[:size])
            assert "cut off or damaged" in refused(path)
    for data in (b"PK\x03\x04" + bytes(60), b"\x80\x02}q\x00.", b"\x80\x02(((", b"\x80\x02]q\x00(K\x01e."):
        path.write_bytes(data)
        refused(path)


def test_damage_of_a_network_of_this_program_is_said(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save(path, LENET, build(LENET), Figures())
    assert looked_at(path, LENET)[0].taken
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # one bit of a weight, which stays a number
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"own\.safetensors.* checksum does not match"):
        looked_at(path, LENET)
    with pytest.raises(FileError, match="checksum does not match"):
        taken(path, LENET)


def test_files_without_tensors_or_with_unusable_ones_are_said(tmp_path: Path, theirs: LeNet) -> None:
    path, state = tmp_path / "net.pt", theirs.state_dict()
    for value, said in (
        ({"a": 1}, "It holds no state_dict"),
        ([torch.zeros(2)], "It holds no state_dict"),
        ({**state, "features.0.bias": torch.full((6,), torch.nan)}, "“features.0.bias” holds NaN"),
        ({**state, "features.0.bias": torch.full((6,), 1e300, dtype=torch.float64)}, "too large for float32"),
        ({"a": torch.eye(3).to_sparse()}, "is sparse"),
        ({"a": torch.zeros(2, device="meta")}, "without values"),
        ({"a": torch.zeros(1).expand(10**5, 10**6)}, "Its tensors take 400.0 GB"),
    ):
        torch.save(value, path)
        assert said in refused(path)


def test_size_is_bounded_before_anything_is_unpacked(
    tmp_path: Path, theirs: LeNet, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "net.pt"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("net/data.pkl", bytes(3_000_000))
    monkeypatch.setattr(reading, "LARGEST", 2_000_000)
    assert packed.stat().st_size < 10_000
    assert "Its tensors take 3" in refused(packed)
    torch.save(nn.Linear(1000, 1000).state_dict(), tmp_path / "large.pt")
    with pytest.raises(FileError):
        read_foreign(tmp_path / "large.pt")


def test_nothing_is_made_where_nothing_fits(tmp_path: Path) -> None:
    torch.save(nn.Linear(3, 3).state_dict(), tmp_path / "net.pt")
    with pytest.raises(BuildError, match="None of the 2 tensors fits a layer of “LeNet"):
        taken(tmp_path / "net.pt", LENET)

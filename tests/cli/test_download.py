"""Data sets that have to be downloaded, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.cli.main import main
from playground.engine.data import dataset_cache
from playground.spec.datasets.downloads import FashionMNIST
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from tests.engine.data.sources.test_downloaded import _put, small  # noqa: F401  a fixture: Fashion-MNIST of ten pictures

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path / "nowhere")


def test_it_lists_what_there_is(capsys: Output) -> None:
    assert main(["download"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["fashion-mnist", "kmnist", "emnist-letters", "cifar10"]
    assert "30.9 MB" in lines[0]
    assert "to be downloaded" in lines[0]


def test_an_unknown_name_is_wrong_use(capsys: Output) -> None:
    assert main(["download", "imagenet"]) == 2
    assert "There are: fashion-mnist, kmnist" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["fashion-mnist", "fashion_mnist"])
def test_files_on_disk_are_copied(small: list[bytes], tmp_path: Path, capsys: Output, name: str) -> None:  # noqa: F811
    folder = _put(tmp_path / "disk", small)
    assert main(["download", name, "--from", str(folder)]) == 0
    assert dataset_cache.lacking(FashionMNIST) == ()
    assert str(dataset_cache.cache_folder(FashionMNIST)) in capsys.readouterr().out
    assert main(["download", name]) == 0  # it is there


def test_what_fails_is_said(small: list[bytes], tmp_path: Path, capsys: Output) -> None:  # noqa: F811
    assert main(["download", "fashion-mnist", "--from", str(tmp_path)]) == 1
    assert "train-images-idx3-ubyte.gz” is not in" in capsys.readouterr().err


def test_training_without_the_data_says_the_command(tmp_path: Path, capsys: Output) -> None:
    from playground.spec.layer import Stack
    from playground.spec.layers.dense import Linear
    from playground.spec.layers.shape import Flatten

    path = tmp_path / "clothes.playground"
    stack = Stack(layers=(Flatten(), Linear(out_features=10)))
    write_experiment(Experiment(data=FashionMNIST(), stack=stack), path)
    assert main(["train", str(path)]) == 1
    error = capsys.readouterr().err
    assert "Fashion-MNIST is not on this machine. “playground download fashion-mnist” brings it: 30.9 MB." in error


def test_it_names_the_folder_of_the_system_where_the_files_lie_there(
    small: list[bytes],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    system = tmp_path / "system"
    _put(system / "fashion-mnist", small)
    monkeypatch.setattr(dataset_cache, "_SYSTEM", system)
    assert main(["download", "fashion-mnist"]) == 0
    assert capsys.readouterr().out == f"Fashion-MNIST: {system / 'fashion-mnist'}\n"

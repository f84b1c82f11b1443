"""`playground weights`: what it says of a file, and the network that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from playground.cli.main import main
from playground.engine.weights import load
from playground.spec.files.presets import preset

Output = pytest.CaptureFixture[str]


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Two layers of LeNet-300-100 under other names, and an output layer for other classes."""
    torch.manual_seed(0)
    layers = {"a": nn.Linear(784, 300), "b": nn.Linear(300, 100), "c": nn.Linear(100, 26)}
    path = tmp_path / "theirs.pt"
    torch.save({"model": nn.ModuleDict(layers).state_dict()}, path)
    return path


def test_the_table_says_where_each_tensor_goes_and_why_not(theirs: Path, capsys: Output) -> None:
    assert main(["weights", str(theirs), "--into", "lenet-300-100"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["tensor", "shape", "dtype", "layer"]
    assert lines[1].split() == ["a.weight", "300", "×", "784", "float32", "2", "Linear:", "1.weight"]
    assert lines[6].endswith("– no layer has a tensor of this shape")
    assert lines[7:] == [
        "The tensors are those under “model” in the file.",
        "2 of 3 layers get all their weights, matched by order and shape. Weights remain random in: 4 Linear.",
    ]


def test_the_network_is_written_and_opens(theirs: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "mine.safetensors"
    assert main(["weights", str(theirs), "--into", "lenet-300-100", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["matched_by"], told["random"], told["tensors"][0]["target"]) == ("order", ["4 Linear"], "1.weight")
    trained = load(out)
    assert trained.experiment == preset("lenet-300-100").experiment
    assert trained.network.state_dict()["1.weight"].equal(torch.load(theirs)["model"]["a.weight"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["{theirs}", "--into", "spiral", "--out", "x.safetensors"], 1, "None of the 6 tensors fits a layer of “Spir"),
        (["{theirs}", "--into", "spiral", "--out", "x.pt"], 2, "ends in .safetensors"),
        (["missing.pt", "--into", "spiral"], 1, "missing.pt"),
        (["{theirs}", "--into", "nothing"], 2, "nothing"),
    ],
)
def test_wrong_use_is_said(
    theirs: Path,
    words: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["weights", *(word.format(theirs=theirs) for word in words)]) == code
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("x.*"))


def test_without_anything_that_fits_the_exit_code_says_so(theirs: Path, capsys: Output) -> None:
    assert main(["weights", str(theirs), "--into", "spiral"]) == 1
    assert capsys.readouterr().out.endswith("No layer of this stack can use its tensors.\n")

"""`playground export`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from playground.cli.main import main
from playground.engine.export.formats import FORMATS
from playground.spec.files.presets import preset

Output = pytest.CaptureFixture[str]
READER = preset("reader").trained


def test_formats_are_listed_with_what_each_is_for(capsys: Output) -> None:
    assert main(["export", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [item.id for item in FORMATS]
    assert main(["export", "--list", "--json"]) == 0
    assert [item["suffix"] for item in json.loads(capsys.readouterr().out)["formats"]] == [f.suffix for f in FORMATS]


def test_weights_are_written_and_the_verification_is_said(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "weights.safetensors"
    assert main(["export", "reader", "--to", "state", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "on the first 200 of 10,000 test images" in printed
    assert "0 of 200 answers changed" in printed
    assert load_file(out)["0.weight"].shape == (16, 1, 5, 5)


def test_what_was_verified_as_json(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "program.py"
    assert main(["export", "reader", "--to", "script", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["bytes"], told["verification"]) == ("script", out.stat().st_size, None)


def test_an_input_is_never_replaced(tmp_path: Path, capsys: Output) -> None:
    assert READER is not None
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(READER.read_bytes())
    assert main(["export", str(mine), "--to", "state", "--out", str(mine)]) == 1
    assert "would replace" in capsys.readouterr().err
    assert mine.read_bytes() == READER.read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "Name a network, a format and a file"),
        (["reader", "--to", "onnx"], 2, "Name a network, a format and a file"),
        (["reader", "--to", "onnx", "--out", "x.pt2"], 2, "ends in .onnx"),
        (["reader", "--to", "state", "--whole", "--out", "x.safetensors"], 1, "leave out “--whole”"),
        (["lenet-5", "--to", "onnx", "--out", "x.onnx"], 2, "comes untrained"),
        (["missing.safetensors", "--to", "onnx", "--out", "x.onnx"], 1, "missing.safetensors"),
    ],
)
def test_wrong_use_is_said(
    words: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == code
    assert said in capsys.readouterr().err
    assert list(tmp_path.glob("x.*")) == []

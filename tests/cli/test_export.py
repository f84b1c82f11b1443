"""`playground export`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from playground.cli.main import main
from playground.engine.export import keras_program
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
    assert "on 200 of 10,000 test images" in printed
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


def test_files_beside_are_written_too_and_those_of_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(keras_program, "_here", lambda: False)  # it takes seconds to ask Keras: one test does
    out, beside = tmp_path / "net.py", tmp_path / "net.npz"
    beside.write_bytes(b"mine")
    assert main(["export", "reader", "--to", "keras", "--out", str(out)]) == 1
    assert "net.npz” is there already, and would be replaced." in capsys.readouterr().err
    assert (beside.read_bytes(), out.exists()) == (b"mine", False)
    beside.unlink()
    for _ in range(2):
        assert main(["export", "reader", "--to", "keras", "--out", str(out)]) == 0
    assert "It was not verified, because Keras is not installed here" in capsys.readouterr().out
    with np.load(beside) as found:
        assert found["conv2d_2/0"].shape == (5, 5, 1, 16)


@pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed")
def test_a_keras_program_is_verified_where_keras_is_installed(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras.py").write_text("raise SystemExit('run from the folder')", "utf-8")  # no module of a folder is
    monkeypatch.chdir(tmp_path)
    assert main(["export", "reader", "--to", "keras", "--out", str(tmp_path / "net.py")]) == 0
    assert "0 of 200 answers changed" in capsys.readouterr().out

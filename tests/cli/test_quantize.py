"""`playground quantize`: fewer bits without a screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.engine.weights import load, save
from tests.engine.export.trained import of_digits

Output = pytest.CaptureFixture[str]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    found, path = of_digits(), tmp_path / "whole.safetensors"
    save(path, found.experiment, found.network, found.figures)
    return path


def test_float16_is_written_and_told(network: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "half.safetensors"
    assert main(["quantize", str(network), "--to", "float16", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["to"], told["split"], told["samples"]) == ("float16", "test", 10_000)
    assert told["before"]["bytes"] == network.stat().st_size
    assert told["after"]["bytes"] == out.stat().st_size < 0.6 * network.stat().st_size
    assert told["changed"] == len(told["changed_samples"])
    assert load(out).experiment == load(network).experiment


def test_the_table_names_samples_and_runtime(network: Path, tmp_path: Path, capsys: Output) -> None:
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    assert main(["quantize", str(network), "--to", "int8-static", "--out", str(tmp_path / "small.onnx")]) == 0
    text = capsys.readouterr().out
    assert "answers changed" in text
    assert "from 40 random training images" in text
    assert "10,000 test images, for none are held out for validation; with onnxruntime" in text


def test_wrong_use_says_why(network: Path, capsys: Output) -> None:
    assert main(["quantize", str(network), "--to", "int8", "--out", "x.safetensors"]) == 2
    assert "ends in .onnx" in capsys.readouterr().err
    assert (
        main(["quantize", str(network), "--to", "float16", "--out", str(network.with_name("no") / "x.safetensors")])
        == 2
    )
    assert "its folder must exist" in capsys.readouterr().err
    before = network.read_bytes()
    assert main(["quantize", str(network), "--to", "float16", "--out", str(network)]) == 1
    assert "would replace" in capsys.readouterr().err
    assert network.read_bytes() == before


def test_the_other_spelling_is_understood(capsys: Output) -> None:
    assert main(["quantise", "reader"]) == 2
    assert "playground quantize" in capsys.readouterr().err

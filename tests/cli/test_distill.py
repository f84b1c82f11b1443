"""`playground distill`: a student learns from a trained network, without a screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.engine.weights import load, save
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from tests.engine.export.trained import DIGITS, of_digits, trained

Output = pytest.CaptureFixture[str]


@pytest.fixture
def teacher(tmp_path: Path) -> str:
    found, path = of_digits(), tmp_path / "teacher.safetensors"
    save(path, found.experiment, found.network, found.figures)
    return str(path)


@pytest.fixture
def student(tmp_path: Path) -> str:
    found, path = (
        trained(DIGITS, Flatten(), Linear(out_features=4), Linear(out_features=10)),
        tmp_path / "s.safetensors",
    )
    save(path, found.experiment, found.network, found.figures)
    return str(path)


def test_a_student_is_written_with_its_own_loss(teacher: str, student: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out.safetensors"
    assert main(["distill", student, "--teacher", teacher, "--epochs", "2", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["split"], told["samples"], told["epochs"], told["temperature"]) == ("test", 10_000, 2, 4.0)
    assert (told["teacher"]["parameters"], told["student"]["parameters"]) == (7850, 3140 + 50)
    found = load(out)
    assert found.experiment == load(Path(student)).experiment.with_(recipe=found.experiment.recipe)
    assert found.experiment.recipe.loss == load(Path(student)).experiment.recipe.loss
    assert main(["distill", student, "--teacher", teacher, "--out", str(out)]) == 0
    assert "Measured on 10,000 test images." in capsys.readouterr().out


def test_a_stack_for_other_data_is_refused(teacher: str, tmp_path: Path, capsys: Output) -> None:
    out = str(tmp_path / "out.safetensors")
    assert main(["distill", "shakespeare-lstm", "--teacher", teacher, "--out", out]) == 1
    assert "Embedding reads codes" in capsys.readouterr().err
    assert main(["distill", teacher, "--teacher", teacher, "--out", teacher]) == 1
    assert "would replace" in capsys.readouterr().err
    assert main(["distill", "xor", "--teacher", teacher, "--temperature", "0", "--out", out]) == 2
    assert main(["prune", teacher, "--distill", "--out", out]) == 2
    assert "--distill needs --epochs" in capsys.readouterr().err

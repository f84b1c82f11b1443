"""`playground write`: the prompt and what follows it, the same for the same seed; one sentence where that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.cli.main import main
from playground.engine.build import build
from playground.engine.training.snapshots import Figures
from playground.engine.weights import save
from playground.spec.datasets.text import Asked, Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding

Output = pytest.CaptureFixture[str]


def saved(folder: Path, asked: Asked) -> str:
    data = Shakespeare(asked=asked, context=16)
    stack = Stack(layers=(Embedding(embedding_dim=4), Linear(out_features=data.task.output[-1])))
    experiment = Experiment(data=data, stack=stack)
    path = folder / f"{asked}.safetensors"
    save(path, experiment, build(experiment), Figures())
    return str(path)


def test_a_network_writes_on_behind_a_prompt(tmp_path: Path, capsys: Output) -> None:
    network = saved(tmp_path, "next")
    texts = []
    for seed in ("1", "1", "2"):
        assert main(["write", network, "--prompt", "ROMEO:", "--length", "30", "--seed", seed]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert texts[0].startswith("ROMEO:")
    assert len(texts[0]) == len("ROMEO:") + 30 + len("\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--temperature", "11"], "--temperature should be between 0 and 10, but is 11."),
        (["--temperature", "inf"], "--temperature should be between 0 and 10, but is inf."),
        (["--temperature", "nan"], "--temperature should be between 0 and 10, but is nan."),
        (["--top-k", "-1"], "--top-k should be between 0 and 100,000, but is -1."),
        (["--length", "0"], "--length should be between 1 and 1,000,000, but is 0."),
    ],
)
def test_what_makes_no_sense_is_wrong_use(options: list[str], said: str, tmp_path: Path, capsys: Output) -> None:
    assert main(["write", str(tmp_path / "none.safetensors"), *options]) == 2
    assert capsys.readouterr().err == said + "\n"


def test_a_network_for_something_else_does_not_write(tmp_path: Path, capsys: Output) -> None:
    assert main(["write", saved(tmp_path, "restore"), "--prompt", "A"]) == 1
    found = capsys.readouterr()
    assert found.err.startswith("This network does not write")
    assert found.out == ""


def test_a_missing_network_is_named(tmp_path: Path, capsys: Output) -> None:
    assert main(["write", str(tmp_path / "none.safetensors")]) == 1
    assert "none.safetensors” does not exist" in capsys.readouterr().err


def test_a_temperature_near_nought_is_its_limit(tmp_path: Path, capsys: Output) -> None:
    network = saved(tmp_path, "next")
    texts = []
    for temperature in ("0", "1e-300", "5e-324", "1e-45", "1e-9"):
        assert main(["write", network, "--prompt", "A", "--length", "20", "--temperature", temperature]) == 0
        texts.append(capsys.readouterr().out)
    assert len(set(texts)) == 1


def test_characters_that_it_does_not_know_are_named(tmp_path: Path, capsys: Output) -> None:
    network = saved(tmp_path, "next")
    assert main(["write", network, "--prompt", "Aä☃ä", "--length", "5"]) == 0
    found = capsys.readouterr()
    assert found.err == "This network does not know “ä☃”, and reads the prompt without it.\n"
    assert found.out.startswith("Aä☃ä")


@pytest.mark.parametrize("command", [["write", "shakespeare-lstm"], ["read", "textbook", "x.png"]])
def test_a_preset_without_a_trained_network_says_how_to_make_one(command: list[str], capsys: Output) -> None:
    assert main(command) == 2
    said = f"“playground train {command[1]} --out {command[1]}.safetensors” trains it."
    assert capsys.readouterr().err == f"The preset “{command[1]}” comes untrained: {said}\n"


def test_neither_file_nor_preset_is_wrong_use(capsys: Output) -> None:
    assert main(["write", "nothing"]) == 2
    assert "no preset of that name that comes trained. There are: reader." in capsys.readouterr().err

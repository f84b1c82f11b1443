"""`playground prune`: smaller networks without a screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.cli.main import main
from playground.engine.build import build
from playground.engine.training.snapshots import Figures
from playground.engine.weights import load, save
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import KeepZeros
from tests.example_changes import with_some

Output = pytest.CaptureFixture[str]
LAYERS = (Flatten(), Linear(out_features=20), Linear(out_features=10))
WEIGHTS = 784 * 20 + 20 * 10


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An untrained network of digits, of which a tenth is held out."""
    data = MNIST(train_limit=600, validation_share=0.1)
    experiment = Experiment(name="Small", data=data, stack=Stack(layers=LAYERS), recipe=Recipe(device="cpu"))
    path = tmp_path_factory.mktemp("prune") / "small.safetensors"
    save(path, experiment, build(experiment), Figures())
    return str(path)


def printed(capsys: Output, *arguments: str) -> dict[str, Any]:
    assert main(["prune", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_units_are_cut_out(network: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out.safetensors"
    found = printed(capsys, network, "--keep", "0.5", "--out", str(out))
    small = load(out)
    assert small.experiment.stack.layers[1] == Linear(out_features=10)
    assert (
        found["after"]["parameters"] == 785 * 10 + 11 * 10 == sum(each.numel() for each in small.network.parameters())
    )
    assert found["after"]["flops"] == found["before"]["flops"] // 2
    assert (found["split"], found["samples"], found["test"]["samples"]) == ("validation", 6_000, 10_000)
    assert small.figures.test_score == found["test"]["after"]
    assert [item["layer"] for item in found["kept"]] == ["3"]


def test_weights_become_zero_and_the_figures_say_what_that_brings(network: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out.safetensors"
    assert main(["prune", network, "--by", "weight", "--keep", "0.1", "--epochs", "1", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert torch.get_num_threads() == 1  # as it says
    small = load(out)
    zeros = sum(int((each == 0).sum()) for each in small.network.parameters() if each.ndim > 1)
    assert zeros == WEIGHTS - WEIGHTS // 10
    assert small.experiment.recipe.regularizer == KeepZeros()
    assert "not faster" in text
    assert "6,000 validation images" in text


@pytest.mark.parametrize(("by", "names"), [("group", ["2 Linear"]), ("weight", ["1.weight", "2.weight"])])
def test_sensitivity_of_each_layer(network: str, capsys: Output, by: str, names: list[str]) -> None:
    found = printed(capsys, network, "--sensitivity", "--by", by)
    assert [layer["layer"] for layer in found["layers"]] == names
    assert [len(layer["scores"]) for layer in found["layers"]] == [4] * len(names)
    assert found["shares"] == [0.25, 0.5, 0.75, 0.9]


def test_the_samples_and_what_must_be_known_of_them_are_said(tmp_path: Path, capsys: Output) -> None:
    """As the window says it: measured on test samples only where none are held out, or on labels that were changed."""
    all_train, path = MNIST(train_limit=100, validation_share=0.0), tmp_path / "small.safetensors"
    held_out = MNIST(train_limit=100, validation_share=1 / 600)
    notes = ("There are no validation samples: what is chosen by test figures", "1 label changed by you")
    for data, said, unsaid in ((all_train, *notes), (with_some(held_out), *notes[::-1])):
        experiment = Experiment(name="Small", data=data, stack=Stack(layers=LAYERS), recipe=Recipe(device="cpu"))
        save(path, experiment, build(experiment), Figures())
        by = ("--by", "rank", "--sensitivity")
        for options in (by, ("--sensitivity",), ("--out", str(tmp_path / "out.safetensors"))):
            assert main(["prune", str(path), *options]) == 0
            text = capsys.readouterr().out
            assert said in text
            assert unsaid not in text
            assert ("test images" in text) is (data is all_train)
            assert ("test accuracy" in text) is (data is not all_train and "--out" in options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--out is missing"),
        (["--keep", "0", "--out", "x.safetensors"], "--keep should be between"),
        (["--epochs", "-1", "--out", "x.safetensors"], "--epochs should be between"),
        (["--out", "x.txt"], "should name a file that ends in"),
        (["--rewind", "--out", "x.safetensors"], "--rewind needs --by weight"),
    ],
)
def test_wrong_use_says_why(network: str, capsys: Output, options: list[str], words: str) -> None:
    assert main(["prune", network, *options]) == 2
    assert words in capsys.readouterr().err


def test_it_never_replaces_what_it_reads(network: str, capsys: Output) -> None:
    before = Path(network).read_bytes()
    assert main(["prune", network, "--out", network]) == 1
    assert "would replace" in capsys.readouterr().err
    assert Path(network).read_bytes() == before


@pytest.mark.parametrize("from_file", [False, True])
def test_survivors_go_back_to_the_beginning(network: str, tmp_path: Path, capsys: Output, from_file: bool) -> None:
    trained = load(Path(network))
    early = build(trained.experiment)
    if from_file:
        early.load_state_dict({name: 0.5 * tensor for name, tensor in early.state_dict().items()})
    learned = {name: tensor + 0.1 * torch.randn_like(tensor) for name, tensor in trained.network.state_dict().items()}
    trained.network.load_state_dict(learned)
    path, first, out = (tmp_path / f"{name}.safetensors" for name in ("learned", "first", "out"))
    save(path, trained.experiment, trained.network, Figures(epochs=9, step=900))
    save(first, trained.experiment, early, Figures(epochs=1, step=100))
    rewind = ["--rewind", str(first)] if from_file else ["--rewind"]
    printed(capsys, str(path), "--by", "weight", "--keep", "0.25", "--out", str(out), *rewind)
    ticket, sizes = load(out).network.state_dict(), torch.cat([learned[f"{n}.weight"].abs().flatten() for n in (1, 2)])
    limit = sizes.sort(descending=True).values[len(sizes) // 4 - 1]
    for name, tensor in early.state_dict().items():
        mask = learned[name].abs() >= limit if "weight" in name else torch.ones_like(tensor, dtype=torch.bool)
        assert torch.equal(ticket[name], torch.where(mask, tensor, 0.0))
    assert load(out).figures.step == (100 if from_file else 0)


def test_layers_become_two_of_lower_rank(network: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out.safetensors"
    found = printed(capsys, network, "--by", "rank", "--keep", "0.4", "--out", str(out))
    small = load(out)
    assert [layer.label for layer in small.experiment.stack.layers] == ["Flatten", "Linear", "Linear", "Linear"]
    assert found["after"]["flops"] <= 0.4 * found["before"]["flops"]
    assert found["after"]["parameters"] == sum(each.numel() for each in small.network.parameters())


def test_error_and_score_by_rank(network: str, capsys: Output) -> None:
    found = printed(capsys, network, "--by", "rank", "--sensitivity")
    assert [(layer["layer"], layer["weights"]) for layer in found["layers"]] == [
        ("2 Linear", 784 * 20),
        ("3 Linear", 200),
    ]
    assert [point["rank"] for point in found["layers"][0]["points"]] == [1, 2, 4, 8, 16, 20]
    assert (found["split"], found["samples"]) == ("validation", 1000)
    assert main(["prune", network, "--by", "rank", "--sensitivity"]) == 0
    assert "measured on 1,000 of 6,000 validation images" in capsys.readouterr().out
    assert main(["prune", network, "--by", "rank", "--criterion", "taylor", "--out", "x.safetensors"]) == 2
    assert "--criterion decides on units and weights" in capsys.readouterr().err

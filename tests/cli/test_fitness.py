"""`playground fitness`: the report, its exit codes, and the copy with the temperature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from playground.cli.main import main
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained, save
from playground.engine.weights import load as load_network
from playground.spec.datasets.points import Heights, Points
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from tests.engine.export.trained import trained
from tests.engine.fitness.nearest_mean import nearest_mean

Output = pytest.CaptureFixture[str]


def saved(network: Trained, path: Path) -> str:
    save(path, network.experiment, network.network, Figures(test_loss=1.0, test_score=0.8), network.scaling)
    return str(path)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> str:
    return saved(nearest_mean(), tmp_path_factory.mktemp("fitness") / "digits.safetensors")


@pytest.fixture
def heights(tmp_path: Path) -> str:
    """A network whose score is far above that of the mean: a plane through heights that rise along x."""
    data = Heights(count=200)
    network = trained(data, Linear(out_features=1), recipe=Recipe(loss=MSE()))
    train = load(data).train
    inputs, targets = train.cut(0, len(train))
    linear = network.network[0]
    assert isinstance(linear, nn.Linear)
    solution = torch.linalg.lstsq(torch.cat([inputs, torch.ones(len(inputs), 1)], 1), targets).solution
    with torch.no_grad():
        linear.weight.copy_(solution[:-1].T)
        linear.bias.copy_(solution[-1])
    return saved(network, tmp_path / "heights.safetensors")


def figures(capsys: Output, code: int, *arguments: str) -> dict[str, Any]:
    assert main(["fitness", *arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_is_not_fit_is_told_with_reasons_and_fixes(digits: str, capsys: Output) -> None:
    found = figures(capsys, 1, digits)
    assert (found["format"], found["fit"], found["data"]) == (1, False, "MNIST")
    assert main(["fitness", digits]) == 1
    text = capsys.readouterr().out
    for item in found["items"]:
        if item["id"] != "speed":
            assert item["reason"] in text
        if item["status"] == "red":
            assert f"Fix: {item['fix']}" in text
    failed = sum(item["status"] == "red" for item in found["items"])
    counted = sum(item["status"] in ("red", "green") for item in found["items"])
    assert f"Not fit to deploy yet: bars not met: {failed} of {counted}." in text


def test_the_score_is_that_of_evaluate(digits: str, capsys: Output) -> None:
    score = next(item["figures"] for item in figures(capsys, 1, digits)["items"] if item["id"] == "score")
    assert main(["evaluate", digits, "--split", "test", "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)
    assert (score["value"], score["samples"]) == (evaluated["score"], evaluated["samples"])


def test_where_every_bar_is_met_the_exit_code_is_zero(heights: str, capsys: Output) -> None:
    assert main(["fitness", heights]) == 0
    text = capsys.readouterr().out
    assert "Fit to deploy: all 2 bars are met." in text
    assert "does not apply: its inputs are no pictures" in text
    assert "Fix:" not in text


def test_a_copy_has_the_temperature(digits: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "warm.safetensors"
    before = figures(capsys, 1, digits, "--calibrate", str(out))["items"][1]["figures"]
    after = figures(capsys, 1, str(out))["items"][1]["figures"]
    assert after["ece"] == pytest.approx(before["ece_after"], abs=1e-4)
    assert after["temperature"] == pytest.approx(1.0, abs=1e-3)
    assert load_network(out).experiment == load_network(Path(digits)).experiment


def test_a_network_that_cannot_be_calibrated_is_told_why(heights: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "warm.safetensors"
    assert main(["fitness", heights, "--calibrate", str(out)]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not out.exists()


def test_a_network_is_not_replaced_by_its_copy(digits: str, capsys: Output) -> None:
    content = Path(digits).read_bytes()
    assert main(["fitness", digits, "--calibrate", digits]) == 1
    assert "was not written" in capsys.readouterr().err
    assert Path(digits).read_bytes() == content


@pytest.mark.parametrize(
    ("name", "words"),
    [("folder/copy.safetensors", "its folder must exist"), ("copy.txt", "--{} should name a file that ends in .safet")],
)
@pytest.mark.parametrize("option", ["calibrate", "refuse"])
def test_where_a_copy_cannot_be_written_is_said_before(
    heights: str, tmp_path: Path, option: str, name: str, words: str, capsys: Output
) -> None:
    assert main(["fitness", heights, f"--{option}", str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert words.format(option) in told.err
    assert not told.out


def test_other_data_are_measured_with_a_warning(tmp_path: Path, capsys: Output) -> None:
    path = saved(trained(Points(count=60, validation_share=0.2), Linear(out_features=2)), tmp_path / "a.safetensors")
    assert main(["fitness", path, "--data", "validation_share=0.5", "--json"]) in (0, 1)
    told = capsys.readouterr()
    assert "may have seen some of them" in told.err
    assert json.loads(told.out)["items"][1]["figures"]["fitted_samples"] == 30


@pytest.mark.parametrize("arguments", [("nothing",), ("lenet-5",)])
def test_wrong_use(arguments: tuple[str, ...], capsys: Output) -> None:
    assert main(["fitness", *arguments]) == 2
    assert capsys.readouterr().err

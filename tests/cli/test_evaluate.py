"""`playground evaluate`: figures of a trained network without a screen."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.cli.main import main
from playground.engine.data.in_memory import load
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.weights import load as load_network
from playground.engine.weights import save_weights
from playground.spec.data.separate_test import SeparateTest
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small network of digits that was trained with a part of them held out."""
    folder = tmp_path_factory.mktemp("evaluate")
    experiment = Experiment(
        name="Small",
        data=MNIST(train_limit=640, validation_share=1 / 12),
        stack=Stack(layers=(Flatten(), Linear(out_features=10))),
        recipe=Recipe(epochs=2, device="cpu"),
    )
    write_experiment(experiment, folder / "small.playground")
    path = str(folder / "small.safetensors")
    assert main(["train", str(folder / "small.playground"), "--no-store", "--json", "--out", path]) == 0
    return path


def figures(capsys: Output, *arguments: str) -> dict[str, Any]:
    """What `evaluate --json` prints."""
    assert main(["evaluate", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_held_out_digits_are_evaluated_by_default(network: str, capsys: Output) -> None:
    found = figures(capsys, network)
    trained = load_network(Path(network))
    part = load(trained.experiment.data).validation
    inputs, targets = part.cut(0, len(part))
    shares = probabilities(trained.network, inputs)
    given, true = shares.argmax(1), targets.numpy()
    assert (found["split"], found["samples"], found["of"]) == ("validation", 5000, "5,000 validation images")
    assert found["score"] == pytest.approx((given == true).mean())
    assert found["classes"] == [str(number) for number in range(10)]
    for row in range(10):
        for column in range(10):
            assert found["confusion"][row][column] == ((true == row) & (given == column)).sum()
    assert [row["support"] for row in found["per_class"]] == [int((true == number).sum()) for number in range(10)]
    assert {"class", "precision", "recall", "f1", "support"} <= found["per_class"][0].keys()
    assert 0 <= found["calibration"]["ece"] <= 1
    assert sum(item["count"] for item in found["calibration"]["bins"]) == 5000


def test_the_figures_of_the_test_are_those_of_the_training(network: str, capsys: Output) -> None:
    """`evaluate` and the test at the end of a training agree."""
    told = load_network(Path(network)).figures
    found = figures(capsys, network, "--split", "test")
    assert found["samples"] == 10_000
    assert (found["loss"], found["score"]) == (pytest.approx(told.test_loss), pytest.approx(told.test_score))


def test_without_held_out_data_the_test_set_is_evaluated(network: str, capsys: Output) -> None:
    assert main(["evaluate", network, "--data", "validation_share=0"]) == 0
    said = capsys.readouterr()
    assert "10,000 test images of MNIST" in said.out
    assert "may have seen some of them" in said.err


def test_people_get_tables(network: str, capsys: Output) -> None:
    assert main(["evaluate", network]) == 0
    said = capsys.readouterr().out
    assert "5,000 validation images of MNIST" in said
    assert "Calibration error (ECE)" in said
    assert "support" in said


def test_every_answer_is_written(network: str, capsys: Output, tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    found = figures(capsys, network, "--predictions", str(out))
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["part"] for row in rows] == ["validation"] * 5000
    assert sum(row["true"] == row["answer"] for row in rows) / 5000 == pytest.approx(found["score"])


def test_the_network_is_not_overwritten(network: str, capsys: Output) -> None:
    before = Path(network).read_bytes()
    assert main(["evaluate", network, "--predictions", network]) == 1
    assert "that would replace" in capsys.readouterr().err
    assert Path(network).read_bytes() == before


def test_answers_are_written_though_nobody_reads_the_output(
    network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "answers.csv"
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        main(["evaluate", network, "--predictions", str(out)])
    assert len(out.read_text().splitlines()) == 5001


def test_a_separate_test_file_is_not_replaced(tmp_path: Path, capsys: Output) -> None:
    tested = tmp_path / "test.csv"
    tested.write_text("x,y\n1,2\n")
    data = Table()
    data = data.with_(source=data.source.with_(tested=SeparateTest(path=str(tested))))
    weights = str(tmp_path / "iris.safetensors")
    assert data.own_paths == (str(tested),)
    assert main(["train", "iris", "--epochs", "1", "--no-store", "--json", "--out", weights]) == 0
    trained = load_network(Path(weights))
    weights = str(tmp_path / "two.safetensors")
    save_weights(Path(weights), trained.experiment.with_(data=data), trained.network.state_dict(), trained.figures)
    points = tmp_path / "points.csv"
    points.write_text("sepal length,sepal width,petal length,petal width\n5,3,1,0\n")
    capsys.readouterr()
    for words in (["evaluate", weights, "--predictions"], ["predict", weights, str(points), "--csv"]):
        assert main([*words, str(tested)]) == 1
        assert f"that would replace “{tested}”" in capsys.readouterr().err
    assert tested.read_text() == "x,y\n1,2\n"


def test_a_stored_run_is_named_by_its_id(small_file: str, capsys: Output) -> None:
    assert main(["train", small_file, "--json"]) == 0
    capsys.readouterr()
    assert figures(capsys, "last")["samples"] == 5000


def test_a_number_has_errors_in_its_unit(tmp_path: Path, capsys: Output) -> None:
    table = tmp_path / "line.csv"
    table.write_text("x,y\n" + "".join(f"{number},{3 * number + 1000}\n" for number in range(60)))
    path = str(tmp_path / "line.safetensors")
    assert main(["train", str(table), "--epochs", "2", "--no-store", "--json", "--out", path]) == 0
    capsys.readouterr()
    out = tmp_path / "answers.csv"
    found = figures(capsys, path, "--split", "test", "--predictions", str(out))
    rows = list(csv.DictReader(out.read_text().splitlines()))
    errors = [float(row["answer"]) - float(row["true"]) for row in rows]
    assert {round(float(row["true"]), 2) for row in rows} <= {3 * number + 1000 for number in range(60)}
    assert found["regression"]["rmse"] == pytest.approx((sum(error**2 for error in errors) / len(errors)) ** 0.5)
    assert found["confusion"] is None
    assert main(["evaluate", path, "--predictions", str(table)]) == 1
    assert "that would replace" in capsys.readouterr().err
    assert table.read_text().startswith("x,y\n")


def test_a_table_scaled_otherwise_is_refused(tmp_path: Path, capsys: Output) -> None:
    path = str(tmp_path / "iris.safetensors")
    assert main(["train", "iris", "--epochs", "1", "--no-store", "--json", "--out", path]) == 0
    assert main(["evaluate", path, "--data", "split_seed=9"]) == 1
    assert "scaled otherwise" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nothing-like-this"], "no run “nothing-like-this”"),
        (["reader", "--data", "iris"], "does not suit this network"),
        (["reader", "--data", "nonsense=3"], "names nothing"),
        (["lost.safetensors"], "lost.safetensors"),
    ],
)
def test_what_does_not_exist_is_said(arguments: list[str], why: str, capsys: Output) -> None:
    assert main(["evaluate", *arguments]) in (1, 2)
    assert why in capsys.readouterr().err


def test_nothing_held_out_is_said(network: str, capsys: Output) -> None:
    assert main(["evaluate", network, "--data", "validation_share=0", "--split", "validation"]) == 1
    assert "No images are held out" in capsys.readouterr().err


def test_answers_name_the_rows_of_the_table_and_are_written_as_it_is(tmp_path: Path, capsys: Output) -> None:
    table, tested, path, out = tmp_path / "a.csv", tmp_path / "b.csv", str(tmp_path / "n.safetensors"), tmp_path / "o"
    lines = [f"{i % 11};{i / 10:.1f};{i % 7 + 0.1:.1f}".replace(".", ",") for i in range(90)]
    table.write_text("\n".join(["x;z;y", *lines[:40], "3;;1,5", *lines[40:80]]))
    tested.write_text("\n".join(["x;z;y", "?;1,5;2,5", *lines[80:]]))
    for option, file in ((["--read", "missing=row"], table), (["--read", f"test_file={tested}"], tested)):
        command = ["train", str(table), "--target", "y", "--epochs", "1", "--no-store", "--out", path, *option]
        assert main(command) == 0
        assert main(["evaluate", path, "--split", "test", "--predictions", str(out)]) == 0
        rows = list(csv.DictReader(out.read_text().splitlines(), delimiter=";"))
        source = file.read_text().splitlines()
        assert rows
        for row in rows:
            assert row["file"] == str(file)
            number = int(row["place"].removeprefix("row "))
            assert float(source[number - 1].split(";")[2].replace(",", ".")) == float(row["true"].replace(",", "."))
            true, answer, error = (float(row[name].replace(",", ".")) for name in ("true", "answer", "error"))
            assert len(row["answer"]) <= 12
            assert answer - true == pytest.approx(error, abs=1e-5)
    capsys.readouterr()

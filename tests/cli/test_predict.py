"""`playground predict` from training to the table of answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from playground.cli.main import main

Output = pytest.CaptureFixture[str]


@pytest.fixture
def iris(tmp_path: Path, capsys: Output) -> str:
    path = str(tmp_path / "iris.safetensors")
    assert main(["train", "iris", "--epochs", "5", "--no-store", "--json", "--out", path]) == 0
    capsys.readouterr()
    return path


@pytest.fixture
def flowers(tmp_path: Path) -> str:
    path = tmp_path / "flowers.csv"
    path.write_text(
        "petal width,petal length,sepal width,sepal length\n0.2,1.4,3.5,5.1\n2.3,6.0,3.0,7.7\n?,1.0,1.0,1.0\n"
    )
    return str(path)


def test_answers_as_text_json_and_csv(iris: str, flowers: str, tmp_path: Path, capsys: Output) -> None:
    table = tmp_path / "answers.csv"
    assert main(["predict", iris, flowers, "--csv", str(table)]) == 1  # one row has no answer
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith(f"{flowers}, row 2: setosa  setosa: ")
    assert said.err.strip() == f"{flowers}, row 4: no value for petal width"
    assert main(["predict", iris, flowers, "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("answer") for line in lines] == ["setosa", "virginica", None]
    assert sum(lines[1]["probabilities"].values()) == pytest.approx(1.0)
    assert lines[2] == {"input": flowers, "place": "row 4", "error": "no value for petal width"}
    with open(table, newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["predicted species"] for row in written] == ["setosa", "virginica", ""]
    assert float(written[0]["probability of setosa"]) == pytest.approx(lines[0]["probabilities"]["setosa"])


def test_a_missing_file_does_not_keep_others_from_being_answered(iris: str, flowers: str, capsys: Output) -> None:
    assert main(["predict", iris, "missing.csv", flowers]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert said.err.splitlines()[0] == "missing.csv: “missing.csv” does not exist."

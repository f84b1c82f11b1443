"""`playground predict` from training to the table of answers."""

from __future__ import annotations

import csv
import json
import os
import statistics
import sys
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.engine.data.formats.notation import notation_of
from playground.engine.inference.predictions.table_rows import table_rows
from playground.spec.number_text import amount_text
from tests.spreadsheets import xlsx

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


def test_a_table_is_trained_at_once_and_answers(tmp_path: Path, capsys: Output) -> None:
    table, network = tmp_path / "h.csv", str(tmp_path / "h.safetensors")
    lines = [f"{i % 13},{'red' if i % 13 < 6 else 'blue'},{i % 5},{i}" for i in range(80)]
    table.write_text("\n".join(["size,colour,rooms,id", *lines]))
    command = ["train", str(table), "--target", "colour", "--no-store", "--json", "--out", network]
    assert main(command) == 0
    said = capsys.readouterr()
    assert said.err.startswith("h.csv: 80 rows.")
    done = json.loads(said.out.splitlines()[-1])
    assert (done["event"], done["test_score"]) == ("done", 1.0)
    assert main(["predict", network, str(table), "--json"]) == 0
    answers = [json.loads(line)["answer"] for line in capsys.readouterr().out.splitlines()]
    right = sum(answer == ("red" if i % 13 < 6 else "blue") for i, answer in enumerate(answers))
    assert right >= 76


def test_a_column_that_gives_the_target_away_is_said(tmp_path: Path, capsys: Output) -> None:
    table = tmp_path / "births.csv"
    lines = [f"{i % 13},{2000 + 37 * i % 1500},{int(2000 + 37 * i % 1500 < 2500)}" for i in range(80)]
    table.write_text("\n".join(["age,weight,low", *lines]))
    assert main(["train", str(table), "--target", "low", "--epochs", "1", "--no-store"]) == 0
    assert "“weight” alone gives “low” away" in capsys.readouterr().err.replace("\n", " ")
    assert main(["inspect", str(table), "--json"]) == 0
    assert "weight" in json.loads(capsys.readouterr().out)["remarks"][0]
    assert main(["train", str(table), "--target", "age", "--epochs", "1", "--no-store"]) == 0
    assert "away" not in capsys.readouterr().err


def test_a_sheet_of_a_spreadsheet_is_chosen_by_its_name(
    iris: str, flowers: str, tmp_path: Path, capsys: Output
) -> None:
    names = ["sepal length", "sepal width", "petal length", "petal width"]
    book = tmp_path / "book.xlsx"
    book.write_bytes(xlsx({"old": [names, [5.1, 3.5, 1.4, 0.2]], "new": [names, *[[7.0, 3.2, 6.0, 2.3]] * 2]}))
    for option, count in (([], 1), (["--sheet", "new"], 2)):
        assert main(["predict", iris, str(book), *option]) == 0
        assert len(capsys.readouterr().out.splitlines()) == count
    assert main(["predict", iris, flowers, "--sheet", "new"]) == 1
    assert "flowers.csv” is no spreadsheet" in capsys.readouterr().err
    assert main(["predict", iris, str(book), "--sheet", "newer"]) == 1
    assert "it has no sheet “newer”, but “old”, “new”" in capsys.readouterr().err


def test_a_target_that_is_not_there_is_refused(tmp_path: Path, capsys: Output) -> None:
    assert main(["train", "iris", "--target", "colour", "--no-store"]) == 2
    assert "iris.csv has no column “colour” that can be predicted. It has: sepal length, " in capsys.readouterr().err
    assert main(["train", "textbook", "--target", "colour", "--no-store"]) == 2
    assert "--target names a column of a table, but MNIST is none." in capsys.readouterr().err
    assert main(["train", "last", "--continue", "--target", "colour"]) == 2


def test_answers_are_written_as_the_input_is_and_read_back_the_same(iris: str, tmp_path: Path, capsys: Output) -> None:
    german, table = tmp_path / "blumen.csv", tmp_path / "antworten.csv"
    names = "sepal length;sepal width;petal length;petal width"
    german.write_text(f"{names};Größe\n5,1;3,5;1,4;0,2;1.234,5\n7,7;3,0;6,0;2,3;17,25\n", encoding="utf-8")
    assert main(["predict", iris, str(german), "--csv", str(table), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"file;place;{names};Größe;predicted species;")
    assert lines[1].split(";")[2:8] == ["5,1", "3,5", "1,4", "0,2", "1.234,5", "setosa"]
    read, _ = table_rows(table)
    for name in ("setosa", "versicolor", "virginica"):
        cells = read.column(read.names.index(f"probability of {name}"))
        found = notation_of(cells).notation
        assert found is not None
        assert [found.number(cell) for cell in cells] == [item["probabilities"][name] for item in told]
    whole = tmp_path / "whole.csv"
    whole.write_text(f"{names}\n5;3;1;0\n7;3;6;2\n")  # no decimal sign: as programs that separate by semicolons write
    assert main(["predict", iris, str(whole), "--csv", str(table)]) == 0
    assert "." not in table.read_text().split("\n")[1].removeprefix(str(whole))


def test_answers_do_not_replace_what_is_read(iris: str, flowers: str, tmp_path: Path, capsys: Output) -> None:
    before, network = Path(flowers).read_bytes(), Path(iris).read_bytes()
    link, hard = tmp_path / "link.csv", tmp_path / "hard.csv"
    link.symlink_to(flowers)
    hard.hardlink_to(flowers)
    for out in (flowers, str(link), str(hard), f"{tmp_path}/../{tmp_path.name}/flowers.csv"):
        assert main(["predict", iris, flowers, "--csv", out]) == 1
        said = capsys.readouterr()
        assert said.out == ""  # nothing was answered
        assert f"was not written: that would replace “{flowers}”, which is read. Choose another file." in said.err
    assert main(["predict", iris, flowers, "--csv", iris]) == 1
    assert f"that would replace “{iris}”" in capsys.readouterr().err
    assert main(["predict", iris, str(tmp_path), "--csv", flowers]) == 1  # a file in a folder that is read
    assert (Path(flowers).read_bytes(), Path(iris).read_bytes()) == (before, network)


def test_the_table_of_answers_is_written_though_nobody_reads_the_output(
    iris: str, flowers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "answers.csv"
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        main(["predict", iris, flowers, "--csv", str(table)])
    with open(table, newline="") as file:
        assert [row["predicted species"] for row in csv.DictReader(file)] == ["setosa", "virginica", ""]


def test_answers_are_compared_with_the_target_that_the_table_holds(iris: str, tmp_path: Path, capsys: Output) -> None:
    table, answers = tmp_path / "known.csv", tmp_path / "answers.csv"
    names = "Species,petal width,petal length,sepal width,sepal length"
    setosa, virginica = "0.2,1.4,3.5,5.1", "2.3,6.0,3.0,7.7"
    rows = [f"setosa,{setosa}", f"virginica,{setosa}", f"virginica,{virginica}", f",{setosa}", f"rose,{setosa}"]
    table.write_text("\n".join([names, *rows, "setosa,?,1,1,1"]))
    assert main(["predict", iris, str(table), "--csv", str(answers)]) == 1
    agree, uncounted = capsys.readouterr().out.splitlines()[5:]
    assert agree == "2 of 3 agree with “species”."
    assert uncounted == "2 rows are not counted: “species” is empty there, or names no class that the network knows."
    with open(answers, newline="") as file:
        written = list(csv.DictReader(file))
    assert sum(row["Species"] == row["predicted species"] for row in written) == 2
    assert main(["predict", iris, str(table), "--json"]) == 1
    said = capsys.readouterr()
    told = [json.loads(line) for line in said.out.splitlines()]
    assert [item.get("true", "absent") for item in told] == ["setosa", "virginica", "virginica", None, None, "absent"]
    assert said.err.splitlines()[0] == agree


def test_numbers_are_compared_in_the_unit_of_the_target(tmp_path: Path, capsys: Output) -> None:
    table, network, new = tmp_path / "h.csv", str(tmp_path / "h.safetensors"), tmp_path / "new.csv"
    lines = [f"{i % 13},{i % 7},{1000 + 50 * (i % 13) + i / 8}" for i in range(80)]
    table.write_text("\n".join(["size,rooms,price", *lines]))
    assert main(["train", str(table), "--target", "price", "--epochs", "3", "--no-store", "--out", network]) == 0
    capsys.readouterr()
    new.write_text("size;rooms;price\n3;1;1.150,5\n12;3;1.600,25\n5;5;\n4;4;unknown\n")
    assert main(["predict", network, str(new), "--json"]) == 0
    said = capsys.readouterr()
    told = [json.loads(line) for line in said.out.splitlines()]
    assert [item["true"] for item in told] == [1150.5, 1600.25, None, None]
    errors = [item["value"] - item["true"] for item in told[:2]]
    rmse, mae = statistics.fmean(error**2 for error in errors) ** 0.5, statistics.fmean(map(abs, errors))
    words = f"in 2 rows, in its unit: RMSE {amount_text(rmse)}, mean absolute error {amount_text(mae)}."
    assert said.err.splitlines() == [
        f"Compared with “price” {words}",
        "2 rows are not counted: “price” is empty there, or no number.",
    ]
    assert main(["predict", network, str(table)]) == 0
    assert "learned from rows of this file" in capsys.readouterr().out
    deep = tmp_path.joinpath(*["a folder with a long name"] * 9)  # its path is shortened where it is shown
    deep.mkdir(parents=True)
    (deep / "h.csv").symlink_to(table)
    assert main(["predict", network, str(deep / "h.csv")]) == 0
    assert "learned from rows of this file" in capsys.readouterr().out

"""Choices of how a table is read and divided, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset

Output = pytest.CaptureFixture[str]


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "t.csv"
    rows = [f"{n % 7},{n % 12 + 1}.{n % 9 + 1}.2020,{n * 3 % 11},{'ab'[n % 2]}" for n in range(60)]
    path.write_text("\n".join(["a:b=c,day,size,side", *rows]))
    return str(path)


def columns(capsys: Output) -> dict[str, dict[str, object]]:
    return {item["name"]: item for item in json.loads(capsys.readouterr().out)["columns"]}


def test_columns_are_read_as_was_chosen(table: str, capsys: Output) -> None:
    given = ["--column", "a:b=c:kind=category", "--column", "day:order=mdy", "--column", "size:used=no"]
    assert main(["inspect", table, "--json", *given, "--read", "header=1", "--read", "separator=,"]) == 0
    found = columns(capsys)
    assert (found["a:b=c"]["kind"], found["size"]["role"]) == ("category", "left out")
    assert main(["inspect", table, "--json", "--read", "header=0"]) == 0
    assert "day" not in columns(capsys)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--read", "separator=;;"], "“;;” is not possible here. Possible: comma, semicolon, tab, "),
        (["--read", "header=9"], "“9” is not possible here. Possible: a whole number, at most 2."),
        (["--read", "missing=drop"], "“drop” is not possible here. Possible: row, usual, own."),
        (["--read", "colour=red"], "names nothing that can be decided. Possible: sheet, separator, "),
        (["--column", "day:order=xyz"], "“xyz” is not possible here. Possible: ymd, dmy, mdy."),
        (["--column", "day:used=maybe"], "“maybe” is not possible here. Possible: yes, no."),
        (["--column", "none:used=no"], "there is no column “none”. There are: a:b=c, day, size, side."),
    ],
)
def test_what_is_not_possible_is_refused(table: str, capsys: Output, given: list[str], said: str) -> None:
    assert main(["inspect", table, *given]) == 2
    assert said in capsys.readouterr().err


def test_training_takes_them_and_fields_of_the_data(table: str, capsys: Output) -> None:
    train = ["train", table, "--epochs", "1", "--no-store", "--json", "--target", "side"]
    assert main([*train, "--data", "split_by=order", "--data", "test_share=0.5", "--column", "size:scaling=none"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "done"
    for given, said in (
        ("split_by=moon", "“moon” is not possible here. Possible: stratified, chance, order, groups, named, file."),
        ("test_share=2", "“2” is not possible here. Possible: 0.05 … 0.5."),
        ("source=x", "names nothing that can be decided. Possible: target, "),
    ):
        assert main([*train, "--data", given]) == 2
        assert said in capsys.readouterr().err


def test_an_object_says_how_a_table_is_divided_and_its_columns_are_read(table: str, capsys: Output) -> None:
    given = ["--read", "groups=side", "--column", "a:b=c:scaling=robust", "--column", "day:order=mdy"]
    assert main(["inspect", table, "--json", *given]) == 0
    found = json.loads(capsys.readouterr().out)
    described = {item["name"]: item for item in found["columns"]}
    assert (found["missing"], found["groups"]) == ("row", {"column": "side", "rows": {"a": 30, "b": 30}})
    assert described["a:b=c"]["scaling"] == "robust"
    assert (described["day"]["order"], "month" in described["day"]["parts"]) == ("mdy", True)
    parts = found["split"]
    assert (parts["split_by"], parts["train"] + parts["validation"] + parts["test"]) == ("groups", 60)
    assert parts["test"] == 30


def test_settings_of_the_data_keep_a_network_that_suits_them(tmp_path: Path, capsys: Output) -> None:
    iris = preset("iris").experiment
    path = tmp_path / "mine.playground"
    write_experiment(iris, path)
    train = ["train", str(path), "--epochs", "1", "--no-store", "--json"]
    for setting, replaced in (("split_seed=3", False), ("target=petal width", True)):
        assert main([*train, "--data", setting]) == 0
        said = capsys.readouterr()
        same = json.loads(said.out.splitlines()[-1])["parameters"] == 131  # of the preset's network
        assert (same, "a first network takes its place" in said.err) == (not replaced, replaced)


@pytest.mark.parametrize(
    ("split", "said"),
    [
        (
            "file",
            "No test file has been chosen. Expected: a second table, chosen where the table is read. Name it with ",
        ),
        ("groups", "No column groups the rows. Expected: a column of groups, "),
        ("named", "Name it with --read groups=NAME."),
    ],
)
def test_a_split_that_the_data_do_not_allow_is_refused(table: str, split: str, said: str, capsys: Output) -> None:
    assert main(["train", table, "--no-store", "--target", "side", "--data", f"split_by={split}"]) == 2
    refused = capsys.readouterr().err
    assert f"--data split_by={split} is not possible with these data: " in refused
    assert said in refused
    grouped = ["--read", "groups=size", "--data", "split_by=named"]
    assert main(["train", table, "--no-store", "--target", "side", *grouped]) == 2
    assert "names no part. Expected: train, validation or test.\n" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["comma", ","])
def test_a_separator_is_named_and_makes_a_table_of_a_text(tmp_path: Path, capsys: Output, name: str) -> None:
    path = tmp_path / "places.txt"
    path.write_text("\n".join(f"{['Rome', 'Bonn', 'Oslo'][n % 3]},{'ab'[n % 2]}" for n in range(30)))
    assert main(["inspect", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "text"
    assert main(["inspect", str(path), "--json", "--read", f"separator={name}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["separator"], found["rows"]) == ("table", ",", 30)
    assert main(["train", str(path), "--read", f"separator={name}", "--epochs", "1"]) == 0
    assert "places.txt: 30 rows." in capsys.readouterr().err

"""A second file with the rows for the test: read as the first, matched by name, and never learned from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from playground.cli.main import main
from playground.engine.data.fingerprint import fingerprint
from playground.engine.data.in_memory import DataError, InputTargetPairs, load
from playground.engine.data.sources.table import InspectedTable, inspect, row_of
from playground.spec.data.table_reading import Missing, ReadingChoice
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear

TRAIN = ["size;place;rooms;price", *(f"{i},5;{'Berlin' if i % 3 else 'Rom'};{i % 4};{10 * i}" for i in range(1, 61))]
TEST = [  # another order, one column more, one unknown place, one size and one price less
    "note;price;place;size;rooms",
    *(f"x;{7 * i};{'Rom' if i % 2 else 'Berlin'};{100 + i},25;{i % 6}" for i in range(1, 9)),
    "x;5;Oslo;3;1",
    "x;5;Rom;;1",
    "x;;Rom;4;1",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text("\n".join(TRAIN))
    (tmp_path / "test.csv").write_text("\n".join(TEST))
    return tmp_path


def found(folder: Path, missing: Missing | None = None) -> InspectedTable:
    choice = ReadingChoice(test_file=str(folder / "test.csv"), missing=missing)
    return inspect(str(folder / "train.csv"), choice=choice)


def opened(folder: Path, missing: Missing | None = None, **fields: object) -> Table:
    return Table.of_source(found(folder, missing).source, Table(target="price", asks="number")).with_(**fields)


def test_rows_of_the_second_file_are_tested_with_the_scaling_of_the_first(folder: Path) -> None:
    data = opened(folder, target="price", asks="number", validation_share=0.1)
    assert data.split_by == "file"
    assert not [*data.objections()]
    assert (data.train_count, data.validation_count, data.test_count) == (54, 6, 8)
    loaded = load(data)
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [54, 6, 8]
    assert loaded.scaling is not None
    assert isinstance(loaded.test, InputTargetPairs)
    sizes = [item.name for item in data.inputs].index("size")
    mean, deviation = loaded.scaling.means[sizes], loaded.scaling.deviations[sizes]
    wanted = torch.tensor([(100.25 + i - mean) / deviation for i in range(1, 9)])
    torch.testing.assert_close(loaded.test.inputs[:, sizes], wanted)
    prices = loaded.test.targets[:, 0] * loaded.unit + loaded.origin
    torch.testing.assert_close(prices, torch.tensor([7.0 * i for i in range(1, 9)]))
    values, target = row_of(data, 2)
    assert (values[sizes], target) == (103.25, 21.0)
    assert 0 < mean < 61  # of the first file alone


@pytest.mark.parametrize("missing", ["usual", "own"])
def test_what_the_second_file_lacks_is_filled_as_in_the_first(missing: Missing, folder: Path) -> None:
    data = opened(folder, missing)
    assert data.test_count == 10  # all but the one without a price
    loaded = load(data)
    assert isinstance(loaded.test, InputTargetPairs)
    assert len(loaded.test) == 10
    assert loaded.scaling is not None
    size = [item.name for item in data.inputs].index("size")
    assert loaded.test.inputs[-1, size] == pytest.approx(
        (loaded.scaling.fills[size] - loaded.scaling.means[size]) / loaded.scaling.deviations[size], rel=1e-5
    )


def test_classes_that_were_not_learned_are_not_tested(folder: Path) -> None:
    data = opened(folder, target="rooms", asks="class")
    assert data.class_names == ("0", "1", "2", "3")
    assert data.test_count == sum(i % 6 < 4 for i in range(1, 9))
    loaded = load(data)
    assert isinstance(loaded.test, InputTargetPairs)
    assert loaded.test.targets.tolist() == [i % 6 for i in range(1, 9) if i % 6 < 4]
    place = opened(folder, target="place")
    assert load(place).test.cut(0, 9)[1].tolist() == [i % 2 for i in range(1, 9)]


def test_what_is_left_out_of_the_second_file_is_said(folder: Path) -> None:
    told = list(map(str, found(folder, "row").remarks))
    assert "3 rows of the test file “test.csv” are left out, because they lack a value." in told
    assert any("1 rows of the test file" in words and "“Oslo”" in words and "place" in words for words in told)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("size;rooms\n1;2\n3;4\n", r"“test.csv” lacks columns that “train.csv” has: “place”, “price”\."),
        ("\n".join(TRAIN[:1]), "no row without missing values"),
        ("size;place;rooms;price\n;;;\n;;;", "no row without missing values"),
    ],
)
def test_a_second_file_that_does_not_fit_is_refused_in_a_sentence(content: str, words: str, folder: Path) -> None:
    (folder / "test.csv").write_text(content)
    with pytest.raises(DataError, match=words):
        found(folder)


def test_a_second_file_that_is_gone_changed_or_of_another_kind_is_refused(folder: Path) -> None:
    data, path = opened(folder), folder / "test.csv"
    before = path.read_text()
    path.write_text(before.replace("107,25", "108,25"))
    with pytest.raises(DataError, match=r"test.csv” has changed"):
        load(data)
    changed = fingerprint(load(opened(folder)))
    path.unlink()
    with pytest.raises(DataError, match=r"test\.csv"):
        load(data)
    path.write_text(before)
    assert fingerprint(load(data)) != changed
    lines = folder / "test.jsonl"
    lines.write_text('{"size": 1}\n')
    with pytest.raises(DataError, match="another kind"):
        inspect(str(folder / "train.csv"), choice=ReadingChoice(test_file=str(lines)))


def test_the_experiment_file_keeps_it_and_the_user_may_divide_otherwise(folder: Path) -> None:
    data = opened(folder)
    experiment = Experiment(data=data, stack=Stack(layers=(Linear(out_features=1),)))
    write_experiment(experiment, folder / "a.json")
    assert read_experiment(folder / "a.json") == experiment
    chance = data.with_(split_by="chance")
    assert (chance.test_count, chance.available) == (12, 48)
    assert Table.of_source(found(folder).source, chance).split_by == "chance"  # until another file is chosen
    alone = inspect(str(folder / "train.csv")).source
    assert Table.of_source(alone, data).split_by == "stratified"
    objected = [str(item.what) for item in data.with_(source=alone).objections()]
    assert objected == ["No test file has been chosen."]


def test_what_the_split_does_not_use_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = opened(folder)
    assert data.notice is None
    unused = "The test file “test.csv” is not used: the test rows are some of “train.csv”"
    assert str(data.with_(split_by="order").notice).startswith(unused)
    choice = ReadingChoice(test_file=str(folder / "test.csv"), groups="place")
    both = Table.of_source(inspect(str(folder / "train.csv"), choice=choice).source, Table(target="price"))
    assert both.split_by == "file"
    assert str(both.notice).startswith("The groups of “place” are not used: the test rows are those of “test.csv”")
    assert str(both.with_(split_by="groups").notice).startswith(unused)
    alone = Table.of_source(inspect(str(folder / "train.csv"), choice=ReadingChoice(groups="place")).source, Table())
    assert alone.notice is None
    assert str(alone.with_(split_by="order").notice).startswith("The groups of “place” are not used: rows of one")
    command = ["train", str(folder / "train.csv"), "--target", "price", "--epochs", "1", "--no-store"]
    read = ["--read", f"test_file={folder / 'test.csv'}"]
    for split, said in (("file", False), ("order", True)):
        assert main([*command, *read, "--data", f"split_by={split}"]) == 0
        assert (unused in capsys.readouterr().err) is said

"""Tables: from a file that nobody knows to what a network is given; and Iris, which comes with the program."""

from __future__ import annotations

import statistics
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.engine.data.formats.checksum import sha256_of
from playground.engine.data.in_memory import DataError, InputTargetPairs, load
from playground.engine.data.sources.table import inspect, read, row_of
from playground.spec.check.problems import check
from playground.spec.data.iris import IRIS
from playground.spec.data.table_reading import Missing, ReadingChoice
from playground.spec.data.table_summary import TableFile
from playground.spec.data.task import Score
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    """Price from size and place; one row lacks its size, one place comes once."""
    path = tmp_path / "houses.csv"
    lines = [f"{50 + i};{'Berlin' if i % 3 else 'Rom'};{i % 4};{1000 * (50 + i) + 17 * (i % 3)},5" for i in range(60)]
    path.write_text("\n".join(["size;place;rooms;price", *lines, ";Rom;2;9", "70;Oslo;9;70000"]), encoding="cp1252")
    return path


def table(path: Path, **fields: object) -> Table:
    return Table(source=inspect(str(path)).source, **fields)  # type: ignore[arg-type]


def test_iris_is_what_is_known_of_it() -> None:
    assert inspect("iris.csv").source == IRIS
    data = Table(validation_share=0.1)
    assert (data.train_count, data.validation_count, data.test_count) == (108, 12, 30)
    assert data.class_names == ("setosa", "versicolor", "virginica")
    loaded = load(data)
    assert isinstance(loaded.train, InputTargetPairs)
    assert isinstance(loaded.test, InputTargetPairs)
    assert loaded.train.inputs.shape == (108, *data.sample_shape)
    assert loaded.test.targets.bincount().tolist() == [10, 10, 10]


def test_inputs_are_standardised_with_the_rows_that_are_trained_on(houses: Path) -> None:
    data = table(houses, target="price", validation_share=0.2)
    loaded = load(data)
    assert isinstance(loaded.train, InputTargetPairs)
    assert data.sample_shape == (1 + 3 + 1,)  # size, three places, rooms
    size = loaded.train.inputs[:, 0]
    assert size.mean().abs() < 1e-6
    assert size.std(correction=0).item() == pytest.approx(1, abs=1e-6)
    assert set(loaded.train.inputs[:, 1:4].sum(1).tolist()) == {1.0}
    assert loaded.train.targets.mean().abs() < 1e-6
    assert loaded.unit > 1000
    whole = load(data.with_(validation_share=0.0))
    assert isinstance(whole.train, InputTargetPairs)
    assert not torch.equal(whole.train.inputs[:, 0], size)


def test_what_is_asked_follows_the_column(houses: Path) -> None:
    price = table(houses, target="price").task
    assert (price.output, price.targets, price.score) == ((1,), "values", Score.R2)
    assert table(houses, target="rooms").class_names == ("0", "1", "2", "3")  # 9 rooms come once
    assert table(houses, target="rooms").used == 60
    assert table(houses, target="rooms", asks="number").task.score is Score.R2
    assert table(houses, target="place").class_names == ("Berlin", "Rom")


def test_classes_out_of_whole_numbers(houses: Path) -> None:
    data = table(houses, target="rooms")
    loaded = load(data)
    assert isinstance(loaded.train, InputTargetPairs)
    assert (len(loaded.train), len(loaded.test)) == (data.train_count, data.test_count)
    assert loaded.train.targets.bincount().tolist() == [12, 12, 12, 12]
    values, target = row_of(data, 0)
    assert len(values) == 3
    assert target in (0.0, 1.0, 2.0, 3.0)


def test_what_was_left_out_is_listed(houses: Path) -> None:
    looked = inspect(str(houses))
    assert [f"{item.where}: {item.why}" for item in looked.skipped] == ["row 62: no value for size"]
    assert looked.source.rows == 61


def test_a_file_that_changed_is_refused(houses: Path) -> None:
    data = table(houses, target="price")
    houses.write_bytes(houses.read_bytes() + b"\n80;Rom;2;80000")
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load(data)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a table"),
        (b"\0\1\2", "not text"),
        (b"a,b\n1,2\n", "has 1 rows"),
        (b"a,b\n" + b"".join(b"text %d,%d\n" % (i, i) for i in range(200)), "too few columns"),
    ],
)
def test_what_nothing_can_be_learned_from_is_said(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=why):
        inspect(str(path))
    with pytest.raises(DataError, match="does not exist"):
        inspect(str(tmp_path / "b.csv"))


def test_what_cannot_be_asked_is_a_problem_with_a_way_out(houses: Path) -> None:
    stack = Stack(layers=(Linear(out_features=3),))
    for data in (Table(target="colour"), Table(asks="number"), table(houses, target="price", asks="class")):
        first = check(Experiment(data=data, stack=stack))[0]
        assert first.field is not None
        assert first.fix is not None
        mended = first.fix.apply(Experiment(data=data, stack=stack))
        assert not list(mended.data.objections())


@pytest.mark.parametrize("target", ["price", "rooms", "place"])
@pytest.mark.parametrize("held_out", [0.0, 0.25])
def test_the_exported_program_reads_the_same(houses: Path, target: str, held_out: float) -> None:
    data = table(houses, target=target, validation_share=held_out)
    _compare(data)


def test_the_exported_program_finds_iris() -> None:
    _compare(Table(validation_share=0.1))
    _compare(Table(target="petal width"))


def _compare(data: Table) -> None:
    stack = Stack(layers=(Linear(out_features=data.task.output[0]),))
    names: dict[str, object] = {}
    exec(compile(script(Experiment(data=data, stack=stack)), "script", "exec"), names)
    parts = names["load_data"](None, "cpu")  # type: ignore[operator]
    loaded = load(data)
    ours = [loaded.train, *([loaded.validation] if data.validation_count else []), loaded.test]
    for (inputs, targets), part in zip(parts, ours, strict=True):
        assert isinstance(part, InputTargetPairs)
        assert torch.allclose(inputs, part.inputs, atol=1e-6)
        assert torch.equal(targets, part.targets)


def test_a_second_table_does_not_throw_out_the_first(houses: Path) -> None:
    first, second = Table(), table(houses, target="price")
    kept = read(first)
    read(second)
    row_of(second, 0)
    assert read(first) is kept


ODD = {
    "decimal commas": ("sep=;\na;b;c\n", lambda i: f"{i},5;{1000 * i:,};{i % 3}".replace(",000", ".000") + "\n"),
    "trailing separator": ("a,b,c,\n", lambda i: f"{i}.25,{i * i},{'xy'[i % 2]},\n"),
    "years": ("place,2019,2020\n", lambda i: f"{'ABC'[i % 3]},{i},{i % 5}\n"),
    "units": ("# a comment\nmass,length,kind\n[kg],m,\n", lambda i: f"{i},{i % 7}.5,{'xy'[i % 2]}\n"),
    "two of one name": ("a,a,b\n", lambda i: f"{i},{i * 3 % 11},{i % 2}\n"),
    "index": (",a,b\n", lambda i: f"{i},{i * 3 % 11},{i % 2}\n"),
    "blanks": ("  a    b  c\n", lambda i: f"{i:5}\t{i * 2.5:9.2f}  {i % 2} \n"),
    "aligned": ("Town       long name  n\n", lambda i: f"{('New York', 'Rome')[i % 2]:12}{i or '':>8}  {i % 3}\n"),
    "title": ("Prices,,\nof 2024,,\na,b,c\n", lambda i: f"{i},{i * 3 % 11},{i % 2}\n"),
    "first name lacking": ("a b\n", lambda i: f"row{i} {i * 3 % 11} {i % 2}\n"),
    "lakhs": ("a;b\n", lambda i: f"{i + 1},23,456.50;{i % 2}\n"),
    "words among numbers": ("a,b\n", lambda i: f"{i * i if i % 5 else 'unknown'},{i % 2}\n"),
    "postcodes": ("a,b,c\n", lambda i: f"{('01067', '10115')[i % 2]},{i % 7},{i % 3}\n"),
    "currency": ("a;b;c\n", lambda i: f"{i % 7},50 €;{i} %;({i}.5)\n".replace("(0.5)", "−0.5")),
    "units behind numbers": ("a;b;c\n", lambda i: f"{i * 7},5 kg;{i} m;{i % 3}\n"),
    "days of eight digits": ("a,b,c\n", lambda i: f"202{i % 5}{i % 12 + 1:02}{i % 28 + 1:02},{i % 7},{i % 3}\n"),
    "missing value": ("a,b,c\n", lambda i: f"{i if i != 5 else -999},{i * 3 % 11},{'xy'[i % 2]}\n"),
    "carriage returns": ("a,b\r", lambda i: f"{i * i},{i % 2}\r"),
}


@pytest.mark.parametrize("kind", ODD)
def test_the_exported_program_reads_odd_tables_the_same(kind: str, tmp_path: Path) -> None:
    header, row = ODD[kind]
    path = tmp_path / "odd.csv"
    path.write_bytes((header + "".join(row(i) for i in range(40))).encode())
    _compare(Table.of_source(inspect(str(path)).source, Table()).with_(validation_share=0.1))


@pytest.mark.parametrize(("wrong", "stops"), [(["unknown"] * 18, False), ([f"x{n}" for n in range(18)], True)])
def test_the_exported_program_stops_where_this_one_would_read_no_numbers(
    wrong: list[str], stops: bool, houses: Path, tmp_path: Path
) -> None:
    data = table(houses, target="price")
    names_line, *lines = houses.read_text().splitlines()
    words = [*wrong, *(line.partition(";")[0] for line in lines[len(wrong) :])]
    lines = [f"{word};{line.partition(';')[2]}" for word, line in zip(words, lines, strict=True)]
    other = tmp_path / "other" / houses.name
    other.parent.mkdir()
    other.write_text("\n".join([names_line, *lines]))
    names: dict[str, Any] = {}
    stack = Stack(layers=(Linear(out_features=data.task.output[0]),))
    exec(compile(script(Experiment(data=data, stack=stack)), "script", "exec"), names)
    with pytest.raises(SystemExit, match="'x0' is") if stops else nullcontext():
        names["load_data"](str(other), "cpu")


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_of_an_earlier_version_means_what_it_meant(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "earlier.csv"
    cells = [('"1,020"' if separator == "," else "1,5", str(i * i)) for i in range(20)]
    path.write_text("\n".join(separator.join(row) for row in [("a", "b"), *cells]))
    columns = [{"name": "a", "kind": "number"}, {"name": "b", "kind": "number"}, {"name": "c", "kind": "left out"}]
    record = {
        "path": str(path),
        "sha256": sha256_of(path.read_bytes()),
        "encoding": "utf-8",
        "separator": separator,
        "header": 1,
        "rows": 20,
        "columns": columns[:2],
    }
    data = Table(source=TableFile.model_validate(record), target="b")
    assert row_of(data, 0)[0] == ((1020.0,) if separator == "," else (1.5,))
    kept = TableFile.model_validate({**record, "columns": columns})
    assert [column.usable for column in kept.columns] == [True, True, False]
    assert TableFile.model_validate(kept.model_dump()) == kept


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    """Rows of 12 patients; every fifth row lacks the age, every seventh the result."""
    path = tmp_path / "patients.csv"
    rows = [
        f"p{i * 5 % 12},{'train' if i % 4 else 'test'},{i % 30 if i % 5 else ''},{i * 3 % 50 if i % 7 else ''}"
        for i in range(84)
    ]
    path.write_text("\n".join(["patient,part,age,result", *rows]))
    return path


def patient_data(path: Path, groups: str = "", **fields: object) -> Table:
    source = inspect(str(path), choice=ReadingChoice(missing="usual", groups=groups)).source
    return Table(source=source, target="result").with_(**fields)


def test_missing_inputs_are_filled_with_the_median_of_the_training_rows(patients: Path) -> None:
    data = patient_data(patients, split_by="order", validation_share=0.1, asks="number")
    assert data.used == 72  # 84 less the 12 without a result
    rows = [line.split(",") for line in patients.read_text().splitlines()[1:]]
    rows = [row for row in rows if row[3]]
    train = rows[: data.train_count]
    ages = [float(row[2]) for row in train if row[2]]
    filled = [float(row[2]) if row[2] else statistics.median(ages) for row in train]
    loaded = load(data)
    assert isinstance(loaded.train, InputTargetPairs)
    wanted = [(age - statistics.fmean(filled)) / statistics.pstdev(filled) for age in filled]
    place = sum(item.width for item in data.inputs[: [item.name for item in data.inputs].index("age")])
    torch.testing.assert_close(loaded.train.inputs[:, place], torch.tensor(wanted))


def test_rows_are_split_in_their_order(patients: Path) -> None:
    data = patient_data(patients, split_by="order", validation_share=0.1, target="part", asks="class")
    loaded = load(data)
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [data.train_count, data.validation_count, data.test_count] == [60, 7, 17]
    for number in (0, 16):
        values, _ = row_of(data, number)
        age = patients.read_text().splitlines()[1 + 67 + number].split(",")[2]
        assert values[[item.name for item in data.inputs].index("age")] == pytest.approx(
            float(age or "nan"), nan_ok=True
        )


def test_rows_of_one_group_stay_together(patients: Path) -> None:
    source = inspect(str(patients), choice=ReadingChoice(missing="usual", groups="patient")).source
    assert source.column("patient") is None  # it is no input then
    for seed in range(20):
        data = Table(source=source, target="part", split_by="groups", split_seed=seed, validation_share=0.2)
        assert not [*data.objections()]
        loaded = load(data)
        sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
        assert sizes == [data.train_count, data.validation_count, data.test_count]
        assert all(size % 7 == 0 for size in sizes)  # each patient has 7 rows
        assert sizes[2] >= 0.2 * 84
    assert len({tuple(Table(source=source, split_by="groups", split_seed=seed).parts) for seed in range(9)}) > 1


def test_a_column_names_the_part_of_each_row(patients: Path) -> None:
    source = inspect(str(patients), choice=ReadingChoice(missing="usual", groups="part")).source
    data = Table(source=source, target="age", asks="number", split_by="named")
    assert "have no “age”" in str(next(iter(data.objections())).what)
    data = data.with_(target="patient")
    assert (data.test_count, data.validation_count, data.train_count) == (21, 0, 63)
    held_out = data.with_(validation_share=0.1)
    loaded = load(held_out)
    assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (57, 6, 21)


def test_dates_are_no_targets(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("day,count\n" + "".join(f"2025-0{1 + i % 9}-0{1 + i % 7},{i % 3}\n" for i in range(30)))
    data = table(path, target="day")
    assert data.columns == ("count",)
    assert [str(item.what) for item in data.objections()] == ["days.csv has no column “day”."]
    assert data.target_column.name == "count"


@pytest.mark.parametrize("test_share", [0.1, 0.5])
def test_a_group_is_never_divided_where_there_are_few(test_share: float, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("g,x,y\n" + "".join(f"{'ab'[i % 2]},{i},{i * 7 % 11}\n" for i in range(40)))
    source = inspect(str(path), choice=ReadingChoice(groups="g")).source
    data = Table(source=source, target="y", asks="number", split_by="groups", validation_share=0.2)
    data = data.with_(test_share=test_share)
    loaded = load(data)
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [20, 0, 20]
    assert (data.train_count, data.validation_count, data.test_count) == (20, 0, 20)


def test_groups_that_are_asked_for_divide_the_rows_until_the_user_decides_otherwise(patients: Path) -> None:
    def read_as(groups: str, before: Table, missing: Missing = "usual") -> Table:
        choice = ReadingChoice(missing=missing, groups=groups)
        return Table.of_source(inspect(str(patients), choice=choice).source, before)

    data = read_as("", Table())
    assert data.split_by == "stratified"
    assert read_as("part", data).split_by == "named"
    grouped = read_as("patient", data)
    assert grouped.split_by == "groups"
    chosen = grouped.with_(split_by="chance")
    assert read_as("patient", chosen, "row").split_by == "chance"  # other rows, and so groups of other sizes
    assert read_as("", grouped).split_by == "stratified"


def test_a_hand_written_grouping_that_does_not_fit_is_one_sentence(patients: Path) -> None:
    source = inspect(str(patients), choice=ReadingChoice(missing="usual", groups="patient")).source
    assert source.grouping is not None
    for wrong in (
        source.grouping.with_(column="nobody"),
        source.grouping.with_(names=tuple(f"q{number}" for number in range(12))),
    ):
        data = Table(source=source.with_(grouping=wrong), target="part", split_by="groups")
        with pytest.raises(DataError, match="has changed since it was chosen"):
            load(data)

"""Tables of every kind, with which exported programs are compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from playground.engine.data.sources import table
from playground.spec.data.dataset import Dataset
from playground.spec.data.table_reading import ColumnChoice, Missing, ReadingChoice, Scaled
from playground.spec.datasets.table import Table


def own_table(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    path = folder / "own.csv"
    rows = [f"{50 + i};{'Berlin' if i % 3 else 'Rom'};{i % 4};{1000 + 17 * i},5" for i in range(40)]
    path.write_text("\n".join(["size;place;rooms;price", *rows, "1;Rom;;"]), encoding="utf-8")
    for target in ("price", "place", "rooms"):
        yield Table(source=table.inspect(str(path)).source, target=target, validation_share=0.2)
    long = folder / "long.csv"
    long.write_text(path.read_text(encoding="utf-8").replace("size", "size " * 50, 1), encoding="utf-8")
    for missing in ("row", "usual"):
        choice = ReadingChoice.model_validate({"missing": missing})
        yield Table(source=table.inspect(str(long), choice=choice).source, target="price")
    yield from _read_otherwise(folder)


def _read_otherwise(folder: Path) -> Iterator[Dataset]:
    """Tables with dates, missing cells, other scalings, and rows split in every way."""
    path = folder / "patients.csv"
    rows = [
        f"{f'p{i * 7 % 11}' if i % 9 else 'q 8'};{'test' if i % 5 == 1 else 'Train'};"
        f"{1 + i % 28}.{1 + i % 12}.{2020 + i % 3};"
        f"{1 + i % 12}:{i % 60:02} pm;{'' if i % 4 == 0 else f'{20 + i},5'};"
        f"{('yes', 'no', '')[i * i // 2 % 3]};{3 * i % 50}"
        for i in range(60)
    ]
    path.write_text("\n".join(["patient;part;day;time;age;smokes;result", *rows]), encoding="utf-8")
    scalings: tuple[Scaled, ...] = get_args(Scaled)
    for number, missing in enumerate(get_args(Missing)):
        for split_by, groups in (("groups", "patient"), ("named", "part"), ("order", ""), ("chance", "")):
            columns = (
                ColumnChoice(name="age", scaling=scalings[number]),
                ColumnChoice(name="patient", kind="category", used=groups != "patient"),
            )
            choice = ReadingChoice(missing=missing, groups=groups, columns=columns)
            data = Table(source=table.inspect(str(path), choice=choice).source, target="result", asks="number")
            data = data.with_(split_by=split_by, validation_share=0.2)
            assert not [*data.objections()]
            yield data
            yield data.with_(target="smokes", split_by="stratified")
        yield from _tested_apart(folder, rows, missing)


def _tested_apart(folder: Path, rows: list[str], missing: Missing) -> Iterator[Dataset]:
    """The same with the rows to test with in a second file, whose columns have another order and other cells."""
    (folder / "later").mkdir(exist_ok=True)
    second = folder / "later" / "test.csv"
    moved = [
        ";".join(reversed(row.replace("yes", "now and then", number % 7 == 0).split(";")))
        for number, row in enumerate(rows[:30])
    ]
    second.write_text("\n".join(["result;smokes;age;time;day;part;patient", *moved]), encoding="utf-8")
    columns = (ColumnChoice(name="patient", used=False), ColumnChoice(name="smokes", used=True))
    choice = ReadingChoice(missing=missing, columns=columns, test_file=str(second))
    source = table.inspect(str(folder / "patients.csv"), choice=choice).source
    for target in ("result", "smokes", "part"):
        for validation_share in (0.0, 0.2):
            data = Table.of_source(source, Table()).with_(target=target, validation_share=validation_share)
            assert (data.target, data.split_by, [*data.objections()]) == (target, "file", [])
            yield data
            yield data.with_(asks="class" if target == "result" else "auto", split_seed=3)

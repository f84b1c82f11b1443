"""Files whose cells have types: each value as the file has it, and a sentence for what cannot be read."""

from __future__ import annotations

import json
import random
import runpy
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.engine.data.formats import workbook
from playground.engine.data.in_memory import DataError, InputTargetPairs, load
from playground.engine.data.sources.table import InspectedTable, inspect
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from tests.spreadsheets import Formula, ods, packed, xlsx

NAMES = ["day", "when", "count", "gap", "post code", "flag", "price", "thousandth", "place"]
KINDS = ["date", "date", "number", "number", "category", "category", "number", "number", "category"]


def row(number: int) -> list[Any]:
    return [
        date(2025, 1, 1 + number % 28),
        datetime(2025, 3, 1, 12, 30, number),
        float(number),
        None if number == 3 else number,
        f"0{10 + number % 3}",
        number % 2 == 0,
        f"{number},5",
        1.02 + number,
        f"town {number % 4}",
    ]


ROWS = [row(number) for number in range(40)]


def as_parquet(rows: list[list[Any]]) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    sink = pyarrow.BufferOutputStream()
    columns = [list(column) for column in zip(*rows, strict=True)]
    parquet.write_table(pyarrow.table(dict(zip(NAMES, columns, strict=True))), sink)
    return bytes(sink.getvalue())


def as_json_lines(rows: list[list[Any]]) -> bytes:
    found = [
        {name: v.isoformat() if isinstance(v, date) else v for name, v in zip(NAMES, row, strict=True)} for row in rows
    ]
    return "\n".join(map(json.dumps, found)).encode()


FORMS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    ".xlsx": lambda rows: xlsx({"Prices": [NAMES, *rows]}),
    ".ods": lambda rows: ods({"Prices": [NAMES, *rows]}),
    ".parquet": as_parquet,
    ".jsonl": as_json_lines,
}


def saved(folder: Path, name: str, content: bytes) -> str:
    if name.endswith((".xlsx", ".ods")):
        pytest.importorskip("python_calamine")
    (folder / name).write_bytes(content)
    return str(folder / name)


def why(path: str, choice: ReadingChoice | None = None) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(DataError) as caught:
        inspect(path, choice=choice)
    return str(caught.value)


def values(found: InspectedTable, name: str) -> list[float]:
    index = [column.name for column in found.source.columns].index(name)
    return [float(value) for value in found.values[:, index]]


@pytest.mark.parametrize("suffix", FORMS)
def test_each_value_is_what_the_file_says(tmp_path: Path, suffix: str) -> None:
    found = inspect(saved(tmp_path, f"a{suffix}", FORMS[suffix](ROWS)))
    assert [(column.name, column.kind) for column in found.source.columns] == list(zip(NAMES, KINDS, strict=True))
    whole = [number for number in range(40) if number != 3]
    assert values(found, "count") == values(found, "gap") == whole
    assert values(found, "thousandth") == [1.02 + number for number in whole]
    assert values(found, "price") == [number + 0.5 for number in whole]
    columns = {column.name: column for column in found.source.columns}
    assert columns["post code"].categories == ("010", "011", "012")
    assert columns["flag"].categories == ("FALSE", "TRUE")
    line = {".xlsx": 5, ".ods": 5}.get(suffix, 4)
    assert [item.row for item in found.skipped if item.row is not None] == [line]


@pytest.mark.parametrize("suffix", FORMS)
def test_an_exported_program_reads_the_same(tmp_path: Path, suffix: str) -> None:
    path = saved(tmp_path, f"a{suffix}", FORMS[suffix](ROWS))
    data = Table(source=inspect(path).source, target="thousandth")
    program = tmp_path / "program.py"
    program.write_text(script(Experiment(data=data, stack=Stack(layers=(Linear(out_features=1),)))), encoding="utf-8")
    parts = runpy.run_path(str(program))["load_data"]("", "cpu")
    loaded = load(data)
    for (inputs, targets), part in zip(parts, (loaded.train, loaded.test), strict=True):
        assert isinstance(part, InputTargetPairs)
        torch.testing.assert_close(inputs, part.inputs)
        torch.testing.assert_close(targets, part.targets)


def test_an_exported_program_names_a_damaged_file(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.xlsx", FORMS[".xlsx"](ROWS))
    data = Table(source=inspect(path).source, target="thousandth")
    program = tmp_path / "program.py"
    program.write_text(script(Experiment(data=data, stack=Stack(layers=(Linear(out_features=1),)))), encoding="utf-8")
    Path(path).write_bytes(b"PK")
    with pytest.raises(SystemExit, match=r"a\.xlsx cannot be read: "):
        runpy.run_path(str(program))["load_data"]("", "cpu")


def test_thousands_in_texts_say_nothing_about_numbers(tmp_path: Path) -> None:
    rows = [[1.234 + i, f"{i + 1}.{i:03}", i] for i in range(20)]
    found = inspect(saved(tmp_path, "a.xlsx", xlsx({"A": [["exact", "text", "n"], *rows]})))
    assert values(found, "exact") == [1.234 + i for i in range(20)]
    assert any("“text”" in str(remark) for remark in found.remarks)  # it may be 1,001 or 1.001


def test_a_text_among_numbers_that_may_be_another_number_is_not_guessed(tmp_path: Path) -> None:
    rows = [["1,234" if i == 7 else i + 0.5, i] for i in range(30)]
    found = inspect(saved(tmp_path, "a.xlsx", xlsx({"A": [["size", "n"], *[[*r, r[1] % 3] for r in rows]]})))
    assert "“0.5” in row 2, “1,234” in row 9" in str(found.reasons[0])


def test_sheets_are_named_and_chosen(tmp_path: Path) -> None:
    first, second = [["a", "b"], *[[i, i * 2] for i in range(20)]], [["c", "d"], *[[i, -i] for i in range(30)]]
    for suffix, make in ((".xlsx", xlsx), (".ods", ods)):
        path = saved(tmp_path, f"a{suffix}", make({"Häuser": first, "Two": second}))
        found = inspect(path)
        assert (found.source.reading.sheet, found.source.rows) == ("Häuser", 20)
        assert "2 sheets, “Häuser”, “Two”: the first one is read" in str(found.remarks[0])
        other = inspect(path, choice=ReadingChoice(sheet="Two"))
        assert (other.source.reading.sheet, other.source.rows, other.remarks) == ("Two", 30, ())
        assert load(Table(source=other.source, target="d")).unit > 1
        assert "no sheet “Three”, but “Häuser”, “Two”" in why(path, ReadingChoice(sheet="Three"))


@pytest.mark.filterwarnings("error")
def test_a_sheet_of_notes_before_the_table_is_passed_over(tmp_path: Path) -> None:
    notes, table = [["Measured in 2025"], [], ["as of", "May"]], [["a", "b"], *[[i, i * 2] for i in range(20)]]
    for suffix, make in ((".xlsx", xlsx), (".ods", ods)):
        path = saved(tmp_path, f"a{suffix}", make({"Notes": notes, "Empty": [], "Data": table, "More": table}))
        found = inspect(path)
        assert (found.source.reading.sheet, found.source.rows) == ("Data", 20)
        said = "“Notes”, “Empty”, “Data”, “More”: “Data” is read, the first one that holds a table."
        assert said in str(found.remarks[0])
        assert inspect(path, choice=ReadingChoice(sheet="More")).source.reading.sheet == "More"
    path = saved(tmp_path, "b.xlsx", xlsx({"Notes": notes}))
    assert "has 0 rows without missing values" in why(path, ReadingChoice())


def test_titles_formulas_and_merged_cells(tmp_path: Path) -> None:
    rows = [["Prices of 2025"], [], ["n", "double", "place"]]
    rows += [[i, Formula(f"A{i + 4}*2", 2 * i), "Rome" if i % 2 else "Bern"] for i in range(15)]
    after = '<mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>'
    found = inspect(saved(tmp_path, "a.xlsx", xlsx({"A": rows}, after)))
    assert [column.name for column in found.source.columns] == ["n", "double", "place"]
    assert values(found, "double") == [2.0 * i for i in range(15)]
    assert "Merged cells, as in row 1" in " ".join(map(str, found.remarks))
    assert load(Table(source=found.source, target="double")).unit > 1


@pytest.mark.parametrize("suffix", FORMS)
def test_damaged_files_get_one_sentence(tmp_path: Path, suffix: str) -> None:
    whole = FORMS[suffix](ROWS)
    chance = random.Random(7)
    for at in range(60):
        damaged = bytearray(whole)
        if at % 3:
            damaged[chance.randrange(4, len(whole))] ^= 1 << chance.randrange(8)
        else:
            damaged = damaged[: chance.randrange(len(whole))]
        path = saved(tmp_path, f"a{suffix}", bytes(damaged))
        with suppress(DataError):  # any other error, or the end of the process, would be a mistake
            inspect(path)
        if at % 3 == 0 and suffix != ".jsonl":
            assert f"a{suffix}" in why(path)


def test_what_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = [["a", "b"], *[[i, i] for i in range(20)]]
    bomb = packed({"[Content_Types].xml": "", "xl/worksheets/sheet1.xml": b" " * 6_000_000})
    with monkeypatch.context() as patch:
        patch.setattr(workbook, "_MOST_UNPACKED", 5_000_000)
        assert "6.0 MB when it is unpacked; at most 5.0 MB" in why(saved(tmp_path, "bomb.xlsx", bomb))
    content = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    far = packed({"[Content_Types].xml": "", "xl/worksheets/sheet1.xml": content})
    assert "row 1,048,576 and column 16,384" in why(saved(tmp_path, "far.xlsx", far))
    shared = packed({"[Content_Types].xml": "", "xl/sharedStrings.xml": '<sst uniqueCount="4000000000"/>'})
    assert "damaged" in why(saved(tmp_path, "shared.xlsx", shared))
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    repeated = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert "row 1,048,597 and column 16,384" in why(saved(tmp_path, "far.ods", ods({"A": table}, repeated)))
    empty = repeated.replace(' office:value-type="float" office:value="1"', "")
    assert inspect(saved(tmp_path, "empty.ods", ods({"A": table}, empty))).source.rows == 20


def test_passwords_and_old_files_are_named(tmp_path: Path) -> None:
    container = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    protected = container + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "protected with a password" in why(saved(tmp_path, "a.xlsx", protected))
    assert "old Excel" in why(saved(tmp_path, "b.xlsx", container))
    assert "old Excel" in why(saved(tmp_path, "b.xls", container))
    manifest = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "\1"}
    manifest["META-INF/manifest.xml"] = "<manifest:encryption-data/>"
    assert "protected with a password" in why(saved(tmp_path, "a.ods", packed(dict(sorted(manifest.items())))))


def test_json_lines_that_are_no_table(tmp_path: Path) -> None:
    good = "\n".join(json.dumps({"a": i, "b": i % 3}) for i in range(20))
    for line, said in (
        ("[1, 2]", "line 21 holds no object"),
        ('{"a": 1', "line 21 is no valid JSON"),
        ("[" * 100_000, "line 21 is no valid JSON"),
    ):
        assert said in why(saved(tmp_path, "a.jsonl", f"{good}\n{line}\n".encode()))
    later = inspect(saved(tmp_path, "a.jsonl", f'{good}\n\n{{"a": 3, "c": 4}}\n'.encode()))
    assert [column.name for column in later.source.columns] == ["a", "b", "c"]
    assert [item.row for item in later.skipped if item.row is not None] == [22]


def nested_json_lines() -> bytes:
    rows: list[dict[str, Any]] = [{"a": i, "where": {"x": i}, "b": i % 7, "lists": None} for i in range(40)]
    rows[20] |= {"lists": [1, 2]}
    return "\n".join(map(json.dumps, rows)).encode()


def nested_parquet() -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {"a": range(40), "where": [{"x": i} for i in range(40)], "b": [i % 7 for i in range(40)]}
    out = BytesIO()
    parquet.write_table(pyarrow.table(columns | {"lists": [[1]] * 40, "raw": [b"1"] * 40}), out)
    return out.getvalue()


@pytest.mark.parametrize(("suffix", "make"), [(".jsonl", nested_json_lines), (".parquet", nested_parquet)])
def test_columns_of_lists_and_objects_are_left_out_by_name(
    tmp_path: Path, suffix: str, make: Callable[[], bytes]
) -> None:
    found = inspect(saved(tmp_path, f"a{suffix}", make()))
    assert (found.source.rows, [column.name for column in found.source.columns]) == (40, ["a", "b"])
    assert values(found, "a") == list(range(40))
    said = {item.where: str(item.why) for item in found.skipped}
    assert {"column “where”", "column “lists”"} <= set(said)
    assert said["column “lists”"].startswith("it holds ")
    assert suffix == ".parquet" or "line 21" in said["column “lists”"]
    data = Table(source=found.source, target="b", asks="number")
    program = tmp_path / "program.py"
    program.write_text(script(Experiment(data=data, stack=Stack(layers=(Linear(out_features=1),)))), encoding="utf-8")
    train, _ = runpy.run_path(str(program))["load_data"]("", "cpu")
    loaded = load(data).train
    assert isinstance(loaded, InputTargetPairs)
    torch.testing.assert_close(train[0], loaded.inputs)


@pytest.mark.parametrize(("suffix", "library"), [(".xlsx", "python_calamine"), (".parquet", "pyarrow")])
def test_a_missing_library_is_named_with_its_command(
    tmp_path: Path, suffix: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, f"a{suffix}", FORMS[suffix](ROWS))
    monkeypatch.setitem(sys.modules, library, None)
    assert "run “pip install playground[tables]”, or save the table as CSV" in why(path)

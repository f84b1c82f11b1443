"""`playground inspect`: how a file is read, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from playground.cli.main import main


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    rows = [f"{i};{i},5 €;{'North' if i % 2 else 'South'};{i + 10}.12.2025" for i in range(1, 19)]
    path.write_text("\n".join(["id;price;side;day", *rows, "19;;North;31.12.2025", "20;4"]), encoding="cp1252")
    return path


def test_a_table_as_an_object(prices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(prices), "--json", "--read", "missing=row"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: found[name] for name in ("kind", "rows", "separator", "decimal", "encoding", "header")} == {
        "kind": "table",
        "rows": 18,
        "separator": ";",
        "decimal": ",",
        "encoding": "cp1252",
        "header": True,
    }
    assert [(item["name"], item["kind"], item["role"], item["missing"]) for item in found["columns"]] == [
        ("id", "identifier", "left out", 0),
        ("price", "number", "input", 1),
        ("side", "category", "target", 0),
        ("day", "date", "input", 0),
    ]
    assert found["left_out"] == [
        {"row": 21, "reason": "2 cells instead of 4"},
        {"row": 20, "reason": "no value for price"},
    ]


def test_a_table_in_words(prices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(prices), "--read", "missing=row"]) == 0
    said = capsys.readouterr().out
    assert "18 rows; separator ';', decimal sign ','" in said
    assert "number (€), input: 1 missing" in said
    assert "left out: row 20: no value for price" in said


def test_rows_with_one_reason_share_a_line_and_a_counter_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.csv"
    rows = [f"{i},{'' if i % 4 == 0 else i * 7 % 50},{'yes' if i % 2 else 'no'}" for i in range(1, 41)]
    path.write_text("\n".join(["PersonId,age,member", *rows]))
    assert main(["inspect", str(path), "--read", "missing=row"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "  PersonId  identifier, left out: it counts the rows"
    assert "left out: 10 rows: no value for age (5, 9, 13, 17, 21, 25, 29, 33, …)" in said


def test_a_column_of_objects_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nested.jsonl"
    lines = [f'{{"size": {n}, "place": {{"x": {n}}}, "kind": "{"ab"[n % 2]}"}}' for n in range(20)]
    file.write_text("\n".join(lines), "utf-8")
    assert main(["inspect", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [column["name"] for column in told["columns"]] == ["size", "kind"]
    why = "it holds a list or an object in line 1, and not one value"
    assert told["left_out"] == [{"item": "column “place”", "reason": why}]
    assert main(["inspect", str(file)]) == 0
    assert f"left out: column “place”: {why}" in capsys.readouterr().out


def test_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "polish.txt"
    path.write_bytes("Zażółć gęślą jaźń.\n".encode("cp1250") * 40)
    assert main(["inspect", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["characters"], found["encoding"]) == ("text", 40 * 19, "cp1250")
    assert found["first_line"] == "Zażółć gęślą jaźń."
    assert main(["inspect", str(path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["760 characters, 17 different ones; encoding cp1250", "first line: Zażółć gęślą jaźń."]
    assert main(["inspect", str(path), "--sheet", "one"]) == 2
    assert "--sheet names a sheet" in capsys.readouterr().err


def test_what_is_no_data_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    for name in ("a.zip", "none.csv"):
        assert main(["inspect", str(tmp_path / name)]) == 1
        assert name in capsys.readouterr().err


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    """Pictures on two sizes, one of them turned by its EXIF orientation, and files that are none."""
    folder = tmp_path / "animals"
    for name, count in (("cats", 12), ("dogs", 2)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (40 + number, 30)).save(folder / name / f"{number}.png")
    turned = Image.Exif()
    turned[274] = 6
    Image.new("RGB", (80, 60)).save(folder / "dogs" / "turned.jpg", exif=turned)
    (folder / "dogs" / "text.png").write_text("no picture")
    (folder / "notes.txt").write_text("hello")
    return folder


def test_a_folder_of_pictures(animals: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(animals), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    remarks = found.pop("remarks")
    assert found == {
        "kind": "pictures",
        "pictures": 15,
        "classes": {"cats": 12, "dogs": 3},
        "sizes": {"smallest": [40, 30], "largest": [60, 80]},
        "prepared": {
            "side": 32,
            "framing": "crop",
            "colour": "colour",
            "cut_off_at_most": round(1 - 30 / 51, 3),
            "words": "Each picture is scaled to 32 × 32 pixels; its longer side is cut off at both ends.",
        },
        "left_out": found["left_out"],
        "left_out_counts": {"picture": 1, "file": 1},
    }
    assert [item["item"] for item in found["left_out"]] == ["notes.txt", "dogs/text.png"]
    assert remarks == []
    for number in (0, 1):
        (animals / "dogs" / f"{number}.png").write_bytes(b"x")
    Image.new("L", (7, 7)).save(animals / "dogs" / "small.png")
    assert main(["inspect", str(animals)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == ["14 pictures in 2 classes, from 7 × 7 to 60 × 80 pixels", "  cats  12", "  dogs  2"]
    assert said[3].endswith("its longer side is cut off at both ends. At most 41 % of a picture is cut off.")
    assert said[4] == "left out: notes.txt: it is not in the folder of a class"
    assert said[-1].startswith("note: “cats” has 6 times the samples of “dogs”")
    assert main(["inspect", str(animals), "--sheet", "one"]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_pictures_that_a_table_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for number in range(12):
        Image.new("L", (9, 9), number).save(folder / f"{number}.png")
    rows = [f"{number}.png,{number % 2}" for number in range(11)]
    (folder / "labels.csv").write_text("\n".join(["file,sign", *rows]))
    assert main(["inspect", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["table"], found["columns"]) == ("labels.csv", ["file", "sign"])
    assert found["classes"] == {"0": 6, "1": 5}
    assert found["left_out"] == [{"item": "11.png", "reason": "no row of “labels.csv” labels it"}]


def test_a_text_in_words_and_byte_pairs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.txt"
    path.write_text("the cat sat on the mat, and the dog sat on the log.\n" * 20, encoding="utf-8")
    found = {}
    for units in ("characters", "words", "pairs"):
        assert main(["inspect", str(path), "--units", units, "--json"]) == 0
        found[units] = json.loads(capsys.readouterr().out)
    assert "units" not in found["characters"]
    assert (found["words"]["units"], found["words"]["vocabulary"]) == ("words", 8 + 4 + 1)  # and an unknown one
    assert found["pairs"]["count"] < found["characters"]["characters"] == 1040
    assert main(["inspect", str(path), "--units", "pairs", "--vocabulary", "100"]) == 0
    assert f"{found['pairs']['count']:,} byte pairs, a vocabulary of " in capsys.readouterr().out
    assert main(["inspect", str(path), "--units", "syllables"]) == 2
    assert "--units should be one of characters, words, pairs, but is “syllables”." in capsys.readouterr().err
    assert main(["inspect", str(path), "--vocabulary", "100"]) == 2
    table = tmp_path / "a.csv"
    table.write_text("a,b\n" + "1,2\n3,4\n" * 9)
    assert main(["inspect", str(table), "--units", "words"]) == 2
    assert "--units is about a text" in capsys.readouterr().err


def test_as_many_windows_are_told_as_are_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "short.txt"
    path.write_text("the cat sat on the mat and the dog sat on the log by the fire", encoding="utf-8")
    assert main(["train", str(path), "--epochs", "1", "--no-store", "--json"]) == 0
    assert capsys.readouterr().err.startswith("short.txt: 29 windows.")  # a context of 2 suits 61 characters


def test_all_rows_that_are_left_out_are_counted_also_beyond_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 3,000 rows every fourth, 750, has a cell too many."""
    file = tmp_path / "many.csv"
    lines = [f"{n % 7},{n % 11},{'xy'[n % 2]}{',9' if n % 4 == 0 else ''}" for n in range(3000)]
    file.write_text("\n".join(["a,b,c", *lines]), "utf-8")
    assert main(["inspect", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], len(told["left_out"]), told["left_out_counts"]) == (2250, 200, {"row": 750})
    assert main(["inspect", str(file)]) == 0
    assert "left out in all: 750 rows, of which the first 200 are listed" in capsys.readouterr().out


def test_a_name_of_two_lines_stays_on_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sizes.csv"
    lines = [f"{n * n % 17}.5,{'xy'[n % 2]}" for n in range(30)]
    file.write_text("\n".join(['"size\n(cm)",kind', *lines]), "utf-8")
    assert main(["inspect", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  size (cm)  number, input"

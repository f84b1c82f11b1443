"""Where the samples of labelled texts stand: their lines in a table, or their files in folders."""

from __future__ import annotations

from pathlib import Path

from playground.engine.data.in_memory import load
from playground.engine.data.sources.labelled import inspect, text_of
from playground.spec.datasets.labelled import LabelledTexts


def opened(path: Path) -> LabelledTexts:
    return LabelledTexts.of_source(inspect(str(path)).source, LabelledTexts())


def test_lines_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "reviews.csv"
    rows = [f"a review of film {i},{'good' if i % 2 else 'bad'}" for i in range(40)]
    table.write_text("\n".join(["text,label", *rows[:9], ",good", *rows[9:]]))
    data, lines = opened(table), table.read_text().splitlines()
    places = load(data).places
    assert places is not None
    for number in range(data.test_count):
        file, place = places.test.place(number)
        text, label = text_of(data, number)
        assert file == str(table)
        assert lines[int(place.removeprefix("row ")) - 1] == f"{text},{label}"


def test_files_of_folders(tmp_path: Path) -> None:
    for label in ("bad", "good"):
        (tmp_path / label).mkdir()
        for number in range(15):
            (tmp_path / label / f"{number}.txt").write_text(f"a {label} review, number {number}")
    data = opened(tmp_path)
    places = load(data).places
    assert places is not None
    for number in range(data.train_count):
        file, place = places.train.place(number)
        assert ((tmp_path / file).read_text(), Path(file).parent.name) == text_of(data, number, "train")
        assert place == ""

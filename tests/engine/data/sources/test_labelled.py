"""Labelled texts: which columns are texts and labels, what is left out, and that a network learns them."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.engine.data.in_memory import DataError, load
from playground.engine.data.sources.labelled import encoded, inspect, rows_of, text_of
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.check.problems import check
from playground.spec.component import Component
from playground.spec.data.dataset import dataset_of
from playground.spec.data.labelled_summary import FileEncoding, LabelledFiles
from playground.spec.data.table_reading import ReadingChoice, TableReading
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.first_experiment import first_experiment

NOISE = ["tree", "river", "stone", "cloud", "paper", "window", "light", "street", "house", "garden"]
KEYS = {"good": ["lovely", "great"], "bad": ["awful", "broken"]}


def lines(count: int = 200, seed: int = 1) -> list[tuple[str, str]]:
    """Texts that hold one of two words of their class beside noise."""
    chance, found = random.Random(seed), []
    for number in range(count):
        label = ("good", "bad")[number % 2]
        words = chance.choices(NOISE, k=chance.randint(4, 8))
        words.insert(chance.randrange(len(words)), chance.choice(KEYS[label]))
        found.append((" ".join(words), label))
    return found


def csv_file(folder: Path) -> Path:
    path = folder / "reviews.csv"
    rows = [f'{number},"{text}",{label},{number % 5 + 1}' for number, (text, label) in enumerate(lines())]
    path.write_text("\n".join(["id,review,label,stars", *rows, "200,,good,3", "201,a tree,,2"]), encoding="utf-8")
    return path


def tsv_file(folder: Path) -> Path:
    path = folder / "reviews.tsv"
    path.write_text("\n".join(["label\treview", *(f"{label}\t{text}" for text, label in lines())]), encoding="utf-8")
    return path


def json_file(folder: Path) -> Path:
    path = folder / "reviews.jsonl"
    path.write_text("\n".join(json.dumps({"label": label, "review": text}) for text, label in lines()))
    return path


def class_folders(folder: Path) -> Path:
    root = folder / "reviews"
    for number, (text, label) in enumerate(lines()):
        (root / label).mkdir(parents=True, exist_ok=True)
        (root / label / f"{number:03}.txt").write_text(text + "\n", encoding="utf-8")
    return root


def own(path: Path, **fields: object) -> LabelledTexts:
    return LabelledTexts.of_source(inspect(str(path)).source, LabelledTexts()).with_(**fields)


@pytest.mark.parametrize("put", [csv_file, tsv_file, json_file, class_folders])
def test_texts_and_labels_are_found_and_the_declaration_is_what_is_read(
    put: Callable[[Path], Path], tmp_path: Path
) -> None:
    data = own(put(tmp_path), validation_share=0.1)
    assert data.class_names == ("bad", "good")
    assert data.used == 200
    assert check(first_experiment(data)) == ()
    loaded = load(data)
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [data.train_count, data.validation_count, data.test_count] == [144, 16, 40]
    codes, classes = loaded.train.cut(0, 5)
    assert codes.shape == (5, *data.sample_shape)
    assert int(codes.max()) < data.sample_shape.vocabulary
    text, label = text_of(data, 7)
    assert any(word in text for word in KEYS[label])
    codes, classes = loaded.test.cut(7, 8)
    assert codes.equal(encoded([text], data.alphabet, data.length).long())
    assert data.class_names[int(classes)] == label


def test_columns_are_the_longest_texts_and_the_fewest_labels_unless_others_are_chosen(tmp_path: Path) -> None:
    found = inspect(str(csv_file(tmp_path)))
    data = LabelledTexts.of_source(found.source, LabelledTexts())
    assert (data.text_column, data.label_column) == ("review", "label")
    assert data.label_names == ("label", "stars")
    assert [(item.where, str(item.why)) for item in found.skipped] == [
        ("column “id”", "it holds numbers, which are neither texts nor labels"),
        ("row 202", "no value for review"),
        ("row 203", "no value for label"),
    ]
    stars = data.with_(label_column="stars")
    assert stars.class_names == ("1", "2", "3", "4", "5")
    assert list(stars.objections()) == []
    (wrong,) = data.with_(label_column="star").objections()
    assert (str(wrong.what), wrong.better) == ("reviews.csv has no labels “star”.", "label")
    (same,) = data.with_(label_column="review").objections()
    assert str(same.what) == "A text cannot be its own label."
    assert data.length == data.read_column.usual_length


def test_labels_that_only_letter_case_or_blanks_tell_apart_are_told(tmp_path: Path) -> None:
    names = ("spam", "Spam", "good", "very  good", "very good")
    rows = [f"{text} {number},{names[number % 5]}" for number, (text, _label) in enumerate(lines())]
    file = tmp_path / "mails.csv"
    file.write_text("\n".join(["text,label", *rows]), "utf-8")
    (told,) = inspect(str(file)).remarks
    assert str(told) == (
        "“Spam” and “spam” in label differ only in letter case, blanks or the like. They count as different "
        "categories: correct the data if they are the same (2 such pairs or groups)."
    )


def test_codes_of_padding_and_of_characters_without_a_code() -> None:
    assert encoded(["ba", "a€c€", "", "cab"], "ac", 3).tolist() == [[1, 2, 0], [2, 1, 3], [0, 0, 0], [3, 2, 1]]


def test_characters_that_do_not_recur_have_no_code(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"some words {number % 3},{'xy'[number % 2]}\n" for number in range(20)))
    with path.open("a") as file:
        file.write("words Ω words,x\n")
    assert own(path).alphabet == " 012demorsw"


def test_a_folder_of_several_encodings_and_what_is_left_out(tmp_path: Path) -> None:
    root = class_folders(tmp_path)
    (root / "good" / "polish.txt").write_bytes("zażółć gęślą jaźń, to jest bardzo dobre zdanie".encode("utf-16"))
    (root / "good" / "blank.txt").write_text(" \n")
    (root / "single").mkdir()
    (root / "single" / "one.txt").write_text("alone")
    assert dataset_of(root) is LabelledTexts
    found = inspect(str(root))
    assert [item.encoding for item in found.source.others] == ["utf-16"]
    assert {item.where: str(item.why) for item in found.skipped} == {
        "good/blank.txt": "it is empty",
        "single": "a class with fewer than two texts",
    }
    data = LabelledTexts.of_source(found.source, LabelledTexts())
    assert data.used == 201
    assert data.class_names == ("bad", "good")
    load(data)
    (root / "bad" / "new.txt").write_text("another")
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load(data)


@pytest.mark.skipif(os.name == "nt", reason="links need a right, and names are text")
def test_links_and_names_that_are_no_text_are_left_out_of_a_folder(tmp_path: Path) -> None:
    root = class_folders(tmp_path)
    secret = tmp_path / "secret.txt"
    secret.write_text("what nobody chose to learn from")
    (root / "good" / "link.txt").symlink_to(secret)
    (root / "linked").symlink_to(root / "good")
    Path(os.fsdecode(os.fsencode(root) + b"/good/\xff.txt")).write_text("a good name it has not")
    found = inspect(str(root))
    assert {str(item.why) for item in found.skipped} == {"not a text file (.txt)", "its name is no text"}
    data = LabelledTexts.of_source(found.source, LabelledTexts())
    assert (data.used, data.class_names) == (200, ("bad", "good"))


REFUSED = {
    "number,other\n" + "\n".join(f"{n},{n * n}" for n in range(30)): "has 0 texts|has no column of texts",
    "text,kind\n" + "\n".join(f"the words of {n},{chr(97 + n % 26)}{n}" for n in range(30)): "has no labels",
    "text,kind\na b c,x\nd e f,y\n": "texts with a label: at least 10",
    "": "not a table|empty",
}


@pytest.mark.parametrize("content", REFUSED)
def test_what_is_no_labelled_text_is_refused_in_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=REFUSED[content]):
        inspect(str(path))


def test_a_changed_file_is_refused_and_reading_can_be_stopped(tmp_path: Path) -> None:
    data = own(csv_file(tmp_path))
    with cancellable(lambda: True), pytest.raises(Cancelled):
        inspect(str(class_folders(tmp_path)))
    Path(data.source.path).write_text("text,label\n")
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load(data)


def test_its_record_reads_back(tmp_path: Path) -> None:
    data = own(csv_file(tmp_path))
    assert isinstance(data, Component)
    assert LabelledTexts.model_validate_json(data.model_dump_json()) == data
    assert LabelledTexts().source == LabelledFiles()


def test_the_first_network_learns_which_words_decide(tmp_path: Path) -> None:
    experiment = first_experiment(own(csv_file(tmp_path)))
    experiment = experiment.with_(recipe=experiment.recipe.with_(epochs=12))
    ended = [item for item in Trainer(experiment, load(experiment.data)) if isinstance(item, Finished)]
    assert (ended[0].test_score or 0.0) >= 0.95


@pytest.mark.parametrize("chosen", [None, "iso8859-2"])
def test_the_texts_of_a_folder_are_read_in_the_encodings_that_were_stored(tmp_path: Path, chosen: str | None) -> None:
    for label, word in (("good", "zażółć"), ("bad", "gęślą")):
        (tmp_path / label).mkdir()
        for number in range(8):
            (tmp_path / label / f"{number}.txt").write_bytes(f"{word} {number}".encode("iso8859-2"))
    (tmp_path / "good" / "noise.txt").write_bytes(b"a\0b")
    source = inspect(str(tmp_path), choice=ReadingChoice(encoding=chosen)).source
    odd = FileEncoding(name="good/3.txt", encoding="iso8859-2")
    data = LabelledTexts.of_source(
        source.with_(reading=TableReading(encoding="cp1252"), others=(odd,)), LabelledTexts()
    )
    texts, targets = rows_of(data)
    assert len(texts) == source.rows == (16 if chosen is None else 17)
    known = [text for text, label in zip(texts, targets, strict=True) if data.class_names[label] == "good"]
    assert known[3] == "zażółć 3"
    assert known[4] == "zażółć 4".encode("iso8859-2").decode("cp1252")

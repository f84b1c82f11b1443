"""Right answers beside new data: columns of points, and folders whose names are classes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from playground.engine.build import build
from playground.engine.inference.predictions.agreement import agreement
from playground.engine.inference.predictions.predict import predictions
from playground.engine.inference.predictions.predictions_csv import predictions_csv
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.spec.data.dataset import Dataset
from playground.spec.data.labelled_summary import LabelledFiles, TextColumn
from playground.spec.data.picture_folder_summary import PictureFolder, PictureLayout
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.points import Heights, Points
from playground.spec.first_experiment import first_experiment


def _trained(data: Dataset) -> Trained:
    experiment = first_experiment(data)
    torch.manual_seed(3)
    return Trained(experiment, build(experiment), Figures(), {})


def _pictures(folder: Path) -> OwnPictures:
    layout = PictureLayout(train="train", test="test")
    source = PictureFolder(path=str(folder), classes=("cat", "%41"), counts=(5, 5), test_total=2, layout=layout)
    return OwnPictures(source=source.with_(labels=("cat", "A")), side=8)


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("test/cat/old", "train/%41", "test/dog"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("test/cat/old/a.png", "train/%41/b.png", "test/dog/c.png", "d.png"):
        Image.new("RGB", (9, 9), "red").save(tmp_path / name)
    return tmp_path


def test_a_folder_names_the_class_of_its_pictures(folders: Path) -> None:
    trained = _trained(_pictures(folders / "elsewhere"))
    found = list(predictions(trained, [str(folders)]))
    truths = {Path(item.source).name: item.truth.value for item in found if item.truth}
    assert truths == {"a.png": "cat", "b.png": "A", "c.png": None, "d.png": None}
    assert {Path(item.source).name: item.cells.get("folder") for item in found}["c.png"] == "dog"
    right = sum(item.answer == truths[Path(item.source).name] for item in found)
    assert list(map(str, agreement(trained.experiment.data, found).sentences())) == [
        f"{right} of 2 agree with the names of their folders.",
        "2 answers are not counted: no folder names a class of theirs that the network knows.",
    ]
    assert predictions_csv(trained.experiment.data, found).splitlines()[0].startswith("file,folder,answer,")


@pytest.mark.parametrize(("part", "learned"), [("train/%41", True), ("test/cat", False)])
def test_only_what_was_not_held_out_was_learned_from(folders: Path, part: str, learned: bool) -> None:
    trained = _trained(_pictures(folders))
    (item,) = predictions(trained, [str(folders / part)])
    assert item.truth is not None
    assert item.truth.learned == learned
    assert len(agreement(trained.experiment.data, [item]).sentences()) == 1 + learned


def test_pictures_without_folders_of_classes_have_no_right_answers(folders: Path) -> None:
    found = list(predictions(_trained(_pictures(folders)), [str(folders / "test" / "dog"), str(folders / "d.png")]))
    assert [item.truth for item in found] == [None, None]
    assert [dict(item.cells) for item in found] == [{}, {}]


@pytest.mark.parametrize("learned", [False, True])
def test_a_table_in_a_folder_labels_its_pictures(tmp_path: Path, learned: bool) -> None:
    (tmp_path / "images").mkdir()
    for name in "abcd":
        Image.new("RGB", (9, 9), "red").save(tmp_path / "images" / f"{name}.png")
    (tmp_path / "labels.csv").write_text("file,kind\na.png,cat\nb.png,A\nc.png,dog\nnone.png,cat\n")
    source = PictureFolder(path=str(tmp_path if learned else tmp_path / "x"), classes=("cat", "A"), counts=(5, 5))
    trained = _trained(OwnPictures(source=source, side=8))
    found = list(predictions(trained, [str(tmp_path)]))
    truths = {Path(item.source).stem: item.truth.value for item in found if item.truth}
    assert truths == {"a": "cat", "b": "A", "c": None}
    assert {Path(item.source).stem: item.cells.get("kind") for item in found} == {
        "a": "cat",
        "b": "A",
        "c": "dog",
        "d": None,
    }
    right = sum(item.answer == truths.get(Path(item.source).stem, "") for item in found)
    assert list(map(str, agreement(trained.experiment.data, found).sentences())) == [
        f"{right} of 2 agree with “kind”.",
        "1 answer is not counted: “kind” is empty there, or names no class that the network knows.",
        *(["The network learned from files of this folder: on others it agrees less, as a rule."] if learned else []),
    ]


def test_a_folder_names_the_class_of_its_texts(tmp_path: Path) -> None:
    columns = (
        TextColumn(name="text", mean_length=9.0, alphabet="\n abcdef"),
        TextColumn(name="folder", labels=("x", "y"), counts=(9, 9)),
    )
    source = LabelledFiles(path="/nowhere/a", rows=18, columns=columns, is_folder=True)
    trained = _trained(LabelledTexts(source=source, length=24))
    for name in ("x", "y", "z"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"abc {name}")
    found = list(predictions(trained, [str(tmp_path)]))
    assert [item.truth.value if item.truth else "" for item in found] == ["x", "y", None]
    right = sum(item.answer == Path(item.source).parent.name for item in found)
    assert str(agreement(trained.experiment.data, found).sentences()[0]).startswith(f"{right} of 2 agree with")


def test_points_are_compared_with_their_class_and_their_height(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x;y;Class;height\n0,5;-2;1;0,5\n1;1;2;-1,25\n3;3;9;\n")
    classes, heights = _trained(Points()), _trained(Heights())
    found = list(predictions(classes, [str(path)]))
    assert [item.truth.value if item.truth else "" for item in found] == ["1", "2", None]
    right = sum(item.answer == true for item, true in zip(found, ("1", "2"), strict=False))
    assert list(map(str, agreement(classes.experiment.data, found).sentences())) == [
        f"{right} of 2 agree with “class”.",
        "1 row is not counted: “class” is empty there, or names no class that the network knows.",
    ]
    found = list(predictions(heights, [str(path)]))
    errors = [(item.value or 0.0) - true for item, true in zip(found, (0.5, -1.25), strict=False)]
    compared = agreement(heights.experiment.data, found)
    assert (compared.compared, compared.unknown) == (2, 1)
    assert compared.mae == pytest.approx(sum(map(abs, errors)) / 2)
    assert "Compared with “height” in 2 rows" in str(compared.sentences()[0])


def test_a_table_of_texts_in_a_text_file_is_compared_with_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "mail.txt"
    path.write_text("\n".join(["kind\ttext", *(f"{'ab'[n % 2]}\tyes, it is {n}" for n in range(20))]))
    text, label = TextColumn(name="text", alphabet="abc"), TextColumn(name="kind", labels=("a", "b"), counts=(10, 10))
    data = LabelledTexts(
        source=LabelledFiles(path=str(tmp_path / "x.csv"), rows=20, columns=(text, label)),
        text_column="text",
        label_column="kind",
    )
    found = list(predictions(_trained(data), [str(path)]))
    assert [item.truth.value for item in found if item.truth] == ["a", "b"] * 10
    assert found[0].cells == {"kind": "a", "text": "yes, it is 0"}
    path.write_text("one line\nanother line\n")
    assert [item.where for item in predictions(_trained(data), [str(path)])] == ["line 1", "line 2"]

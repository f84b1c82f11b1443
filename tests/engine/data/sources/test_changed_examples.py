"""Loading with changed examples equals doing by hand what they say; examples that are others now are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import Tensor

from playground.engine.data.fingerprint import fingerprint
from playground.engine.data.in_memory import DataError, load
from playground.engine.data.sources import labelled, picture_folder, table
from playground.engine.evaluation.data_part import Part, part_of
from playground.engine.evaluation.examples import examples
from playground.spec.check.problems import check
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.data.corrections import Correction, Corrections, packed
from playground.spec.data.table_reading import ColumnChoice, ReadingChoice
from playground.spec.datasets.changeable import Changeable
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.json_text import json_text
from tests.example_changes import change

DIGITS = MNIST(train_limit=200, validation_share=1 / 600)
CSV = "a;b;kind\n" + "".join(f"{i};{i * i};{'xyz'[i % 3]}\n" for i in range(40))


def changed(data: Changeable, *items: tuple[int, str | None]) -> Changeable:
    made = tuple(change(data, number, name) for number, name in sorted(items, key=lambda item: item[0]))
    return data.with_(changes=ChangedExamples(items=made))


def own_table(folder: Path, content: str = CSV) -> Table:
    (folder / "t.csv").write_text(content, encoding="utf-8")
    return Table.of_source(table.inspect(str(folder / "t.csv")).source, Table()).with_(validation_share=0.2)


def whole(part: object) -> tuple[Tensor, Tensor]:
    return part.cut(0, len(part))  # type: ignore[attr-defined, arg-type, no-any-return]


def test_pictures_with_corrections_beside() -> None:
    mixed = Corrections(items=(Correction(number=4, picture=packed(bytes(784))),), copies=3)
    data = DIGITS.with_(corrections=mixed)
    before = load(data)
    images, labels = (item.numpy().copy() for item in whole(before.train))
    after = load(changed(data, (0, "9"), (7, None), (199, "0"), (59_950, "1"), (30_000, None)))
    labels[[0, 199]] = 9, 0
    inputs, targets = whole(after.train)
    assert np.array_equal(inputs.numpy(), np.delete(images, 7, 0))
    assert np.array_equal(targets.numpy(), np.delete(labels, 7))
    held_out = whole(before.validation)[1].numpy().copy()
    held_out[50] = 1
    assert np.array_equal(whole(after.validation)[1].numpy(), held_out)
    assert np.array_equal(whole(after.test)[1].numpy(), whole(before.test)[1].numpy())
    assert len(after.train) == changed(data, (7, None), (30_000, None)).train_count == 202
    assert fingerprint(after) != fingerprint(before) == fingerprint(load(data))


def test_rows_are_scaled_without_those_that_are_left_out(tmp_path: Path) -> None:
    data = own_table(tmp_path)
    order = load(data).order
    assert order is not None
    first, second, *kept = order.train.tolist()
    after = load(changed(data, (first, None), (second, "z")))
    rows = np.array([[i, i * i] for i in (second, *kept)], np.float64)
    inputs, targets = whole(after.train)
    assert np.allclose(inputs.numpy(), (rows - rows.mean(0)) / rows.std(0), atol=1e-6)
    assert targets.tolist() == [2, *(i % 3 for i in kept)]
    assert after.places is not None
    assert list(after.places.train.rows) == [i + 2 for i in (second, *kept)]


def test_rows_with_a_number_to_predict_can_be_left_out(tmp_path: Path) -> None:
    data = own_table(tmp_path).with_(target="b")
    order = load(data).order
    assert order is not None
    number = int(order.train[3])
    after = load(changed(data, (number, None)))
    assert after.order is not None
    assert after.order.train.tolist() == [other for other in order.train.tolist() if other != number]
    assert [*changed(data, (number, None)).objections()] == []


def test_rows_are_known_whichever_columns_are_inputs(tmp_path: Path) -> None:
    data = own_table(tmp_path)
    order = load(data).order
    assert order is not None
    number = int(order.train[3])
    made = changed(data, (number, None))
    choice = ReadingChoice(columns=(ColumnChoice(name="a", used=False),))
    path = str(tmp_path / "t.csv")
    fewer = Table.of_source(table.inspect(path, choice=choice).source, made)
    assert [item.name for item in fewer.inputs] == ["b"]
    found = load(fewer).order
    assert found is not None
    assert number not in found.train.tolist()
    (same,) = changed(data.with_(target="b"), (number, None)).changes.items  # the same row to predict another column
    assert same == made.changes.items[0]


def test_texts(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("text;kind\n" + "".join(f"some words {i};{'ab'[i % 2]}\n" for i in range(30)))
    data = LabelledTexts.of_source(labelled.inspect(str(tmp_path / "l.csv")).source, LabelledTexts())
    order = load(data).order
    assert order is not None
    first, *kept = order.train.tolist()
    now = changed(data, (first, None), (kept[0], "ab"[1 - kept[0] % 2]))
    assert isinstance(now, LabelledTexts)
    assert whole(load(now).train)[1].tolist() == [1 - kept[0] % 2, *(i % 2 for i in kept[1:])]
    assert labelled.text_of(now, 0, "train") == (f"some words {kept[0]}", "ab"[1 - kept[0] % 2])


def test_own_pictures_are_known_by_their_files(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        for count in range(6):
            Image.new("L", (9, 9), 20 * count).save(tmp_path / name / f"{count}.png")
    data = OwnPictures(source=picture_folder.inspect(str(tmp_path)).source, side=8)
    order = load(data).order
    assert order is not None
    number = int(order.train[0])
    now = changed(data, (number, "b"))
    assert int(whole(load(now.with_(side=12, colour="grey")).train)[1][0]) == 1
    Image.new("L", (9, 9), 255).save(tmp_path / "a" / f"{number}.png")
    with pytest.raises(DataError, match="is another one now: the data, or how they are read, have changed"):
        load(now.of_source(picture_folder.inspect(str(tmp_path)).source, now))
    (tmp_path / "b").rename(tmp_path / "c")
    elsewhere = picture_folder.inspect(str(tmp_path)).source
    (objection,) = now.of_source(elsewhere, now).objections()
    assert str(objection.what) == "You changed an example’s label to “b”, which is no class of these data."
    assert objection.better == ChangedExamples()
    assert now.of_source(elsewhere.with_(path=str(tmp_path / "other")), now).changes == ChangedExamples()


@pytest.mark.parametrize(
    ("name", "part", "words"),
    [
        (None, "validation", "An example that you left out is a validation example under this split: it counts there."),
        (None, "test", "An example that you left out is a test example under this split: it counts there."),
        ("z", "test", "An example that you relabelled is a test example under this split: it keeps its own label."),
    ],
)
def test_changes_that_another_split_moves(name: str | None, part: str, words: str, tmp_path: Path) -> None:
    """They do not hold there; the data are read with a remark, and all other changes hold."""
    data = own_table(tmp_path)
    seeds = [data.with_(split_seed=seed, split_by="chance") for seed in range(40)]
    chosen = next(item for item in seeds if 0 not in _trained(item) and _held_out(item) is (part == "validation"))
    number = _trained(chosen)[0]
    made = changed(chosen, (0, name), (number, None))
    assert check(Experiment(name="x", data=made)) == check(Experiment(name="x", data=chosen))
    before, after = load(chosen), load(made)
    for held_out in ("validation", "test"):
        for old, new in zip(whole(getattr(before, held_out)), whole(getattr(after, held_out)), strict=True):
            assert old.shape == new.shape
    assert np.array_equal(whole(before.test)[1], whole(after.test)[1])
    assert number not in _trained(made)
    assert [str(remark) for remark in after.remarks] == [words]


def _trained(data: Changeable) -> list[int]:
    order = load(data).order
    assert order is not None
    return [int(number) for number in order.train]


def _held_out(data: Changeable) -> bool:
    order = load(data).order
    assert order is not None
    return 0 in order.validation.tolist()


def test_another_picture_is_refused_with_advice() -> None:
    item = ChangedExample(number=3, digest="0123456789ab", class_name="1")
    with pytest.raises(DataError, match=r"Example 3, .* is another one now.* Take the change back"):
        load(DIGITS.with_(changes=ChangedExamples(items=(item,))))


def test_examples_say_how_they_are_known() -> None:
    data = load(DIGITS)
    (example,) = examples(part_of(data, DIGITS, Part.VALIDATION), (4,))
    assert example.origin is not None
    assert example.origin.number == 59_904
    made = changed(DIGITS, (59_904, "3"))
    assert isinstance(made.changes, ChangedExamples)
    assert made.changes.items[0].digest == example.origin.digest
    assert example.origin.class_name == str(int(example.target))
    part = part_of(load(made), made, Part.VALIDATION)
    assert str(part.remark) == "1 label changed by you"
    assert examples(part, (4,))[0].origin == example.origin
    assert examples(part_of(data, DIGITS, Part.TEST), (4,))[0].origin is None
    assert str(part_of(load(made), made, Part.TRAIN).remark) == "seen in training"


def test_files_without_changes_are_as_they_were() -> None:
    assert "changes" not in json_text(DIGITS.model_dump())
    made = changed(DIGITS, (3, "1"), (8, None))
    assert MNIST.model_validate(made.model_dump()) == made
    assert str(made.changed) == "1 label changed, 1 example left out"

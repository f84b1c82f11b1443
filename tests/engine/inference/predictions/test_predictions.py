"""Predictions for files: equal to plain torch on the same numbers, without the table that was learned from."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from playground.engine.data.in_memory import load as load_data
from playground.engine.data.sources import table as table_source
from playground.engine.data.sources.points import as_inputs
from playground.engine.inference.predictions.predict import predictions
from playground.engine.inference.predictions.prediction import Prediction, Unsuitable
from playground.engine.inference.predictions.predictions_csv import predictions_csv
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.engine.weights import Trained, load, save
from playground.spec.data.dataset import Dataset
from playground.spec.data.table_reading import Missing, ReadingChoice
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Points
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe

_PLACES = ("Berlin", "Rom", "Wien")


def _price(size: float, place: str, rooms: int) -> float:
    return 100.0 * size + 2000.0 * _PLACES.index(place) + 500.0 * rooms


def _trained(path: Path, data: Dataset) -> Trained:
    """A network of one layer after three epochs, saved and loaded, and its data forgotten."""
    outputs = data.task.output[0]
    recipe = Recipe(epochs=3, batch_size=8, device="cpu")
    recipe = recipe if data.task.classes else recipe.with_(loss=MSE())
    first = (Flatten(),) if len(data.sample_shape) > 1 else ()
    experiment = Experiment(data=data, stack=Stack(layers=(*first, Linear(out_features=outputs))), recipe=recipe)
    trainer = Trainer(experiment, load_data(data))
    assert isinstance(list(trainer)[-1], Finished)
    save(path, experiment, trainer.network, trainer.figures, trainer.scaling)
    return load(path)


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    path = tmp_path / "houses.csv"
    rows = [(40 + 3 * (i % 17), _PLACES[i % 3], 1 + i % 5) for i in range(60)]
    lines = [f"{size},{place},{rooms},{_price(size, place, rooms):.1f}" for size, place, rooms in rows]
    path.write_text("\n".join(["size,place,rooms,price", *lines]))
    return path


def _table(path: Path, target: str) -> Table:
    return Table(
        source=table_source.inspect(str(path)).source, target=target, asks="number" if target == "price" else "auto"
    )


def _forget(path: Path) -> None:
    """Remove the table, from the disk and from the memory."""
    path.unlink()
    table_source._read.cache_clear()
    table_source._rows.cache_clear()


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text("note,Rooms,size,place\na,2,50.5,Rom\nb,3,,Wien\nc,4,80,Paris\nd,many,80,Rom\ne,5,90,Berlin\n")
    return path


def test_rows_are_answered_after_the_table_has_gone(houses: Path, new: Path, tmp_path: Path) -> None:
    data = _table(houses, "price")
    values = np.array(table_source.inspect(str(houses)).values)
    parts = table_source._divided(data).parts
    trained = _trained(tmp_path / "n.safetensors", data)
    _forget(houses)
    found = list(predictions(trained, [str(new)]))
    assert [item.where for item in found] == ["row 2", "row 3", "row 4", "row 5", "row 6"]
    assert [str(item.problem) for item in found[1:4]] == [
        "no value for size",
        "“Paris” in place is not known to the network, which knows Berlin, Rom, Wien",
        "“many” in rooms is not a number",
    ]
    learned = values[parts.train]  # size, place, rooms, price; computed again by hand
    layer = trained.network[0]
    assert isinstance(layer, nn.Linear)
    for item, (size, place, rooms) in zip((found[0], found[4]), ((50.5, 1, 2), (90, 0, 5)), strict=True):
        inputs = [(size - learned[:, 0].mean()) / learned[:, 0].std(), *np.eye(3)[place]]
        inputs += [(rooms - learned[:, 2].mean()) / learned[:, 2].std()]
        output = float(layer(torch.tensor([inputs], dtype=torch.float32))[0, 0].detach())
        assert item.value == pytest.approx(output * learned[:, 3].std() + learned[:, 3].mean(), rel=1e-5)


def test_a_row_far_outside_what_the_network_learned_from_is_answered_with_a_remark(
    houses: Path, tmp_path: Path
) -> None:
    data = _table(houses, "price")
    assert (data.inputs[0].low, data.inputs[0].high) == (40, 88)
    trained = _trained(tmp_path / "n.safetensors", data)
    new = tmp_path / "new.csv"
    new.write_text("size,place,rooms\n60,Rom,2\n99,Rom,2\n101,Wien,3\n20,Rom,2\n")
    found = list(predictions(trained, [str(new)]))
    assert [item.problem for item in found] == [None] * 4
    assert [item.remark and str(item.remark) for item in found] == [
        None,
        None,
        "“101” in size lies far outside 40 to 88, from which the network learned",
        "“20” in size lies far outside 40 to 88, from which the network learned",
    ]
    written = list(csv.DictReader(io.StringIO(predictions_csv(data, found))))
    assert [row["remark"] for row in written] == ["", "", str(found[2].remark), str(found[3].remark)]


def test_a_file_is_read_as_the_user_decided_where_it_does_not_say_so_itself(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a/b/c\n" + "".join(f"{i}.5/{i % 7}/{i * 3 % 11}\n" for i in range(40)))
    choice = ReadingChoice(separator="/")
    source = table_source.inspect(str(path), choice=choice).source
    trained = _trained(tmp_path / "n.safetensors", Table(source=source, target="c", asks="number"))
    assert len([item for item in predictions(trained, [str(path)]) if item.problem is None]) == 40
    new = tmp_path / "new.csv"
    new.write_text("a,b\n1.5,2\n1e99,3\n500,900\n")
    found = list(predictions(trained, [str(new)]))
    assert [item.problem and str(item.problem) for item in found] == [
        None,
        "a number in it is too large to compute with",
        None,
    ]
    assert str(found[2].remark).count("lies far outside") == 2


@pytest.mark.parametrize("missing", ["usual", "own"])
def test_networks_of_tables_with_dates_answer_rows_that_lack_values(missing: Missing, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    rows = [f"{1 + i % 28}.{1 + i % 12}.2025,{'' if i % 3 == 0 else i % 40},{i * 5 % 17}.5" for i in range(60)]
    path.write_text("\n".join(["day,age,cost", *rows]))
    choice = ReadingChoice(missing=missing)
    data = Table(source=table_source.inspect(str(path), choice=choice).source, target="cost", asks="number")
    trained = _trained(tmp_path / "n.safetensors", data)
    assert trained.scaling is not None
    new = tmp_path / "new.csv"
    new.write_text("day,age\n5.6.2025,30\n2025-06-05,\n,30\n5.6.2025,old\n31.12.2050,3\n")
    found = list(predictions(trained, [str(new)]))
    assert [item.problem and str(item.problem) for item in found] == [
        None,
        None,
        None,
        "“old” in age is not a number",
        None,
    ]
    assert str(found[4].remark).startswith("“31.12.2050” in day lies far outside 2025-01-01 to 2025-12-")
    june = datetime(2025, 6, 5, tzinfo=UTC).timestamp()
    filled = trained.scaling.fills[1]
    for item, values in ((found[0], (june, 30.0, 0.0)), (found[1], (june, filled, 1.0))):
        angles = [turn * 2 * math.pi for turn in (5 / 12, 3 / 7)]  # June, and a Thursday
        inputs = [part for angle in angles for part in (math.sin(angle), math.cos(angle))] + [values[1]]
        inputs += [values[2]] if missing == "own" else []
        scaled = (np.array(inputs) - trained.scaling.means) / trained.scaling.deviations
        layer = trained.network[0]
        assert isinstance(layer, nn.Linear)
        output = float(layer.weight.detach().numpy()[0] @ scaled + layer.bias.detach().numpy()[0])
        wanted = output * trained.scaling.target_deviation + trained.scaling.target_mean
        assert item.value == pytest.approx(wanted, rel=1e-4)


def test_classes_get_probabilities_and_further_columns_stay(houses: Path, tmp_path: Path) -> None:
    trained = _trained(tmp_path / "n.safetensors", _table(houses, "place"))
    rows = houses.read_text().splitlines()
    houses.write_text("\n".join([rows[0] + ",=id", *(f"{row},-{number}" for number, row in enumerate(rows[1:]))]))
    found = list(predictions(trained, [str(houses)]))
    assert len(found) == 60
    assert all(sum(item.probabilities) == pytest.approx(1.0) for item in found)
    assert all(item.answer == _PLACES[int(np.argmax(item.probabilities))] for item in found)
    assert found[0].doubt == pytest.approx(1 - max(found[0].probabilities))
    written = list(csv.DictReader(io.StringIO(predictions_csv(trained.experiment.data, found))))
    assert written[3]["predicted place"] == found[3].answer
    assert written[3]["place"] == "Berlin"
    assert written[3]["'=id"] == "-3"  # a name that a spreadsheet takes for a formula; a number stays
    assert float(written[3]["probability of Rom"]) == pytest.approx(found[3].probabilities[1])
    assert "problem" not in written[3]


def test_missing_columns_are_named(houses: Path, tmp_path: Path) -> None:
    trained = _trained(tmp_path / "n.safetensors", _table(houses, "price"))
    other = tmp_path / "other.csv"
    other.write_text("area,place\n3,Rom\n4,Wien\n")
    missing, *others = predictions(trained, [str(other), str(houses)])
    assert "lacks columns that the network needs: size, rooms. It has: area, place." in str(missing.problem)
    assert len(others) == 60  # the next file is answered all the same


def test_an_earlier_file_says_what_it_lacks(houses: Path, new: Path, tmp_path: Path) -> None:
    trained = _trained(tmp_path / "n.safetensors", _table(houses, "price"))
    path = tmp_path / "earlier.safetensors"
    save(path, trained.experiment, trained.network, trained.figures)
    earlier = load(path)
    assert earlier.scaling is None
    assert next(predictions(earlier, [str(new)])).value == next(predictions(trained, [str(new)])).value
    _forget(houses)
    (refused,) = predictions(earlier, [str(new)])
    assert re.search(r"does not say how its columns are scaled.*houses\.csv", str(refused.problem))


def test_points_by_file_and_by_name(tmp_path: Path) -> None:
    data = Points()
    trained = _trained(tmp_path / "n.safetensors", data)
    (named,) = predictions(trained, ["0.5,-2"])
    path = tmp_path / "points.csv"
    path.write_text("name,y,x\na,-2,0.5\nb,1,99\nc,,1\n")
    found = list(predictions(trained, [str(path)]))
    assert found[0].probabilities == named.probabilities
    assert [str(item.problem) for item in found[1:]] == [
        "it is outside the plane, which ends at ±6",
        "x and y should be numbers",
    ]
    layer = trained.network[0]
    assert isinstance(layer, nn.Linear)
    outputs = layer(as_inputs([(0.5, -2.0, 0.0)], data.features)).softmax(1)[0].tolist()
    assert named.probabilities == pytest.approx(outputs, abs=1e-6)


def test_pictures_in_folders_by_name_and_damaged_ones(tmp_path: Path) -> None:
    reader = load(next(Path(path) for path in [preset("reader").trained] if path))
    folder = tmp_path / "digits"
    (folder / "b").mkdir(parents=True)
    ink = np.full((40, 40), 255, np.uint8)
    ink[5:35, 18:23] = 0
    Image.fromarray(ink).save(folder / "b" / "one.png")
    Image.fromarray(ink).save(folder / "a.png")
    (folder / "z.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture either")
    found = list(predictions(reader, [str(folder)]))
    assert [Path(item.source).name for item in found] == ["a.png", "z.png", "one.png"]
    assert [item.answer for item in found] == ["1", "", "1"]
    assert found[1].problem is not None
    assert isinstance(found[1], Prediction)


def test_networks_whose_answers_do_not_fit_into_a_table(tmp_path: Path) -> None:
    data = Shakespeare()
    experiment = Experiment(data=data, stack=preset("shakespeare-lstm").experiment.stack)
    from playground.engine.build import build

    trained = Trained(experiment, build(experiment), load(Path(preset("reader").trained or "")).figures, {})
    with pytest.raises(Unsuitable, match="playground write"):
        list(predictions(trained, ["some.txt"]))


def test_a_picture_network_gets_a_folder_without_pictures(tmp_path: Path) -> None:
    trained = _trained(tmp_path / "n.safetensors", MNIST(train_limit=64))
    (tmp_path / "empty").mkdir()
    (refused,) = predictions(trained, [str(tmp_path / "empty")])
    assert "There is no picture in" in str(refused.problem)


def test_columns_of_the_file_keep_their_names_and_all_names_differ(houses: Path) -> None:
    cells = {"file": "a", "predicted price": "7", "remark": "mine", "place": "Rom"}
    found = [Prediction("new.csv", "row 2", "8", value=8.0, cells=cells, remark=message("far"))]
    header, row = csv.reader(io.StringIO(predictions_csv(_table(houses, "price"), found)))
    assert header == [
        "file 2", "place 2", "file", "predicted price", "remark", "place", "predicted price 2", "remark 2"
    ]  # fmt: skip
    assert row == ["new.csv", "row 2", "a", "7", "mine", "Rom", "8.0", "far"]


@pytest.mark.parametrize(("encoding", "mark"), [("cp1252", True), ("utf-8-sig", True), ("utf-8", False)])
def test_answers_have_the_mark_that_excel_needs_where_the_table_is_of_excel(
    encoding: str, mark: bool, houses: Path, tmp_path: Path
) -> None:
    trained = _trained(tmp_path / "n.safetensors", _table(houses, "price"))
    new = tmp_path / "new.csv"
    new.write_bytes("size;place;rooms;Größe\r\n60;Rom;2;groß und schön\r\n".encode(encoding))
    written = predictions_csv(trained.experiment.data, list(predictions(trained, [str(new)])))
    assert written.startswith("\ufefffile;place" if mark else "file;place")
    assert written.splitlines()[1].split(";")[5] == "groß und schön"


def test_a_cell_that_cannot_be_read_counts_as_missing_as_it_did_in_training(tmp_path: Path) -> None:
    path, new = tmp_path / "school.csv", tmp_path / "new.csv"
    hours = ["k.A." if i % 20 == 4 else str(i % 7) for i in range(80)]
    path.write_text("hours,days,mark\n" + "".join(f"{hour},{i % 5},{i % 9}\n" for i, hour in enumerate(hours)))
    found = table_source.inspect(str(path), choice=ReadingChoice(missing="usual"))
    said = "“k.A.” in hours, row 6, cannot be read and counts as missing, as 4 cells do."
    assert [str(remark) for remark in found.remarks] == [said]
    trained = _trained(tmp_path / "n.safetensors", Table(source=found.source, target="mark", asks="number"))
    new.write_text("hours,days\n" + "3,2\n" * 30 + "k.A.,2\n,2\nk.A.,viele\n")
    answers = list(predictions(trained, [str(new)]))[30:]
    assert answers[0].value == answers[1].value is not None
    assert str(answers[0].remark) == "“k.A.” in hours is not a number: answered as if it was missing"
    assert answers[1].remark is None
    assert "“viele” in days is not a number: answered as if it was missing" in str(answers[2].remark)
    new.write_text("hours,days\n3 h,2\n4 h,2\n5,1\n")  # not a lack here and there, but another way to write it
    problems = [str(item.problem) for item in predictions(trained, [str(new)])]
    assert problems == ["“3 h” in hours is not a number", "“4 h” in hours is not a number", "None"]


def test_numbers_in_another_unit_are_not_taken_for_those_learned_from(tmp_path: Path) -> None:
    path = tmp_path / "parcels.csv"
    rows = [f"202401{n % 28 + 1:02},{n % 9 + 1}.5 kg,{3 * (n % 9)}.5" for n in range(40)]
    path.write_text("\n".join(["day,weight,price", *rows]))
    trained = _trained(tmp_path / "net.safetensors", _table(path, "price"))
    new = tmp_path / "new.csv"
    new.write_text("day,weight\n20240105,2.5 kg\n2024-01-05,2.5 kg\n20240105,300 g\n")
    found = list(predictions(trained, [str(new)]))
    assert found[0].value == found[1].value is not None
    assert str(found[2].problem) == "“300 g” in weight is not a number in kg"
    new.write_text("day,weight\n20240105,2 kg 5\n20240106,2 kg2\n")  # not 25 and 22
    assert [item.value for item in predictions(trained, [str(new)])] == [None, None]
    new.write_text("day,weight\n20240105,300 g\n20240106,400 g\n")  # all of them
    assert [item.value for item in predictions(trained, [str(new)])] == [None, None]

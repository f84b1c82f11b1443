"""The public Python face: answers equal to plain torch, whatever form a sample has."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import playground
from playground.engine.data.in_memory import load as load_data
from playground.engine.data.sources.table import inspect
from playground.engine.inference.predictions.predict import predictions
from playground.engine.inference.predictions.prediction import PredictionError, Unsuitable
from playground.engine.inference.predictor import Predictor
from playground.engine.training.trainer import Trainer
from playground.engine.weights import save
from playground.spec.data.dataset import Samples
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.recipe import Recipe


def _short(path: Path, name: str) -> Path:
    """A preset after one epoch, saved."""
    experiment = preset(name).experiment
    experiment = experiment.with_(recipe=experiment.recipe.with_(epochs=1, device="cpu"))
    trainer = Trainer(experiment, load_data(experiment.data))
    list(trainer)
    save(path, experiment, trainer.network, trainer.figures, trainer.scaling)
    return path


@pytest.fixture(scope="module")
def reader() -> Predictor:
    return playground.load(resource("presets", "reader.safetensors"))


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, list[int]]:
    """Ten test digits (10, 28, 28), bytes, and what they are."""
    test = load_data(MNIST()).test
    inputs, targets = test.cut(0, 10)
    return (inputs * 255).round().to(torch.uint8).squeeze(1).numpy(), targets.tolist()


def test_arrays_are_what_the_network_sees(reader: Predictor, digits: tuple[np.ndarray, list[int]]) -> None:
    pictures, labels = digits
    found = reader.predict(pictures)
    assert (reader.samples, reader.class_names) == (Samples.DIGITS, tuple("0123456789"))
    assert [item.answer for item in found] == list(map(str, labels))
    network = reader.trained.network.eval()
    with torch.inference_mode():
        shares = network(torch.from_numpy(pictures)[:, None] / 255).softmax(1)
    assert np.allclose([item.probabilities for item in found], shares, atol=1e-6)
    floats = reader.predict(list(pictures[:3] / 255))
    assert [item.answer for item in floats] == [item.answer for item in found[:3]]
    channelled = reader.predict([pictures[0][:, :, None], pictures[0][None]])
    assert [item.probabilities for item in channelled] == [found[0].probabilities] * 2


def test_a_picture_is_read_as_its_file_is(
    reader: Predictor, digits: tuple[np.ndarray, list[int]], tmp_path: Path
) -> None:
    page = np.full((120, 90), 255, np.uint8)
    page[20:104, 3:87] = 255 - np.kron(digits[0][0], np.ones((3, 3), np.uint8))
    image, path, data = Image.fromarray(page), tmp_path / "seven.png", io.BytesIO()
    image.save(path)
    image.save(data, "PNG")
    (of_file,) = predictions(reader.trained, [str(path)])
    answers = reader.predict([path, str(path), data.getvalue(), image, page, page / 255.0, np.stack([page] * 3, 2)])
    assert np.allclose([item.probabilities for item in answers], [of_file.probabilities] * 7, atol=1e-6)
    assert of_file.answer == str(digits[1][0])


def test_a_bad_sample_leaves_the_others_their_answers(reader: Predictor, digits: tuple[np.ndarray, list[int]]) -> None:
    first = digits[0][0]
    bad = [
        b"no picture",
        7,
        first / 100.0,
        first.astype(np.int64),
        np.zeros((0, 0), np.uint8),
        np.full((28, 28), np.nan),
    ]
    found = reader.predict([first, *bad, first])
    assert [item.problem is None for item in found] == [True, *[False] * len(bad), True]
    assert found[0].probabilities == found[-1].probabilities
    assert "from 0 to 1" in str(found[3].problem)
    assert reader.predict([]) == []


def test_rows_are_mappings(tmp_path: Path) -> None:
    iris = playground.load(_short(tmp_path / "iris.safetensors", "iris"))
    rows: list[dict[str, object]] = [
        {"sepal length": 5.1, "Sepal Width": 3.5, "petal length": 1.4, "petal width": "0.2", "further": 1},
        {"sepal length": 5.1, "sepal width": None, "petal length": 1.4, "petal width": 0.2},
    ]
    table = tmp_path / "rows.csv"
    table.write_text("sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,0.2\n")
    (of_file,) = predictions(iris.trained, [str(table)])
    first, second, third = iris.predict([*rows, "text"])
    assert first.probabilities == of_file.probabilities
    assert str(second.problem) == "no value for sepal width"
    assert str(third.problem) == "a row maps the names of columns to values"


def test_no_row_decides_how_another_is_read(tmp_path: Path) -> None:
    table = tmp_path / "german.csv"
    lines = [f"{i % 7 + 1}.{i % 10}00,{i % 10};{i % 12 + 1:02}/{i % 28 + 1:02}/2024;{'ab'[i % 2]}" for i in range(60)]
    table.write_text("\n".join(["size;day;kind", *lines]))
    data = Table(source=inspect(str(table)).source, target="kind")
    size, day = data.inputs
    assert (size.notation.decimal, day.kind) == (",", "date")
    experiment = Experiment(data=data, stack=Stack(layers=(Linear(out_features=2),)), recipe=Recipe(epochs=1))
    trainer = Trainer(experiment, load_data(data))
    list(trainer)
    save(tmp_path / "n.safetensors", experiment, trainer.network, trainer.figures, trainer.scaling)
    network = playground.load(tmp_path / "n.safetensors")
    rows: list[dict[str, object]] = [
        {"size": 1.234, "day": "03/04/2024"},
        {"size": "2,5", "day": "25/12/2024"},
        {"size": "1.234", "day": "12/25/2024"},
        {"size": "nothing", "day": "03/04/2024"},
    ]
    alone = [network.predict([row])[0] for row in rows]
    together = network.predict(rows)
    assert [str(item.problem) for item in together] == [str(item.problem) for item in alone]
    for one, other in zip(alone, together, strict=True):
        assert other.probabilities == pytest.approx(one.probabilities, abs=1e-6)
    assert alone[0].probabilities != pytest.approx(alone[2].probabilities, abs=1e-6)  # 1.234 and 1,234


def test_points_are_pairs(tmp_path: Path) -> None:
    xor = playground.load(_short(tmp_path / "xor.safetensors", "xor"))
    (named,) = predictions(xor.trained, ["0.5,-2"])
    found = xor.predict([(0.5, -2), np.array([0.5, -2.0]), (1, 2, 3), (float("nan"), 0), "a"])
    assert [item.probabilities for item in found[:2]] == [named.probabilities] * 2
    assert [item.problem is None for item in found] == [True, True, False, False, False]


def test_outputs_of_every_network(reader: Predictor, digits: tuple[np.ndarray, list[int]]) -> None:
    inputs = (digits[0][:, None] / 255).astype(np.float32)
    with torch.inference_mode():
        expected = reader.trained.network(torch.from_numpy(inputs))
    assert np.array_equal(reader.outputs(inputs), expected)
    for wrong in (inputs[:, 0], inputs.astype(np.float64)):
        with pytest.raises(PredictionError):
            reader.outputs(wrong)


def test_a_network_without_answers_says_so_and_has_outputs(tmp_path: Path) -> None:
    network = playground.load(resource("presets", "reader.safetensors"))
    experiment = preset("autoencoder").experiment
    trainer = Trainer(experiment.with_(recipe=experiment.recipe.with_(epochs=1)), load_data(experiment.data))
    save(tmp_path / "a.safetensors", experiment, trainer.network, trainer.figures)
    network = playground.load(tmp_path / "a.safetensors")
    with pytest.raises(Unsuitable):
        network.predict([np.zeros((28, 28), np.uint8)])
    assert network.outputs(np.zeros((2, *network.input_shape), np.float32)).shape[0] == 2

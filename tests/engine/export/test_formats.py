"""What is written in each format gives the answers of the network, read by the libraries of that format alone."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load

from playground.engine.data.alphabet import stripped
from playground.engine.data.in_memory import load as load_data
from playground.engine.data.sources.table import inspect, rows_at
from playground.engine.data.sources.text import alphabet, restored
from playground.engine.data.spread_subset import some
from playground.engine.evaluation.evaluate import evaluating, probabilities
from playground.engine.export.formats import FORMATS, format_named
from playground.engine.export.weights_file import LOADER
from playground.engine.export.whole_network import raw_inputs
from playground.engine.inference.predictor import Predictor
from playground.engine.inference.table_answers import answers
from playground.engine.weights import Trained
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.points import Points
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.recurrent import LSTM
from playground.spec.messages import PlaygroundError
from tests.engine.export.trained import DIGITS, of_digits, trained


def run(data: bytes, inputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    found: np.ndarray[Any, Any] = session.run(None, {session.get_inputs()[0].name: inputs})[0]
    return found


def onnx_of(network: Trained, *, whole: bool = False) -> bytes:
    pytest.importorskip("onnxscript", reason="the extra `export` is not installed")
    return format_named("onnx").made(network, whole=whole).data


def test_bytes_of_pictures_become_the_probabilities_of_the_program() -> None:
    network = of_digits()
    pictures = (load_data(DIGITS).test.cut(300, 303)[0] * 255).round().to(torch.uint8).numpy()
    found = run(onnx_of(network, whole=True), pictures)
    expected = [item.probabilities for item in Predictor(network).predict(pictures[:, 0])]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_file_says_what_it_holds() -> None:
    onnx = pytest.importorskip("onnx", reason="the extra `export` is not installed")
    model = onnx.load_from_string(onnx_of(of_digits()))
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(told["class_names"]) == [str(digit) for digit in range(10)]
    assert told["experiment"] == "Small"
    assert told["source"].startswith("Playground ")
    assert [dim.dim_param for dim in model.graph.input[0].type.tensor_type.shape.dim] == ["batch", "", "", ""]
    assert sys.prefix not in str(model)  # nor where the program stood that wrote it


def test_columns_of_a_table_become_probabilities() -> None:
    network = trained(Table(), Linear(out_features=3))
    rows = rows_at(network.experiment.data, np.arange(5))  # type: ignore[arg-type]
    assert network.scaling is not None
    expected = answers(network.network, network.experiment, network.scaling, rows)
    np.testing.assert_allclose(run(onnx_of(network, whole=True), rows), expected, atol=1e-6)


def test_points_become_probabilities() -> None:
    data = Points(count=40, y=False, sin_y=True, xy=True)
    assert data.features == ("x", "xy", "sin_y")
    network = trained(data, Linear(out_features=data.task.output[-1]))
    point = (0.25, -0.5)
    inputs = torch.tensor([[point[0], point[0] * point[1], np.sin(point[1])]], dtype=torch.float32)
    expected = probabilities(network.network, inputs, network.experiment.recipe.loss)
    np.testing.assert_allclose(run(onnx_of(network, whole=True), np.array([point])), expected, atol=1e-6)


@pytest.mark.parametrize("data", [Shakespeare(context=8), Shakespeare(context=8, asked="restore")])
def test_characters_become_probabilities(data: Shakespeare) -> None:
    network = trained(data, Embedding(embedding_dim=4), Linear(out_features=data.task.output[-1]))
    text = "To be, or"
    read = text if data.asked == "next" else stripped(text, restored(data)).text
    codes = alphabet(data).encode(read).long()[None]
    expected = probabilities(network.network, codes, network.experiment.recipe.loss)
    data_of = onnx_of(network, whole=True)
    given = text if data.asked == "next" else text.replace(",", "")
    found = run(data_of, np.array([[ord(character) for character in given]]))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    line_feed = run(data_of, np.array([[ord("\n")] * 2]))
    np.testing.assert_array_equal(run(data_of, np.array([[0x4E2D, 0x10FFFF]])), line_feed)  # not in its alphabet


def test_a_recurrent_network_takes_sequences_of_any_length() -> None:
    data = Shakespeare(context=8)
    network = trained(data, Embedding(embedding_dim=4), LSTM(hidden_size=5), Linear(out_features=data.task.output[-1]))
    codes = torch.arange(22).view(2, 11)
    with evaluating(network.network):
        expected = network.network(codes).numpy()
    np.testing.assert_allclose(run(onnx_of(network), codes.numpy()), expected, atol=1e-5)


def test_an_exported_program_is_read_by_torch_alone() -> None:
    network = of_digits()
    found = format_named("pt2").made(network)
    module = torch.export.load(io.BytesIO(found.data)).module()
    inputs = load_data(DIGITS).test.cut(0, 7)[0]
    with torch.no_grad():
        torch.testing.assert_close(module(inputs), network.network.eval()(inputs))
    assert len(found.data) < 100_000  # no sample of the data is in it
    assert found.verification is not None
    assert found.verification.total == 200
    assert str(found.verification.samples) == "200 of 10,000 test images"


def test_weights_are_read_by_the_loader_and_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = of_digits()
    found = format_named("state").made(network)
    assert set(load(found.data)) == set(network.network.state_dict())
    (tmp_path / "weights.safetensors").write_bytes(found.data)
    format_named("script").write(network, tmp_path / "program.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    space: dict[str, Any] = {}
    exec(LOADER, space)
    inputs = torch.rand(2, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(space["model"](inputs), network.network.eval()(inputs))
    assert len(LOADER.splitlines()) <= 10
    del sys.modules["program"]


def test_only_some_formats_take_what_is_around_a_network() -> None:
    for item in FORMATS:
        if not item.takes_whole:
            with pytest.raises(PlaygroundError, match="leave out"):
                item.made(of_digits(), whole=True)


def test_rows_of_all_classes_verify_a_whole_network(tmp_path: Path) -> None:
    path = tmp_path / "sorted.csv"
    path.write_text("\n".join(["x,kind", *(f"{n},{'abc'[n // 500]}" for n in range(1500))]))
    source = inspect(str(path), choice=ReadingChoice(test_file=str(path))).source
    data = Table(source=source, target="kind", split_by="file")
    network = trained(data, Linear(out_features=3))
    asked, inputs = raw_inputs(network, load_data(data))
    assert str(asked.words) == "200 of 1,500 test rows"
    assert asked.inputs.shape == (200, 1)
    counts = torch.bincount(asked.inputs[:, 0].long() // 500).tolist()
    assert min(counts) > 60, counts
    part = some(load_data(data).test, data, 200)
    assert torch.equal(part.cut(0, 200)[0], inputs)  # the same samples, as the network takes them

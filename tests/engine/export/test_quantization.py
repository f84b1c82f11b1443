"""Networks in fewer bits: what their files hold, and that their figures are those of these files."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.engine.data.in_memory import load as load_data
from playground.engine.data.spread_subset import some
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.export.comparison import compared
from playground.engine.export.formats import FEWER_BITS
from playground.engine.export.quantization import CALIBRATION, Quantized, quantized
from playground.engine.export.verification import ExportError, in_torch
from playground.engine.weights import Trained, load
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.datasets.text import Shakespeare
from playground.spec.files.storage import FileError
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.recurrent import LSTM
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from tests.engine.export.trained import of_digits, trained

MEAN_SQUARE = Recipe(loss=MSE(), epochs=1)
DATA = MNIST(train_limit=2000, validation_share=0.1)


@pytest.fixture(scope="module")
def digits() -> Trained:
    layers = (Conv2d(out_channels=6, stride=2), BatchNorm(), ReLU(), Flatten(), Linear(out_features=10))
    return trained(DATA, *layers)


@pytest.fixture(scope="module")
def made(digits: Trained) -> Callable[[str], Quantized]:
    """The network in fewer bits, made once."""
    return cache(lambda precision: quantized(digits, precision))


@pytest.mark.parametrize("precision", ["int8", "int8-static"])
def test_the_figures_are_those_of_the_file(digits: Trained, made: Callable[[str], Quantized], precision: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    found = made(precision)
    data = load_data(DATA)
    inputs, labels = data.validation.cut(0, 10_000)
    session = onnxruntime.InferenceSession(found.data, providers=["CPUExecutionProvider"])
    chunks = torch.split(inputs, 1 if precision == "int8" else 6_000)  # dynamic ranges are those of a batch
    answers = np.concatenate([session.run(None, {"input": each.numpy()})[0] for each in chunks]).argmax(1)
    with evaluating(digits.network):
        before = digits.network(inputs).argmax(1).numpy()
    assert (found.part.part, len(found.part.samples)) == ("validation", 6_000)
    assert found.after.score == pytest.approx(np.mean(answers == labels.numpy()))
    assert found.before.score == pytest.approx(np.mean(before == labels.numpy()))
    assert found.comparison.changed_samples == tuple(np.flatnonzero(answers != before))
    changed = len(found.comparison.changed_samples)
    assert found.comparison.changed == changed < 6_000 / 5  # the network has hardly learned; processors differ
    assert found.after.bytes == len(found.data) < found.before.bytes / 2
    assert found.calibrated == (CALIBRATION if precision == "int8-static" else 0)


def test_samples_that_change_have_their_number_in_the_whole_part_also_where_some_are_asked(digits: Trained) -> None:
    held_out = load_data(DATA).validation
    before, other = in_torch(digits.network), in_torch(trained(DATA, Flatten(), Linear(out_features=10)).network)
    every = compared(digits.experiment, held_out, before, other).changed_samples
    found = compared(digits.experiment, some(held_out, DATA, 3000), before, other).changed_samples
    assert max(found) >= 3000
    assert len(found) > len(every) / 3
    assert set(found) <= set(every)


def test_int8_weights_are_the_nearest_of_256(digits: Trained, made: Callable[[str], Quantized]) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra `export` is not installed")
    graph = onnx.load_from_string(made("int8").data).graph
    tensors = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    (name,) = (name for name, item in tensors.items() if name.endswith("_quantized") and item.ndim == 2)
    stem = name.removesuffix("_quantized")
    scale, zero = tensors[f"{stem}_scale"], tensors[f"{stem}_zero_point"].astype(int)
    weight = digits.network.state_dict()["4.weight"].numpy()
    read = (tensors[name].astype(int) - zero) * scale
    assert tensors[name].dtype == np.uint8
    assert scale == pytest.approx((weight.max() - weight.min()) / 255)
    assert np.abs(read - (weight.T if read.shape != weight.shape else weight)).max() <= 0.51 * scale


def test_the_file_says_what_it_holds(made: Callable[[str], Quantized]) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra `export` is not installed")
    model = onnx.load_from_string(made("int8-static").data)
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert told["quantization"] == f"int8, static, calibrated on {CALIBRATION} training samples"
    assert (told["experiment"], json.loads(told["class_names"])[9]) == ("Small", "9")
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_float16_is_read_back(digits: Trained, tmp_path: Path) -> None:
    found = quantized(digits, "float16")
    path = tmp_path / "half.safetensors"
    path.write_bytes(found.data)
    again = load(path)
    parameters = dict(digits.network.named_parameters())
    for name, tensor in digits.network.state_dict().items():
        expected = tensor.numpy().astype(np.float16).astype(np.float32) if name in parameters else tensor.numpy()
        np.testing.assert_array_equal(again.network.state_dict()[name].numpy(), expected)
    assert again.experiment == digits.experiment
    own = compared(digits.experiment, found.part.samples, in_torch(digits.network), in_torch(again.network))
    assert (own.after, own.changed_samples) == (found.after.score, found.comparison.changed_samples)
    path.write_bytes(found.data.replace(b'"precision":"float16"', b'"precision":"float61"'))
    with pytest.raises(FileError, match="checksum"):
        load(path)


def test_float16_ends_somewhere() -> None:
    network = of_digits()
    with torch.no_grad():
        network.network[1].bias[3] = 70_000.0
    with pytest.raises(ExportError, match=r"“1.bias” has a number beyond 65,504"):
        quantized(network, "float16")


def test_test_samples_are_named_where_none_are_held_out() -> None:
    assert "10,000 test images, for none are held out" in str(quantized(of_digits(), "float16").measured[0])


def test_networks_of_sequences() -> None:
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    data = Shakespeare(context=12)
    network = trained(
        data, Embedding(embedding_dim=4), LSTM(hidden_size=8, output="all"), Linear(out_features=data.task.output[-1])
    )
    before = list(logging.getLogger().handlers), list(logging.getLogger().filters)
    found = quantized(network, "int8")
    assert found.comparison.answers == len(found.part.samples) * data.task.positions
    assert (logging.getLogger().handlers, logging.getLogger().filters) == before
    assert found.comparison.changed < 0.2 * found.comparison.answers


def test_numbers_have_no_answers_that_change() -> None:
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    network = trained(Heights(), Linear(out_features=16, activation=ReLU()), Linear(out_features=1), recipe=MEAN_SQUARE)
    for item in FEWER_BITS:
        told = " ".join(map(str, item.made(network).remarks))
        assert "The largest difference of an output is" in told
        assert "answers changed" not in told

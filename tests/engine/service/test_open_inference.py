"""The Open Inference Protocol: tensors as JSON and as bytes, and what `Predictor.outputs` says about them."""

from __future__ import annotations

import json

import numpy as np
import pytest

import playground
from playground.engine.data.in_memory import load as load_data
from playground.engine.service import open_inference, requests
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.resources import resource
from tests.engine.service.conftest import Client, Reply, Serve

PATH = resource("presets", "reader.safetensors")
INFER = "/v2/models/reader/infer"
LENGTH = "Inference-Header-Content-Length"


@pytest.fixture
def reader(serve: Serve) -> Client:
    return serve({"reader": PATH})


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    inputs, _ = load_data(MNIST()).test.cut(0, 2)
    return inputs.numpy()


def _tensor(array: np.ndarray, kind: str = "FP32", **more: object) -> dict[str, object]:
    return {"name": "input", "datatype": kind, "shape": list(array.shape), **more}


def _binary(head: dict[str, object], data: bytes) -> tuple[bytes, dict[str, str]]:
    text = json.dumps(head).encode()
    return text + data, {LENGTH: str(len(text)), "Content-Type": "application/octet-stream"}


def _outputs(reply: Reply) -> dict[str, np.ndarray]:
    """The tensors of an answer, by name."""
    assert reply.status == 200, reply.body
    length = int(reply.headers.get(LENGTH.lower(), len(reply.body)))
    head, rest = json.loads(reply.body[:length]), reply.body[length:]
    found = {}
    for item in head["outputs"]:
        size = item.get("parameters", {}).get("binary_data_size", 0)
        data = np.frombuffer(rest[:size], "<f4") if size else np.array(item["data"], np.float32)
        found[item["name"]], rest = data.reshape(item["shape"]), rest[size:]
    assert not rest
    return found


def test_json_and_bytes_have_the_outputs_of_the_network(reader: Client, digits: np.ndarray) -> None:
    own = playground.load(PATH)
    expected = {"outputs": own.outputs(digits), "probabilities": [p.probabilities for p in own.predict(list(digits))]}
    pixels = (digits * 255).round().astype(np.uint8)
    as_bytes = {"parameters": {"binary_data_size": digits.nbytes}}
    answers = [
        reader("POST", INFER, {"id": "7", "inputs": [_tensor(digits, data=digits.ravel().tolist())]}),
        reader("POST", INFER, {"inputs": [_tensor(digits, data=digits.tolist())]}),
        reader("POST", INFER, {"inputs": [_tensor(pixels, "UINT8", data=pixels.tolist())]}),
        reader("POST", INFER, *_binary({"inputs": [_tensor(digits, **as_bytes)]}, digits.tobytes())),
        reader(
            "POST",
            INFER,
            *_binary(
                {"inputs": [_tensor(digits, **as_bytes)], "parameters": {"binary_data_output": True}}, digits.tobytes()
            ),
        ),
    ]
    for reply in answers:
        found = _outputs(reply)
        assert list(found) == ["outputs", "probabilities"]
        for name, values in expected.items():
            assert found[name] == pytest.approx(np.array(values), abs=1e-5)
    assert answers[0].json["id"] == "7"
    assert answers[0].json["model_name"] == "reader"
    asked = [{"name": "probabilities", "parameters": {"binary_data": True}}]
    only = reader("POST", INFER, {"inputs": [_tensor(digits, data=digits.tolist())], "outputs": asked})
    assert list(_outputs(only)) == ["probabilities"]
    assert only.headers[LENGTH.lower()]


def test_what_it_says_of_itself(reader: Client) -> None:
    assert reader("GET", "/v2").json["extensions"] == ["binary_tensor_data"]
    for path in ("health/live", "health/ready", "models/reader/ready"):
        assert reader("GET", f"/v2/{path}").status == 200
    about = reader("GET", "/v2/models/reader").json
    assert about["inputs"] == [{"name": "input", "datatype": "FP32", "shape": [-1, 1, 28, 28]}]
    assert [item["shape"] for item in about["outputs"]] == [[-1, 10], [-1, 10]]
    missing = reader("GET", "/v2/models/other/ready")
    assert (missing.status, missing.json["error"]) == (404, missing.json["detail"])


ONE = np.zeros((1, 1, 28, 28), np.float32)
DATA = ONE.ravel().tolist()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "inputs"),
        ({"inputs": []}, 400, "inputs"),
        ({"inputs": [{**_tensor(ONE, data=DATA), "name": "x"}]}, 400, "one tensor, “input”"),
        ({"inputs": [_tensor(ONE, "BYTES", data=DATA)]}, 400, "FP32, INT64, UINT8, not BYTES"),
        ({"inputs": [_tensor(ONE, data=DATA[1:])]}, 400, "783 numbers, not the 784"),
        ({"inputs": [_tensor(ONE, data=[[1, 2], [3]])]}, 400, "evenly nested"),
        ({"inputs": [_tensor(ONE, data=["1"] * 784)]}, 400, "numbers of that type"),
        ({"inputs": [_tensor(ONE, data=[1e300] * 784)]}, 400, "finite"),
        ({"inputs": [_tensor(ONE, "UINT8", data=[300] * 784)]}, 400, "numbers of that type"),
        ({"inputs": [_tensor(ONE, "INT64", data=[2**70] * 784)]}, 400, "numbers of that type"),
        ({"inputs": [_tensor(ONE)]}, 400, "either “data”"),
        ({"inputs": [_tensor(ONE, parameters={"binary_data_size": 3136})]}, 400, "either “data”"),
        ({"inputs": [{**_tensor(ONE, data=DATA), "shape": [1, 784]}]}, 422, "this network takes (N, 1, 28, 28)"),
        ({"inputs": [{**_tensor(ONE, data=[]), "shape": [2**30, 2**30]}]}, 413, "samples at most"),
        ({"inputs": [_tensor(ONE, data=DATA)], "outputs": [{"name": "x"}]}, 400, "The outputs are"),
        ({"inputs": [_tensor(ONE, "INT64", data=[0] * 784)]}, 422, "this network takes torch.float32"),
    ],
)
def test_bad_tensors_get_a_sentence(reader: Client, body: dict[str, object], status: int, words: str) -> None:
    reply = reader("POST", INFER, body)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert words in reply.json["error"]


def test_outputs_have_a_bound(reader: Client, digits: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_inference, "MOST_NUMBERS", 19)
    reply = reader("POST", INFER, {"inputs": [_tensor(digits, data=digits.tolist())]})
    assert (reply.status, reply.json["error"]) == (413, "The outputs would be 20 numbers; 19 are given at most.")
    assert reader("POST", INFER, {"inputs": [_tensor(ONE, data=DATA)]}).status == 200


def test_large_bodies_have_the_answers_of_small_ones(reader: Client, digits: np.ndarray) -> None:
    small, large = (
        {"inputs": [_tensor(many, data=many.tolist())]} for many in (digits, np.tile(digits, (20, 1, 1, 1)))
    )
    assert len(json.dumps(small)) < requests.LARGE < len(json.dumps(large))
    few, many = (_outputs(reader("POST", INFER, body))["outputs"] for body in (small, large))
    assert np.tile(few, (20, 1)) == pytest.approx(many, abs=1e-5)
    assert reader("POST", INFER, json.dumps(large).encode()[:-1]).status == 400


def test_bad_bytes_get_a_sentence(reader: Client) -> None:
    head = {"inputs": [_tensor(ONE, parameters={"binary_data_size": 3136})]}
    body, headers = _binary(head, ONE.tobytes())
    for length in ("-1", "99999999", "x", "²"):
        reply = reader("POST", INFER, body, {**headers, LENGTH: length.encode("utf-8").decode("latin-1")})
        assert (reply.status, "number of bytes of the JSON" in reply.json["error"]) == (400, True)
    for data, words in ((ONE.tobytes()[:-4], "either “data”"), (np.full_like(ONE, np.nan).tobytes(), "finite")):
        reply = reader("POST", INFER, *_binary(head, data))
        assert (reply.status, words in reply.json["error"]) == (400, True)

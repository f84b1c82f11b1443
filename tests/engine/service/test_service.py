"""Networks behind HTTP: the answers of the network itself, and a sentence for whatever is wrong."""

from __future__ import annotations

import base64
import io
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import playground
from playground.engine.data.in_memory import load as load_data
from playground.engine.training.trainer import Trainer
from playground.engine.weights import save
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from tests.engine.service.conftest import Client, Serve

READER = {"reader": resource("presets", "reader.safetensors")}
PREDICT = "/v1/models/reader/predict"


@pytest.fixture
def reader(serve: Serve) -> Client:
    return serve(READER)


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    inputs, _ = load_data(MNIST()).test.cut(0, 3)
    return (inputs[:, 0] * 255).round().numpy().astype(np.uint8)


def _png(pixels: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def test_every_form_of_a_picture_has_the_answer_of_the_network(reader: Client, digits: np.ndarray) -> None:
    expected = playground.load(READER["reader"]).predict(digits)
    png = _png(digits[0])
    text = base64.b64encode(png).decode()
    bodies = [{"input": digits[0].tolist()}, {"input": (digits[0] / 255).tolist(), "range": 1}, {"input": text}]
    bodies.append({"input": f"data:image/png;base64,{text}"})
    for reply in [
        *(reader("POST", PREDICT, body) for body in bodies),
        reader("POST", PREDICT, png, {"Content-Type": "image/png"}),
    ]:
        assert (reply.status, reply.json["answer"]) == (200, expected[0].answer)
        assert list(reply.json["probabilities"].values()) == pytest.approx(list(expected[0].probabilities), abs=1e-6)
    several = reader("POST", PREDICT, {"inputs": digits.tolist()}).json["answers"]
    assert [item["answer"] for item in several] == [item.answer for item in expected]
    assert reader("POST", PREDICT, {"inputs": []}).json["answers"] == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "no valid JSON"),
        (b"[" * 100_000, 400, "recursion"),
        (b'{"input": [[NaN]]}', 400, "no valid JSON"),
        (b"[]", 422, "either"),
        (b'{"input": 1, "inputs": []}', 422, "either"),
        (b'{"inputs": 1}', 422, "a list of samples"),
        (b'{"input": "not base64"}', 422, "base64"),
        (b'{"input": "aGVsbG8="}', 422, "picture"),
        (b'{"input": [[1, 2], [3]]}', 422, "in each as many"),
        (b'{"input": [["1", "2"]]}', 422, "hold numbers"),
        (b'{"input": [[300]]}', 422, "from 0 to 255"),
        (b'{"input": [[0.5]]}', 422, "range"),
        (b'{"input": [[1]], "range": 7}', 422, "range"),
        (b'{"input": [[1]], "range": true}', 422, "range"),
        (b'{"input": []}', 422, "from 0 to 255"),
        (b'{"input": [[' + b"9" * 400 + b"]]}", 422, "hold numbers"),
    ],
)
def test_bad_bodies_get_a_sentence(reader: Client, body: bytes, status: int, words: str) -> None:
    reply = reader("POST", PREDICT, body, {"Content-Type": "application/json"})
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    found = reply.json
    assert (found["status"], found["type"]) == (status, "about:blank")
    assert words in found["detail"]
    assert "Traceback" not in found["detail"]


def test_other_refusals(reader: Client) -> None:
    assert reader("GET", "/v1/models/other").status == 404
    assert reader("GET", PREDICT).status == 405
    assert reader("POST", PREDICT, b"x", {"Content-Type": "text/plain"}).status == 415
    assert reader("POST", "/v1/models/reader/generate", {}).status == 422
    assert reader("POST", PREDICT, b"", {"Content-Type": "image/png"}).status == 400
    assert reader("GET", "/v1/models/..%2F..%2Fetc%2Fpasswd").status == 404
    assert reader("GET", "/v1/models", headers={"Host": "evil.example"}).status == 421
    for origin in ("http://evil.example", "http://[::1", "null"):
        assert reader("GET", "/v1/models", headers={"Origin": origin}).status == 403
    with socket.create_connection(("127.0.0.1", reader.port)) as sent:
        sent.sendall(b"POST /v1/models/reader/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in sent.recv(100)


def test_a_token_is_needed_where_there_is_one(serve: Serve) -> None:
    client = serve(READER, token="a token that nobody guesses")
    assert client("GET", "/readyz").status == 200
    for wrong in ({}, {"Authorization": "Bearer other"}, {"Authorization": "Basic a token that nobody guesses"}):
        reply = client("GET", "/v1/models", headers=wrong)
        assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert client("GET", "/v1/models", headers={"Authorization": "Bearer a token that nobody guesses"}).status == 200


def test_what_it_says_of_itself(reader: Client) -> None:
    card = reader("GET", "/v1/models/reader").json
    assert (card["takes"], card["input_shape"], card["classes"]) == ("picture", [1, 28, 28], list("0123456789"))
    assert card["variants"] == {"reader": 1.0}
    assert reader("GET", "/v1/models").json == {"models": [card]}
    described = reader("GET", "/openapi.json").json
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) >= {PREDICT, "/v1/models/reader", "/metrics"}
    reader("POST", PREDICT, b"{", {"Content-Type": "application/json"})
    counted = reader("GET", "/metrics").body.decode()
    assert 'playground_requests_total{model="reader",route="predict",status="400",variant="reader"} 1.0' in counted


def test_a_table_and_its_columns(serve: Serve, tmp_path: Path) -> None:
    experiment = preset("iris").experiment
    trainer = Trainer(experiment.with_(recipe=experiment.recipe.with_(epochs=1)), load_data(experiment.data))
    list(trainer)
    path = tmp_path / "flowers.safetensors"
    save(path, experiment, trainer.network, trainer.figures, trainer.scaling)
    client = serve({"flowers": path})
    row = {"sepal length": 5.1, "sepal width": 3.5, "petal length": 1.4, "petal width": 0.2}
    (expected,) = playground.load(path).predict([row])
    reply = client("POST", "/v1/models/flowers/predict", {"input": row}).json
    assert list(reply["probabilities"].values()) == pytest.approx(list(expected.probabilities), abs=1e-6)
    lacking = client("POST", "/v1/models/flowers/predict", {"inputs": [{**row, "petal width": None}, row]})
    assert lacking.json["answers"][0] == {"error": "no value for petal width"}
    assert "answer" in lacking.json["answers"][1]
    refused = client("POST", "/v1/models/flowers/predict", {"input": {}})
    assert (refused.status, "no value for" in refused.json["detail"]) == (422, True)


def test_a_network_that_is_exchanged_answers_anew(serve: Serve, tmp_path: Path, digits: np.ndarray) -> None:
    path = tmp_path / "n.safetensors"
    experiment = preset("first-network").experiment
    trainer = Trainer(experiment, load_data(experiment.data))
    save(path, experiment, trainer.network, trainer.figures)
    client = serve({"n": path})
    before = client("POST", "/v1/models/n/predict", {"input": digits[0].tolist()}).json
    after = before
    fresh = Trainer(experiment.with_(seed=99), load_data(experiment.data))
    save(tmp_path / "next.safetensors", experiment, fresh.network, fresh.figures)
    os.replace(tmp_path / "next.safetensors", path)
    expected = playground.load(path).predict(digits[:1])[0].probabilities
    for _ in range(2000):  # it is noticed within a second
        after = client("POST", "/v1/models/n/predict", {"input": digits[0].tolist()}).json
        if after != before:
            break
    assert list(after["probabilities"].values()) == pytest.approx(list(expected), abs=1e-6)

"""Networks that share the requests for a name, and one that is exchanged while requests arrive."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import playground
from playground.engine.build import build
from playground.engine.data.in_memory import load as load_data
from playground.engine.service import app
from playground.engine.service.served_models import Served, ServedModels
from playground.engine.service.variants import Variant, served_names
from playground.engine.training.snapshots import Figures
from playground.engine.training.trainer import Trainer
from playground.engine.weights import save
from playground.spec.data.text_summary import TextFile
from playground.spec.datasets.text import OwnText
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.messages import PlaygroundError
from tests.engine.service.conftest import Serve

PREDICT = "/v1/models/points/predict"
POINT = [0.3, -0.4]


def _network(path: Path, seed: int, identity: str = "spiral") -> Path:
    """A network that was not trained, which differs from others by its seed."""
    experiment = preset(identity).experiment.with_(seed=seed)
    trainer = Trainer(experiment, load_data(experiment.data))
    save(path, experiment, trainer.network, trainer.figures, trainer.scaling)
    return path


def _expected(path: Path) -> object:
    return pytest.approx(list(playground.load(path).predict([POINT])[0].probabilities), abs=1e-6)


def test_requests_are_shared_and_counted(serve: Serve, tmp_path: Path) -> None:
    files = {name: _network(tmp_path / f"{name}.safetensors", seed) for seed, name in enumerate("ab")}
    expected = {name: _expected(path) for name, path in files.items()}
    client = serve({"points": (Variant(files["a"], 0.5), Variant(files["b"], 0.5))})
    replies = [client("POST", PREDICT, {"input": POINT}).json for _ in range(40)]
    for reply in replies:
        assert list(reply["probabilities"].values()) == expected[reply["variant"]]
    counts = Counter(reply["variant"] for reply in replies)
    assert set(counts) == {"a", "b"}
    figures = client("GET", "/metrics").body.decode()
    for name, count in counts.items():
        labels = f'model="points",route="predict",status="200",variant="{name}"'
        assert f"playground_requests_total{{{labels}}} {count}.0" in figures
    assert client("GET", "/v1/models/points").json["variants"] == {"a": 0.5, "b": 0.5}
    huge, good = client("POST", PREDICT, {"inputs": [[10**400, 0], POINT]}).json["answers"]
    assert huge == {"error": "a point is a pair of numbers, x and y"}
    assert "probabilities" in good


def test_networks_that_share_a_name_answer_the_same_question(tmp_path: Path) -> None:
    one, other = _network(tmp_path / "a.safetensors", 1), _network(tmp_path / "b.safetensors", 1, "hills")
    with pytest.raises(PlaygroundError, match="take or answer different things"):
        ServedModels({"points": (Variant(one, 0.5), Variant(other, 0.5))})


def test_networks_that_share_a_name_read_the_same_codes(tmp_path: Path) -> None:
    """Two alphabets of as many characters: every shape is equal, and the codes mean something else."""
    files = []
    for letters in ("abcd", "abce"):
        source = TextFile(path="/a.txt", count=9000, alphabet=letters, kept=9000, letters=letters)
        stack = Stack(layers=(Embedding(embedding_dim=4), Linear(out_features=4)))
        experiment = Experiment(data=OwnText(source=source, context=8), stack=stack)
        files.append(tmp_path / f"{letters}.safetensors")
        save(files[-1], experiment, build(experiment), Figures())
    ServedModels({"text": (Variant(files[0], 0.5), Variant(files[0], 0.5))})
    with pytest.raises(PlaygroundError, match="take or answer different things"):
        ServedModels({"text": (Variant(files[0], 0.5), Variant(files[1], 0.5))})


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("n=a.x,b.x:0.1", {"a": 0.9, "b": 0.1}),
        ("n=a.x:0.25,b.x:0.75", {"a": 0.25, "b": 0.75}),
        ("n=a.x,b.x:0.2,c.x:0.3", {"a": 0.5, "b": 0.2, "c": 0.3}),
        ("n=a.x", {"a": 1.0}),
    ],
)
def test_shares_are_read(text: str, shares: dict[str, float]) -> None:
    found = served_names([text], Path)["n"]
    assert {variant.name: variant.share for variant in found} == pytest.approx(shares)


@pytest.mark.parametrize("text", ["n=a.x,b.x", "n=a.x,b.x:1.5", "n=a.x:0.5,b.x:0.4", "n=a.x,b.x:0.6,c.x:0.4"])
def test_shares_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(PlaygroundError, match="add up to 1"):
        served_names([text], Path)
    with pytest.raises(PlaygroundError, match="told apart"):
        served_names(["n=x/a.s,y/a.s:0.5"], Path)


def test_no_request_is_lost_when_a_network_is_exchanged(serve: Serve, tmp_path: Path) -> None:
    path = _network(tmp_path / "points.safetensors", 1)
    second = _network(tmp_path / "second.safetensors", 2)
    old, new = (np.array(playground.load(file).predict([POINT])[0].probabilities) for file in (path, second))
    client = serve({"points": path})
    seen: list[tuple[int, bool, bool]] = []

    def ask() -> None:
        for _ in range(3000):
            reply = client("POST", PREDICT, {"input": POINT})
            given = np.array(list(reply.json.get("probabilities", {}).values()))
            close = [given.shape == known.shape and bool(np.allclose(given, known, atol=1e-6)) for known in (old, new)]
            seen.append((reply.status, close[0], close[1]))
            if close[1]:
                return

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    os.replace(second, path)
    for thread in threads:
        thread.join()
    assert {status for status, _, _ in seen} == {200}
    assert all(was_old or was_new for _, was_old, was_new in seen)
    assert sum(was_new for _, _, was_new in seen) == 4


def test_a_body_that_arrives_slowly_is_answered_by_the_network_that_it_began_with(serve: Serve, tmp_path: Path) -> None:
    path = _network(tmp_path / "points.safetensors", 1)
    second = _network(tmp_path / "second.safetensors", 2)
    old, new = _expected(path), _expected(second)
    client = serve({"points": path})
    body = json.dumps({"inputs": [POINT, "x" * 2000]}).encode()  # a long text is not answered in the loop's thread
    head = f"POST {PREDICT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", client.port), 30) as slow:
        slow.sendall(head.encode() + body[:5])
        os.replace(second, path)
        while list(client("POST", PREDICT, {"input": POINT}).json["probabilities"].values()) != new:
            pass
        client("GET", "/healthz")  # the service has had its turn to close the network before
        slow.sendall(body[5:])
        answer = slow.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    found = json.loads(answer.partition(b"\r\n\r\n")[2])["answers"][0]
    assert list(found["probabilities"].values()) == old


def test_files_are_looked_at_again_after_a_look_that_failed(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = _network(tmp_path / "points.safetensors", 1)
    second = _network(tmp_path / "second.safetensors", 2)
    new, changed = _expected(second), ServedModels.changed
    looks: list[ServedModels] = []

    def fails_once(models: ServedModels) -> list[Served]:
        looks.append(models)
        if len(looks) == 1:
            raise RuntimeError("no memory")
        return changed(models)

    monkeypatch.setattr(ServedModels, "changed", fails_once)
    monkeypatch.setattr(app, "WATCHED", 0.05)
    client = serve({"points": path})
    os.replace(second, path)
    for _ in range(3000):
        if list(client("POST", PREDICT, {"input": POINT}).json["probabilities"].values()) == new:
            break
    else:
        pytest.fail("the file was not read again")
    assert "no memory" in caplog.text

"""Streams of text: their last event says whether they are whole."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.engine.inference.predictor import Predictor
from playground.engine.service import app
from playground.engine.service.served_models import Served, ServedModels
from playground.spec.files.resources import resource
from playground.spec.messages import PlaygroundError, message
from tests.engine.service.conftest import Client, Serve

GENERATE = "/v1/models/reader/generate"


@pytest.fixture
def reader(serve: Serve) -> Client:
    return serve({"reader": resource("presets", "reader.safetensors")})


def _events(client: Client) -> list[dict[str, Any]]:
    reply = client("POST", GENERATE, {"prompt": "a"})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    return [json.loads(event.removeprefix("data: ")) for event in reply.body.decode().split("\n\n")[:-1]]


@pytest.mark.parametrize(
    ("error", "last"),
    [
        (None, {"done": True, "count": 2}),
        (PlaygroundError(message("The network writes no more.")), {"error": "The network writes no more.", "count": 2}),
        (
            RuntimeError("/home/somebody"),
            {"error": "The request failed. The log of the service says why.", "count": 2},
        ),
    ],
)
def test_the_last_event_says_how_a_text_ended(
    reader: Client, monkeypatch: pytest.MonkeyPatch, error: Exception | None, last: dict[str, Any]
) -> None:
    def pieces(*_: object) -> Iterator[str]:
        yield from "ab"
        if error is not None:
            raise error

    monkeypatch.setattr(Predictor, "generate", pieces)
    assert _events(reader) == [{"text": "a"}, {"text": "b"}, last]


def test_a_stream_ends_with_the_network_that_it_began_with(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged = threading.Event()
    retire = ServedModels.retire

    async def noted(models: ServedModels, before: Served) -> None:
        exchanged.set()
        await retire(models, before)

    def pieces(*_: object) -> Iterator[str]:
        yield "a"
        assert exchanged.wait(30)
        yield from "b" * 1000

    monkeypatch.setattr(ServedModels, "retire", noted)
    monkeypatch.setattr(Predictor, "generate", pieces)
    monkeypatch.setattr(app, "WATCHED", 0.05)
    path = tmp_path / "reader.safetensors"
    path.write_bytes(resource("presets", "reader.safetensors").read_bytes())
    client = serve({"reader": path})
    os.utime(path, ns=(1, 1))
    assert _events(client)[-1] == {"done": True, "count": 1001}

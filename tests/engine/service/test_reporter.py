"""What a service tells of its requests, and examples of requests that it answers."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import playground
from playground.engine.build import build
from playground.engine.data.scaling import Scaling
from playground.engine.service.event_lines import (
    MOST_LISTED,
    Answered,
    Exchanged,
    Failed,
    Listening,
    Requests,
    event_in,
    failed,
    line_of,
)
from playground.engine.service.example_request import curl_line, example_request, write_header
from playground.engine.service.reporter import Reporter, Seen, _Ended
from playground.engine.service.short_forms import thumbnail
from playground.engine.training.snapshots import Figures
from playground.engine.weights import save
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.messages import message
from tests.engine.service.conftest import Client, Serve

READER = resource("presets", "reader.safetensors")
WITHIN = 30.0  # seconds


class Lines:
    """What a reporter wrote."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._came = threading.Condition()

    def __call__(self, lines: bytes) -> None:
        with self._came:
            self.events += map(event_in, lines.splitlines())
            self._came.notify_all()

    def requests(self, count: int) -> list[Answered]:
        """The first requests, once so many have been told."""
        with self._came:
            assert self._came.wait_for(lambda: len(self._found()) >= count, WITHIN)
            return self._found()

    def _found(self) -> list[Answered]:
        return [item for event in self.events if isinstance(event, Requests) for item in event.items]


def _untrained(experiment: Experiment, path: Path, scaling: Scaling | None = None) -> Path:
    save(path, experiment, build(experiment), Figures(step=5), scaling)
    return path


def test_requests_are_told_with_picture_answer_and_network(serve: Serve) -> None:
    lines = Lines()
    client: Client = serve({"reader": READER}, reporter=Reporter(lines))
    picture = Image.new("L", (56, 28))
    picture.paste(255, (25, 5, 31, 23))
    data = io.BytesIO()
    picture.save(data, "PNG")
    reply = client("POST", "/v1/models/reader/predict", data.getvalue(), {"Content-Type": "image/png"})
    client("POST", "/v1/models/other/predict", {"input": []})
    client("POST", "/v1/models/reader/predict", b"{", {"Content-Type": "application/json"})
    client("GET", "/v1/models")
    client("POST", "/v1/models/reader/predict", {"inputs": [[[0] * 28] * 28] * 2})
    found = lines.requests(4)
    trained = playground.load(READER).trained
    best = reply.json["answer"]
    assert [(item.model, item.status) for item in found] == [
        ("reader", 200),
        ("other", 404),
        ("reader", 400),
        ("reader", 200),
    ]
    assert [item.step for item in found] == [trained.figures.step, None, *[trained.figures.step] * 2]
    assert found[0].answer == f"{best} ({100 * reply.json['probabilities'][best]:.1f} %)"
    assert found[0].given == "56 × 28"
    small = Image.open(io.BytesIO(base64.b64decode(found[0].picture)))
    assert small.size == (28, 14)
    assert np.asarray(small)[7, 13] > 200
    assert found[1].answer == "There is no model “other”."
    assert found[2].answer.startswith("The body is no valid JSON")
    assert found[3].given == "(1/2) 28 × 28"


def test_a_request_without_the_token_is_told(serve: Serve) -> None:
    lines = Lines()
    client = serve({"reader": READER}, token="a token that nobody guesses", reporter=Reporter(lines))
    client("POST", "/v1/models/reader/predict", {"input": []})
    (found,) = lines.requests(1)
    assert (found.status, found.step) == (401, None)


def test_more_than_can_be_listed_are_counted() -> None:
    lines = Lines()
    reporter = Reporter(lines)
    for _ in range(MOST_LISTED + 3):
        reporter.ended(_Ended(0.0, "a", Seen(), 0.1, 200, ""))
    asyncio.run(reporter.flush())
    (event,) = lines.events
    assert (len(event.items), event.unlisted) == (MOST_LISTED, 3)


def test_a_reader_that_has_gone_disturbs_nothing() -> None:
    def gone(_lines: bytes) -> None:
        raise BrokenPipeError

    reporter = Reporter(gone)
    reporter.ended(_Ended(0.0, "a", Seen(), 0.1, 200, ""))
    asyncio.run(reporter.flush())


@pytest.mark.parametrize(
    "event",
    [
        Listening(host="127.0.0.1", port=8000, steps={"a": 3}),
        Exchanged(model="a", step=4),
        failed(message("Port {port:,} of {host} cannot be used: {why}.", port=80, host="h", why=message("so"))),
    ],
)
def test_events_survive_their_line(event: Listening | Exchanged | Failed) -> None:
    line = line_of(event)
    assert line.count(b"\n") == 1
    assert event_in(line) == event
    if isinstance(event, Failed):
        assert str(event.message) == "Port 80 of h cannot be used: so."


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"event": "requests"}', b'{"event": "other"}'])
def test_other_lines_are_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        event_in(line)


@pytest.mark.parametrize(
    "name", ["reader", "spiral", "iris", "shakespeare-lstm", "segmentation", "vae", "distillation", "restore"]
)
def test_the_example_of_a_task_is_answered(serve: Serve, tmp_path: Path, name: str) -> None:
    experiment = preset(name).experiment
    scaling = Scaling((5.8, 3.0, 3.8, 1.2), (1.0,) * 4, fills=(5.8, 3.0, 3.8, 1.2)) if name == "iris" else None
    lines = Lines()
    client = serve({"it": _untrained(experiment, tmp_path / "it.safetensors", scaling)}, reporter=Reporter(lines))
    example = example_request(experiment, "it", scaling)
    reply = client("POST", example.address, example.body, {"Content-Type": example.content_type})
    assert reply.status == 200, reply.body
    (found,) = lines.requests(1)
    assert (found.step, bool(found.given)) == (5, True)
    assert bool(found.answer) is not example.address.startswith("/v2")  # whose answers are tensors


def test_the_example_of_digits_is_a_seven() -> None:
    example = example_request(preset("reader").experiment, "reader")
    (found,) = playground.load(READER).predict([example.body])
    assert found.answer == "7"


def test_the_line_for_curl_is_quoted(tmp_path: Path) -> None:
    example = example_request(preset("spiral").experiment, "it")
    header = tmp_path / "a header.txt"
    line = curl_line(example, "http://127.0.0.1:1", tmp_path / "a b.json", header)
    assert f"-H '@{header}'" in line or f'-H "@{header}"' in line
    assert line.endswith("http://127.0.0.1:1/v1/models/it/predict")
    picture = curl_line(example_request(preset("reader").experiment, "it"), "http://h", tmp_path / "a b.png")
    assert f"'@{tmp_path / 'a b.png'}'" in picture or f'"@{tmp_path / "a b.png"}"' in picture


def test_the_token_is_in_a_file_for_the_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "authorization.txt"
    for token in ("secret", "another"):
        write_header(file, token)
        assert file.read_text() == f"Authorization: Bearer {token}\n"
        assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o600
    write_header(file, "")
    assert not file.exists()


def test_numbers_that_are_no_brightness_are_the_nearest_one() -> None:
    picture = thumbnail([np.array([[-0.5, 0.0, 0.5], [1.5, np.inf, np.nan]], np.float32)])
    assert np.asarray(_opened(picture)).tolist() == [[0, 0, 128], [255, 255, 0]]


def test_a_photograph_is_not_decoded_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, convert = [], Image.Image.convert

    def noted(picture: Image.Image, *args: Any, **options: Any) -> Image.Image:
        sizes.append(picture.size)
        return convert(picture, *args, **options)

    written = io.BytesIO()
    Image.linear_gradient("L").resize((800, 400)).convert("RGB").save(written, "JPEG")
    monkeypatch.setattr(Image.Image, "convert", noted)
    assert _opened(thumbnail([written.getvalue()])).size == (28, 14)
    assert max(sizes) <= (100, 50)


def _opened(picture: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture)))

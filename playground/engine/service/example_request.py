"""A request that a served network answers, as a line for curl. Needs no library of the extra `serve`."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from math import prod
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from playground.engine.data.scaling import Scaling
from playground.spec.data.dataset import Dataset, Samples
from playground.spec.data.table_summary import Column
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment
from playground.spec.layer import Tokens

_INLINE = 300  # characters of JSON that stand in the line; a longer one is a file
_FINE = 8  # how many times larger than it is used a picture is drawn
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ExampleRequest(NamedTuple):
    """A request. `route` is the last part of its address, `suffix` the ending of a file with its body."""

    address: str  # `/v1/models/{name}/predict`
    content_type: str
    body: bytes
    suffix: str

    @property
    def inline(self) -> bool:
        """Whether the body can stand in the line: quoting for Windows is left to a file."""
        return self.suffix == ".json" and len(self.body) <= _INLINE and os.name != "nt"


def example_request(experiment: Experiment, name: str, scaling: Scaling | None = None) -> ExampleRequest:
    """A request to the network of an experiment that is served under a name.

    A picture of the network's size, a row of usual values, a point, a text; where the network gives no classes, numbers
    or texts, a tensor of zeros. `scaling` is that of the rows that it learned from.
    """
    data = experiment.data
    base = f"/v1/models/{name}"
    if data.asked_with in (Samples.DIGITS, Samples.PICTURES):
        return ExampleRequest(f"{base}/predict", "image/png", _png(data), ".png")
    if isinstance(data, Text) and data.asked == "next":
        return _json(f"{base}/generate", {"prompt": data.prompt, "length": 80})
    if data.asked_with is not None:
        return _json(f"{base}/predict", {"input": _sample(data, scaling)})
    kind = "INT64" if isinstance(data.sample_shape, Tokens) else "FP32"
    shape = (1, *data.sample_shape)
    tensor = {"name": "input", "shape": shape, "datatype": kind, "data": [0] * prod(shape)}
    return _json(f"/v2/models/{name}/infer", {"inputs": [tensor]})


def write_header(file: Path, token: str) -> None:
    """Write the header that the service wants, for `curl_line`, so that no list of processes shows the token.

    Only the user may read the file. Without a token there is none.

    Raises:
        OSError: it cannot be written.
    """
    file.unlink(missing_ok=True)
    if token:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(f"Authorization: Bearer {token}\n")


def curl_line(request: ExampleRequest, place: str, file: Path, header_file: Path | None = None) -> str:
    """The command that sends a request, quoted for this machine's shell.

    Args:
        request: what is sent.
        place: of the service, `http://127.0.0.1:8000`.
        file: what holds the body where that is not inline.
        header_file: what `write_header` has written, if the service wants a token; curl reads it from version 7.55 on.
    """
    words = ["curl", "-s", "-H", f"Content-Type: {request.content_type}"]
    words += ["-H", f"@{header_file}"] if header_file else []
    words += ["--data-binary", request.body.decode("ascii") if request.inline else f"@{file}"]
    words.append(place + request.address)
    return shlex.join(words) if os.name != "nt" else subprocess.list2cmdline(words)


def _json(address: str, value: object) -> ExampleRequest:
    return ExampleRequest(address, "application/json", json.dumps(value).encode("ascii"), ".json")


def _sample(data: Dataset, scaling: Scaling | None) -> object:
    """A sample that is no picture."""
    if isinstance(data, Table):
        fills = scaling.fills if scaling and len(scaling.fills) == len(data.inputs) else (0.0,) * len(data.inputs)
        return {column.name: _cell(column, fill) for column, fill in zip(data.inputs, fills, strict=True)}
    if data.asked_with is Samples.POINTS:
        return [0.5, -0.5]
    return (isinstance(data, Text) and data.line) or "This is a text."


def _cell(column: Column, fill: float) -> object:
    """A usual value of a column."""
    if column.kind == "category":
        return column.categories[int(fill)] if column.categories else ""
    if column.kind == "date":
        return (_EPOCH + timedelta(seconds=fill)).date().isoformat()
    return round(fill, 3) or fill


def _png(data: Dataset) -> bytes:
    """A seven in light ink on black, or, where pictures are no digits, a disc before a slope of grey."""
    channels, height, width = data.sample_shape
    size = (width * _FINE, height * _FINE)
    picture = Image.new("L", size) if data.asked_with is Samples.DIGITS else Image.linear_gradient("L").resize(size)
    pen = ImageDraw.Draw(picture)
    if data.asked_with is Samples.DIGITS:
        corners = [(0.28, 0.27), (0.70, 0.27), (0.45, 0.78)]
        line = [(x * size[0], y * size[1]) for x, y in corners]
        pen.line(line, fill=255, width=size[0] // 12, joint="curve")
    else:
        pen.ellipse([size[0] / 4, size[1] / 4, size[0] * 3 / 4, size[1] * 3 / 4], fill=230)
    made = io.BytesIO()
    small = picture.resize((width, height), Image.Resampling.BOX)
    small.convert("RGB" if channels == 3 else "L").save(made, "PNG")
    return made.getvalue()

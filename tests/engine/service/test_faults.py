"""Clients that are slow, gone, wrong or hostile get a status, or are left; the others are answered meanwhile."""

from __future__ import annotations

import base64
import io
import socket
import struct
import zlib
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from playground.engine.service import requests, server
from playground.spec.files.resources import resource
from tests.engine.service.conftest import Client, Serve
from tests.engine.service.malformed import malformed

READER = {"reader": resource("presets", "reader.safetensors")}
PREDICT = "/v1/models/reader/predict"
INFER = "/v2/models/reader/infer"
GOOD = {"input": [[0] * 28] * 28}
HEAD = f"POST {PREDICT} HTTP/1.1\r\nHost: localhost\r\n".encode()
EXPECTED = {200, 400, 413, 415, 422}  # never 500


def _png() -> bytes:
    pixels = np.zeros((40, 40), np.uint8)
    pixels[10:30, 18:22] = 255
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def _declared(side: int) -> bytes:
    """A small PNG file that claims to have side × side pixels."""
    found = b"\x89PNG\r\n\x1a\n"
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", b"x\x9c"),
        (b"IEND", b""),
    ):
        found += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return found


@pytest.fixture
def reader(serve: Serve) -> Client:
    return serve(READER)


def _rest(connection: socket.socket) -> bytes:
    """Everything that is sent until the connection ends."""
    connection.settimeout(20)
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def _connected(client: Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.port))


def test_clients_that_stall_are_left(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.3)
    monkeypatch.setattr(requests, "MOST_SECONDS", 0.3)
    with _connected(reader) as silent, _connected(reader) as headers, _connected(reader) as body:
        headers.sendall(HEAD + b"Content-")
        body.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        assert reader("POST", PREDICT, GOOD).status == 200
        assert _rest(silent) == b""
        assert _rest(headers) == b""
        answer = _rest(body)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"did not arrive" in answer
    assert reader("POST", PREDICT, GOOD).status == 200


def test_an_empty_line_after_an_answer_keeps_no_connection(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "IDLE", 1)
    with _connected(serve(READER)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"\r\n")
        assert b"HTTP" not in _rest(connection)


def test_a_client_that_does_not_read_is_left(
    reader: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "READ_WITHIN", 0.2)
    caplog.set_level("INFO", server.__name__)
    with _connected(reader) as connection:
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2000)
        for _ in range(5000):
            assert reader("GET", "/healthz").status == 200
            if "does not read" in caplog.text:
                break
        else:
            pytest.fail("the service waits for a client that does not read")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/9\r\n\r\n", b" 400 "),
        (b"\0\1\2\3\r\n\r\n", b" 400 "),
        (HEAD + b"Content-Length: -5\r\n\r\n", b" 400 "),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345", b" 400 "),
        (HEAD + b"Content-Length: 1\r\nConnection: close\r\n\r\n{}", b" 400 "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b" 400 "),
        (HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b" 422 "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"800000\r\n" + b" " * 0x800000 + b"\r\n1\r\n \r\n", b" 413 "),
        (HEAD + b"Cookie: " + b"x" * server.MOST_HEADERS, b" 400 "),
    ],
)
def test_wrong_requests_end(reader: Client, sent: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN", 0.5)
    monkeypatch.setattr(requests, "MOST_SECONDS", 0.5)
    with _connected(reader) as connection:
        connection.sendall(sent)
        answer = _rest(connection)
    assert status in answer[:20]
    assert b"Traceback" not in answer
    assert reader("POST", PREDICT, GOOD).status == 200


def test_a_client_that_goes_takes_nobody_with_it(reader: Client) -> None:
    for _ in range(20):
        with _connected(reader) as connection:
            connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
    assert reader("POST", PREDICT, GOOD).status == 200


def test_pictures_are_checked_before_they_are_decoded(reader: Client) -> None:
    for body in (_declared(40_000), _declared(2**31 - 1), _png()[:60], _png()[: len(_png()) // 2]):
        reply = reader("POST", PREDICT, body, {"Content-Type": "image/png"})
        assert reply.status == 422
        again = reader("POST", PREDICT, {"input": base64.b64encode(body).decode()})
        assert (again.status, again.json["detail"]) == (422, reply.json["detail"])
    assert reader("POST", PREDICT, _png(), {"Content-Type": "image/png"}).json["answer"] == "1"


def test_numbers_that_float32_cannot_hold_are_refused(reader: Client) -> None:
    pixels = [[1e308] * 28] * 28
    tensor = {"name": "input", "shape": [1, 1, 28, 28], "datatype": "FP64", "data": [1e308] * 784}
    for path, body in ((PREDICT, {"input": pixels}), (INFER, {"inputs": [tensor]})):
        reply = reader("POST", path, body)
        assert reply.status in (400, 422), reply.body
        assert reply.json["detail"]


def test_malformed_bodies_get_a_sentence(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    statuses: Counter[int] = Counter()
    for number, (body, kind) in enumerate(malformed(_png(), 200)):
        path = INFER if number % 5 == 4 else PREDICT
        reply = reader("POST", path, body, {"Content-Type": kind} if kind else {})
        statuses[reply.status] += 1
        assert reply.status in EXPECTED, (body, kind, reply.body)
        if reply.status != 200:
            assert reply.json["detail"]
            assert "Traceback" not in reply.json["detail"]
    assert statuses[400] > 10
    assert statuses[422] > 10
    assert reader("POST", PREDICT, GOOD).status == 200
    assert not [record for record in caplog.records if record.exc_info]

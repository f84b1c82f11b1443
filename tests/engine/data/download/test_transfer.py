"""Downloads from a server that truncates, stalls, lies, sends on, serves other bytes and dies."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections import namedtuple
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest

from playground.engine.data.download import partial
from playground.engine.data.download.connection import Limits
from playground.engine.data.download.failure import DownloadError, Reason
from playground.engine.data.download.transfer import Transfer
from tests.engine.data.download.server import DATA, LIMITS, Behaviour, Handler, Server, good, remote

HALF = len(DATA) // 2


def fetch(folder: Path, *urls: str, limits: Limits = LIMITS) -> Path:
    return Transfer(remote(*urls), folder, limits=limits).run()


def fails(folder: Path, *urls: str, limits: Limits = LIMITS) -> DownloadError:
    with pytest.raises(DownloadError) as caught:
        fetch(folder, *urls, limits=limits)
    assert str(caught.value).endswith((".", "?"))
    assert not (folder / "file.bin").exists()
    return caught.value


def truncates(handler: Handler) -> None:
    handler.answer(DATA[:HALF], length=len(DATA), ETag='"one"')


def dies(handler: Handler) -> None:
    truncates(handler)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, no goodbye
    handler.connection.close()


def stalls(handler: Handler) -> None:
    truncates(handler)
    assert isinstance(handler.server, Server)
    handler.server.closing.wait(30)


def ignores_ranges(handler: Handler) -> None:
    handler.answer(DATA)


def sends_on(target: str, status: int = 302) -> Behaviour:
    return lambda handler: handler.answer(b"elsewhere", status, Location=target)


def test_a_file_arrives_whole_with_its_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = Transfer(
        remote(server.url("a", good)), tmp_path / "new", lambda done, whole: seen.append((done, whole)), LIMITS
    ).run()
    assert path.read_bytes() == DATA
    assert list(path.parent.iterdir()) == [path]
    assert seen[0] == (0, len(DATA))
    assert seen[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert server.asked[0]["Accept-Encoding"] == "identity"


def test_a_file_that_is_there_is_replaced_only_by_a_whole_one(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(b"old")
    with pytest.raises(DownloadError):
        fetch(tmp_path, server.url("a", truncates))
    assert (tmp_path / "file.bin").read_bytes() == b"old"
    fetch(tmp_path, server.url("b", good))
    assert (tmp_path / "file.bin").read_bytes() == DATA


@pytest.mark.parametrize(
    ("behaviour", "reason", "kept"),
    [
        (truncates, Reason.TRUNCATED, HALF),
        (stalls, Reason.STALLED, HALF),
        (lambda handler: handler.answer(DATA[:HALF]), Reason.LENGTH, 0),
        (lambda handler: handler.answer(DATA, length=10**15), Reason.LENGTH, 0),
        (lambda handler: handler.answer(DATA, length=-1, Content_Length="many"), Reason.LENGTH, 0),
        (lambda handler: handler.answer(DATA + b"more", length=-1), Reason.TOO_LONG, 0),
        (lambda handler: handler.answer(DATA[:HALF], length=-1), Reason.TRUNCATED, HALF),
        (lambda handler: handler.answer(bytes(len(DATA))), Reason.CHECKSUM, 0),
        (lambda handler: handler.answer(b"no", 404), Reason.GONE, 0),
        (lambda handler: handler.answer(b"no", 503), Reason.STATUS, 0),
        (lambda handler: handler.answer(DATA, 206, Content_Range="bytes 5-9/10"), Reason.LENGTH, 0),
        (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9\r\n"), Reason.BROKEN, 0),
        (lambda handler: None, Reason.BROKEN, 0),
    ],
)
def test_what_is_wrong_is_said_and_what_is_right_is_kept(
    server: Server, tmp_path: Path, behaviour: Behaviour, reason: Reason, kept: int
) -> None:
    assert fails(tmp_path, server.url("a", behaviour)).reason is reason
    part = tmp_path / ".file.bin.part"
    assert (part.stat().st_size if part.exists() else 0) == kept


def test_a_connection_that_dies_loses_only_what_was_under_way(server: Server, tmp_path: Path) -> None:
    assert fails(tmp_path, server.url("a", dies)).reason in (Reason.BROKEN, Reason.TRUNCATED)


def test_it_goes_on_from_where_it_stopped(server: Server, tmp_path: Path) -> None:
    address = server.url("a", truncates)
    fails(tmp_path, address)
    server.url("a", good)
    assert fetch(tmp_path, address).read_bytes() == DATA
    assert server.asked[-1]["Range"] == f"bytes={HALF}-"
    assert server.asked[-1]["If-Range"] == '"one"'
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("behaviour", [ignores_ranges, lambda handler: _refuses_ranges(handler)])
def test_a_server_that_cannot_go_on_begins_again(server: Server, tmp_path: Path, behaviour: Behaviour) -> None:
    address = server.url("a", truncates)
    fails(tmp_path, address)
    server.url("a", behaviour)
    assert fetch(tmp_path, address).read_bytes() == DATA


def _refuses_ranges(handler: Handler) -> None:
    if "Range" in handler.headers:
        handler.answer(b"", 416, Content_Range="bytes */1")
    else:
        handler.answer(DATA)


def test_a_changed_file_is_not_joined_to_what_there_was(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".file.bin.part").write_bytes(b"other bytes")
    address = server.url("a", good)
    assert fetch(tmp_path, address).read_bytes() == DATA  # the checksum tells, and it begins again
    assert [asked.get("Range") for asked in server.asked] == ["bytes=11-", None]


def test_a_part_that_is_too_long_is_forgotten(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".file.bin.part").write_bytes(DATA + b"more")
    assert fetch(tmp_path, server.url("a", good)).read_bytes() == DATA


def test_a_part_that_is_whole_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / ".file.bin.part").write_bytes(DATA)
    assert fetch(tmp_path, "http://127.0.0.1:1/file.bin").read_bytes() == DATA


@pytest.mark.parametrize("note", [b"", b"[]", b'{"url": 3}', b"\xff" * 10_000])
def test_a_damaged_note_does_no_harm(server: Server, tmp_path: Path, note: bytes) -> None:
    (tmp_path / ".file.bin.part").write_bytes(DATA[:100])
    (tmp_path / ".file.bin.part.json").write_bytes(note)
    assert fetch(tmp_path, server.url("a", good)).read_bytes() == DATA
    assert "If-Range" not in server.asked[0]


def test_the_next_mirror_goes_on_where_the_first_one_failed(server: Server, tmp_path: Path) -> None:
    gone = server.url("gone", lambda handler: handler.answer(b"", 404))
    half, whole = server.url("half", truncates), server.url("whole", good)
    assert fetch(tmp_path, gone, half, whole).read_bytes() == DATA
    assert server.asked[-1]["Range"] == f"bytes={HALF}-"


def test_wrong_bytes_of_one_mirror_are_replaced_by_the_next(server: Server, tmp_path: Path) -> None:
    wrong = server.url("wrong", lambda handler: handler.answer(bytes(len(DATA))))
    assert fetch(tmp_path, wrong, server.url("right", good)).read_bytes() == DATA


def test_a_redirect_is_followed_and_no_further_than_five_times(server: Server, tmp_path: Path) -> None:
    whole = server.url("whole", good)
    assert fetch(tmp_path / "one", server.url("on", sends_on("/whole", 307))).read_bytes() == DATA
    assert fetch(tmp_path / "two", server.url("on", sends_on(whole, 301))).read_bytes() == DATA
    assert fails(tmp_path, server.url("round", sends_on("/round"))).reason is Reason.REDIRECT


@pytest.mark.parametrize(
    "target", ["http://example.org/x", "file:///etc/passwd", "ftp://localhost/x", "data:,x", "//x"]
)
def test_a_redirect_to_what_is_not_safe_is_refused(server: Server, tmp_path: Path, target: str) -> None:
    error = fails(tmp_path, server.url("a", sends_on(target)))
    assert error.reason is Reason.REDIRECT
    assert target.strip("/") in str(error)


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "http://127.0.0.1/x", "ftp://example.org/x", "file:///etc/passwd", "x", ""]
)
def test_only_https_is_opened(tmp_path: Path, address: str) -> None:
    assert fails(tmp_path, address, limits=Limits()).reason is Reason.UNSAFE


def test_no_server_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        assert fails(tmp_path, f"http://127.0.0.1:{taken.getsockname()[1]}/x").reason is Reason.REFUSED


def test_an_unknown_name_is_said(tmp_path: Path) -> None:
    error = fails(tmp_path, "https://no-such-host.invalid/file.bin", limits=Limits(connect=2.0))
    assert error.reason is Reason.UNKNOWN_NAME
    assert "no-such-host.invalid was not found" in str(error)


def test_plain_http_behind_an_https_address_is_said(server: Server, tmp_path: Path) -> None:
    address = server.url("a", good).replace("http:", "https:")
    assert fails(tmp_path, address).reason is Reason.TLS


@pytest.mark.skipif(not shutil.which("openssl"), reason="nothing here makes certificates")
def test_a_certificate_that_nobody_vouches_for_is_refused(server: Server, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run(made.split(), check=True, capture_output=True)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    error = fails(tmp_path / "new", server.url("a", good).replace("http:", "https:"))
    assert error.reason is Reason.CERTIFICATE
    assert not server.asked


def test_a_cancelled_download_ends_at_once_and_can_be_gone_on_from(server: Server, tmp_path: Path) -> None:
    address = server.url("a", stalls)
    half = threading.Event()

    def progress(done: int, _whole: int) -> None:
        if done == HALF:
            half.set()

    transfer = Transfer(remote(address), tmp_path, progress, Limits(read=60.0, plain_here=True))
    failures: list[DownloadError] = []

    def run() -> None:
        with pytest.raises(DownloadError) as caught:
            transfer.run()
        failures.append(caught.value)

    thread = threading.Thread(target=run)
    thread.start()
    assert half.wait(30)
    transfer.cancel()
    thread.join(30)  # far less than the minute for which it would wait for more
    assert [error.reason for error in failures] == [Reason.CANCELLED]
    server.url("a", good)
    assert fetch(tmp_path, address).read_bytes() == DATA
    assert server.asked[-1]["Range"] == f"bytes={HALF}-"


def test_a_download_that_was_cancelled_before_it_began_asks_nobody(server: Server, tmp_path: Path) -> None:
    transfer = Transfer(remote(server.url("a", good)), tmp_path, limits=LIMITS)
    transfer.cancel()
    with pytest.raises(DownloadError, match="cancelled"):
        transfer.run()
    assert not server.asked


def test_two_at_once_do_not_mix(server: Server, tmp_path: Path) -> None:
    with partial.Partial(remote(), tmp_path):
        assert fails(tmp_path, server.url("a", good)).reason is Reason.BUSY
    assert fetch(tmp_path, server.url("a", good)).read_bytes() == DATA


def test_a_full_disk_is_said_before_anything_is_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**6, 10**6, 5))
    error = fails(tmp_path, server.url("a", good))
    assert error.reason is Reason.DISK_FULL
    assert "307,200 bytes" in str(error)
    assert not server.asked


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_disk_that_fills_up_meanwhile_is_said_and_no_mirror_is_tried(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(full, data))
    error = fails(tmp_path, server.url("a", good), server.url("b", good))
    os.close(full)
    assert error.reason is Reason.DISK_FULL
    assert error.__cause__ is not None
    assert error.__cause__.errno == errno.ENOSPC
    assert len(server.asked) == 1


def test_a_folder_that_cannot_be_made_is_said(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert fails(tmp_path / "file" / "folder", server.url("a", good)).reason is Reason.NOT_WRITABLE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_in_which_one_may_not_write_is_said(server: Server, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "may not write" in str(fails(tmp_path, server.url("a", good)))

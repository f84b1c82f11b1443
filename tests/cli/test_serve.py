"""`playground serve` as a process: it says where it listens, and ends without losing a request."""

from __future__ import annotations

import argparse
import configparser
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from playground.cli.main import main
from playground.cli.serve_command import takes_service
from playground.engine.service.event_lines import Listening, Requests, event_in

pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")

Output = pytest.CaptureFixture[str]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes in another way")
def test_it_serves_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "playground", "serve", "digits=reader", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        first, second = service.stdout.readline(), service.stdout.readline()
        address = first.removeprefix("Serving at ").partition(",")[0]
        assert second.strip() == f"POST {address}/v1/models/digits/predict"
        with urllib.request.urlopen(f"{address}/v1/models", timeout=30) as reply:
            assert json.load(reply)["models"][0]["name"] == "digits"
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
        assert service.stdout.read() == ""


def _children(service: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that answer: those that listen, besides the one that started them."""
    return [child for child in psutil.Process(service.pid).children() if "spawn_main" in " ".join(child.cmdline())]


def _ask(address: str) -> str:
    body = json.dumps({"input": [[0] * 28] * 28}).encode()
    asked = urllib.request.Request(f"{address}/v1/models/reader/predict", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as reply:
        answer: str = json.load(reply)["answer"]
    return answer


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes in another way")
def test_a_killed_process_is_replaced_and_figures_are_those_of_all() -> None:
    command = [sys.executable, "-m", "playground", "serve", "reader", "--port", "0", "--workers", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        assert service.stderr is not None
        address = service.stdout.readline().removeprefix("Serving at ").partition(",")[0]
        answers = [_ask(address) for _ in range(4)]  # from now on one has started
        first = _children(service)
        first[0].kill()  # the other answers, or does when it has started
        psutil.wait_procs(first[:1])
        answers += [_ask(address) for _ in range(4)]
        with urllib.request.urlopen(f"{address}/metrics", timeout=60) as reply:
            counted = re.findall(r"playground_requests_total{.*} (\d+)", reply.read().decode())
        service.send_signal(signal.SIGTERM)  # while a process is starting
        assert service.wait(60) == 0
        assert service.stderr.read() == ""
    assert len(set(answers)) == 1
    assert sum(map(int, counted)) == 8


def test_a_port_that_is_taken_is_named(capsys: Output) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "reader", "--port", str(port)]) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err


def test_other_machines_need_a_token(capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_TOKEN", raising=False)
    assert main(["serve", "reader", "--host", "0.0.0.0"]) == 2
    assert "give clients a token" in capsys.readouterr().err
    short = tmp_path / "token"
    short.write_text("guess\n")
    assert main(["serve", "reader", "--token-file", str(short)]) == 2
    assert "16 characters or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["reader", "reader"], 1, "Two networks are called “reader”"),
        (["missing.safetensors"], 1, "missing.safetensors"),
        (["lenet-5"], 2, "comes untrained"),
        (["reader", "--port", "70000"], 2, "--port"),
        (["reader", "--workers", "0"], 2, "--workers"),
    ],
)
def test_wrong_use_is_said(words: list[str], code: int, said: str, capsys: Output) -> None:
    assert main(["serve", *words]) == code
    assert said in capsys.readouterr().err


def test_container_and_unit_start_the_service_with_options_that_it_has() -> None:
    packaging = Path(__file__).parents[2] / "packaging"
    recipe = (packaging / "Containerfile").read_text("utf-8")
    entry = json.loads(next(line for line in recipe.splitlines() if line.startswith("ENTRYPOINT")).split(" ", 1)[1])
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.read(packaging / "playground-serve.service", "utf-8")
    started = unit["Service"]["ExecStart"].split()
    assert [Path(started[0]).name, started[1]] == entry[:2] == ["playground", "serve"]
    parser = argparse.ArgumentParser()
    takes_service(parser)
    assert parser.parse_args([*entry[2:], "digits=a.safetensors"]).host == "0.0.0.0"
    found = parser.parse_args(started[2:])
    assert (found.host, found.token_file, found.networks) == (
        "127.0.0.1",
        Path("${CREDENTIALS_DIRECTORY}/token"),
        ["$NETWORKS"],
    )


def _with_events(*words: str) -> list[str]:
    return [sys.executable, "-m", "playground", "serve", "reader", "--port", "0", "--events", *words]


def test_with_events_it_ends_with_its_input_and_answers_what_has_begun() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(_with_events(), stdin=pipe, stdout=pipe) as service:
        assert service.stdin is not None
        assert service.stdout is not None
        first = event_in(service.stdout.readline())
        assert isinstance(first, Listening)
        assert list(first.steps) == ["reader"]
        body = json.dumps({"input": [[0] * 28] * 28}).encode()
        with socket.create_connection((first.host, first.port), 60) as slow:
            head = "POST /v1/models/reader/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            slow.sendall(f"{head}Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode())
            assert slow.recv(4096).startswith(b"HTTP/1.1 100")  # the request has begun
            service.stdin.close()
            slow.sendall(body)
            assert slow.recv(4096).startswith(b"HTTP/1.1 200")
        assert service.wait(60) == 0
        (told,) = map(event_in, service.stdout.read().splitlines())
    assert isinstance(told, Requests)
    assert [item.status for item in told.items] == [200]


def test_with_events_it_ends_while_it_starts() -> None:
    ended = subprocess.run(_with_events(), stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, b"")


def test_events_are_those_of_one_process(capsys: Output) -> None:
    assert main(["serve", "reader", "--events", "--workers", "2"]) == 2
    assert "leave out --workers" in capsys.readouterr().err

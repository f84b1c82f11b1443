"""Requests a second, and milliseconds of an answer, of `playground serve` beside FastAPI and LitServe.

    python -m tests.benchmarks serving

Each service answers for the same textbook network, one digit a request as JSON, on this machine's loopback address. A
closed loop of 64 connections finds how many requests it answers in a second; an open loop at half of our rate finds the
times of answers. The load generator shares the machine. The services take turns, and all loops are bounded.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import psutil

from playground.engine.data.in_memory import load
from playground.engine.training.trainer import Trainer
from playground.engine.weights import save
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.presets import preset
from tests.benchmarks.figure import Figure

SECONDS, QUICK_SECONDS = 10.0, 2.0  # of each loop
WARM_UP = 1.0
CONNECTIONS = 64
STARTUP = 60.0
REQUESTS_BAR = 2000.0  # a second, at least
P99_BAR = 15.0  # milliseconds, at most
PEERS = {"FastAPI": "fastapi", "LitServe": "litserve"}


class Loaded(NamedTuple):
    """What a loop saw; `processor`: seconds of all of the service's processes for one request."""

    found: dict[str, Any]
    processor: float


def figures(quick: bool) -> Iterator[Figure]:
    """Our rate and times, and those of each peer."""
    seconds = QUICK_SECONDS if quick else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        network, bodies = Path(folder, "digits.safetensors"), Path(folder, "bodies.json")
        _train(network)
        bodies.write_text(json.dumps(_bodies()), "utf-8")
        port = _free_port()
        command = ["playground", "serve", f"digits={network}", "--port", str(port)]
        with _running(command, port, "/readyz") as process:
            ours = _load(process, port, "/v1/models/digits/predict", bodies, seconds)
            rate = ours.found["rate"] / 2
            opened = _load(process, port, "/v1/models/digits/predict", bodies, seconds, rate)
        yield _rate_figure(ours)
        yield _time_figure(opened, rate)
        for name, package in PEERS.items():
            if importlib.util.find_spec(package) is None:
                yield Figure(work=f"requests a second, beside {name}", missing=f"{package} is not installed")
                continue
            port = _free_port()
            command = [f"tests.benchmarks.serving_{package}", str(network), str(port)]
            try:
                with _running(command, port, "/openapi.json") as process:
                    theirs = _load(process, port, "/predict", bodies, seconds)
                    their_times = _load(process, port, "/predict", bodies, seconds, rate)
            except RuntimeError as error:
                yield Figure(work=f"requests a second, beside {name}", missing=str(error))
                continue
            if set(theirs.found["statuses"]) != {"200"}:
                yield Figure(
                    work=f"requests a second, beside {name}", missing=f"it answered {theirs.found['statuses']}"
                )
                continue
            yield from _beside(name, ours, theirs, opened, their_times)


def _rate_figure(ours: Loaded) -> Figure:
    return Figure(
        work=f"requests answered in a second, closed loop of {CONNECTIONS} connections",
        value=ours.found["rate"],
        unit="1/s",
        bar=REQUESTS_BAR,
        better="higher",
        note=_note(ours),
    )


def _time_figure(opened: Loaded, rate: float) -> Figure:
    return Figure(
        work=f"99 of 100 answers, open loop of {rate:,.0f} requests/s",
        value=_milliseconds(opened),
        unit="ms",
        bar=P99_BAR,
        note=_note(opened),
    )


def _beside(name: str, ours: Loaded, theirs: Loaded, opened: Loaded, their_times: Loaded) -> Iterator[Figure]:
    yield Figure(
        work="requests answered in a second",
        value=ours.found["rate"],
        unit="1/s",
        peer=name,
        beside=theirs.found["rate"],
        bar=1.0,
        better="higher",
        note=_note(theirs),
    )
    yield Figure(
        work="99 of 100 answers, open loop at half of our rate",
        value=_milliseconds(opened),
        unit="ms",
        peer=name,
        beside=_milliseconds(their_times),
        bar=1.0,
        note=_note(their_times),
    )


def _milliseconds(loaded: Loaded) -> float:
    found: float | None = loaded.found["p99"]
    return float("inf") if found is None else found * 1000


def _note(loaded: Loaded) -> str:
    found = loaded.found
    middle = f"{found['p50'] * 1000:.1f} ms in the middle, " if found["p50"] is not None else ""
    return (
        f"{found['answered']:,} answers with statuses {found['statuses']}, {found['lost']} lost, {middle}"
        f"{loaded.processor * 1e6:.0f} µs of processor time of the service for a request"
    )


def _train(path: Path) -> None:
    experiment = preset("textbook").experiment
    experiment = experiment.with_(recipe=experiment.recipe.with_(epochs=1))
    trainer = Trainer(experiment, load(experiment.data))
    list(trainer)
    save(path, experiment, trainer.network, trainer.figures)


def _bodies() -> list[str]:
    """Digits of the test set."""
    inputs, _ = load(MNIST()).test.cut(0, 200)
    return [json.dumps({"input": item}) for item in (inputs[:, 0] * 255).round().int().tolist()]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


@contextmanager
def _running(module: list[str], port: int, path: str) -> Iterator[psutil.Process]:
    """A service in a process group of its own, once it answers; it is ended afterwards, with all of its processes.

    Raises:
        RuntimeError: it does not start.
    """
    with subprocess.Popen([sys.executable, "-m", *module], stdout=subprocess.DEVNULL, start_new_session=True) as it:
        try:
            _wait_for(it, port, path)
            yield psutil.Process(it.pid)
        finally:
            it.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                it.wait(30)
            with suppress(ProcessLookupError):  # all have ended
                os.killpg(it.pid, signal.SIGKILL)


def _wait_for(it: subprocess.Popen[bytes], port: int, path: str) -> None:
    end = monotonic() + STARTUP
    while monotonic() < end and it.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as client:
            client.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            if b" 200 " in client.recv(30):
                return
        sleep(0.1)
    raise RuntimeError(f"{it.args} did not start within {STARTUP:.0f} s")


def _load(it: psutil.Process, port: int, path: str, bodies: Path, seconds: float, rate: float = 0.0) -> Loaded:
    """One loop, after a short one to warm up."""
    _loop(port, path, bodies, WARM_UP, rate)
    before = _processor(it)
    found = _loop(port, path, bodies, seconds, rate)
    return Loaded(found, (_processor(it) - before) / max(1, found["answered"]))


def _loop(port: int, path: str, bodies: Path, seconds: float, rate: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.serving_load", str(port), path, str(bodies)]
    options = ["--connections", str(CONNECTIONS), "--seconds", str(seconds), "--rate", str(rate)]
    done = subprocess.run([*command, *options], stdout=subprocess.PIPE, text=True, timeout=seconds + 60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _processor(it: psutil.Process) -> float:
    """Seconds of processor time of a process and those it started."""
    taken = [process.cpu_times() for process in (it, *it.children(recursive=True))]
    return sum(times.user + times.system for times in taken)

"""The service as a process: it says why it does not begin, stops when told, and does not outlive who started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QDeadlineTimer
from pytestqt.qtbot import QtBot

from playground.gui.session import service_process
from playground.gui.session.service_process import LOOPBACK, Phase, ServiceProcess, Wish, network_address
from playground.spec.files.resources import resource

READER = resource("presets", "reader.safetensors")
LOAD = 60_000

PARENT = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from playground.gui.session.service_process import ServiceProcess, Wish
application = QCoreApplication([])
service = ServiceProcess()
service.serve(Wish("reader", Path(sys.argv[1]), 0))
print(service.pid, flush=True)
application.exec()
"""


@pytest.fixture
def service(qtbot: QtBot) -> Iterator[ServiceProcess]:
    made = ServiceProcess()
    yield made
    made.end()
    assert made.wait(QDeadlineTimer(LOAD))
    assert not made.running


def _until(qtbot: QtBot, service: ServiceProcess, phase: Phase) -> None:
    qtbot.waitUntil(lambda: service.phase is phase, timeout=LOAD)


def _has_ended(process: psutil.Process) -> bool:
    """Whether it runs no more; where nobody waits for orphans, as in a container, it stays as a zombie."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_what_is_asked_for_last_counts_and_a_port_that_is_taken_is_named(service: ServiceProcess, qtbot: QtBot) -> None:
    pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")
    service.serve(Wish("reader", READER, 0))
    first = psutil.Process(service.pid)
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        service.serve(Wish("reader", READER, port))  # once the first has ended
        assert service.phase is Phase.STOPPING
        _until(qtbot, service, Phase.FAILED)
    assert not first.is_running()
    assert str(service.problem).startswith(f"Port {port} of 127.0.0.1 cannot be used: ")
    assert not service.running


def test_it_says_what_to_install(
    service: ServiceProcess, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('uvicorn')\n")
    monkeypatch.syspath_prepend(tmp_path)
    service.serve(Wish("reader", READER, 0))
    _until(qtbot, service, Phase.FAILED)
    assert str(service.problem) == "Serving needs further libraries: run “pip install playground[serve]”."


def test_it_says_that_it_cannot_be_started(
    service: ServiceProcess, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    service.serve(Wish("reader", READER, 0))
    _until(qtbot, service, Phase.FAILED)
    assert str(service.problem).startswith("The service could not be started: ")


def test_it_says_that_it_was_killed(service: ServiceProcess, qtbot: QtBot) -> None:
    service.serve(Wish("reader", READER, 0))
    psutil.Process(service.pid).kill()
    _until(qtbot, service, Phase.FAILED)
    assert str(service.problem).startswith("The service ended unexpectedly: ")


def test_it_is_stopped_while_it_starts(service: ServiceProcess, qtbot: QtBot) -> None:
    service.serve(Wish("reader", READER, 0))
    service.stop()
    _until(qtbot, service, Phase.STOPPED)


def test_the_token_is_in_no_command_line(service: ServiceProcess, qtbot: QtBot) -> None:
    pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")
    token = "a token that nobody guesses"
    service.serve(Wish("reader", READER, 0, token))
    process = psutil.Process(service.pid)
    qtbot.waitUntil(lambda: "--events" in process.cmdline(), timeout=LOAD)  # before, it is a copy of this process
    assert not any(token in word for word in process.cmdline())
    found = service_process._environment(token)
    assert found.value("PLAYGROUND_TOKEN") == token
    assert not service_process._environment("").contains("PLAYGROUND_TOKEN")


def test_this_machine_has_an_address() -> None:
    assert socket.inet_aton(network_address())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes in another way")
def test_no_process_remains_when_its_parent_is_killed(qtbot: QtBot) -> None:
    pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", PARENT, str(READER)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.ppid() == parent.pid
        parent.send_signal(signal.SIGKILL)
    qtbot.waitUntil(lambda: _has_ended(child), timeout=LOAD)

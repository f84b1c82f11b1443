"""What every test stands on: no screen, folders of its own, and nothing left behind that could disturb the next one.

`OMP_NUM_THREADS` and `QT_QPA_PLATFORM` are set before anything imports torch or Qt; both may be chosen from outside.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # two torch threads on a busy machine are slower than one
os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)  # no test disturbs the desktop of whoever runs it

import pytest
import pytestqt.qtbot
import shiboken6
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import settings
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QThread, QTimer, QtMsgType, qInstallMessageHandler

GRACE = 10.0  # seconds that a thread which was told to end may still take
PATIENCE = 30_000  # milliseconds that a test waits for a signal or a condition, where it does not say itself
PROCESSES = 8  # at most: each of them takes up to 1.5 GB

settings.register_profile("playground", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("playground")

_messages: list[str] = []  # what Qt says while pytest-qt is not listening: while widgets are closed, above all
_threads: weakref.WeakSet[QThread] = weakref.WeakSet()  # every one that a test started
_timers: weakref.WeakSet[QTimer] = weakref.WeakSet()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run whole folders on all cores, and files or single tests, whoever looks for a fault in them, in one process."""
    if not all(Path(argument).is_dir() for argument in config.args):
        return 0
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # pytest-xdist reads it
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, PROCESSES) if cores > 1 else 0


def pytest_configure(config: pytest.Config) -> None:
    """Listen to Qt and to the starting of threads and timers from the first test on."""
    allowed = [re.compile(pattern) for pattern in config.getini("qt_log_ignore")]

    def note(kind: QtMsgType, _context: object, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:  # Qt ends the process next, and what is captured is lost with it
            os.write(config.stash.get(fault_handler_stderr_fd_key, 2), f"\n{text}\n".encode())
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not any(item.search(text) for item in allowed):
            _messages.append(text)

    qInstallMessageHandler(note)
    for name in ("waitSignal", "waitSignals", "waitUntil", "waitCallback", "waitExposed", "waitActive"):
        getattr(pytestqt.qtbot.QtBot, name).__kwdefaults__["timeout"] = PATIENCE  # 5 s are too few on a busy machine
    _remember_started(QThread, _threads)
    _remember_started(QTimer, _timers)
    _take_signals()
    gc.disable()  # see `gui.start.gc_in_main_thread`: no thread of a test may collect what an earlier test left


def _take_signals() -> None:
    """Take signals that whoever started the tests ignores, as a shell does in the background: tests send them."""
    for name, handler in (
        ("SIGINT", signal.default_int_handler),
        ("SIGTERM", signal.SIG_DFL),
        ("SIGHUP", signal.SIG_DFL),
    ):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def _remember_started(kind: type[Any], started: weakref.WeakSet[Any]) -> None:
    """Qt keeps no list of its threads and timers, so keep one of those that Python starts."""
    start = kind.start

    def remembering(self: Any, *arguments: Any) -> None:
        started.add(self)
        start(self, *arguments)

    kind.start = remembering


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a complaint of Qt; set up first, so torn down last."""
    before = set(threading.enumerate())
    _messages.clear()
    yield
    application = QCoreApplication.instance()
    if application is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(1)
    left = [*_running_threads(before), *_running_timers(), *(f"Qt said: {text}" for text in _messages)]
    _threads.clear()
    _timers.clear()
    _messages.clear()
    assert not left, "left behind: " + "; ".join(left)


def _running_threads(before: set[threading.Thread]) -> Iterator[str]:
    """Name the threads that do not end by themselves; QThreads are waited for here, others joined."""
    end = time.monotonic() + GRACE
    for qthread in [item for item in _threads if shiboken6.isValid(item)]:
        if not qthread.wait(max(1, int(1000 * (end - time.monotonic())))):
            yield f"QThread {qthread.objectName() or type(qthread).__name__} is running"
    for thread in set(threading.enumerate()) - before:
        if isinstance(thread, threading._DummyThread):  # Python's note of a foreign thread; the QThreads are above
            continue
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            yield f"{thread!r} is running"


def _running_timers() -> Iterator[str]:
    if any(shiboken6.isValid(item) and item.isActive() for item in _timers):
        gc.collect()  # a timer in a reference cycle of a widget that is gone
    for timer in [item for item in _timers if shiboken6.isValid(item) and item.isActive()]:
        timer.stop()
        yield f"QTimer of {type(timer.parent()).__name__} every {timer.interval()} ms is running"


@pytest.fixture(autouse=True)
def _denormal_numbers() -> Iterator[None]:
    """Let numbers be exact again in the tests' thread, where a trainer ran in it; Hypothesis insists on it."""
    yield
    flush = getattr(sys.modules.get("torch"), "set_flush_denormal", None)
    if flush is not None:
        flush(False)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Send settings, logs, runs, drawings and caches of the program into the test's own folder, and return it."""
    folder = tmp_path / "user"
    for name in ("config", "data", "state"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(folder / name))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(folder / "site"))
    monkeypatch.setenv("PLAYGROUND_RUNS", str(folder / "runs"))  # also where there is no XDG
    monkeypatch.setenv("PLAYGROUND_DRAWINGS", str(folder / "drawings"))
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):  # Qt reads the variables only once
        QSettings.setPath(form, QSettings.Scope.UserScope, str(folder / "config"))
    return folder


@cache
def _bundled(read: Callable[[Any, None], Any], file: Any) -> Any:
    """The values of one of the bundled files of MNIST."""
    return read(file, None)


def _read_once(read: Callable[[Any, Path | None], Any], file: Any, folder: Path | None) -> Any:
    return read(file, folder) if folder else _bundled(read, file).copy()


@pytest.fixture(autouse=True)
def _mnist_is_uncompressed_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the bundled files of MNIST hold, and give each test a copy: most of a short run is to uncompress them.

    Only a process that has read MNIST already keeps it; files of a folder are read each time. A test that uses
    `uncompressed_anew` reads all files each time.
    """
    module = sys.modules.get("playground.engine.data.sources.mnist")
    if module is not None and "uncompressed_anew" not in request.fixturenames:
        monkeypatch.setattr(module, "_read", partial(_read_once, module._read))


@pytest.fixture
def uncompressed_anew() -> None:
    """The test is about reading MNIST: see `_mnist_is_uncompressed_once`."""


class _Executed:
    """Counts the tests that did run; skipped ones did not."""

    count = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once, when its body is over."""
        if report.when == "call" and report.outcome != "skipped":
            self.count += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to count."""
    session.config.pluginmanager.register(_Executed(), "executed")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that executed no test is a failed run, also when all were skipped; a worker process may get none."""
    if hasattr(session.config, "workerinput"):
        return
    executed = session.config.pluginmanager.get_plugin("executed")
    if exitstatus == pytest.ExitCode.OK and not session.config.option.collectonly and not executed.count:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED

"""Stop, close and a change of data take effect while data are read; what is being saved is finished."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QDeadlineTimer, QThread
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.training.snapshots import Figures
from playground.engine.weights import load, save
from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.thread_shutdown import ended
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

READS = Experiment(
    data=MNIST(train_limit=600, validation_share=0.01), stack=Stack(layers=(Flatten(), Linear(out_features=10)))
)
GRACE = 10.0  # seconds until a thread has begun
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


@pytest.fixture
def slow(tmp_path: Path) -> Experiment:
    """An experiment whose data take a minute to be read: a large teacher is asked about 60,000 images."""
    experiment = preset("residual-cnn").experiment
    path = tmp_path / "teacher.safetensors"
    save(path, experiment, build(experiment), Figures())
    data = DistilledMNIST(train_limit=60_000, validation_share=0.0, teacher=str(path))
    return preset("distillation").experiment.with_(data=data)


@pytest.fixture
def loading(qtbot: QtBot, slow: Experiment) -> Iterator[Run]:
    """A run whose data are being read."""
    document = Document(slow)
    run = Run(document)
    run.load_torch()
    qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=LOAD)
    with qtbot.waitSignal(run.preparing):
        run.train()
    yield run
    run.close()


@pytest.fixture
def given_up(loading: Run, caplog: pytest.LogCaptureFixture) -> Callable[[], bool]:
    """Whether reading has been given up."""
    caplog.set_level("INFO")
    return lambda: "given up" in caplog.text


def test_closing_gives_up_what_is_being_read(loading: Run, given_up: Callable[[], bool]) -> None:
    assert ended((loading.worker,))
    assert given_up()


def test_stop_drops_a_run_whose_data_are_being_read(qtbot: QtBot, loading: Run, given_up: Callable[[], bool]) -> None:
    assert loading.can_stop
    loading.stop()
    qtbot.waitUntil(given_up)
    assert loading.state is RunState.IDLE
    assert not loading.can_stop
    assert not loading.has_network


def test_other_data_are_read_at_once(qtbot: QtBot, loading: Run, given_up: Callable[[], bool]) -> None:
    loading._document.load(READS, None)
    qtbot.waitUntil(given_up)
    loading.step()
    qtbot.waitUntil(lambda: loading.state is RunState.PAUSED, timeout=LOAD)


def test_an_edit_drops_a_run_that_has_not_begun(qtbot: QtBot, loading: Run, given_up: Callable[[], bool]) -> None:
    loading._document.do(Set(("seed",), 7, message("Another seed")))
    qtbot.waitUntil(given_up)
    assert loading.state is RunState.IDLE


def test_a_network_is_opened_at_once(qtbot: QtBot, loading: Run, given_up: Callable[[], bool], tmp_path: Path) -> None:
    path = tmp_path / "reads.safetensors"
    save(path, READS, build(READS), Figures())
    with qtbot.waitSignal(loading.opened, timeout=LOAD):
        loading.open(path)
    assert given_up()


def test_a_preview_of_data_that_are_not_shown_any_more_is_given_up(
    qtbot: QtBot, loading: Run, given_up: Callable[[], bool]
) -> None:
    loading.reset()
    qtbot.waitUntil(given_up)
    with qtbot.waitSignal(loading.preparing):
        loading.pick_test_sample()
    loading._document.load(READS, None)
    with qtbot.waitSignal(loading.test_sample, timeout=LOAD):
        loading.pick_test_sample()


def test_a_network_that_is_being_saved_is_written_before_the_end(qtbot: QtBot, tmp_path: Path) -> None:
    run = Run(Document(READS))
    run.load_torch()
    qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=LOAD)
    run.step()
    qtbot.waitUntil(lambda: run.state is RunState.PAUSED, timeout=LOAD)
    run.save(tmp_path / "reads.safetensors")
    assert ended((run.worker,), 0)
    assert load(tmp_path / "reads.safetensors").experiment == READS
    run.close()


def test_a_thread_that_does_not_end_in_time_is_told_of_and_left_alone(qapp: object) -> None:
    class Deaf(QThread):
        lasting = False
        hears = Event()

        def run(self) -> None:
            self.hears.wait()

        def end(self) -> None:
            """Do nothing."""

    deaf = Deaf()
    deaf.start()
    assert not ended((deaf,), 1)
    assert deaf.isRunning()
    deaf.hears.set()
    assert ended((deaf,))


def test_all_are_told_to_end_before_any_is_waited_for(qapp: object) -> None:
    begun, told = Event(), Event()

    def until_told() -> None:
        begun.set()
        while True:
            try:
                stop_if_cancelled()
            except Exception:
                told.set()
                raise

    first, second = Background(), Background()
    first.do(lambda: told.wait())  # ends when the second is given up
    second.do(until_told)
    assert begun.wait(GRACE)
    assert ended((first, second))


class Told:
    """Does something that must be finished, until it was waited for so many times; notes what it is told."""

    def __init__(self, name: str, notes: list[str], looks: int = 0) -> None:
        self._name, self._notes, self._looks = name, notes, looks

    @property
    def lasting(self) -> bool:
        return self._looks > 0

    def end(self) -> None:
        self._notes.append(f"end {self._name}")

    def wait(self, _deadline: QDeadlineTimer, /) -> bool:
        self._notes.append(f"wait {self._name}")
        self._looks -= 1
        return not self.lasting


def test_all_are_told_to_end_also_before_what_is_being_saved_is_waited_for() -> None:
    notes: list[str] = []
    assert ended((Told("first", notes, looks=2), Told("second", notes)))
    assert notes[:4] == ["end first", "end second", "wait first", "wait first"]
    assert "wait second" in notes


def test_one_that_does_not_end_is_told_of_whichever_it_is() -> None:
    notes: list[str] = []

    class Deaf(Told):
        def wait(self, deadline: QDeadlineTimer, /) -> bool:
            assert not deadline.isForever()
            return super().wait(deadline) and False

    assert not ended((Told("first", notes), Deaf("second", notes)), 0)
    assert not ended((Deaf("first", notes), Told("second", notes)), 0)


DEAF_WORKER = """
import sys
from threading import Event
from playground.gui.start import app
from playground.gui.start.interrupts import Interrupts

class Opening(app.StartupSequence):
    def start(self):
        super().start()
        self._shell.background.do(Event().wait)  # one long call that asks nobody
        self._shell.window.painted.connect(self._shell.window.allow_close)

app.StartupSequence = Opening
sys.exit(app.main(None, Interrupts()))
"""


SILENT_DRIVE = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QMetaObject, Qt
from playground.gui.session import files
from playground.gui.start import app
from playground.gui.start.interrupts import Interrupts
from playground.gui.start.program import Program

class Opened(Program):
    def begin(self, path, found=None):
        super().begin(path, found)
        self.files.open(Path("silent.playground"))

def read(path):
    window, = (item for item in app.QApplication.topLevelWidgets() if item.isWindow() and item.isVisible())
    QMetaObject.invokeMethod(window, "close", Qt.ConnectionType.QueuedConnection)
    return path.read_bytes()  # from a pipe that nothing comes from

os.mkfifo("silent.playground")
files.read_description = read
import playground.gui.start.program
playground.gui.start.program.Program = Opened
sys.exit(app.main(None, Interrupts()))
"""


@pytest.mark.parametrize("script", [DEAF_WORKER, SILENT_DRIVE], ids=["computes", "reads"])
def test_the_process_ends_although_a_thread_does_not(script: str, tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr

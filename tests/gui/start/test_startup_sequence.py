"""The window stands before the program does, and nothing in it moves when that comes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from playground.engine.build import build
from playground.gui.session.run_state import RunState
from playground.gui.start import startup_sequence
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.program import READER, Program
from playground.gui.start.startup_sequence import StartupSequence
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.settings import Settings
from playground.gui.window.main_window import MainWindow, Region
from playground.spec.datasets.table import Table
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import FIRST, preset, presets
from playground.spec.files.resources import resource
from playground.spec.messages import message

AT_FIRST_PAINT = """
import json, sys
from playground.gui.start import app
from playground.gui.start.interrupts import Interrupts

class Watched(app.StartupSequence):
    def start(self):
        self._shell.window.painted.connect(self.look)
        super().start()

    def look(self):
        print(json.dumps(sorted(sys.modules)), flush=True)
        self._shell.window.allow_close()

app.StartupSequence = Watched
sys.exit(app.main(None, Interrupts()))
"""

WITHOUT_PROGRAM = """
import sys
from playground.cli.main import main
from playground.gui.start import startup_sequence

startup_sequence._MODULES = ("nowhere",)
sys.exit(main([]))
"""

Open = Callable[..., StartupSequence]


@pytest.fixture
def shell(qapp: QApplication, settings: Settings) -> Iterator[WindowShell]:
    """An empty window, not yet shown; what is made in it is closed by whoever made it."""
    before = qapp.palette(), qapp.styleSheet()
    made = WindowShell(qapp, settings, ExceptionHook())
    yield made
    made.window.allow_close()
    made.close()
    made.window.deleteLater()
    qapp.setPalette(before[0])
    qapp.setStyleSheet(before[1])


@pytest.fixture
def open_window(shell: WindowShell, tmp_path: Path) -> Iterator[Open]:
    """Open the window with a file in it, or none."""
    made: list[StartupSequence] = []

    def start(path: Path | None = None) -> StartupSequence:
        opened = StartupSequence(shell, tmp_path, path)
        made.append(opened)
        opened.start()
        return opened

    yield start
    for opened in made:
        shell.window.allow_close()
        opened.close()


def places(window: MainWindow) -> dict[Region, QRect]:
    """Where every part stands in the window."""
    found = {}
    for place in Region:
        part = window.part(place)
        found[place] = QRect(part.mapTo(window, part.rect().topLeft()), part.size())
    return found


def test_the_first_paint_waits_for_nothing_that_it_does_not_need() -> None:
    command = [sys.executable, "-c", AT_FIRST_PAINT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=dict(os.environ))
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert "playground.gui.window.main_window" in imported
    assert not imported & {"pydantic", "playground.spec.component", "numpy", "torch", "playground.gui.start.program"}


def test_nothing_moves_when_the_window_is_filled(qtbot: QtBot, shell: WindowShell, tmp_path: Path) -> None:
    window = shell.window
    with qtbot.waitExposed(window):
        window.show()
    empty = places(window)
    titles = [action.text() for action in window.menuBar().actions()]
    program = Program(shell, tmp_path)
    program.fill()
    qtbot.waitUntil(lambda: window.part(Region.CURVES).isVisible())
    assert places(window) == empty
    assert [action.text() for action in window.menuBar().actions()] == titles
    assert all(isinstance(action.menu(), QMenu) for action in window.menuBar().actions())
    program.close()


def test_the_window_is_called_playground_until_it_has_an_experiment(shell: WindowShell) -> None:
    assert shell.window.windowTitle() == "Playground"


def test_everything_comes_by_itself(qtbot: QtBot, open_window: Open) -> None:
    opened = open_window()
    qtbot.waitUntil(lambda: opened.program is not None and opened.program.results.curves is not None, timeout=20_000)
    program = opened.program
    assert program is not None
    assert program.document.experiment == presets()[0].experiment
    assert program.window.part(Region.STACK) is program.stack
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)


def test_a_file_is_opened(qtbot: QtBot, open_window: Open, shell: WindowShell, tmp_path: Path) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="Mine"), path)
    opened = open_window(path)
    qtbot.waitUntil(lambda: shell.window.windowTitle().startswith("Mine"), timeout=20_000)
    assert opened.program is not None
    assert shell.window.windowTitle() == "Mine (mine.playground)[*] – Playground"
    assert shell.window.messages.texts() == ()  # who comes with a file needs no hint


def test_weights_without_an_experiment_are_put_into_what_is_shown_first(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    path, experiment = tmp_path / "weights.safetensors", preset(FIRST).experiment
    save_file({name: tensor.contiguous() for name, tensor in build(experiment).state_dict().items()}, path)
    program = first_shown(open_window(path), qtbot)
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=60_000)
    assert program.document.experiment == experiment
    assert program.run.weights is not None


def first_shown(opened: StartupSequence, qtbot: QtBot) -> Program:
    """The program as it is when there is one, before it is added to."""
    qtbot.waitUntil(lambda: opened.program is not None, timeout=20_000)
    assert opened.program is not None
    assert opened.program.run.state is RunState.LOADING
    return opened.program


def test_a_files_network_is_the_first_that_is_shown(qtbot: QtBot, open_window: Open, tmp_path: Path) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="Mine"), path)
    program = first_shown(open_window(path), qtbot)
    assert program.document.experiment.name == "Mine"
    assert program.document.path == path


def test_a_trained_network_is_shown_with_its_figures_before_there_is_torch(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    path = tmp_path / "copy.safetensors"
    shutil.copyfile(resource("presets") / "reader.safetensors", path)
    program = first_shown(open_window(path), qtbot)
    assert program.document.experiment.name == "Reader"
    assert program.window.windowTitle() == "Reader (copy.safetensors)[*] – Playground"
    assert program.top.pace.whole == "test accuracy 99.42 % · loading PyTorch…"
    assert "6 epochs, 2,814 steps" in program.top.pace.toolTip()
    assert program.document.path is None  # what is saved must not take the place of the network
    program.document.do(Set(("name",), "Mine", message("Rename")))
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=60_000)
    assert program.document.experiment.name == "Mine"  # what was edited meanwhile stays
    assert program.run.has_network
    assert program.top.pace.whole == "test accuracy 99.42 %"
    assert program.settings.recent()[0] == path


def test_a_network_whose_weights_are_damaged_is_shown_without_them(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes((resource("presets") / "reader.safetensors").read_bytes()[:-1])
    program = first_shown(open_window(path), qtbot)
    assert program.document.experiment.name == "Reader"
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    qtbot.waitUntil(lambda: any("it was cut off" in text for text in program.window.messages.texts()), timeout=20_000)
    assert not program.run.has_network
    assert program.top.pace.whole == ""


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_file_whose_name_is_no_text_is_opened(
    qtbot: QtBot, open_window: Open, shell: WindowShell, tmp_path: Path
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xff.playground"))
    write_experiment(Experiment(name="Mine"), path)
    program = first_shown(open_window(path), qtbot)
    assert program.document.path == path
    assert shell.window.windowTitle() == "Mine (m\ufffd.playground)[*] – Playground"


def test_a_relative_path_is_opened(
    qtbot: QtBot, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_experiment(Experiment(name="Mine"), tmp_path / "mine.playground")
    monkeypatch.chdir(tmp_path)
    program = first_shown(open_window(Path("mine.playground")), qtbot)
    assert program.document.path == tmp_path / "mine.playground"


def test_a_table_becomes_the_data_of_the_first_network(
    qtbot: QtBot, open_window: Open, shell: WindowShell, tmp_path: Path
) -> None:
    path = tmp_path / "titanic.csv"
    path.write_text("age,fare,survived\n" + "".join(f"{i},{2 * i},{'yes' if i % 2 else 'no'}\n" for i in range(40)))
    program = first_shown(open_window(path), qtbot)
    assert shell.window.messages.texts() == ()
    qtbot.waitUntil(lambda: isinstance(program.document.experiment.data, Table), timeout=60_000)
    assert not program.document.problems  # a first network for it can be trained at once
    assert program.document.experiment.name == "titanic.csv"
    program.document.undo_stack.undo()
    assert program.document.experiment == preset(FIRST).experiment


def test_a_file_that_is_gone_is_said_and_the_program_can_be_used(
    qtbot: QtBot, open_window: Open, shell: WindowShell, tmp_path: Path
) -> None:
    program = first_shown(open_window(tmp_path / "gone.playground"), qtbot)
    assert any("gone.playground” does not exist" in text for text in shell.window.messages.texts())
    assert program.document.experiment == preset(FIRST).experiment
    assert program.document.path is None
    program.document.do(Set(("name",), "Mine", message("Rename")))
    assert shell.window.windowTitle() == "Mine[*] – Playground"


def test_a_bad_file_is_said_in_the_window(qtbot: QtBot, open_window: Open, shell: WindowShell, tmp_path: Path) -> None:
    path = tmp_path / "bad.playground"
    path.write_text("{")
    open_window(path)
    qtbot.waitUntil(lambda: any("bad.playground" in text for text in shell.window.messages.texts()), timeout=20_000)


def test_a_window_can_be_closed_before_there_is_anything_in_it(
    qtbot: QtBot, open_window: Open, shell: WindowShell
) -> None:
    opened = open_window()
    assert shell.window.close()
    assert not shell.window.isVisible()
    opened.close()
    assert opened.program is None


def test_a_first_start_has_a_hint_and_a_second_has_none(open_window: Open, shell: WindowShell) -> None:
    open_window().close()
    assert any("Press Train" in text for text in shell.window.messages.texts())
    shell.window.messages.dismiss("hint")
    open_window().close()
    assert shell.window.messages.texts() == ()


def test_the_hint_opens_the_reader_even_before_there_is_a_program(
    qtbot: QtBot, open_window: Open, shell: WindowShell
) -> None:
    opened = open_window()
    (button,) = shell.window.messages.findChildren(QPushButton)
    button.click()
    assert opened.program is None
    reader = preset(READER).experiment
    qtbot.waitUntil(lambda: opened.program is not None and opened.program.document.experiment == reader, timeout=20_000)


def test_a_program_that_cannot_be_made_closes_the_window_and_says_why(
    qtbot: QtBot, open_window: Open, shell: WindowShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup_sequence, "_MODULES", ("playground.gui.nowhere",))
    opened = open_window()
    qtbot.waitUntil(lambda: not shell.window.isVisible(), timeout=20_000)
    assert isinstance(opened.error, ModuleNotFoundError)
    assert opened.program is None


def test_why_there_is_no_program_reaches_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert len(done.stderr.splitlines()) == 1

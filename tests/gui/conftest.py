"""A whole program for tests: real parts, settings in a file of its own, and answers in place of dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.program import Program
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.dialogs import Answer, Conflict
from playground.gui.style.settings import Settings

WITHIN = 30.0  # seconds for the last writes of a store


class Answers:
    """What the person answers, and how often there was a question."""

    def __init__(self) -> None:
        self.unsaved_answer = Answer.CANCEL
        self.conflict = Conflict.CANCEL
        self.path: Path | None = None
        self.paths: tuple[Path, ...] = ()
        self.asked: list[str] = []
        self.filters = ""  # of the latest question for a file to read

    def unsaved(self, name: str) -> Answer:
        self.asked.append(name)
        return self.unsaved_answer

    def changed(self, name: str) -> Conflict:
        self.asked.append(name)
        return self.conflict

    def open_path(self, folder: Path) -> Path | None:
        return self.path

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        self.asked.append(suggestion.name)
        return self.path

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        self.asked.append(title)
        self.filters = filters
        return self.path

    def source_paths(self, title: str, folder: Path, filters: str) -> tuple[Path, ...]:
        self.asked.append(title)
        return self.paths or ((self.path,) if self.path else ())


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def own_style(qapp: QApplication) -> Iterator[None]:
    """Let the palette and the style sheet that a program sets end with the test."""
    before = qapp.palette(), qapp.styleSheet()
    yield
    qapp.setPalette(before[0])
    qapp.setStyleSheet(before[1])


@pytest.fixture
def make_program(
    qapp: QApplication, own_style: None, settings: Settings, answers: Answers, tmp_path: Path
) -> Iterator[Callable[[], Program]]:
    """Make programs that share settings and answers; torch is loaded only by `start`. All are closed at the end."""
    made: list[Program] = []

    def make() -> Program:
        program = Program(WindowShell(qapp, settings, ExceptionHook(), default_folder), tmp_path, answers)
        made.append(program)
        return program

    yield make
    for program in made:
        program.window.allow_close()
        program.close()
        program.window.deleteLater()
    made.clear()
    QCoreApplication.sendPostedEvents(
        None, QEvent.Type.DeferredDelete
    )  # or `own_style` would restyle all that is in it


@pytest.fixture
def program(qtbot: QtBot, make_program: Callable[[], Program]) -> Program:
    """A program with its window shown, and everything in it but torch."""
    made = make_program()
    with qtbot.waitExposed(made.window):
        made.window.show()
    made.fill()
    return made


@pytest.fixture
def ready(qtbot: QtBot, make_program: Callable[[], Program]) -> Program:
    """A program that has loaded torch."""
    made = make_program()
    made.fill()
    with qtbot.waitSignal(made.run.state_changed, timeout=60_000):
        made.run.load_torch()
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    """An empty store of runs in a temporary folder."""
    made = RunStore(tmp_path / "runs")
    yield made
    assert made.close(WITHIN)

"""A random user does a few hundred things to the whole window; `tests.benchmarks.monkey` lets it go on for minutes."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QComboBox, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from tests.desktop import NoDesktop
from tests.monkey import Monkey, within
from tests.odd_files import make_files
from tests.watching import Complaints


@pytest.mark.no_qt_log  # `conftest` listens instead, which can tell why Qt ended the process
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_goes_wrong_whatever_is_done(
    qtbot: QtBot,
    make_program: Callable[[], Program],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    program = make_program()
    desktop = NoDesktop()
    complaints = Complaints()
    logging.getLogger("playground").addHandler(complaints)
    with qtbot.waitExposed(program.window):
        program.start(None)
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=60_000)
    monkey = Monkey(program, seed, make_files(tmp_path / "files"))
    for _ in range(300):
        monkey.act()
        qtbot.wait(1)
    monkey.close()
    logging.getLogger("playground").removeHandler(complaints)
    desktop.close()
    assert not complaints.found, "\n\n".join(complaints.found.values())
    assert monkey.done.total() == 300


def deleted() -> int:
    """How many widgets that Qt has deleted are still kept by Python."""
    gc.collect()
    return sum(issubclass(type(each), QWidget) and not isValid(each) for each in gc.get_objects())


def test_looking_at_a_window_keeps_nothing_that_was_in_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    before = deleted()  # by other tests
    for kind in (QComboBox, QScrollArea):  # Qt makes more widgets in these
        part = kind(window)
        assert {kind, QWidget} <= {type(widget) for widget in within(window)}
        part.deleteLater()
        del part
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert within(window) == [window]
    assert deleted() <= before

"""Whatever the program exports, it never replaces a file that the document learns from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from playground.gui.style.dialogs import Answer, Conflict
from playground.spec.data.separate_test import SeparateTest
from playground.spec.datasets.table import Table
from tests.gui.conftest import Answers

WORDS = "x,y\n1,2\n"


@pytest.fixture
def tested(program: Program, tmp_path: Path) -> Path:
    """The test file of the document's table."""
    path = tmp_path / "test.csv"
    path.write_text(WORDS)
    data = Table()
    data = data.with_(source=data.source.with_(tested=SeparateTest(path=str(path))))
    program.document.load(program.document.experiment.with_(data=data), None)
    return path


def _save_table(program: Program) -> None:
    assert program.results.runs is not None
    program.results.runs.export_table()


@pytest.mark.parametrize("ask", [_save_table, lambda program: program.files.save_as()], ids=["runs", "experiment"])
def test_a_file_of_the_data_is_not_replaced(
    qtbot: QtBot, program: Program, answers: Answers, tested: Path, ask: Callable[[Program], None]
) -> None:
    answers.path = tested
    with qtbot.waitSignal(program.ask.refused) as refused:
        ask(program)
    assert f"would replace “{tested}”" in str(refused.args[0])
    assert any("would replace" in text for text in program.window.messages.texts())
    assert tested.read_text() == WORDS


def test_other_questions_are_passed_on(program: Program, answers: Answers, tested: Path) -> None:
    answers.path = tested.with_name("other.csv")
    answers.unsaved_answer, answers.conflict = Answer.CANCEL, Conflict.SAVE_AS
    asked = program.ask
    assert asked.save_path("Save", Path("a.csv"), "CSV (*.csv)") == answers.path
    assert asked.open_path(Path()) == answers.path
    assert asked.source_path("Read", Path(), "") == answers.path
    assert asked.source_paths("Read", Path(), "") == (answers.path,)
    assert (asked.unsaved("Mine"), asked.changed("Mine")) == (Answer.CANCEL, Conflict.SAVE_AS)

"""What is known of the shown weights is of these weights, and of no others."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from tests.gui.session.test_continuing import EXPERIMENT, LOAD


def test_the_test_of_a_run_is_known_until_the_network_learns_on(qtbot: QtBot, ready: Program) -> None:
    run = ready.run
    ready.document.load(EXPERIMENT, None)
    assert run.shown_figures.test_score is None
    run.train()
    qtbot.waitUntil(lambda: run.state is RunState.FINISHED, timeout=LOAD)
    finished, known = run.progress.finished, run.shown_figures
    assert finished is not None
    assert finished.test_score is not None
    assert (known.step, known.test_score, known.test_loss) == (finished.step, finished.test_score, finished.test_loss)
    run.step()
    qtbot.waitUntil(lambda: run.weights is not None and run.weights.step == finished.step + 1, timeout=LOAD)
    assert (run.shown_figures.step, run.shown_figures.test_score) == (finished.step + 1, None)
    run.stop()
    qtbot.waitUntil(lambda: run.state is RunState.FINISHED, timeout=LOAD)

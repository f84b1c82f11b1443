"""What the window tells of runs: verdicts, crashes, and what nobody foresaw."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from playground.engine.training.snapshots import Finished
from playground.gui.start.program import Program
from playground.spec.messages import message


def test_an_unexpected_exception_is_said(program: Program) -> None:
    program.unexpected.happened.emit("ValueError: odd")
    assert any("odd" in text for text in program.window.messages.texts())


def test_a_crash_of_the_run_is_said_and_the_log_offered(program: Program) -> None:
    sentence = message("Something went wrong: {error}.", error="odd")
    program.run.failed.emit(sentence)
    program.run.crashed.emit(sentence)
    assert program.window.messages.texts().count("Something went wrong: odd.") == 1
    assert "Open log" in [button.text() for button in program.window.messages.findChildren(QPushButton)]


def test_a_verdict_goes_with_its_run(program: Program) -> None:
    messages = program.window.messages
    messages.show_message("verdict", "hint", "Fit to deploy.")
    program.run.cleared.emit()
    assert not messages.has_message("verdict")


def test_a_test_of_earlier_weights_says_which(program: Program) -> None:
    end = Finished(3, 45, 1.0, 0.5, 0.9, 330, 2, True, message("Not fit to deploy yet."), weights_step=30)
    program.notifications.show_end((end,))
    told = "Not fit to deploy yet. The test used the weights of epoch 2, which had the least validation loss."
    assert told in program.window.messages.texts()
    program.notifications.show_end((end._replace(best_epoch=3, weights_step=45),))
    assert "Not fit to deploy yet." in program.window.messages.texts()


def test_weights_that_were_not_tested_are_not_said_to_be(program: Program) -> None:
    end = Finished(3, 45, 1.0, None, None, 330, 2, True, message("The test was stopped."), weights_step=30)
    program.notifications.show_end((end,))
    assert "The test was stopped." in program.window.messages.texts()

"""The panel shows what was read, says so where it is chance, and says why where nothing can be read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from playground.gui.panels.bars import Bars
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.digits.view import DigitsView
from playground.gui.session.background import Background
from playground.gui.session.inference_thread import InferenceError
from playground.spec.messages import message

FIVE = (0.01, 0.01, 0.01, 0.02, 0.01, 0.88, 0.02, 0.01, 0.02, 0.01)


@pytest.fixture
def panel(qtbot: QtBot, background: Background) -> DigitsView:
    made = DigitsView(background)
    qtbot.addWidget(made)
    made.resize(318, 466)
    made.show()
    return made


def shown(panel: DigitsView) -> str:
    """All that the panel says now."""
    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def bars(panel: DigitsView) -> Bars:
    return panel.findChildren(Bars)[0]


def test_an_untrained_network_says_so_and_offers_the_reader(panel: DigitsView, qtbot: QtBot) -> None:
    assert "not been trained" in shown(panel)
    assert "reader" in shown(panel)
    (note,) = [label for label in panel.findChildren(QLabel) if "not been trained" in label.text()]
    with qtbot.waitSignal(panel.reader_requested):
        note.linkActivated.emit("reader")
    panel.set_trained(True)
    assert "not been trained" not in shown(panel)


def test_every_movement_is_announced_and_what_is_read_is_shown(
    panel: DigitsView, draw: Callable[..., None], qtbot: QtBot
) -> None:
    panel.set_trained(True)
    pictures: list[np.ndarray] = []
    panel.asked.connect(pictures.append)
    draw(panel.pad)
    assert len(pictures) == 8
    assert np.array_equal(pictures[-1], panel.pad.picture())
    panel.show_answer(ClassProbabilities(FIVE, 1, True))
    assert bars(panel).accessibleName() == "5 with 88.0 %"
    assert "5" in shown(panel).split(" | ")


def test_what_an_untrained_network_reads_is_called_chance(panel: DigitsView, draw: Callable[..., None]) -> None:
    draw(panel.pad)
    panel.show_answer(ClassProbabilities(FIVE, 0, False))
    assert bars(panel).isVisible()
    assert bars(panel).accessibleName() == "5 with 88.0 %, by chance"
    assert "chance" in shown(panel)


def test_an_answer_that_comes_after_clearing_is_not_shown(panel: DigitsView, draw: Callable[..., None]) -> None:
    panel.set_trained(True)
    draw(panel.pad)
    panel.show_answer(ClassProbabilities(FIVE, 1, True))
    panel.pad.clear()
    assert bars(panel).accessibleName() == "No prediction"
    panel.show_answer(ClassProbabilities(FIVE, 1, True))
    assert bars(panel).accessibleName() == "No prediction"


def test_what_goes_wrong_is_said_in_place_until_the_next_stroke(panel: DigitsView, draw: Callable[..., None]) -> None:
    panel.set_trained(True)
    draw(panel.pad)
    panel.show_answer(InferenceError(message("It was {what}.", what="too hard")))
    assert "It was too hard." in shown(panel)
    draw(panel.pad)
    assert "too hard" not in shown(panel)
    panel.pad.failed.emit(message("No picture."))
    assert "No picture." in shown(panel)


def test_nothing_that_was_read_stands_beside_a_problem(panel: DigitsView, draw: Callable[..., None]) -> None:
    draw(panel.pad)
    panel.show_answer(ClassProbabilities(FIVE, 0, False))
    assert "5" in shown(panel).split(" | ")
    panel.set_message(message("Mend the network first."))
    panel.show_answer(ClassProbabilities(FIVE, 0, False))  # it was on its way
    assert "5" not in shown(panel).split(" | ")
    assert "chance" not in shown(panel)


def test_a_network_with_problems_and_torch_being_loaded_are_said(panel: DigitsView) -> None:
    panel.set_loading(True)
    assert "loading PyTorch…" in shown(panel)
    panel.set_message(message("Mend the network first."))
    assert "Mend the network first." in shown(panel)
    panel.set_message(None)
    panel.set_loading(False)
    panel.set_trained(True)
    assert bars(panel).isVisible()


def test_a_digit_of_the_test_set_says_what_it_is_until_it_is_drawn_over(
    panel: DigitsView, draw: Callable[..., None], qtbot: QtBot
) -> None:
    (button,) = panel.findChildren(QPushButton)
    with qtbot.waitSignal(panel.test_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    digit = np.zeros((28, 28), np.float32)
    digit[4:24, 13:15] = 1
    with qtbot.waitSignal(panel.asked) as heard:
        panel.show_digit(digit, 1)
    assert np.array_equal(heard.args[0], digit)
    assert "It is: 1" in shown(panel)
    draw(panel.pad)
    assert "It is: 1" not in shown(panel)
    panel.pad.undo()
    assert "It is: 1" in shown(panel)


def test_nothing_moves_while_a_person_draws(panel: DigitsView, draw: Callable[..., None], qtbot: QtBot) -> None:
    before = panel.pad.geometry()
    draw(panel.pad)
    panel.show_answer(ClassProbabilities(FIVE, 0, False))
    qtbot.waitUntil(lambda: bars(panel).isVisible())
    panel.layout().activate()
    assert panel.pad.geometry() == before
    assert before.width() == before.height()


def test_the_buttons_undo_clear_and_choose_a_pen(panel: DigitsView, draw: Callable[..., None]) -> None:
    named = [button for button in panel.findChildren(QToolButton) if button.defaultAction() is not None]
    buttons = {button.defaultAction().text(): button for button in named}
    draw(panel.pad)
    buttons["Clear the pad"].click()
    assert panel.pad.picture() is None
    buttons["Undo stroke"].click()
    assert panel.pad.picture() is not None
    buttons["Broad pen"].click()
    assert panel.pad.pen > 2 / 28
    buttons["Eraser"].click()
    assert panel.pad.erasing
    assert all(button.toolTip() and (button.text() or button.accessibleName()) for button in buttons.values())


def test_other_classes_have_their_names(panel: DigitsView, draw: Callable[..., None]) -> None:
    panel.set_trained(True)
    panel.set_classes(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "Draw a letter")
    draw(panel.pad)
    shares = [0.01] * 26
    shares[4] = 0.75
    panel.show_answer(ClassProbabilities(tuple(shares), 1, True, panel.pad.picture()))
    assert "E" in [label.text() for label in panel.findChildren(QLabel)]
    assert bars(panel).accessibleName() == "E with 75.0 %"
    panel.show_answer(ClassProbabilities((0.1,) * 10, 1, True, panel.pad.picture()))  # of a network of digits: too late
    assert bars(panel).accessibleName() == "No prediction"


def read(digit: int) -> ClassProbabilities:
    return ClassProbabilities(tuple(0.91 if number == digit else 0.01 for number in range(10)), 1, True)


def test_a_wrong_answer_looks_and_reads_wrong(panel: DigitsView) -> None:
    panel.set_trained(True)
    panel.show_digit(np.eye(28, dtype=np.float32), 4)
    panel.show_answer(read(4))
    assert "It is: 4" in shown(panel)
    assert "Wrong" not in shown(panel)
    panel.show_answer(read(7))
    assert "✗ Wrong. It is: 4" in shown(panel)
    (truth, digit) = (label for label in panel.findChildren(QLabel) if label.text() in ("✗ Wrong. It is: 4", "7"))
    assert {truth.property("look"), digit.property("look")} == {"error"}
    assert bars(panel).accessibleName().endswith("which is wrong")


def test_an_untrained_network_makes_no_mistakes(panel: DigitsView) -> None:
    panel.show_digit(np.eye(28, dtype=np.float32), 4)
    panel.show_answer(read(7))
    (truth,) = (label for label in panel.findChildren(QLabel) if label.text() == "It is: 4")
    (digit,) = (label for label in panel.findChildren(QLabel) if label.text() == "7")
    assert (truth.property("look"), digit.property("look")) == ("muted", "faint")
    assert not bars(panel).accessibleName().endswith("which is wrong")


def test_the_pad_keeps_its_height_where_room_is_short(panel: DigitsView, draw: Callable[..., None]) -> None:
    panel.resize(318, panel.minimumSizeHint().height())
    QApplication.processEvents()
    least, before = panel.minimumSizeHint(), panel.pad.geometry()
    draw(panel.pad)
    panel.show_answer(ClassProbabilities(FIVE, 0, False))
    QApplication.processEvents()
    assert panel.minimumSizeHint() == least
    assert panel.pad.geometry() == before

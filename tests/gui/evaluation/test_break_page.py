"""The tab Break it: every view shows the broken copy, the score follows, and one action restores everything."""

from __future__ import annotations

import csv
from copy import deepcopy

import pytest
import torch
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.probes.interventions import Intervention, break_network
from playground.gui.evaluation.break_page import BreakPage
from playground.gui.start.program import Program
from playground.spec.edits import Remove, Set
from playground.spec.messages import message
from tests.gui.evaluation.test_evaluation_pages import SMALL, WITHIN, page_of, trained  # noqa: F401  a fixture

LINEAR = (1,)
SELECT = QItemSelectionModel.SelectionFlag.Select


@pytest.fixture
def page(qtbot: QtBot, trained: Program) -> BreakPage:  # noqa: F811
    made = page_of(qtbot, trained, "BreakPage")
    assert isinstance(made, BreakPage)
    qtbot.waitUntil(lambda: made.result is not None, timeout=WITHIN)
    made.layers.setCurrentRow(1)
    return made


def accuracy(program: Program, intervention: Intervention) -> float:
    """Of the validation digits, computed by hand."""
    network, weights = build(SMALL), program.run.weights
    assert weights is not None
    network.load_state_dict(deepcopy(weights.tensors))
    break_network(network, SMALL, intervention)
    held_out = load(SMALL.data).validation
    assert held_out is not None
    inputs, targets = held_out.cut(0, len(held_out))
    with torch.no_grad():
        return float((network.eval()(inputs).argmax(1) == targets).float().mean())


def shown(program: Program) -> list[str]:
    """The messages in the window."""
    return [label.text() for label in program.window.messages.findChildren(QLabel) if label.isVisible()]


def test_silencing_a_class_costs_its_samples(qtbot: QtBot, trained: Program, page: BreakPage) -> None:  # noqa: F811
    assert page.layers.item(1).text() == "2 Linear"
    assert [page.units.item(number).text() for number in range(10)] == list("0123456789")  # the last layer's classes
    assert not page.skip.isEnabled()
    assert not page.restore.isEnabled()
    kept = deepcopy(trained.run.weights.tensors)
    before = accuracy(trained, Intervention())
    assert page.verdict.text() == f"As trained: {100 * before:.2f} %"
    page.units.selectionModel().select(page.units.model().index(1, 0), SELECT)
    broken = Intervention().with_silenced(LINEAR, frozenset({1}))
    assert trained.run.intervention == broken
    after = accuracy(trained, broken)
    assert after < before
    expected = f"As trained: {100 * before:.2f} % · broken: {100 * after:.2f} %"
    qtbot.waitUntil(lambda: page.verdict.text() == expected, timeout=WITHIN)
    assert page.subject.whole.startswith("broken on purpose · 5,000 validation images")
    assert page.layers.item(1).text() == "2 Linear · 1 silent"
    assert page.units.model().rowCount() == 10
    assert list(csv.DictReader(page.table().splitlines()))[1]["silent units"] == "1"
    assert "broken on purpose" in " ".join(shown(trained))
    page.restore.trigger()
    assert "broken on purpose" not in " ".join(shown(trained))
    assert trained.run.intervention is None
    assert not page.units.selectionModel().selectedIndexes()
    qtbot.waitUntil(lambda: page.verdict.text() == f"As trained: {100 * before:.2f} %", timeout=WITHIN)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in trained.run.weights.tensors.items())


def test_noise_on_the_weights_follows_the_slider(qtbot: QtBot, trained: Program, page: BreakPage) -> None:  # noqa: F811
    page.noise.setValue(20)
    broken = Intervention().with_noise(LINEAR, 1.0)
    assert trained.run.intervention == broken
    expected = f"broken: {100 * accuracy(trained, broken):.2f} %"
    qtbot.waitUntil(lambda: page.verdict.text().endswith(expected), timeout=WITHIN)
    page.layers.setCurrentRow(0)
    assert not page.noise.isEnabled()
    assert page.noise.value() == 0
    page.layers.setCurrentRow(1)
    assert page.noise.value() == 20
    page.noise.setValue(0)
    assert trained.run.intervention is None


def test_another_stack_is_not_broken(trained: Program, page: BreakPage) -> None:  # noqa: F811
    page.noise.setValue(4)
    trained.document.do(Remove((LINEAR,)))
    assert trained.run.intervention is None
    assert page.layers.count() == 1


def test_the_answer_to_the_drawing_follows(qtbot: QtBot, trained: Program, page: BreakPage) -> None:  # noqa: F811
    panel = trained.task.panel
    with qtbot.waitSignal(trained.run.test_sample, timeout=WITHIN):
        trained.run.pick_test_sample()
    qtbot.waitUntil(lambda: panel.drawing._reading is not None, timeout=WITHIN)
    first = panel.drawing._reading
    silent = frozenset(range(10)) - {(first.digit + 1) % 10}
    trained.run.show_broken(Intervention().with_silenced(LINEAR, silent))
    qtbot.waitUntil(lambda: panel.drawing._reading is not first, timeout=WITHIN)
    known = [panel.drawing._reading.probabilities[number] for number in silent]
    assert max(known) - min(known) < 1e-6  # outputs of 0: equally probable


def test_the_score_of_another_run_is_not_compared(trained: Program, page: BreakPage) -> None:  # noqa: F811
    assert page._whole is not None
    trained.run.reset()
    assert page._whole is None


def test_another_split_of_the_data_is_not_taken_for_new_samples(
    qtbot: QtBot,
    trained: Program,  # noqa: F811
    page: BreakPage,
) -> None:
    trained.document.do(Set(("data", "validation_share"), 1 / 6, message("another split")))
    qtbot.waitUntil(lambda: "another split of them" in page.note.text(), timeout=WITHIN)
    assert page.result is None
    trained.document.undo_stack.undo()
    qtbot.waitUntil(lambda: page.result is not None, timeout=WITHIN)

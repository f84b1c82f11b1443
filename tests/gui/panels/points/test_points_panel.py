"""The map of the plane: asks only while it is seen, adds and takes out points, and says what it shows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtGui import Qt as Gui
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.evaluation.evaluate import Evaluation
from playground.gui.panels.points.inference import Answer, PointsInference, Question
from playground.gui.panels.points.scatter import scatter
from playground.gui.panels.points.view import PointsView
from playground.gui.session.network_source import NetworkSource
from playground.spec.data.patterns import Spirals
from playground.spec.datasets.points import MOST_BY_HAND, Classed, Heights, Plane, Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from tests.slices import last_answer


@pytest.fixture
def panel(qtbot: QtBot) -> PointsView:
    """A panel whose wishes are granted, shown."""
    made = PointsView()
    qtbot.addWidget(made)
    made.resize(300, 460)
    made.edited.connect(lambda data, _done: made.show_data(data))
    made.show_data(Points())
    made.show()
    return made


def data_of(panel: PointsView) -> Plane:
    assert panel._scatter is not None
    return panel._scatter.data


def at(panel: PointsView, x: float, y: float) -> QPoint:
    square = panel.map.square()
    return QPoint(round(square.x() + (x + 6) / 12 * square.width()), round(square.y() + (6 - y) / 12 * square.width()))


FOUND = Evaluation(0.25, 0.9)


def answer(classes: int | None, level: int, found: Evaluation = FOUND) -> Answer:
    levels = np.full((80, 80), level, np.uint8)
    image = QImage(levels.tobytes(), 80, 80, 80, QImage.Format.Format_Indexed8).copy()
    if classes is None:
        return Answer(image, np.full((80, 80), level / 127.5 - 1.0, np.float32), None, found, {}, 1, True)
    said = (int(level > 127) if classes == 2 else level // 51), 1.0
    points = dict.fromkeys(scatter(Points()).held_out, said)
    return Answer(image, np.full((80, 80), 1.0, np.float32), classes, found, points, 1, True)


def test_a_click_adds_a_point_of_the_chosen_class(panel: PointsView) -> None:
    QTest.keyClick(panel.map, Qt.Key.Key_2)
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=at(panel, 3.0, -2.0))
    (point,) = data_of(panel).added
    assert (point.x, point.y, point.value) == (pytest.approx(3, abs=0.1), pytest.approx(-2, abs=0.1), 1)
    assert "1 added" in panel._below.text()


def test_a_right_click_takes_the_nearest_point_out(panel: PointsView) -> None:
    panel.show_data(Points(added=(Classed(x=-5.5, y=5.5, value=0),)))
    QTest.mouseClick(panel.map, Qt.MouseButton.RightButton, pos=at(panel, -5.4, 5.4))
    assert data_of(panel) == Points()
    x, y, _ = scatter(Points()).train[7]
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, at(panel, x, y))
    (number,) = data_of(panel).removed
    assert number in scatter(Points()).numbers
    panel._restore.click()
    assert data_of(panel) == Points()


def test_nothing_is_taken_out_where_there_is_nothing(panel: PointsView) -> None:
    QTest.mouseClick(panel.map, Qt.MouseButton.RightButton, pos=at(panel, -5.9, 5.9))
    assert data_of(panel) == Points()


def test_the_keyboard_does_as_much(panel: PointsView) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(panel.map, key)
    assert data_of(panel).added == (Classed(x=0.5, y=0.25, value=0),)
    QTest.keyClick(panel.map, Qt.Key.Key_Delete)
    assert data_of(panel).added == ()


def test_added_points_are_bounded(panel: PointsView) -> None:
    panel.show_data(Points(added=(Classed(x=0.0, y=0.0, value=0),) * MOST_BY_HAND))
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=at(panel, 1.0, 1.0))
    assert len(data_of(panel).added) == MOST_BY_HAND
    assert "1,000" in panel.note.text()


def test_it_asks_only_while_it_is_seen(panel: PointsView, qtbot: QtBot) -> None:
    for act, asks in (
        (panel.hide, False),
        (panel.show, True),
        (panel.showMinimized, False),
        (panel.showNormal, True),
    ):
        with qtbot.waitSignal(panel.asked) as heard:
            act()
        assert isinstance(heard.args[0], Question) is asks


def test_what_the_map_says_of_a_place(panel: PointsView) -> None:
    panel.set_trained(True)
    panel.show_answer(answer(2, 255))
    QTest.mouseMove(panel.map, at(panel, 1.0, 2.0))
    assert "class 2, 100.0 %" in panel._below.text()
    assert "Validation: loss 0.2500, accuracy 90.00 %" in panel.note.text()
    panel.show_answer(answer(2, 255, Evaluation(0.75, 0.9, 0.5)))
    assert "Validation: loss without label smoothing 0.5000, accuracy 90.00 %" in panel.note.text()
    panel.show_data(Points(pattern=Spirals(arms=4), validation_share=0.0))
    panel.show_answer(answer(2, 255))  # of the data before
    assert panel.map.level_at(0.0, 0.0) is None
    panel.show_answer(answer(4, 51 * 2 + 50))
    QTest.mouseMove(panel.map, at(panel, 1.1, 2.0))
    assert "class 3, 100.0 %" in panel._below.text()
    assert "Train: loss" in panel.note.text()


def test_a_wrong_answer_for_a_validation_point_looks_and_reads_wrong(panel: PointsView) -> None:
    held_out = scatter(Points()).held_out
    panel.show_answer(answer(2, 255))  # class 2 everywhere
    assert panel.map.wrong == ()  # by chance
    panel.set_trained(True)
    assert panel.map.wrong == tuple(point for point in held_out if point[2] == 0)
    (first, other) = (next(point for point in held_out if point[2] == label) for label in (0, 1))
    panel.map.pointed.emit(first[:2])
    assert panel._below.text().endswith("class 2, 100.0 %  ✗ Wrong. It is class 1")
    assert panel._below.property("look") == "error"
    before = panel.map.grab().toImage()
    panel.map.pointed.emit(other[:2])
    assert panel._below.text().endswith("class 2, 100.0 %  It is class 2")
    assert panel._below.property("look") == "muted"
    panel.held_out.click()
    panel.map.pointed.emit(first[:2])
    assert "Wrong" not in panel._below.text()  # the point is not shown
    panel.held_out.click()
    panel.map.show_wrong(())
    assert panel.map.grab().toImage() != before


def test_what_is_read_is_what_the_network_says_of_the_place(panel: PointsView) -> None:
    """And the crosses are as many as the score says, also of points close to the border between classes."""
    data = Points(noise=0.8, count=400, validation_share=0.5)
    panel.show_data(data)
    panel.set_trained(True)
    experiment = Experiment(
        data=data, stack=Stack(layers=(Linear(out_features=16, activation=ReLU()), Linear(out_features=2)))
    )
    network = build(experiment)
    panel.show_answer(
        last_answer(
            PointsInference()(network, NetworkSource(experiment, None, 1, trained=True), Question(scatter(data)))
        )
    )
    held_out = scatter(data).held_out
    with torch.no_grad():
        shares = network(torch.tensor([point[:2] for point in held_out])).softmax(1)
        cell = network(torch.tensor([[-6 + 12 * 70.5 / 80, 6 - 12 * 2.5 / 80]])).softmax(1)[0]
    labels = shares.argmax(1).tolist()
    assert panel.map.wrong == tuple(
        point for point, label in zip(held_out, labels, strict=True) if label != int(point[2])
    )
    assert f"accuracy {100 - len(panel.map.wrong) / 2:.2f} %" in panel.note.text()
    panel.held_out.click()
    panel.map.pointed.emit((-6 + 12 * 70.2 / 80, 6 - 12 * 2.9 / 80))
    assert f"class {int(cell.argmax()) + 1}, {100 * cell.max():.1f} %" in panel._below.text()
    panel.held_out.click()
    closest = int(shares[:, 0].sub(0.5).abs().argmin())
    x, y, label = held_out[closest]
    panel.map.pointed.emit((x, y))
    said = f"class {labels[closest] + 1}, {100 * shares[closest].max():.1f} %"
    assert said in panel._below.text()
    assert panel._below.text().endswith(f"It is class {int(label) + 1}")
    assert ("Wrong" in panel._below.text()) == (labels[closest] != label)


def test_a_cross_is_over_the_point_that_is_wrong_and_not_over_what_its_square_says(panel: PointsView) -> None:
    """The border between the classes runs through a square, between its middle and a point of the second class."""
    data = data_of(panel)
    panel.set_trained(True)
    side = 12 / 80
    point = next(p for p in scatter(data).held_out if p[2] == 1 and 0.8 < (p[0] + 6) % side / side < 0.95)
    experiment = Experiment(data=data, stack=Stack(layers=(Linear(out_features=2),)))
    network = build(experiment)
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor([[0.0, 0.0], [10.0, 0.0]]))
        network[0].bias.copy_(torch.tensor([0.0, -10.0 * (point[0] - 0.01)]))
    panel.show_answer(
        last_answer(
            PointsInference()(network, NetworkSource(experiment, None, 1, trained=True), Question(scatter(data)))
        )
    )
    assert panel.map.level_at(*point[:2]) <= 127  # the first class
    assert point not in panel.map.wrong
    panel.map.pointed.emit(point[:2])
    assert panel._below.text().endswith("class 2, 52.5 %  It is class 2")


def test_heights(panel: PointsView) -> None:
    panel.show_data(Heights())
    panel.show_answer(answer(None, 0))
    QTest.mouseMove(panel.map, at(panel, 1.0, 2.0))
    assert "height −1.00" in panel._below.text()
    for height, said in ((1.75, "height 1.75"), (-0.001, "height 0.00"), (float("nan"), "height –")):
        panel.show_answer(dataclasses.replace(answer(None, 0), values=np.full((80, 80), height, np.float32)))
        panel.map.pointed.emit((1.0, 2.0))
        assert panel._below.text().endswith(said)
    QTest.keyClick(panel.map, Qt.Key.Key_1)
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=at(panel, 0.0, 0.0))
    assert [point.value for point in data_of(panel).placed] == [-1.0]


def test_discrete_shows_two_colours(panel: PointsView) -> None:
    panel.show_answer(answer(2, 140))
    soft = panel.map._levels.colorTable()
    panel.discrete.click()
    assert len(set(soft)) > 100
    assert len(set(panel.map._levels.colorTable())) == 2


def test_a_problem_is_said_and_the_points_stay(panel: PointsView) -> None:
    panel.show_answer(answer(2, 140))
    panel.set_message("It cannot.")
    assert panel.note.text() == "It cannot."
    assert panel.map.level_at(0.0, 0.0) is None
    assert panel._scatter is not None


def test_what_is_said_is_shown_as_it_is(panel: PointsView) -> None:
    panel.set_message("“<b>x</b>” cannot be trained.")
    assert "<b>x" in panel.note.text()
    assert not Gui.mightBeRichText(panel.note.toolTip()) or "<b>x" not in panel.note.toolTip()
    assert panel.note.toolTip()

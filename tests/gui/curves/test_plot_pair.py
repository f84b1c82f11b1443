"""The two plots: their ranges, one crosshair through both, their marks and colours, and what a wheel does to them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Change
from playground.gui.curves.painter import mark_text
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.style import DEPLOY, VALIDATION
from playground.gui.style.theme import DARK, LIGHT, palette_of
from playground.spec.datasets.downloads import FashionMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from tests.gui.curves.runs import diverged, experiment, step, whole_run


def test_ranges_grow_within_an_epoch_and_settle_at_its_end(panel: CurvesPanel) -> None:
    panel.begin(experiment(epochs=4), 100)
    panel.add([step(i, 2.3, 100) for i in range(1, 11)])
    panel._draw()
    assert panel.plots.loss_plot.view.y.high == pytest.approx(2.5 * 1.02)
    panel.add([step(i, 0.2, 100) for i in range(11, 100)])
    panel.add([step(100, 0.2, 100)] * 600)
    panel._draw()
    assert panel.plots.loss_plot.view.y.high == pytest.approx(2.5 * 1.02)
    panel.add(whole_run(1, 100)[-2:])  # epoch end and test
    panel._draw()
    assert panel.plots.loss_plot.view.y.high < 1.0
    assert panel.plots.loss_plot.view.x.high == pytest.approx(4.0, rel=0.02)


def test_zooming_stays_until_fit_and_moves_both_plots(qtbot: QtBot, panel: CurvesPanel) -> None:
    panel.begin(experiment(epochs=4), 10)
    panel.add(whole_run())
    panel._draw()
    whole = panel.plots.loss_plot.view.x
    QTest.keyClick(panel.plots.loss_plot, Qt.Key.Key_Plus)
    near = panel.plots.loss_plot.view.x
    assert near.high - near.low == pytest.approx(0.8 * (whole.high - whole.low))
    assert panel.plots.score_plot.view.x == pytest.approx(near)
    panel.add([step(41)])
    panel._draw()
    assert panel.plots.loss_plot.view.x == pytest.approx(near)
    assert panel.header.fit.isEnabled()
    panel.header.fit.click()
    qtbot.waitUntil(lambda: not panel.header.fit.isEnabled())
    assert panel.plots.loss_plot.view.x.low == 0.0


def test_the_crosshair_reads_all_values(qtbot: QtBot, panel: CurvesPanel) -> None:
    panel.header.slider.setValue(0)
    panel.begin(experiment("one"), 10)
    panel.add(whole_run())
    panel.begin(experiment("two"), 10)
    panel.add(whole_run())
    panel._draw()
    qtbot.mouseMove(panel.plots.loss_plot, panel.plots.loss_plot.frame.at(1.6, 0.5).toPoint())
    assert panel.header.readout.text == "epoch 1.60 · step 16 · lr 0.001"
    values = {entry.name: entry.value for entry in panel.plots.loss_legend.entries}
    assert values == {"train": "0.5750", "validation": "0.3354", "previous": "0.3354"}
    assert {entry.value for entry in panel.plots.score_legend.entries if entry.stroke is not DEPLOY} == {
        "42.00 %",
        "90.00 %",
    }
    assert panel.plots.score_plot.crosshair == panel.plots.loss_plot.crosshair == pytest.approx(1.6, abs=0.01)
    QTest.keyClick(panel.plots.loss_plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert panel.header.readout.text != "epoch 1.60 · step 16 · lr 0.001"


def test_a_run_that_diverged_says_where(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 100)
    panel.add([*(step(i, 10.0**i, 100) for i in range(1, 31)), diverged(31)])
    panel._draw()
    assert panel.plots.loss_plot.figure is not None
    assert panel.plots.loss_plot.figure.diverged == pytest.approx(0.31)
    assert panel.plots.loss_plot._diverged_words == "diverged at step 31"


def test_a_change_is_marked_with_its_values(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add([step(1), Change(1, "recipe.optimizer.lr", "Learning rate", 0.001, 0.0003), step(2)])
    panel._draw()
    assert panel.plots.loss_plot.figure is not None
    assert [mark_text(mark) for mark in panel.plots.loss_plot.figure.marks] == ["lr 0.001 → 3e-4"]


def test_the_theme_is_followed(qapp: QApplication, panel: CurvesPanel) -> None:
    before = panel.palette()
    panel.setPalette(palette_of(DARK))
    assert panel.plots.loss_plot._look.pen(VALIDATION).color().name() == DARK.accent
    panel.setPalette(palette_of(LIGHT))
    assert panel.plots.loss_plot._look.pen(VALIDATION).color().name() == LIGHT.accent
    assert panel.plots.loss_plot.grab().toImage().pixelColor(1, 1).name() == LIGHT.panel
    panel.setPalette(before)


def test_the_line_of_what_is_fit_is_there_for_digits_alone(panel: CurvesPanel) -> None:
    panel.begin(Experiment(data=MNIST()), 10)
    assert panel.plots.score_plot._goal == 0.99
    panel.begin(Experiment(data=FashionMNIST()), 10)
    assert panel.plots.score_plot._goal is None


@pytest.mark.parametrize(("over", "zoomed"), [("left", "y"), ("bottom", "x"), ("plot", "xy"), ("corner", "")])
def test_a_wheel_zooms_the_axes_under_it_alone(panel: CurvesPanel, over: str, zoomed: str) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    QGuiApplication.processEvents()
    one, other = panel.plots.loss_plot, panel.plots.score_plot
    frame = one.frame
    middle, right, below = frame.rect.center(), frame.left / 2, (frame.rect.bottom() + one.height()) / 2
    place = {
        "left": QPointF(right, middle.y()),
        "bottom": QPointF(middle.x(), below),
        "plot": middle,
        "corner": QPointF(right, below),
    }[over]
    before, beside = one.view, other.view
    turned = QWheelEvent(
        place,
        one.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(one, turned)
    assert (one.view.x != before.x, one.view.y != before.y) == ("x" in zoomed, "y" in zoomed)
    assert other.view.y == beside.y
    assert other.view.x == one.view.x  # time is one for both


def test_the_crosshair_may_stand_far_outside_of_what_is_shown(panel: CurvesPanel) -> None:
    panel.begin(experiment(epochs=4), 10)
    panel.add(whole_run())
    panel._draw()
    for place in (1e12, -1e12, 2.0):
        panel.plots.show_hair(place)
        assert not panel.plots.loss_plot.grab().isNull()
    assert panel.plots.loss_plot.crosshair == 2.0

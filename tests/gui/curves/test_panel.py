"""The pane shows both runs, draws only what is seen, follows mouse, keys and theme, and gives everything away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from playground.engine.training.snapshots import Change
from playground.gui.curves.export import table
from playground.gui.curves.figure import PlotLine
from playground.gui.curves.legend import LegendEntry
from playground.gui.curves.painter import mark_text
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.style import DEPLOY, VALIDATION
from playground.gui.session.background import Background
from playground.gui.style.theme import DARK, LIGHT, palette_of
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.downloads import FashionMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from tests.gui.curves.runs import diverged, epoch, experiment, step, whole_run


class Answer:
    """Where exports go."""

    path: Path | None = None

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        self.suggestion = suggestion
        return self.path


@pytest.fixture
def answer() -> Answer:
    return Answer()


@pytest.fixture
def panel(qtbot: QtBot, answer: Answer) -> CurvesPanel:
    made = CurvesPanel(ask=answer)
    qtbot.addWidget(made)
    made.resize(900, 240)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.close()


def drawn(panel: CurvesPanel) -> int:
    """Steps of the training curve as they are on the screen."""
    return panel.plots.loss_plot._growth.until


def raw(panel: CurvesPanel) -> PlotLine:
    """The line of all batches."""
    assert panel.plots.loss_plot.figure is not None
    return panel.plots.loss_plot.figure.batches.settled.raw


def timers(panel: CurvesPanel) -> list[QTimer]:
    return [timer for timer in panel.findChildren(QTimer) if timer.isActive()]


def test_before_the_first_run_it_says_what_to_do(panel: CurvesPanel) -> None:
    assert panel._pages.currentWidget() is panel._nothing
    assert not panel.header.export.isEnabled()
    assert not panel.export_menu.menuAction().isEnabled()
    panel.begin(experiment(), 10)
    panel.add([step(1)])
    panel._draw()
    assert panel.header.export.isEnabled()


def test_the_present_run_becomes_the_previous_one_only_if_it_has_points(panel: CurvesPanel) -> None:
    panel.begin(experiment("one"), 10)
    panel.begin(experiment("two"), 10)
    assert panel.previous is None
    panel.add(whole_run())
    panel.begin(experiment("three"), 10)
    assert panel.previous is not None
    assert panel.present is not None
    assert (panel.previous.name, panel.present.name, len(panel.present)) == ("two", "three", 0)


def test_reset_forgets_the_present_run_and_keeps_the_previous_one(panel: CurvesPanel) -> None:
    panel.begin(experiment("one"), 10)
    panel.add(whole_run())
    panel.begin(experiment("two"), 10)
    panel.add([step(1)])
    panel.reset()
    assert panel.present is None
    assert panel.previous is not None
    assert panel.previous.name == "one"
    panel.add([step(2)])  # a late report of the run that was forgotten
    assert panel.present is None


def test_reset_of_the_only_run_leaves_nothing_of_it(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add([step(1)])
    panel._draw()
    assert panel.header.readout.text
    panel.reset()
    panel._draw()
    assert panel.header.readout.text == ""
    assert panel._pages.currentWidget() is panel._nothing


def test_the_last_points_are_drawn_and_then_nothing_runs(qtbot: QtBot, panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    for i in range(1, 31):
        panel.add([step(i)])
    qtbot.waitUntil(lambda: drawn(panel) == 30)
    qtbot.waitUntil(lambda: not timers(panel))


def test_nothing_is_drawn_while_hidden_and_everything_when_seen_again(qtbot: QtBot, panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add([step(1)])
    qtbot.waitUntil(lambda: drawn(panel) == 1)
    panel.hide()
    panel.add([step(2), step(3)])
    assert not timers(panel)
    assert drawn(panel) == 1
    panel.show()
    qtbot.waitUntil(lambda: drawn(panel) == 3)


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


def test_smoothing_draws_the_average_over_the_batches(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel.header.slider.setValue(0)
    panel._draw()
    assert len(raw(panel).x) == 0
    panel.header.slider.setValue(2)
    panel._draw()
    assert len(raw(panel).x) == 40
    assert panel.present is not None
    assert panel.present.smooth_loss.span == 5  # of the 10 that were asked for: half an epoch


def test_a_very_long_run_is_smoothed_in_two_drawings(
    qtbot: QtBot, panel: CurvesPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.gui.curves.history._VERY_LONG", 20)
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    run = panel.present
    assert run is not None
    panel.header.slider.setValue(0)
    panel._draw_all()
    panel.header.slider.setValue(2)
    panel._draw()
    assert (run.smooth_loss.span, run.smooth_score.span) == (5, 1)
    qtbot.waitUntil(lambda: run.smooth_score.span == 5)
    panel.header.slider.setValue(0)
    with panel.posed(1):
        assert (run.smooth_loss.span, run.smooth_score.span) == (1, 1)


def shown(panel: CurvesPanel) -> dict[str, str]:
    return {f"{entry.name}, {entry.note}" if entry.note else entry.name: entry.value for entry in both(panel)}


def both(panel: CurvesPanel) -> tuple[LegendEntry, ...]:
    """The curves in both legends."""
    every = (*panel.plots.loss_legend.entries, *panel.plots.score_legend.entries)
    return tuple(entry for entry in every if entry.stroke is not DEPLOY)


def test_the_legend_says_of_which_steps_its_figures_are_the_mean(panel: CurvesPanel) -> None:
    losses, scores = np.random.default_rng(0).lognormal(size=400), np.linspace(0.1, 0.9, 400)
    panel.begin(experiment(), 400)
    panel.add([step(i, losses[i - 1], 400, score=scores[i - 1]) for i in range(1, 401)])
    panel._draw_all()
    assert [entry.note for entry in both(panel)] == ["mean of the last 40 steps"] * 2
    assert [entry.value for entry in both(panel)] == [
        f"{losses[-40:].mean():.4f}",
        f"{100 * scores[-40:].mean():.2f} %",
    ]
    assert panel.header._span.text() == "last 40"
    panel.header.slider.setValue(0)
    panel._draw_all()
    assert panel.header._span.text() == "off"
    assert shown(panel) == {"train, this step": f"{100 * scores[-1]:.2f} %"}


def test_the_level_from_which_a_network_is_fit_is_named_in_the_legend_of_the_score(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add([step(1)])
    panel._draw_all()
    assert [entry.words for entry in panel.plots.score_legend.entries if entry.stroke is DEPLOY] == ["fit to deploy"]
    assert DEPLOY not in [entry.stroke for entry in panel.plots.loss_legend.entries]
    panel.begin(Experiment(data=Shakespeare()), 10)
    panel.add([step(1)])
    panel._draw_all()
    assert DEPLOY not in [entry.stroke for entry in panel.plots.score_legend.entries]


def test_a_language_models_surprise_is_that_of_the_mean_loss_and_says_whose(panel: CurvesPanel) -> None:
    losses = np.linspace(3.0, 2.0, 200)
    panel.begin(Experiment(data=Shakespeare()), 400)
    panel.add([step(i, losses[i - 1], 400) for i in range(1, 201)])
    panel._draw_all()
    mean = losses[-20:].mean()
    assert panel.header.readout.text.startswith(
        f"train {mean / np.log(2):.3f} bits, perplexity {np.exp(mean):.2f} · epoch 0.50"
    )
    panel.add([epoch(1, 400, 1.5)])
    panel._draw_all()
    assert panel.header.readout.text.startswith(f"validation {1.5 / np.log(2):.3f} bits, perplexity {np.exp(1.5):.2f}")


def test_a_pupils_agreement_with_its_teacher_is_not_called_what_its_test_is(panel: CurvesPanel) -> None:
    panel.begin(Experiment(data=DistilledMNIST()), 10)
    panel.add(whole_run())
    panel._draw_all()
    names = [entry.name for entry in both(panel)]
    assert names == 2 * ["train vs. teacher", "validation vs. truth"]
    assert panel.plots.score_plot._test_words == "test vs. truth 97.80 %"
    panel.begin(Experiment(data=MNIST()), 10)
    panel._draw_all()
    assert [entry.note for entry in both(panel)] == ["", "validation vs. truth"] * 2


def test_the_line_of_what_is_fit_is_there_for_digits_alone(panel: CurvesPanel) -> None:
    panel.begin(Experiment(data=MNIST()), 10)
    assert panel.plots.score_plot._goal == 0.99
    panel.begin(Experiment(data=FashionMNIST()), 10)
    assert panel.plots.score_plot._goal is None


def test_pictures_and_drawings_can_be_opened(panel: CurvesPanel, answer: Answer, tmp_path: Path) -> None:
    panel.begin(experiment("a/b"), 10)
    panel.add(whole_run())
    answer.path = tmp_path / "curves.png"
    panel.export_menu.save_png()
    assert answer.suggestion == Path("a b.png")
    image = QImage(str(answer.path))
    assert image.size() == panel.plots.size() * 2
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 4
    answer.path = tmp_path / "curves.svg"
    panel.export_menu.save_svg()
    text = answer.path.read_text()
    assert text.count("<path") + text.count("<polyline") > 10
    assert "<image" not in text


def test_the_table_is_written_beside_the_event_loop(
    qtbot: QtBot, answer: Answer, background: Background, tmp_path: Path
) -> None:
    panel = CurvesPanel(ask=answer, background=background, saving=background)
    qtbot.addWidget(panel)
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    assert panel.present is not None
    answer.path = tmp_path / "curves.csv"
    panel.export_menu.save_csv()
    qtbot.waitUntil(answer.path.exists)
    assert answer.path.read_text() == table(panel.present)
    panel.export_menu.copy_table()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == table(panel.present))


def test_what_is_copied_waits_for_nothing_that_is_written(
    qtbot: QtBot, answer: Answer, background: Background, tmp_path: Path
) -> None:
    QGuiApplication.clipboard().clear()
    saving, written = Background(lasting=True), Event()
    saving.do(written.wait)
    panel = CurvesPanel(ask=answer, background=background, saving=saving)
    qtbot.addWidget(panel)
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    assert panel.present is not None
    answer.path = tmp_path / "curves.csv"
    panel.export_menu.save_csv()
    panel.export_menu.copy_table()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == table(panel.present))
    assert not answer.path.exists()
    written.set()
    saving.close()
    assert answer.path.read_text() == table(panel.present)


def test_the_picture_can_be_copied(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel.export_menu.copy_picture()
    assert QGuiApplication.clipboard().image().width() == panel.plots.width() * 2


def test_a_file_that_cannot_be_written_is_a_sentence(
    qtbot: QtBot, panel: CurvesPanel, answer: Answer, tmp_path: Path
) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    answer.path = tmp_path / "missing" / "curves.csv"
    with qtbot.waitSignal(panel.failed) as told:
        panel.export_menu.save_csv()
    assert isinstance(told.args[0], Message)
    assert "folder does not exist" in str(told.args[0])


def test_no_menu_is_left_to_the_collector(qtbot: QtBot) -> None:
    before = QApplication.allWidgets()
    panel = CurvesPanel()
    qtbot.addWidget(panel)
    made = [widget for widget in QApplication.allWidgets() if widget not in before]
    assert [widget for widget in made if isinstance(widget, QMenu)]
    assert not [widget for widget in made if isinstance(widget, QMenu) and widget.parent() is None]


def test_while_it_is_held_nothing_is_drawn_and_afterwards_everything(qtbot: QtBot, panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add([step(1)])
    panel._draw()
    panel.hold()
    panel.add([step(2), step(3)])
    assert drawn(panel) == 1
    qtbot.waitUntil(lambda: drawn(panel) == 3)
    qtbot.waitUntil(lambda: timers(panel) == [])


def test_without_a_present_run_the_readout_tells_the_place_of_the_crosshair_alone(panel: CurvesPanel) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel.begin(experiment(), 10)
    panel.reset()
    panel._draw_all()
    assert panel.header.readout.text == ""
    panel.plots.show_hair(0.5)
    assert panel.header.readout.text


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


def test_figures_of_a_run_that_the_experiment_has_departed_from_are_said_to_be_the_previous_ones(
    panel: CurvesPanel,
) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel._draw_all()
    text = panel.header.readout.text
    panel.outdate(True)
    assert panel.header.readout.text == f"previous run: {text}"
    panel.outdate(False)
    assert panel.header.readout.text == text
    panel.outdate(True)
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel._draw_all()
    assert panel.header.readout.text == text

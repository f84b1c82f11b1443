"""The pane shows both runs, draws only what is seen, follows mouse, keys and theme, and gives everything away."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from playground.gui.curves.figure import PlotLine
from playground.gui.curves.legend import LegendEntry
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.style import DEPLOY
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from tests.gui.curves.runs import epoch, experiment, step, whole_run


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
    panel._draw_all()
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

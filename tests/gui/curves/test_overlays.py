"""Curves of stored runs below the present ones: what is drawn of them, in which order, and how they are hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Epoch, Figures, Snapshot
from playground.gui.curves.axis import Axis
from playground.gui.curves.figure import Quantity
from playground.gui.curves.overlay_bar import Detail
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.plot import Plot
from playground.gui.curves.stored_curve import read_curve
from playground.gui.session.background import Background
from playground.gui.style.run_colors import RUN_COLORS, OverlaidRun
from playground.gui.style.theme import theme_of
from playground.spec.datasets.points import Heights
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from tests.gui.curves.runs import epoch, experiment, step, whole_run

WITHIN = 20.0  # seconds

Show = Callable[..., None]


@pytest.fixture
def panel(qtbot: QtBot, store: RunStore) -> Iterator[CurvesPanel]:
    background = Background()
    made = CurvesPanel(background=background)
    qtbot.addWidget(made)
    made.overlays.set_store(store)
    made.resize(900, 260)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    background.close()


@pytest.fixture
def show(qtbot: QtBot, panel: CurvesPanel) -> Show:
    """Overlay runs, and wait until they are read and drawn."""

    def overlay(*runs: OverlaidRun, count: int | None = None) -> None:
        panel.overlays.show(runs)
        wanted = len(runs) if count is None else count
        qtbot.waitUntil(lambda: len(panel.overlays.shown) == wanted and not panel.overlays._reading)
        panel._draw_all()

    return overlay


def stored(store: RunStore, snapshots: list[Snapshot], name: str = "first", number: int = 0) -> OverlaidRun:
    """Store a run that is over; `number` is that of its colour."""
    run = store.begin(experiment(name))
    run.append(snapshots)
    run.finish(Figures())
    return OverlaidRun(run.run_id, name, RUN_COLORS[number])


def trained(losses: list[float], per_epoch: int = 10) -> list[Snapshot]:
    """A run without validation."""
    return [step(number, loss, per_epoch) for number, loss in enumerate(losses, 1)]


def pixels(plot: Plot, color: QColor, within: int = 60) -> int:
    """The number of pixels of about that colour: lines are antialiased."""
    image = plot.grab().toImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(_distance(image.pixelColor(*place), color) <= within for place in places)


def _distance(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


def test_of_a_validated_run_its_validation_is_drawn_in_its_colour(
    panel: CurvesPanel, store: RunStore, show: Show
) -> None:
    run = stored(store, whole_run(4), number=2)
    show(run)
    for plot in (panel.plots.loss_plot, panel.plots.score_plot):
        assert plot.figure is not None
        ((color, line),) = plot.figure.overlays
        assert (color, line.x.tolist()) == (run.color, [1.0, 2.0, 3.0, 4.0])
        assert pixels(plot, color.in_theme(theme_of(plot))) > 50
    assert [chip.text() for chip in panel.plots.overlay_bar.chips] == ["first · validation"]
    show()
    assert panel._pages.currentWidget() is panel._nothing
    assert not panel.plots.overlay_bar.isVisible()


def test_of_a_run_without_validation_its_averaged_training_is_drawn(
    panel: CurvesPanel, store: RunStore, show: Show
) -> None:
    show(stored(store, trained([2.0, 1.0] * 200, per_epoch=100)))
    assert panel.plots.loss_plot.figure is not None
    ((_, line),) = panel.plots.loss_plot.figure.overlays
    assert len(line.x) > 100
    assert np.allclose(line.y[line.x > 2.0], 1.5, atol=0.05)
    assert panel.plots.overlay_bar.chips[0].text() == "first · train"


def test_a_stored_run_without_a_whole_epoch_has_its_place_in_time(store: RunStore) -> None:
    run = store.begin(experiment())
    run.append([step(number) for number in range(1, 6)])
    run.finish(Figures(step=5, seconds=4.0))
    curve = read_curve(store, run.run_id)
    assert curve.timeline(Axis.TIME).place_of(curve.end) == pytest.approx(4.0)


def test_ranges_include_overlaid_runs(panel: CurvesPanel, store: RunStore, show: Show) -> None:
    panel.begin(experiment(epochs=4), 10)
    panel.add([*trained([0.1] * 40), epoch(4, validation_loss=0.1)])
    panel._draw_all()
    view = panel.plots.loss_plot.view
    assert view.x.high < 5.0
    assert view.y.high < 1.0
    snapshots: list[Snapshot] = [step(1), *(epoch(number, validation_loss=3.0) for number in range(1, 10))]
    bad = [item._replace(validation_score=0.4) if isinstance(item, Epoch) else item for item in snapshots]
    show(stored(store, bad))
    view = panel.plots.loss_plot.view
    assert view.x.high >= 9.0
    assert 3.0 <= view.y.high < 5.0
    assert panel.plots.score_plot.view.y.low <= 40.0
    panel.header.log.click()
    panel._draw_all()
    assert panel.plots.loss_plot.view.y.high >= np.log10(3.0)


def test_zooming_stays_when_other_runs_are_overlaid(panel: CurvesPanel, store: RunStore, show: Show) -> None:
    panel.begin(experiment(), 10)
    panel.add(whole_run())
    panel._draw_all()
    QTest.keyClick(panel.plots.loss_plot, Qt.Key.Key_Plus)
    near = panel.plots.loss_plot.view
    show(stored(store, whole_run(9)))
    assert panel.plots.loss_plot.view == near


def test_the_present_run_is_drawn_once(qtbot: QtBot, panel: CurvesPanel, store: RunStore, show: Show) -> None:
    run, other = stored(store, whole_run()), stored(store, whole_run(), "second", 1)
    panel.begin(experiment(), 10)
    panel.identify(run.run_id)
    panel.add(whole_run())
    show(run, other, count=1)
    assert [overlay.run for overlay in panel.overlays.shown] == [other]
    panel.identify(other.run_id)
    qtbot.waitUntil(lambda: [overlay.run for overlay in panel.overlays.shown] == [run])
    panel.identify(run.run_id)
    panel.begin(experiment("third"), 10)
    qtbot.waitUntil(lambda: len(panel.overlays.shown) == 2)
    panel._draw_all()
    figure = panel.plots.loss_plot.figure
    assert figure is not None
    assert len(figure.overlays) == 2
    assert not len(figure.previous.x)  # it is the overlaid one


def test_a_damaged_or_missing_run_is_left_out_with_a_sentence(
    qtbot: QtBot, panel: CurvesPanel, store: RunStore, show: Show
) -> None:
    good, bad, gone = (stored(store, whole_run(), name) for name in ("good", "bad", "gone"))
    assert store.flush(WITHIN)
    file = store.folder / bad.run_id / "curves.jsonl"
    file.write_bytes(file.read_bytes()[:-30])
    store.delete(gone.run_id)
    assert store.flush(WITHIN)
    told: list[Message] = []
    hidden: list[tuple[str, ...]] = []
    panel.failed.connect(told.append)
    panel.hide_requested.connect(hidden.append)
    show(good, bad, gone, count=1)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert [str(item).split("”")[0] for item in told] == [f"The curves of “{name}" for name in ("bad", "gone")]
    assert hidden == [(bad.run_id,), (gone.run_id,)]
    assert [overlay.run for overlay in panel.overlays.shown] == [good]


def test_overlaid_runs_are_above_single_batches_and_below_the_live_lines(
    panel: CurvesPanel, store: RunStore, show: Show
) -> None:
    panel.header.slider.setValue(8)
    noise = np.random.default_rng(0).uniform(0.2, 1.8, 400).tolist()
    ends: list[Snapshot] = [epoch(number, 100, 1.0) for number in range(1, 5)]
    run = stored(store, [*trained(noise, 100), *ends])
    panel.begin(experiment(epochs=4), 100)
    panel.add(trained(noise[:150], 100))
    show(run)
    plot, color = panel.plots.loss_plot, run.color.in_theme(theme_of(panel))
    before, layers = pixels(plot, color), plot._layers
    panel.add([step(number, loss, 100) for number, loss in enumerate(noise[150:390], 151)])
    panel._draw()
    assert plot._layers == layers  # only the new columns were painted
    assert pixels(plot, color) > 0.8 * before
    assert pixels(plot, plot._look.raw.color(), within=0) > 500
    panel.add(ends)
    panel._draw_all()
    assert pixels(plot, color) < 0.4 * before  # the live validation has the same values, and is wider


def test_a_run_with_another_score_has_no_line_among_scores(panel: CurvesPanel, store: RunStore, show: Show) -> None:
    run = store.begin(Experiment(name="other", data=Heights()))
    run.append(whole_run())
    run.finish(Figures())
    show(stored(store, whole_run()), OverlaidRun(run.run_id, "other", RUN_COLORS[1]))
    counts = {quantity: len(overlays) for quantity, overlays in panel.plots._overlays.items()}
    assert counts == {Quantity.LOSS: 2, Quantity.SCORE: 1}


def test_runs_are_hidden_one_by_one_or_all_at_once(
    qtbot: QtBot, panel: CurvesPanel, store: RunStore, show: Show
) -> None:
    runs = [stored(store, whole_run(), f"run {number}", number) for number in range(3)]
    show(*runs)
    bar = panel.plots.overlay_bar
    with qtbot.waitSignal(panel.hide_requested) as asked:
        qtbot.keyClick(bar.chips[1], Qt.Key.Key_Space)
    assert asked.args == [(runs[1].run_id,)]
    with qtbot.waitSignal(panel.hide_requested) as asked:
        bar.clear.click()
    assert asked.args == [tuple(run.run_id for run in runs)]
    assert bar.clear.isVisible()
    show(runs[0])
    assert not bar.clear.isVisible()


def test_many_names_share_the_space_and_pictures_have_no_buttons(
    panel: CurvesPanel, store: RunStore, show: Show
) -> None:
    runs = [stored(store, whole_run(), "a long name" * (number % 3 + 1), number) for number in range(11)]
    show(*runs)
    bar = panel.plots.overlay_bar
    for width in (1400, 900, 500):
        panel.resize(width, 260)
        QTest.qWait(0)
        assert bar.chips[-1].geometry().right() < bar.clear.geometry().left() <= bar.width()
        assert {chip._detail for chip in bar.chips} == {Detail.NAME}
    show(*runs[:2])
    assert {chip._detail for chip in bar.chips} == {Detail.NAME_AND_CROSS}
    with panel.posed(2):
        assert not bar.clear.isVisible()
        assert all(chip.posed for chip in bar.chips)
    assert bar.clear.isVisible()

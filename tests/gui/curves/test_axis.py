"""Positions on the horizontal axis: epochs, steps and seconds."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.training.snapshots import Change, Epoch, Snapshot
from playground.gui.curves.axis import Axis
from playground.gui.curves.figure import Quantity, View, dotted, figure, growth
from playground.gui.curves.history import History
from playground.gui.curves.panel import CurvesPanel
from playground.gui.curves.ranges import Range, axis_range
from playground.gui.style.action import plain
from tests.gui.curves.runs import epoch, experiment, finished, step

SECONDS = (2.0, 4.0, 3.0)


def timed(epochs: int = 3, per_epoch: int = 10, more: int = 5) -> list[Snapshot]:
    """A run of whole epochs and some more steps."""
    found: list[Snapshot] = []
    for number in range(1, epochs * per_epoch + more + 1):
        found.append(step(number, 1.0 + number / 1000, per_epoch))
        if number % per_epoch == 0 and number <= epochs * per_epoch:
            end = number // per_epoch
            found.append(epoch(end, per_epoch)._replace(seconds=SECONDS[(end - 1) % 3]))
    return found


def run_of(snapshots: list[Snapshot]) -> History:
    run = History("first", 4, 10)
    run.add(snapshots)
    return run


def test_epochs_have_places_in_steps_and_seconds() -> None:
    run = run_of(timed())
    for axis, places in {
        Axis.EPOCH: (0.0, 0.5, 1.0, 2.5, 3.0, 3.5, 5.0),
        Axis.STEP: (0.0, 5.0, 10.0, 25.0, 30.0, 35.0, 50.0),
        Axis.TIME: (0.0, 1.0, 2.0, 7.5, 9.0, 10.5, 15.0),  # after the last epoch as fast as in it
    }.items():
        line = run.timeline(axis)
        for epochs, place in zip((0.0, 0.5, 1.0, 2.5, 3.0, 3.5, 5.0), places, strict=True):
            assert line.place_of(epochs) == pytest.approx(place)
            assert line.epochs_at(place) == pytest.approx(epochs)
        assert line.epochs_at(-1.0) < 0.0


def test_epochs_before_the_first_known_one_took_as_long_as_that() -> None:
    """A run that branched off from another after its second epoch."""
    run = run_of([item for item in timed(4) if item.step > 20])
    line = run.timeline(Axis.TIME)
    for epochs, place in ((0.0, 0.0), (2.0, 6.0), (2.5, 7.5), (3.0, 9.0), (4.0, 11.0)):
        assert line.place_of(epochs) == pytest.approx(place)


def test_the_first_epoch_is_placed_by_the_clock_until_it_is_over() -> None:
    run = run_of([step(1)])
    run.add([step(2)])
    elapsed = run.timeline(Axis.TIME).place_of(run.end)
    assert 0.0 <= elapsed < 60.0
    run.add(timed(1, more=0)[2:])
    assert run.timeline(Axis.TIME).place_of(1.0) == 2.0


@pytest.mark.parametrize(("axis", "ends"), [(Axis.STEP, [10.0, 20.0, 30.0]), (Axis.TIME, [2.0, 6.0, 9.0])])
def test_everything_drawn_is_moved_to_its_place(axis: Axis, ends: list[float]) -> None:
    run = run_of([*timed(more=0), Change(20, "recipe.optimizer.lr", "Learning rate", 0.1, 0.2), finished(3)])
    shown = axis_range(axis, run, None)
    drawn = figure(Quantity.LOSS, run, run, View(shown, Range(0.0, 3.0), 400, axis=axis))
    assert drawn.validation.x.tolist() == pytest.approx(ends)
    assert drawn.previous.x.tolist() == pytest.approx(ends)
    assert drawn.epochs == pytest.approx(tuple(ends))
    assert [mark.x for mark in drawn.marks] == pytest.approx([ends[1]])
    assert drawn.test is not None
    assert drawn.test[0] == pytest.approx(ends[-1])
    assert drawn.batches.settled.train.x[-1] == pytest.approx(ends[-1])
    assert shown.high == pytest.approx(run.timeline(axis).place_of(4.0))
    assert len(dotted(drawn.validation, View(shown, Range(0.0, 3.0), 100, axis=axis)).x) == 3


def test_a_part_in_steps_shows_the_same_values_as_in_epochs() -> None:
    run = run_of(timed(3, 1000))
    run.steps_per_epoch = 1000
    in_epochs = growth(Quantity.LOSS, run, View(Range(1.0, 2.0), Range(0.0, 9.0), 100), 0)
    in_steps = growth(Quantity.LOSS, run, View(Range(1000.0, 2000.0), Range(0.0, 9.0), 100, axis=Axis.STEP), 0)
    assert np.allclose(in_steps.settled.train.y, in_epochs.settled.train.y)
    assert np.allclose(in_steps.settled.train.x, 1000.0 * in_epochs.settled.train.x)


def test_the_crosshair_reads_at_its_place(panel: CurvesPanel) -> None:
    panel.begin(experiment(epochs=4), 10)
    panel.add(timed())
    panel._draw_all()
    for action, place in zip(panel.header.axis.menu().actions(), (2.0, 20.0, 6.0), strict=True):
        action.trigger()
        panel._draw_all()
        panel.plots.show_hair(place)
        assert panel.header.readout.text.startswith("epoch 2.00 · step 20 ")
        assert panel.header.axis.text() == f"{plain(action.text())} ▾"


def test_a_growing_run_is_drawn_on_in_every_unit(panel: CurvesPanel) -> None:
    for action in panel.header.axis.menu().actions():
        action.trigger()
        panel.begin(experiment(epochs=4), 10)
        whole = timed()
        panel.add(whole[:30])
        panel._draw_all()
        panel.grab()
        layers = panel.plots.loss_plot._layers
        assert layers
        panel.add([item for item in whole[30:] if not isinstance(item, Epoch)][:2])
        panel._draw()
        assert panel.plots.loss_plot._layers == layers


def test_the_choice_of_the_axis_gives_way_to_the_readout(panel: CurvesPanel) -> None:
    panel.resize(570, 240)
    assert panel.header.axis.isVisible()
    panel.resize(440, 240)
    assert not panel.header.axis.isVisible()
    assert panel.header.readout.width() >= 50

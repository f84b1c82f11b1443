"""What is drawn of a run: nothing is lost by drawing fewer points, and ranges stay calm."""

from __future__ import annotations

from math import log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.training.snapshots import Change
from playground.gui.curves.figure import (
    EMPTY,
    PlotLine,
    Quantity,
    View,
    above_curve,
    clipped,
    decimated,
    figure,
    growth,
)
from playground.gui.curves.history import History
from playground.gui.curves.painter import label_left
from playground.gui.curves.plot_frame import PlotFrame
from playground.gui.curves.ranges import (
    Range,
    epochs_range,
    log_loss_range,
    log_ticks,
    loss_range,
    score_range,
    ticks,
)
from tests.gui.curves.runs import diverged, epoch, finished, history, step, whole_run

VIEW = View(Range(0.0, 4.0), Range(0.0, 4.0), 400)


def change(at: int, old: float, new: float, field: str = "recipe.optimizer.lr") -> Change:
    return Change(at, field, "Learning rate", old, new)


@pytest.mark.parametrize("count", [300, 5_000, 400_000])
def test_few_points_keep_every_extreme(count: int) -> None:
    losses = np.random.default_rng(0).uniform(1.0, 2.0, count)
    losses[count // 3], losses[count // 2] = 3.5, 0.25
    run = history(losses.tolist(), per_epoch=count // 4)
    line = decimated(run, run.loss, Quantity.LOSS, VIEW)
    assert len(line.x) <= 2 * 2 * VIEW.columns
    assert (line.y.min(), line.y.max()) == (0.25, 3.5)
    assert line.x[line.y.argmax()] == pytest.approx(4 / 3, abs=8 / VIEW.columns)
    assert (np.diff(line.x) >= 0).all()


def test_what_was_drawn_of_a_growing_run_stays() -> None:
    losses = np.random.default_rng(0).uniform(1.0, 2.0, 30_000).tolist()
    young, old = (history(losses[:count], per_epoch=10_000) for count in (20_000, 30_000))
    before = decimated(young, young.loss, Quantity.LOSS, VIEW)
    after = decimated(old, old.loss, Quantity.LOSS, VIEW)
    kept = len(before.x) - 2  # the last bucket was not yet full
    np.testing.assert_array_equal(before.y[:kept], after.y[:kept])


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.sampled_from([10, 400, 10_000]), st.booleans())
def test_a_run_drawn_as_it_grows_is_drawn_like_the_whole(pieces: list[int], per_epoch: int, near: bool) -> None:
    view = VIEW._replace(x=Range(0.2, 0.7)) if near else VIEW
    losses = np.random.default_rng(0).uniform(1.0, 2.0, sum(pieces)).tolist()
    run, until, drawn = History("first", 4, per_epoch), 0, list[tuple[float, float]]()
    for end in np.cumsum(pieces).tolist():
        run.add([step(i, losses[i - 1], per_epoch) for i in range(len(run) + 1, end + 1)])
        grown = growth(Quantity.LOSS, run, view, until)
        points = seen(grown.settled.train, view)
        assert not drawn or not points or points[0] == drawn[-1]
        drawn += points[bool(drawn) :]
        until = grown.until
    whole = growth(Quantity.LOSS, run, view, 0)
    assert drawn == seen(whole.settled.train, view)
    assert (grown.loose.train.y.tolist(), grown.until) == (whole.loose.train.y.tolist(), whole.until)


def seen(line: PlotLine, view: View) -> list[tuple[float, float]]:
    """The points that are not left of the view."""
    return [point for point in zip(line.x.tolist(), line.y.tolist(), strict=True) if point[0] >= view.x.low]


def test_only_the_visible_part_is_drawn_step_by_step_when_near() -> None:
    run = history(list(np.linspace(2.0, 1.0, 40_000)), per_epoch=10_000)
    line = decimated(run, run.loss, Quantity.LOSS, VIEW._replace(x=Range(1.00005, 1.01005)))
    assert len(line.x) == 102  # 100 within, and one on either side to lead the line in and out
    assert line.x[0] < 1.00005 < 1.01005 < line.x[-1]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=60), st.booleans())
def test_points_are_finite_and_near_the_view(losses: list[float], log: bool) -> None:
    run = history(losses)
    run.add([diverged(len(losses) + 1)])
    drawn = figure(Quantity.LOSS, run, run, VIEW._replace(log=log))
    for line in (drawn.batches.settled.train, drawn.batches.settled.raw, drawn.previous):
        assert np.isfinite(line.y).all()
        assert ((line.y >= -4.0) & (line.y <= 8.0)).all()


def test_a_figure_shows_both_runs_and_the_test() -> None:
    run, before = History("now", 4, 10, span=5), History("before", 4, 10)
    run.add([*whole_run(), change(15, 0.001, 0.0003)])
    before.add(whole_run(2))
    drawn = figure(Quantity.SCORE, run, before, VIEW._replace(y=Range(0.0, 100.0)))
    assert drawn.validation.x.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert drawn.validation.y.tolist() == [90.0] * 4
    assert drawn.previous.x.tolist() == [1.0, 2.0]
    assert drawn.test == (4.0, pytest.approx(97.8))
    assert drawn.batches.head is None
    assert drawn.epochs == (1.0, 2.0, 3.0, 4.0)
    assert len(drawn.batches.settled.raw.x) == len(drawn.batches.settled.train.x) == 40
    assert [(mark.x, mark.old, mark.new) for mark in drawn.marks] == [(1.5, 0.001, 0.0003)]


def test_what_is_added_to_the_loss_is_drawn_apart_each_a_line_of_its_own() -> None:
    plain, run = history([1.0]), History("now", 4, 10)
    run.add([step(1, 1.0), step(2, 1.0, divergence=0.5), step(3, 1.0, penalty=0.25)])
    assert all(line is EMPTY for line in figure(Quantity.LOSS, plain, None, VIEW).batches.settled.terms)
    drawn = figure(Quantity.LOSS, run, None, VIEW).batches.settled
    assert drawn.train.y.tolist() == [1.0, 1.0, 1.0]
    assert [line.y.tolist() for line in drawn.terms] == [[0.0, 0.0, 0.25], [0.0, 0.5, 0.0]]
    assert all(line is EMPTY for line in figure(Quantity.SCORE, run, None, VIEW).batches.settled.terms)


def test_epochs_stay_where_they_were_when_later_ones_have_other_batches() -> None:
    """Points that a person adds make epochs longer while the run goes on."""
    run = History("now", 4, 10)
    run.add([step(i, 1.0) for i in range(1, 11)])
    run.add([epoch(1), change(10, 0, 7, "data.added")])
    before = figure(Quantity.LOSS, run, None, VIEW)
    run.add([step(10 + i, 1.0)._replace(epochs=1 + i / 40) for i in range(1, 41)])
    run.add([epoch(2)._replace(step=50), step(51)._replace(epochs=2.025), diverged(52)])
    after = figure(Quantity.LOSS, run, None, VIEW)
    x = after.batches.settled.train.x
    np.testing.assert_array_equal(x[:10], before.batches.settled.train.x)
    assert x[[9, 10, 49, 50]].tolist() == [1.0, 1.025, 2.0, 2.025]
    assert (after.epochs, after.validation.x.tolist()) == ((1.0, 2.0), [1.0, 2.0])
    assert [mark.x for mark in after.marks] == [1.0]
    reading = run.at(1.5)
    assert reading is not None
    assert (reading.step, reading.x, reading.epoch) == (30, 1.5, 1)


def test_a_previous_run_without_validation_shows_its_batches() -> None:
    before = history([1.0, 0.5])
    drawn = figure(Quantity.LOSS, None, before, VIEW)
    assert drawn.previous.y.tolist() == [1.0, 0.5]


def test_changes_that_cannot_be_told_apart_are_one_mark() -> None:
    run = history([1.0] * 40)
    run.add([change(10, 1.0, 2.0), change(10, 2.0, 3.0), change(10, 3.0, 4.0), change(30, 4.0, 5.0)])
    run.add([change(35, 0.0, 0.5, "recipe.regularizer.l2"), change(38, 5.0, 6.0), change(38, 6.0, 5.0)])
    marks = figure(Quantity.LOSS, run, None, VIEW).marks
    assert [(mark.x, mark.field[-2:], mark.old, mark.new) for mark in marks] == [
        (1.0, "lr", 1.0, 4.0),
        (3.0, "lr", 4.0, 5.0),
        (3.5, "l2", 0.0, 0.5),
    ]


def test_marks_of_many_epochs_are_thinned() -> None:
    run = History("long", 4000, 1)
    run.add([epoch(i, 1) for i in range(1, 4001)])
    ends = figure(Quantity.LOSS, run, None, VIEW._replace(x=Range(0.0, 4000.0))).epochs
    assert len(ends) == 50


def test_a_logarithmic_plot_shows_logarithms() -> None:
    drawn = figure(Quantity.LOSS, history([1.0, 0.1, 0.0]), None, View(Range(0, 4), Range(-2.0, 1.0), 400, True))
    assert drawn.batches.settled.train.y == pytest.approx([0.0, -1.0, -5.0])  # zero, held near below the plot


def test_the_whole_run_is_shown_once_a_hundredth_is_done() -> None:
    run = history([1.0] * 10, per_epoch=1000, epochs=10)
    assert epochs_range(run, None) == (0.0, 0.1)
    run.add([step(i, 1.0, 1000) for i in range(11, 101)])
    assert epochs_range(run, None) == (0.0, 10.0)
    assert epochs_range(history([1.0] * 55, per_epoch=10, epochs=4), None) == (0.0, 6.0)
    assert epochs_range(None, None) == (0.0, 1.0)


def test_a_run_that_diverged_at_once_is_shown_by_itself() -> None:
    run = history([2.3, 40.0, 1e30], per_epoch=1000, epochs=10)
    run.add([diverged(4)])
    assert epochs_range(run, None) == (0.0, pytest.approx(0.01))
    assert loss_range(run, None).high == 10.0


def test_the_loss_range_holds_what_matters_and_no_outlier() -> None:
    losses = [2.3] * 10 + [0.3] * 990
    losses[500] = 900.0
    run = history(losses)
    assert loss_range(run, None) == (0.0, pytest.approx(0.4))
    run.add([epoch(1, validation_loss=0.9)])
    assert loss_range(run, None).high == 1.0
    assert loss_range(history([60.0] * 100), None).high == 80.0
    assert loss_range(None, None) == (0.0, pytest.approx(1.5))


def test_the_logarithmic_range_holds_every_batch() -> None:
    low, high = log_loss_range(history([2.3, 1e6, 0.03, 0.0]), None)
    assert 10.0**low <= 0.031
    assert 10.0**high == pytest.approx(1e6)
    assert log_loss_range(history([0.0]), None) == (-2.0, 1.0)


def test_the_score_range_follows_validation_and_most_batches() -> None:
    assert score_range(history([1.0]), None) == (50.0, 100.0)
    run = History("now", 4, 10)
    run.add([step(i, score=0.99) for i in range(1, 11)])
    assert score_range(run, None).low == 98.0
    run.add([epoch(1)])
    assert score_range(run, None).low == 90.0
    assert score_range(None, None) == (0.0, 100.0)


@given(st.floats(-5.0, 100.0), st.floats(1e-6, 1e6), st.integers(2, 10))
def test_ticks_are_round_told_apart_and_within(low: float, span: float, most: int) -> None:
    shown = Range(low, low + span)
    found = ticks(shown, most)
    assert len(found) <= most + 1
    assert all(shown.low - 1e-6 * span <= tick.at <= shown.high + 1e-6 * span for tick in found)


def test_ticks_say_where_they_stand() -> None:
    assert [tick.text for tick in ticks(Range(90.0, 100.0), 4)] == ["90.0", "92.5", "95.0", "97.5", "100.0"]
    assert [tick.text for tick in ticks(Range(0.0, 10.0), 5)] == ["0", "2", "4", "6", "8", "10"]
    assert [tick.text for tick in ticks(Range(0.0, 6.0), 3, quarters=False)] == ["0", "2", "4", "6"]
    assert [tick.text for tick in log_ticks(Range(-2.0, 0.0), 3)] == ["0.01", "0.1", "1"]
    assert [tick.text for tick in log_ticks(Range(-1.0, 0.0), 6)] == ["0.1", "0.2", "0.5", "1"]
    assert [tick.at for tick in log_ticks(Range(log10(2.0), log10(4.0)), 4)] == pytest.approx(
        [log10(value) for value in (2.0, 2.5, 3.0, 3.5, 4.0)]
    )


def test_a_finished_run_has_no_head() -> None:
    run = history([1.0])
    assert figure(Quantity.LOSS, run, None, VIEW).batches.head == (0.1, 1.0)
    run.add([finished(1)])
    assert figure(Quantity.LOSS, run, None, VIEW).batches.head is None


def test_a_line_is_cut_off_where_it_leaves_the_view() -> None:
    line = PlotLine(np.array([-1.0, 1.0, 3.0, 5.0]), np.array([2.0, 2.0, 6.0, 2.0]))
    cut = clipped(line, VIEW)
    kept = np.isfinite(cut.y)
    assert cut.x[kept].tolist() == [0.0, 1.0, 2.0, 4.0]
    assert cut.y[kept].tolist() == [2.0, 2.0, 4.0, 4.0]
    assert not kept[cut.x == 3.0].any()  # between the two it is interrupted


def test_points_outside_the_view_are_left_away() -> None:
    run = history([1.0, 1.0])
    run.add([finished(3), change(2, 0.1, 0.2)])
    far = VIEW._replace(x=Range(0.5, 2.0))
    assert (figure(Quantity.LOSS, run, None, far).test, figure(Quantity.LOSS, run, None, far).marks) == (None, ())
    assert figure(Quantity.LOSS, run, None, VIEW).test == (0.2, 0.07)


def test_the_words_of_a_test_are_not_cut_off_where_a_run_ended_early() -> None:
    frame = PlotFrame(50.0, 0.0, 300.0, 100.0, Range(0.0, 8.0), Range(0.0, 1.0))
    assert label_left(frame.across(8.0), 200.0, frame) == pytest.approx(350.0 - 190.0)
    assert label_left(frame.across(3.0), 200.0, frame) == 50.0


@pytest.mark.parametrize(("validated", "above"), [(0.9, False), (0.01, True), (0.07, True), (None, True)])
def test_the_words_of_the_test_keep_clear_of_the_validation(validated: float | None, above: bool) -> None:
    run = History("first", 1, 2)
    run.add([step(1, per_epoch=2), step(2, per_epoch=2), epoch(1, 2, validated), finished(1, 2)])
    drawn = figure(Quantity.LOSS, run, None, VIEW)
    assert drawn.test == (1.0, 0.07)
    assert above_curve(drawn, otherwise=True) is above

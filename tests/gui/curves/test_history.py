"""What a run reported is kept whole, grows cheaply, and is smoothed as the formula says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.training.snapshots import Change, Evaluating, Probed
from playground.gui.curves.export import COLUMNS, table
from playground.gui.curves.history import History
from playground.gui.curves.legend_entries import readout_text
from playground.gui.curves.series import BLOCK, Column, Series
from playground.gui.curves.smoothing import Smoothed
from playground.spec.data.task import Score, Task, classes
from tests.gui.curves.runs import diverged, epoch, finished, history, step, whole_run


def filled(values: np.ndarray, pieces: int) -> Series:
    series = Series()
    for piece in np.array_split(values, pieces):
        series.extend(piece)
    return series


def test_a_column_keeps_everything_as_it_grows() -> None:
    column = Column(np.int64)
    for i in range(0, 5000, 7):
        column.extend(list(range(i, i + 7)))
    assert column.values.tolist() == list(range(5005))


@given(
    count=st.integers(1, 1000),
    pieces=st.integers(1, 40),
    width=st.sampled_from([4, 7, 50, BLOCK, 2 * BLOCK, 5 * BLOCK]),
    first=st.integers(0, 3),
)
def test_extremes_are_those_of_the_values(count: int, pieces: int, width: int, first: int) -> None:
    values = np.random.default_rng(count).normal(size=count).astype(np.float32)
    low, high = filled(values, pieces).extremes(first, first + 5, width)
    buckets = [bucket for i in range(first, first + 5) if len(bucket := values[i * width : (i + 1) * width])]
    assert low.tolist() == [bucket.min() for bucket in buckets]
    assert high.tolist() == [bucket.max() for bucket in buckets]


def test_extremes_pass_over_what_is_no_number() -> None:
    low, high = filled(np.array([3.0, np.nan, 1.0, 2.0]), 1).extremes(0, 1, 4)
    assert (low[0], high[0]) == (1.0, 3.0)


def smoothed(source: Series, span: int) -> Smoothed:
    """The plain mean of the values."""

    def parts(first: int, last: int) -> np.ndarray:
        return np.stack((source.values[first:last].astype(np.float64), np.ones(last - first)))

    return Smoothed(source, parts, lambda sums: sums[0] / np.where(sums[1] > 0, sums[1], np.nan), span)


def means(values: np.ndarray, span: int) -> np.ndarray:
    """Of each step the mean over the last ones, one by one."""
    counts = [max(1, min(span, step // 10)) for step in range(1, len(values) + 1)]
    return np.array([values[step - count : step].mean() for step, count in enumerate(counts, 1)])


@pytest.mark.parametrize("pieces", [1, 3, 300])
@pytest.mark.parametrize("span", [2, 20, 50, 1000])
def test_the_mean_is_that_of_the_last_steps_however_the_values_arrive(pieces: int, span: int) -> None:
    values, source = np.random.default_rng(0).normal(size=900).astype(np.float32), Series()
    followed = smoothed(source, span)
    for piece in np.array_split(values, pieces):
        source.extend(piece)
        followed.follow()
    np.testing.assert_allclose(followed.series.values, means(values.astype(np.float64), span), rtol=1e-5, atol=1e-6)


def test_a_long_series_is_averaged_as_the_same_one_in_pieces() -> None:
    values = np.random.default_rng(0).lognormal(size=100_001).astype(np.float32)
    whole, source = filled(values, 1), Series()
    at_once, followed = smoothed(whole, 1000), smoothed(source, 1000)
    for piece in np.array_split(values, 7):
        source.extend(piece)
        followed.follow()
    np.testing.assert_allclose(at_once.series.values, followed.series.values, rtol=1e-5)
    for end in (16_000, 16_001, 50_000, 100_001):
        assert at_once.series.values[end - 1] == pytest.approx(values[end - 1000 : end].mean(), rel=1e-4)


def test_the_mean_of_a_run_that_improves_lags_by_a_twentieth_of_it_at_most() -> None:
    for count in range(1, 3000, 37):
        rising = filled(np.arange(1, count + 1) / count, 1)
        assert 1.0 - smoothed(rising, 1000).series.values[-1] <= 0.05


def test_an_outlier_leaves_no_trace_after_it() -> None:
    values = np.ones(500)
    values[200] = 1e20
    found = smoothed(filled(values, 1), 10).series.values
    assert found[199] == found[211] == 1.0
    assert found[200] == pytest.approx(1e19)


@pytest.mark.parametrize("span", [2, 50])
def test_an_average_that_is_begun_again_keeps_its_extremes(span: int) -> None:
    values = np.random.default_rng(0).normal(size=3000).astype(np.float32)
    found = smoothed(filled(values, 1), 7)
    found.restart(span)
    np.testing.assert_allclose(found.series.values, means(values.astype(np.float64), span), rtol=1e-4, atol=1e-6)
    low, high = found.series.extremes(0, 10, 5 * BLOCK)
    buckets = [found.series.values[i : i + 5 * BLOCK] for i in range(0, 3000, 5 * BLOCK)]
    assert (low.tolist(), high.tolist()) == ([one.min() for one in buckets], [one.max() for one in buckets])


def test_an_average_goes_on_after_what_is_no_number() -> None:
    values = np.full(60, 2.0)
    values[[41, 42]] = np.inf, np.nan
    found = smoothed(filled(values, 1), 5).series.values
    assert np.isnan(found[40:44]).tolist() == [False, True, True, False]
    assert found[43] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("task", "sums", "expected"),
    [
        (classes(3), [(right,) for right in range(40)], lambda s, n: s[0].sum() / n.sum()),
        (
            Task((8, 3), "classes", Score.F1),
            [(step // 4, 10 + step) for step in range(40)],
            lambda s, n: 2 * s[0].sum() / s[1].sum(),
        ),
        (
            Task((2, 4, 4), "classes", Score.IOU),
            [(step, 50 + step) for step in range(40)],
            lambda s, n: s[0].sum() / s[1].sum(),
        ),
        (
            Task((1,), "values", Score.R2),
            [(1.0 + step % 3, step - 20.0, 90.0 + step) for step in range(40)],
            lambda s, n: 1 - s[0].sum() / (s[2].sum() - s[1].sum() ** 2 / n.sum()),
        ),
    ],
    ids=["accuracy", "F1", "IoU", "R²"],
)
def test_a_score_over_several_steps_is_that_of_all_that_was_found_in_them(
    task: Task, sums: list[tuple[float, ...]], expected: Callable[[np.ndarray, np.ndarray], float]
) -> None:
    sizes = [64 if number % 2 else 40 for number in range(40)]
    run = History("first", 4, 100, 3, task)
    for number, (found, size) in enumerate(zip(sums, sizes, strict=True), 1):
        run.add([step(number, 1.0 / number, 100)._replace(samples=size, sums=tuple(map(float, found)))])
    reading = run.at(0.4)
    assert reading is not None
    assert reading.averaged == 3
    last, samples = np.array(sums[-3:], float).T, np.array(sizes[-3:])
    assert reading.score == pytest.approx(expected(last, samples), rel=1e-6)
    assert reading.loss == pytest.approx(np.average([1 / 38, 1 / 39, 1 / 40], weights=samples), rel=1e-6)


def test_smoothing_can_change_while_a_run_goes_on() -> None:
    run = history([1.0, 2.0, 3.0], span=5)
    run.smooth(2)
    run.add([step(4, 4.0)])
    fresh = history([1.0, 2.0, 3.0, 4.0], span=2)
    np.testing.assert_array_equal(run.smooth_loss.series.values, fresh.smooth_loss.series.values)
    run.smooth(1)
    assert run.smooth_loss.series is run.loss


def test_a_very_long_run_is_averaged_one_curve_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.gui.curves.history._VERY_LONG", 3)
    run = history([1.0, 2.0, 4.0], span=5)
    before = run.stage
    assert not run.smooth(2)
    assert (run.smooth_loss.span, run.smooth_score.span) == (2, 5)
    half = run.stage
    assert run.smooth(2)
    assert run.smooth(2)
    assert (run.smooth_loss.span, run.smooth_score.span) == (2, 2)
    assert len({before, half, run.stage}) == 3


def test_a_run_knows_what_happened() -> None:
    change = Change(3, "recipe.optimizer.lr", "Learning rate", 0.001, 0.0003)
    run = History("first", 4, 10)
    unseen = Probed(2, (), 1.0, 0.0, None, ()), Evaluating("validation", 1, 2)
    run.add([step(1), step(2, divergence=0.1), *unseen, change, epoch(1), finished(1)])
    assert (len(run), run.end, list(run.terms)) == (2, 0.2, ["kl_divergence"])
    assert run.changes == [change]
    assert run.epochs == [epoch(1)]
    assert run.finished == finished(1)


def test_the_crosshair_reads_the_nearest_batch_and_the_nearest_epoch_end() -> None:
    run = History("first", 4, 10)
    run.add(whole_run())
    reading = run.at(1.62)
    assert reading is not None
    assert (reading.step, reading.epoch) == (16, 2)
    assert reading.loss == pytest.approx(2.3 / 4)
    assert reading.learning_rate == pytest.approx(0.001)
    assert reading.terms == {}
    assert reading.validation_score == 0.9
    first, last = run.at(-5.0), run.at(99.0)
    assert first is not None
    assert last is not None
    assert (first.step, last.step) == (1, 40)
    assert History("empty", 4, 10).at(0.0) is None


def test_a_copy_stays_as_it_is_while_the_run_goes_on() -> None:
    run = history([1.0] * 1020)
    run.add([step(1021, penalty=0.5)])
    kept = run.copied()
    run.add([step(i, penalty=0.5, divergence=0.5) for i in range(1022, 1100)])
    run.add([epoch(1)])
    assert (len(kept), len(kept.loss), kept.epochs) == (1021, 1021, [])
    assert {name: len(series) for name, series in kept.terms.items()} == {"penalty": 1021}


def test_the_table_has_a_row_for_everything_in_order() -> None:
    run = History("first", 2, 2)
    change = Change(1, "recipe.optimizer.lr", "Learning rate", 0.001, 0.0003)
    run.add(
        [
            step(1, 2.25, 2),
            change,
            step(2, 1.125, 2, 0.5, divergence=0.25),
            epoch(1, 2),
            step(3, 1.0, 2),
            step(4, 1.0, 2),
        ]
    )
    run.add([epoch(2, 2, None), finished(2, 2)])
    rows = list(csv.DictReader(StringIO(table(run)), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["event"], row["step"]) for row in rows] == [
        ("step", "1"),
        ("change", "1"),
        ("step", "2"),
        ("epoch", "2"),
        ("step", "3"),
        ("step", "4"),
        ("epoch", "4"),
        ("test", "4"),
    ]
    assert (float(rows[2]["train_loss"]), float(rows[2]["penalty"]), float(rows[2]["epochs"])) == (1.125, 0.5, 1.0)
    assert [(row["penalty"], row["kl_divergence"]) for row in rows[:4]] == [
        ("0", "0"),
        ("", ""),
        ("0.5", "0.25"),
        ("", ""),
    ]
    assert (rows[1]["field"], rows[1]["old"], rows[1]["new"]) == ("recipe.optimizer.lr", "0.001", "0.0003")
    assert (rows[3]["validation_loss"], rows[6]["validation_loss"]) == ("0.5", "")
    assert rows[7]["test_score"] == "0.978"


def test_with_label_smoothing_the_table_and_the_readout_tell_the_plain_loss_too() -> None:
    run = history([1.0, 2.0])
    run.add([epoch(1, 2)._replace(validation_plain_loss=0.25), finished(1, 2)._replace(test_plain_loss=0.125)])
    rows = list(csv.DictReader(StringIO(table(run)), strict=True))
    assert [(row["validation_plain_loss"], row["test_plain_loss"]) for row in rows[2:]] == [("0.25", ""), ("", "0.125")]
    assert readout_text(run.at(1.0)).startswith("validation loss without label smoothing 0.2500 · epoch ")


def test_the_table_of_a_run_that_diverged_says_where() -> None:
    run = history([1.0, 2.0])
    run.add([diverged(3)])
    last = list(csv.DictReader(StringIO(table(run))))[-1]
    assert (last["event"], last["step"], last["learning_rate"]) == ("diverged", "3", "5.0")


def test_the_mean_loss_counts_batches_by_the_weights_of_their_classes() -> None:
    losses, weights = np.random.default_rng(1).lognormal(size=60), np.arange(60) % 7 + 0.5
    run = History("first", 4, 100, 20)
    pairs = enumerate(zip(losses.tolist(), weights.tolist(), strict=True), 1)
    run.add([step(number, loss, 100)._replace(weight=weight) for number, (loss, weight) in pairs])
    reading = run.at(run.end)
    assert reading is not None
    assert reading.averaged == 6
    assert reading.loss == pytest.approx(np.average(losses[-6:], weights=weights[-6:]), rel=1e-6)


def test_what_was_noticed_behind_the_last_step_is_marked_there() -> None:
    run = history([1.0] * 10)
    run.add([diverged(11)])
    assert run.failed_at == pytest.approx(1.1)
    run = history([1.0] * 10)
    run.add([diverged(10)])
    assert run.failed_at == pytest.approx(1.0)

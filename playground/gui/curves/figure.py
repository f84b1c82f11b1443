"""What one plot draws, worked out from the runs: small tuples in the coordinates of the plot, free of Qt."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.training.snapshots import Terms
from playground.gui.curves.history import History
from playground.gui.curves.ranges import Range
from playground.gui.curves.series import BLOCK, Column, Series

_TINY = 1e-12  # the smallest loss that a logarithmic axis shows
_PLAIN = 3  # steps a column up to which every step is drawn
_DOT_EVERY = 6  # columns an epoch from which its end gets a dot
_APART = 8  # columns between epoch marks, and between marks of changes to one field


class Quantity(Enum):
    """What a plot is about."""

    LOSS = "loss"
    SCORE = "score"


class View(NamedTuple):
    """The part of a plot that is looked at."""

    x: Range  # epochs
    y: Range  # loss, its decimal logarithm, or per cent
    columns: int  # pixels across, at 100 %
    log: bool = False


class PlotLine(NamedTuple):
    """Points joined by lines; both (n,), finite, and not far outside the view."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


class Mark(NamedTuple):
    """A field that was changed while the run went on, at `x` epochs."""

    x: float
    field: str
    old: float
    new: float


class Batches(NamedTuple):
    """The lines that become longer with every batch."""

    train: PlotLine  # the moving average, or every batch where there is none
    raw: PlotLine  # every batch behind its average; empty where there is no average
    terms: tuple[PlotLine, ...]  # one for each of `Terms`, empty in the score plot and where there is none

    @property
    def lines(self) -> tuple[PlotLine, ...]:
        """All of them."""
        return self.train, self.raw, *self.terms


class Growth(NamedTuple):
    """What a run has become longer by: new columns of pixels that are full, and the one that is still being filled."""

    settled: Batches  # joins on to what was settled before, and stays as it is
    loose: Batches  # joins on to that; another time it is another one
    until: int  # steps that are settled now
    head: tuple[float, float] | None  # the latest batch


class Figure(NamedTuple):
    """Everything that one plot draws."""

    batches: Growth  # from the beginning of what is seen
    validation: PlotLine  # one point an epoch
    previous: PlotLine
    epochs: tuple[float, ...]  # ends of completed epochs, thinned to what can be told apart
    marks: tuple[Mark, ...]
    test: tuple[float, float] | None
    diverged: float | None  # where the loss was no finite number


EMPTY = PlotLine(np.empty(0), np.empty(0))
NO_BATCHES = Batches(EMPTY, EMPTY, len(Terms._fields) * (EMPTY,))
NO_GROWTH = Growth(NO_BATCHES, NO_BATCHES, 0, None)


def figure(quantity: Quantity, present: History | None, previous: History | None, view: View) -> Figure:
    """What the plot of one quantity draws of the present and the previous run."""
    before = _comparison(quantity, previous, view) if previous else EMPTY
    if present is None:
        return Figure(NO_GROWTH, EMPTY, before, (), (), None, None)
    return Figure(
        batches=growth(quantity, present, view, 0),
        validation=_validation(quantity, present, view),
        previous=before,
        epochs=_epoch_ends(present, view),
        marks=merged(present, view),
        test=_test(quantity, present, view),
        diverged=_diverged(present, view),
    )


def growth(quantity: Quantity, run: History, view: View, since: int) -> Growth:
    """What to draw of a run of which the first `since` steps are drawn already, in the same view."""
    smooth, raw = _series(quantity, run)
    width = bucket_width(run.steps_per_epoch, view)
    until = len(run) if width <= _PLAIN else len(run) // width * width
    terms = [run.terms.get(name) if quantity is Quantity.LOSS else None for name in Terms._fields]

    def lines(first: int, last: int) -> Batches:
        if first >= last:
            return NO_BATCHES
        drawn = (smooth, None if smooth is raw else raw, *terms)
        each = [EMPTY if one is None else decimated(run, one, quantity, view, first, last) for one in drawn]
        return Batches(each[0], each[1], tuple(each[2:]))

    return Growth(lines(since, until), lines(until, len(run)), until, _head(run, smooth, quantity, view))


def decimated(
    run: History, series: Series, quantity: Quantity, view: View, since: int = 0, until: int | None = None
) -> PlotLine:
    """The visible part of a series: every step, or the least and the greatest of all steps in each column of pixels.

    Buckets begin at fixed steps, so that what is drawn of a growing run does not change as it grows. The line begins
    where that of the steps before `since`, which is such a beginning too, ends.
    """
    first, last = _visible(run.x, view.x)
    last = last if until is None else min(last, until)
    width = bucket_width(run.steps_per_epoch, view)
    if width <= _PLAIN:
        first = max(first, since - 1)
        return _line(run.x.values[first:last], series.values[first:last], quantity, view)
    joins = since > first
    first, last = max(first // width, since // width - joins), -(-last // width)
    low, high = series.extremes(first, last, width)
    middles = np.minimum(np.arange(first, first + len(low)) * width + width // 2, len(run) - 1)
    falling = (np.arange(first, first + len(low)) % 2).astype(bool)  # up in one column, down in the next: no zigzag
    pairs = np.empty((len(low), 2))
    pairs[:, 0], pairs[:, 1] = np.where(falling, high, low), np.where(falling, low, high)
    x = np.repeat(run.x.values[middles], 2)
    start = 1 if joins else 0  # of the last column drawn before, only the point where it ended
    return _line(x[start:], pairs.reshape(-1)[start:], quantity, view)


def bucket_width(steps_per_epoch: int, view: View) -> int:
    """Steps that share a column of pixels; rounded down to whole blocks where it can be."""
    width = int((view.x.high - view.x.low) * steps_per_epoch / max(view.columns, 1))
    return width // BLOCK * BLOCK if width >= BLOCK else width


def dotted(line: PlotLine, view: View) -> PlotLine:
    """The ends of epochs that get a dot: all of them, or none where the dots would touch."""
    columns = view.columns / max(view.x.high - view.x.low, 1e-9)
    if columns < _DOT_EVERY:
        return EMPTY
    seen = (line.x >= view.x.low) & (line.x <= view.x.high) & (line.y >= view.y.low) & (line.y <= view.y.high)
    return PlotLine(line.x[seen], line.y[seen])


def clipped(line: PlotLine, view: View) -> PlotLine:
    """The line cut off at the edges of the view, with not-a-numbers where it is interrupted.

    For drawings: Qt writes no clipping into SVG.
    """
    y, x = _cut(line.y, line.x, view.y)
    x, y = _cut(x, y, view.x)
    outside = (x < view.x.low) | (x > view.x.high) | (y < view.y.low) | (y > view.y.high)
    return PlotLine(x, np.where(outside, np.nan, y))


def _cut(
    along: NDArray[np.float64], other: NDArray[np.float64], limits: Range
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same points, and new ones where the line between two of them crosses a limit of the first coordinate."""
    for limit in limits:
        after = np.nonzero((along[:-1] - limit) * (along[1:] - limit) < 0)[0] + 1
        share = (limit - along[after - 1]) / (along[after] - along[after - 1])
        between = other[after - 1] + share * (other[after] - other[after - 1])
        along, other = np.insert(along, after, limit), np.insert(other, after, between)
    return along, other


def merged(run: History, view: View) -> tuple[Mark, ...]:
    """Marks of the changes; those to one field that stand closer than can be told apart become one."""
    near = _APART * (view.x.high - view.x.low) / max(view.columns, 1)
    marks: list[Mark] = []
    begins = -1.0
    for change in run.changes:
        x = run.place(change.step)
        if marks and marks[-1].field == change.field and x - begins <= near:
            marks[-1] = Mark(x, change.field, marks[-1].old, change.new)
        else:
            marks.append(Mark(x, change.field, change.old, change.new))
            begins = x
    return tuple(mark for mark in marks if mark.old != mark.new and view.x.low <= mark.x <= view.x.high)


def placed(value: float, quantity: Quantity, log: bool) -> float:
    """Where a loss or a share of 1 stands on the vertical axis."""
    return float(_placed(np.array([value]), quantity, log)[0])


def _placed(values: NDArray[Any], quantity: Quantity, log: bool) -> NDArray[np.float64]:
    wide = values.astype(np.float64)
    if quantity is Quantity.SCORE:
        return 100.0 * wide
    return np.log10(np.maximum(wide, _TINY)) if log else wide


def _line(x: NDArray[np.float64], values: NDArray[Any], quantity: Quantity, view: View) -> PlotLine:
    y = _placed(values, quantity, view.log)
    finite = np.isfinite(y)
    height = view.y.high - view.y.low
    return PlotLine(x[finite], np.clip(y[finite], view.y.low - height, view.y.high + height))


def _series(quantity: Quantity, run: History) -> tuple[Series, Series]:
    if quantity is Quantity.LOSS:
        return run.smooth_loss.series, run.loss
    return run.smooth_score.series, run.score


def _visible(places: Column, x: Range) -> tuple[int, int]:
    """First and last (exclusive) step in view, with one more on either side, to which lines lead."""
    return max(places.place(x.low) - 1, 0), min(places.place(x.high) + 1, len(places))


def _validation(quantity: Quantity, run: History, view: View) -> PlotLine:
    column = run.validation_loss if quantity is Quantity.LOSS else run.validation_score
    return _line(run.ends.values, column.values, quantity, view)


def _comparison(quantity: Quantity, run: History, view: View) -> PlotLine:
    """The previous run: its validation, or its averaged batches if it has none."""
    validation = _validation(quantity, run, view)
    return validation if len(validation.x) else decimated(run, _series(quantity, run)[0], quantity, view)


def _epoch_ends(run: History, view: View) -> tuple[float, ...]:
    column = (view.x.high - view.x.low) / max(view.columns, 1)
    every = max(1, -int(-_APART * column // 1))
    ends = run.ends.values[every - 1 :: every]
    return tuple(ends[(ends >= view.x.low) & (ends <= view.x.high)].tolist())


def _head(run: History, series: Series, quantity: Quantity, view: View) -> tuple[float, float] | None:
    if not len(run) or run.finished or run.diverged:
        return None
    return _seen(run.end, placed(float(series.values[-1]), quantity, view.log), view)


def _test(quantity: Quantity, run: History, view: View) -> tuple[float, float] | None:
    if run.finished is None:
        return None
    value = run.finished.test_loss if quantity is Quantity.LOSS else run.finished.test_score
    return None if value is None else _seen(run.end, placed(value, quantity, view.log), view)


def _diverged(run: History, view: View) -> float | None:
    x = run.failed_at
    return x if x is not None and view.x.low <= x <= view.x.high else None


def _seen(x: float, y: float, view: View) -> tuple[float, float] | None:
    """The point, if it lies within the view (and is finite)."""
    return (x, y) if view.x.low <= x <= view.x.high and view.y.low <= y <= view.y.high else None


def above_curve(figure: Figure, *, otherwise: bool) -> bool:
    """Whether the test result lies above the end of the validation's curve, and so should its words, to hide nothing.

    `otherwise`: what holds where there is no validation, or where both are the same.
    """
    assert figure.test is not None
    ends, test = figure.validation.y[-1:], figure.test[1]
    return bool(ends[0] < test) if len(ends) and ends[0] != test else otherwise

"""Computes the content of one plot from the runs: small tuples in plot coordinates, independent of Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.engine.training.snapshots import Terms
from playground.gui.curves.axis import Axis, Timeline
from playground.gui.curves.history import History
from playground.gui.curves.ranges import Range
from playground.gui.curves.series import BLOCK, Column, Series
from playground.gui.curves.stored_curve import Overlay, StoredCurve
from playground.gui.style.run_colors import RunColor

_TINY = 1e-12  # the smallest loss on a logarithmic axis
_PLAIN = 3  # steps per column up to which every step is drawn
_DOT_EVERY = 6  # columns per epoch from which the end of each epoch has a dot
_APART = 8  # minimum distance, in columns, between epoch marks and between marks of changes to one field


class Quantity(Enum):
    """The quantity on the vertical axis of a plot."""

    LOSS = "loss"
    SCORE = "score"


class View(NamedTuple):
    """The visible part of a plot."""

    x: Range  # in the unit of the axis
    y: Range  # loss, its decimal logarithm, or per cent
    columns: int  # width of the plot in pixels at 100 %
    log: bool = False
    axis: Axis = Axis.EPOCH

    def in_epochs(self, of: Timeline) -> View:
        """The same part of one run, with a range of its epochs."""
        return self._replace(x=Range(of.epochs_at(self.x.low), of.epochs_at(self.x.high)), axis=Axis.EPOCH)


class PlotLine(NamedTuple):
    """Points connected by lines; both arrays (n,), finite, and not far outside the view."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def along(self, of: Timeline) -> PlotLine:
        """The same line of a run on an axis."""
        return PlotLine(of.place(self.x), self.y) if len(self.x) else self


class Mark(NamedTuple):
    """A change of a field during the run, at `x` epochs."""

    x: float
    field: str
    old: float
    new: float


class Batches(NamedTuple):
    """The lines that grow with every batch."""

    train: PlotLine  # the moving average, or every batch if there is no average
    raw: PlotLine  # every batch, drawn behind the average; empty if there is no average
    terms: tuple[PlotLine, ...]  # one for each of `Terms`, empty in the score plot and if the term is always zero

    @property
    def lines(self) -> tuple[PlotLine, ...]:
        """All of these lines."""
        return self.train, self.raw, *self.terms

    def along(self, of: Timeline) -> Batches:
        """The same lines of a run on an axis."""
        train, raw, *terms = (line.along(of) for line in self.lines)
        return Batches(train, raw, tuple(terms))


class Growth(NamedTuple):
    """The new part of a growing run: the columns of pixels that are complete, and the one that still changes."""

    settled: Batches  # continues the settled part drawn before; does not change any more
    loose: Batches  # continues `settled`; replaced at the next growth
    until: int  # number of settled steps
    head: tuple[float, float] | None  # the latest batch


class Figure(NamedTuple):
    """Everything drawn in one plot."""

    batches: Growth  # the whole visible run
    validation: PlotLine  # one point per epoch
    previous: PlotLine
    overlays: tuple[tuple[RunColor, PlotLine], ...]  # stored runs
    epochs: tuple[float, ...]  # ends of completed epochs, thinned so that they can be distinguished
    marks: tuple[Mark, ...]
    test: tuple[float, float] | None
    diverged: float | None  # epochs at which the loss was not finite
    bands: tuple[tuple[RunColor, PlotLine, PlotLine], ...] = ()  # lower and upper edges of several stored runs


EMPTY = PlotLine(np.empty(0), np.empty(0))
NO_BATCHES = Batches(EMPTY, EMPTY, len(Terms._fields) * (EMPTY,))
NO_GROWTH = Growth(NO_BATCHES, NO_BATCHES, 0, None)


def figure(
    quantity: Quantity,
    present: History | None,
    previous: History | None,
    view: View,
    overlays: Sequence[Overlay] = (),
) -> Figure:
    """Compute the figure of one quantity for the present, the previous and overlaid runs."""
    lines = tuple((overlay.run.color, _overlaid(quantity, overlay.curve, view)) for overlay in overlays)
    bands = tuple(_bands(quantity, overlays, view))
    before = _comparison(quantity, previous, view) if previous else EMPTY
    if present is None:
        return Figure(NO_GROWTH, EMPTY, before, lines, (), (), None, None, bands)
    line = present.timeline(view.axis)
    inside = view.in_epochs(line)
    marks = tuple(mark._replace(x=line.place_of(mark.x)) for mark in merged(present, inside))
    diverged = _diverged(present, inside)
    return Figure(
        batches=growth(quantity, present, view, 0),
        validation=_validation(quantity, present, inside).along(line),
        previous=before,
        overlays=lines,
        epochs=tuple(map(line.place_of, _epoch_ends(present, inside))),
        marks=marks,
        test=_placed(_test(quantity, present, inside), line),
        diverged=None if diverged is None else line.place_of(diverged),
        bands=bands,
    )


def growth(quantity: Quantity, run: History, view: View, since: int) -> Growth:
    """Compute the new part of a run whose first `since` steps are drawn already in the same view."""
    smooth, raw = _series(quantity, run)
    line = run.timeline(view.axis)
    view = view.in_epochs(line)
    width = bucket_width(run.steps_per_epoch, view)
    until = len(run) if width <= _PLAIN else len(run) // width * width
    terms = [run.terms.get(name) if quantity is Quantity.LOSS else None for name in Terms._fields]

    def lines(first: int, last: int) -> Batches:
        if first >= last:
            return NO_BATCHES
        drawn = (smooth, None if smooth is raw else raw, *terms)
        each = [EMPTY if one is None else decimated(run, one, quantity, view, first, last) for one in drawn]
        return Batches(each[0], each[1], tuple(each[2:])).along(line)

    head = _placed(_head(run, smooth, quantity, view), line)
    return Growth(lines(since, until), lines(until, len(run)), until, head)


def decimated(
    run: History | StoredCurve, series: Series, quantity: Quantity, view: View, since: int = 0, until: int | None = None
) -> PlotLine:
    """The visible part of a series at the positions `run.x`.

    It has every step, or the minimum and the maximum of each column of pixels.
    Buckets begin at fixed steps, so that the drawn part of a growing run does not change. The line begins at the end of
    the line drawn for the steps before `since`, which must be the beginning of a bucket.
    """
    first, last = _visible_steps(run.x, view.x)
    last = last if until is None else min(last, until)
    width = bucket_width(run.steps_per_epoch, view)
    if width <= _PLAIN:
        first = max(first, since - 1)
        return _line(run.x.values[first:last], series.values[first:last], quantity, view)
    joins = since > first
    first, last = max(first // width, since // width - joins), -(-last // width)
    low, high = series.extremes(first, last, width)
    middles = np.minimum(np.arange(first, first + len(low)) * width + width // 2, len(run.x) - 1)
    falling = (np.arange(first, first + len(low)) % 2).astype(bool)  # up in one column, down in the next: no zigzag
    pairs = np.empty((len(low), 2))
    pairs[:, 0], pairs[:, 1] = np.where(falling, high, low), np.where(falling, low, high)
    x = np.repeat(run.x.values[middles], 2)
    start = 1 if joins else 0  # of the last column drawn before, only its last point
    return _line(x[start:], pairs.reshape(-1)[start:], quantity, view)


def bucket_width(steps_per_epoch: int, view: View) -> int:
    """The number of steps per column of pixels, rounded down to whole blocks if it is at least one block."""
    width = int((view.x.high - view.x.low) * steps_per_epoch / max(view.columns, 1))
    return width // BLOCK * BLOCK if width >= BLOCK else width


def dotted(line: PlotLine, view: View) -> PlotLine:
    """The ends of epochs that have a dot: all in view, or none if the dots would touch."""
    apart = (line.x[-1] - line.x[0]) / (len(line.x) - 1) if len(line.x) > 1 else 1.0
    if apart * view.columns / max(view.x.high - view.x.low, 1e-9) < _DOT_EVERY:
        return EMPTY
    seen = (line.x >= view.x.low) & (line.x <= view.x.high) & (line.y >= view.y.low) & (line.y <= view.y.high)
    return PlotLine(line.x[seen], line.y[seen])


def clipped(line: PlotLine, view: View) -> PlotLine:
    """The line clipped at the edges of the view, with NaN where it is interrupted.

    Needed for SVG, because Qt writes no clip paths there.
    """
    y, x = _cut(line.y, line.x, view.y)
    x, y = _cut(x, y, view.x)
    outside = (x < view.x.low) | (x > view.x.high) | (y < view.y.low) | (y > view.y.high)
    return PlotLine(x, np.where(outside, np.nan, y))


def _cut(
    along: NDArray[np.float64], other: NDArray[np.float64], limits: Range
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same points, with new ones where the line crosses a limit of the first coordinate."""
    for limit in limits:
        after = np.nonzero((along[:-1] - limit) * (along[1:] - limit) < 0)[0] + 1
        share = (limit - along[after - 1]) / (along[after] - along[after - 1])
        between = other[after - 1] + share * (other[after] - other[after - 1])
        along, other = np.insert(along, after, limit), np.insert(other, after, between)
    return along, other


def merged(run: History, view: View) -> tuple[Mark, ...]:
    """The marks of the changes; marks of one field that are too close to be distinguished are merged."""
    min_distance = _APART * (view.x.high - view.x.low) / max(view.columns, 1)
    marks: list[Mark] = []
    group_start = -1.0
    for change in run.changes:
        x = run.progress_after(change.step)
        if marks and marks[-1].field == change.field and x - group_start <= min_distance:
            marks[-1] = Mark(x, change.field, marks[-1].old, change.new)
        else:
            marks.append(Mark(x, change.field, change.old, change.new))
            group_start = x
    return tuple(mark for mark in marks if mark.old != mark.new and view.x.low <= mark.x <= view.x.high)


def axis_value(value: float, quantity: Quantity, log: bool) -> float:
    """The position of a loss, or of a score as a fraction of 1, on the vertical axis."""
    return float(_axis_values(np.array([value]), quantity, log)[0])


def _axis_values(values: NDArray[Any], quantity: Quantity, log: bool) -> NDArray[np.float64]:
    wide = values.astype(np.float64)
    if quantity is Quantity.SCORE:
        return 100.0 * wide
    return np.log10(np.maximum(wide, _TINY)) if log else wide


def _line(x: NDArray[np.float64], values: NDArray[Any], quantity: Quantity, view: View) -> PlotLine:
    y = _axis_values(values, quantity, view.log)
    finite = np.isfinite(y)
    height = view.y.high - view.y.low
    return PlotLine(x[finite], np.clip(y[finite], view.y.low - height, view.y.high + height))


def _series(quantity: Quantity, run: History) -> tuple[Series, Series]:
    if quantity is Quantity.LOSS:
        return run.smooth_loss.series, run.loss
    return run.smooth_score.series, run.score


def _visible_steps(column: Column, x: Range) -> tuple[int, int]:
    """The range of visible steps (end exclusive), extended by one on either side for the lines that leave the view."""
    return max(column.insertion_index(x.low) - 1, 0), min(column.insertion_index(x.high) + 1, len(column))


def _validation(quantity: Quantity, run: History, view: View) -> PlotLine:
    column = run.validation_loss if quantity is Quantity.LOSS else run.validation_score
    return _line(run.ends.values, column.values, quantity, view)


def _comparison(quantity: Quantity, run: History, view: View) -> PlotLine:
    """The previous run: its validation curve, or its averaged batches if it has none."""
    line = run.timeline(view.axis)
    view = view.in_epochs(line)
    validation = _validation(quantity, run, view)
    found = validation if len(validation.x) else decimated(run, _series(quantity, run)[0], quantity, view)
    return found.along(line)


def _overlaid(quantity: Quantity, curve: StoredCurve, view: View) -> PlotLine:
    return _stored(curve.loss if quantity is Quantity.LOSS else curve.score, quantity, curve, view)


def _bands(
    quantity: Quantity, overlays: Sequence[Overlay], view: View
) -> Iterator[tuple[RunColor, PlotLine, PlotLine]]:
    for run, curve in overlays:
        edges = curve.loss_edges if quantity is Quantity.LOSS else curve.score_edges
        if edges is not None:
            low, high = (_stored(series, quantity, curve, view) for series in edges)
            yield run.color, low, high


def _stored(series: Series, quantity: Quantity, curve: StoredCurve, view: View) -> PlotLine:
    line = curve.timeline(view.axis)
    return decimated(curve, series, quantity, view.in_epochs(line)).along(line)


def _epoch_ends(run: History, view: View) -> tuple[float, ...]:
    column = (view.x.high - view.x.low) / max(view.columns, 1)
    every = max(1, -int(-_APART * column // 1))
    ends = run.ends.values[every - 1 :: every]
    return tuple(ends[(ends >= view.x.low) & (ends <= view.x.high)].tolist())


def _head(run: History, series: Series, quantity: Quantity, view: View) -> tuple[float, float] | None:
    if not len(run) or run.finished or run.diverged:
        return None
    return _in_view(run.end, axis_value(float(series.values[-1]), quantity, view.log), view)


def _test(quantity: Quantity, run: History, view: View) -> tuple[float, float] | None:
    if run.finished is None:
        return None
    value = run.finished.test_loss if quantity is Quantity.LOSS else run.finished.test_score
    return None if value is None else _in_view(run.end, axis_value(value, quantity, view.log), view)


def _diverged(run: History, view: View) -> float | None:
    x = run.failed_at
    return x if x is not None and view.x.low <= x <= view.x.high else None


def _placed(point: tuple[float, float] | None, of: Timeline) -> tuple[float, float] | None:
    return None if point is None else (of.place_of(point[0]), point[1])


def _in_view(x: float, y: float, view: View) -> tuple[float, float] | None:
    """The point if it is in the view (and finite), else None."""
    return (x, y) if view.x.low <= x <= view.x.high and view.y.low <= y <= view.y.high else None


def above_curve(figure: Figure, *, otherwise: bool) -> bool:
    """Whether the test result is above the end of the validation curve, so that its label should be above it too.

    `otherwise` is returned if there is no validation or both are equal.
    """
    assert figure.test is not None
    ends, test = figure.validation.y[-1:], figure.test[1]
    return bool(ends[0] < test) if len(ends) and ends[0] != test else otherwise

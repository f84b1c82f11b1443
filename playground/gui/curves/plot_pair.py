"""The two plots of the curves with their legends: their content, their ranges, and the common crosshair."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from playground.engine.evaluation.run_summary import loss_in_words
from playground.engine.training.snapshots import Finished
from playground.gui.curves.axis import Axis
from playground.gui.curves.figure import Quantity, View, figure, growth
from playground.gui.curves.history import History, HistoryValues
from playground.gui.curves.legend import Legend
from playground.gui.curves.legend_entries import compared, entries
from playground.gui.curves.overlay_bar import OverlayBar
from playground.gui.curves.plot import Plot
from playground.gui.curves.ranges import Range, axis_range, log_loss_range, loss_range, score_range
from playground.gui.curves.stored_curve import Overlay, StoredCurve
from playground.gui.style.theme import Theme
from playground.gui.style.translation import translated
from playground.spec.data.task import Score
from playground.spec.number_text import NO_FIGURE, percent_text

CHOOSE_EVERY = 1.1  # factor by which a run must become longer before the ranges are chosen again


class _Stage(NamedTuple):
    """Everything a drawing depends on except the batches of the present run: if it is equal, only those are added."""

    views: tuple[View, View]
    present: tuple[int, tuple[object, ...]]  # identity of the run, and its stage
    previous: tuple[int, tuple[object, ...]]
    rate: float  # position of a distant epoch of the present run, which is estimated from its speed


class PlotPair(QWidget):
    """Loss and score over the run, each below its legend, with one crosshair through both."""

    moved = Signal()  # the user zoomed or panned
    hair_moved = Signal()  # `hair` has changed
    fit_wanted = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._present: History | None = None
        self._previous: History | None = None
        self._overlays: dict[Quantity, tuple[Overlay, ...]] = dict.fromkeys(Quantity, ())
        self._ranges: dict[Quantity, Range] = {}
        self._settled = (0, False)  # completed epochs, and whether the run had ended, when the ranges were chosen
        self._chosen_at = 0  # steps
        self._drawn: _Stage | None = None  # content of the plots, except for the steps since
        self.axis = Axis.EPOCH
        self.zoomed = False  # by the user: the ranges do not follow the run
        self.hair: float | None = None  # position on the axis
        self.loss_plot = Plot(Quantity.LOSS, self.tr("Loss over the run"))
        self.score_plot = Plot(Quantity.SCORE, self.tr("Score over the run"))
        self.loss_legend = Legend(self.tr("Loss"))
        self.score_legend = Legend(translated(Score.ACCURACY))
        self.overlay_bar = OverlayBar()
        self.setAutoFillBackground(True)
        self._arrange()
        self._connect()

    def show_runs(self, present: History | None, previous: History | None) -> None:
        """Show these runs with ranges chosen for them, unless the user has zoomed."""
        self._present, self._previous = present, previous
        self._ranges.clear()

    def show_overlays(self, overlays: tuple[Overlay, ...], measure: Score) -> None:
        """Show these runs below the present one, with ranges chosen again; `measure`: the score that the plot shows.

        Runs with another score have no line there.
        """
        same = tuple(overlay for overlay in overlays if overlay.curve.measure is measure)
        self._overlays = {Quantity.LOSS: overlays, Quantity.SCORE: same}
        self.score_legend.set_title(translated(measure))
        self.overlay_bar.show_overlays(overlays)
        self._ranges.clear()
        self._drawn = None

    def set_axis(self, axis: Axis) -> None:
        """Show whole runs over epochs, steps or time."""
        self.axis = axis
        for plot in (self.loss_plot, self.score_plot):
            plot.set_axis(axis)
        self.show_hair(None)
        self.refit()

    def refit(self) -> None:
        """Show whole runs again after zooming and panning."""
        self.zoomed = False
        self._ranges.clear()

    def forget(self) -> None:
        """Redraw everything the next time, with ranges chosen again."""
        self._drawn = None
        self._chosen_at = 0

    def restyle(self, theme: Theme) -> None:
        """Apply the colours of a theme and the line widths for the screen."""
        self.overlay_bar.pose(False)
        for plot in (self.loss_plot, self.score_plot):
            plot.restyle(theme)

    def pose(self, theme: Theme, scale: float) -> None:
        """Draw lines with `scale` device pixels per pixel at 100 %, and no crosshair, until `restyle`."""
        self.show_hair(None)
        self.overlay_bar.pose(True)
        for plot in (self.loss_plot, self.score_plot):
            plot.pose(theme, scale)

    def stand(self, direction: QBoxLayout.Direction) -> None:
        """Arrange the plots side by side or one above the other."""
        self._row.setDirection(direction)

    def show_readings(self, reading: HistoryValues | None, before: HistoryValues | None) -> None:
        """Show the values of the present and of the previous run in the legends."""
        plots = (self.loss_plot, self.score_plot)
        for quantity, legend, plot in zip(Quantity, (self.loss_legend, self.score_legend), plots, strict=True):
            legend.show_entries(entries(quantity, self._present, reading, self._previous, before, plot.goal))

    def draw(self, logarithmic: bool) -> None:
        """Draw the new steps, or everything if more than steps has changed."""
        self._choose_ranges(logarithmic)
        present = self._present
        x = axis_range(self.axis, present, self._previous, self._curves(Quantity.LOSS))
        plots = ((Quantity.LOSS, self.loss_plot), (Quantity.SCORE, self.score_plot))
        for quantity, plot in plots:
            if not self.zoomed:
                plot.look_at(x, self._ranges[quantity], logarithmic and quantity is Quantity.LOSS)
        stage = self._stage()
        for quantity, plot in plots:
            if present is not None and stage == self._drawn and plot.until is not None:
                plot.grow(growth(quantity, present, plot.view, plot.until))
            else:
                self._draw_figure(quantity, plot)
        self._drawn = stage

    def _draw_figure(self, quantity: Quantity, plot: Plot) -> None:
        present = self._present
        diverged = present.diverged if present else None
        words = self.tr("diverged at step {0}").format(f"{diverged.step:,}") if diverged else ""
        if present and present.finished:
            test = compared(self.tr("test"), present.against[1])
            plot.show_test(f"{test} {self._tested(quantity, present.finished)}")
        plot.show_figure(figure(quantity, present, self._previous, plot.view, self._overlays[quantity]), words)

    def _tested(self, quantity: Quantity, end: Finished) -> str:
        """The text of the test result; a loss with label smoothing is also given without it."""
        if quantity is Quantity.SCORE:
            return percent_text(end.test_score)
        if end.test_loss is None:
            return NO_FIGURE
        return translated(loss_in_words(end.test_loss, end.test_plain_loss))

    def _stage(self) -> _Stage:
        present, previous = self._present, self._previous
        return _Stage(
            (self.loss_plot.view, self.score_plot.view),
            (id(present), present.stage if present else ()),
            (id(previous), previous.stage if previous else ()),
            float(present.timeline(self.axis).places[-1]) if present else 0.0,
        )

    def _choose_ranges(self, logarithmic: bool) -> None:
        """Choose the ranges; so that they change rarely, they only grow within an epoch and are reset at its end."""
        present, previous = self._present, self._previous
        ended = present is not None and (present.diverged or present.finished) is not None
        stage = (len(present.epochs) if present else 0, ended)
        steps = len(present) if present else 0
        if self._ranges and stage == self._settled and self._chosen_at <= steps < CHOOSE_EVERY * self._chosen_at:
            return
        loss = log_loss_range if logarithmic else loss_range
        wanted = {
            Quantity.LOSS: loss(present, previous, self._curves(Quantity.LOSS)),
            Quantity.SCORE: score_range(present, previous, self._curves(Quantity.SCORE)),
        }
        if stage == self._settled and self._ranges:
            wanted = {quantity: range_.joined(self._ranges[quantity]) for quantity, range_ in wanted.items()}
        self._ranges, self._settled, self._chosen_at = wanted, stage, steps

    def _curves(self, quantity: Quantity) -> list[StoredCurve]:
        return [overlay.curve for overlay in self._overlays[quantity]]

    @Slot()
    def _moved(self) -> None:
        """Show the same epochs in the other plot."""
        plot = self.sender()
        other = self.score_plot if plot is self.loss_plot else self.loss_plot
        assert isinstance(plot, Plot)
        other.look_along(plot.view.x)
        self.zoomed = True
        self.moved.emit()

    @Slot(object)
    def show_hair(self, x: float | None) -> None:
        """Show the crosshair at `x` epochs in both plots; None hides it."""
        if x != self.hair:
            self.hair = x
            self.loss_plot.show_crosshair(x)
            self.score_plot.show_crosshair(x)
            self.hair_moved.emit()

    @Slot(int)
    def _step_hair(self, pixels: int) -> None:
        plot = self.sender()
        assert isinstance(plot, Plot)
        x, columns, run = plot.view.x, plot.view.columns, self._present or self._previous
        position = (
            self.hair if self.hair is not None else (run.timeline(self.axis).place_of(run.end) if run else x.high)
        )
        self.show_hair(min(max(position + pixels * (x.high - x.low) / columns, x.low), x.high))

    def _arrange(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(4, 0, 4, 4)
        rows.setSpacing(0)
        rows.addWidget(self.overlay_bar)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8)
        rows.addLayout(self._row, 1)
        for legend, plot in ((self.loss_legend, self.loss_plot), (self.score_legend, self.score_plot)):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(legend)
            column.addWidget(plot, 1)
            self._row.addLayout(column, 1)

    def _connect(self) -> None:
        for plot in (self.loss_plot, self.score_plot):
            plot.moved.connect(self._moved)
            plot.hovered.connect(self.show_hair)
            plot.fit_wanted.connect(self.fit_wanted)
            plot.hair_stepped.connect(self._step_hair)
            plot.resized.connect(self.resized)

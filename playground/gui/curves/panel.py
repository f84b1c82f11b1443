"""The pane of curves: keeps the present and the previous run, and redraws them at most every 60 ms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from playground.engine.training.snapshots import Snapshot
from playground.gui.curves.axis import Axis
from playground.gui.curves.export_menu import AskPath, ExportMenu
from playground.gui.curves.header import Header
from playground.gui.curves.history import History, HistoryValues
from playground.gui.curves.legend_entries import readout_text
from playground.gui.curves.overlays import Overlays
from playground.gui.curves.plot_pair import PlotPair
from playground.gui.session.background import Background
from playground.gui.style.theme import theme_of
from playground.spec.cross_entropy import is_language_model
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Task
from playground.spec.experiment import Experiment

HELD_FOR = 150  # milliseconds without drawing after each `hold`,
HELD_AT_MOST = 2000  # but at most this long after the last drawing
DRAW_EVERY = 60  # minimum interval between drawings in milliseconds; reports of a run arrive less often
WRITE_EVERY = 250  # minimum interval between updates of the values in the legends, in milliseconds
_PREVIOUS_SPAN = 100  # minimum number of batches over which a previous run without validation is averaged
_NARROW, _TALL = 520, 300  # pixels: if narrower than the first and higher than the second, the plots are stacked


class CurvesPanel(QWidget):
    """Loss and score of the current run, compared with the previous run and with stored runs.

    `ask` chooses the paths of exports (None: Qt's dialogs); they are written in the thread `saving` and computed in
    `background`, if given.
    """

    failed = Signal(object)  # Message: an export failed, or a stored run cannot be shown
    hide_requested = Signal(object)  # tuple of ids: stored runs whose curves are not to be shown any more

    def __init__(
        self,
        parent: QWidget | None = None,
        ask: AskPath | None = None,
        background: Background | None = None,
        saving: Background | None = None,
    ) -> None:
        super().__init__(parent)
        self._present: History | None = None
        self._previous: History | None = None
        self._stale = False
        self._task: Task | None = None
        self._outdated = False  # whether the experiment has changed and the present run no longer belongs to it
        self._language: Dataset | None = None  # the text, if the loss is also shown in bits and as perplexity
        self.export_menu = ExportMenu(self, ask, background, saving, self)
        self.export_menu.failed.connect(self.failed)
        self.header = Header(self.export_menu)
        self.plots = PlotPair()
        self.overlays = Overlays(background, self)
        self._clock = QElapsedTimer()
        self._trailing = QTimer(self)
        self._trailing.setSingleShot(True)
        self._trailing.timeout.connect(self._draw_soon)
        self._written = QTimer(self)  # active for a while after the values were updated
        self._written.setSingleShot(True)
        self._written.setInterval(WRITE_EVERY)
        self._written.timeout.connect(self._write_soon)
        self._unwritten = False
        self._held = QElapsedTimer()
        self._arrange()
        self._connect()
        self._draw_all()

    @property
    def present(self) -> History | None:
        """The current run, or the last one."""
        return self._present

    @property
    def previous(self) -> History | None:
        """The run before the present one."""
        return self._previous

    @property
    def run(self) -> History | None:
        """The run whose table is exported."""
        return self._present or self._previous

    def begin(self, experiment: Experiment, steps_per_epoch: int) -> None:
        """Start a new run; the present one becomes the previous one if it has any points."""
        task = experiment.data.task
        self._language = experiment.data if is_language_model(experiment) else None
        if task != self._task:  # values of different tasks cannot be compared
            self._present = self._previous = None
            self._task = task
        self.plots.score_plot.set_goal(experiment.data.fit)
        if self._present:
            self._previous = self._present
        self._outdated = False
        name, epochs, against = experiment.name, experiment.recipe.epochs, experiment.data.against
        self._present = History(name, epochs, steps_per_epoch, self.header.span, task, against, experiment)
        self.overlays.set_present("")
        self._show_overlays()
        self._show_new_runs()

    def identify(self, run_id: str) -> None:
        """Set under which id the present run is stored; it is then not also drawn as an overlaid one."""
        if self._present is not None and run_id != self._present.run_id:
            self._present.run_id = run_id
            self.overlays.set_present(run_id)

    def reset(self) -> None:
        """Discard the present run, whose network no longer exists; keep the previous one."""
        self._present = None
        self.overlays.set_present("")
        self._show_new_runs()

    @Slot(bool)
    def outdate(self, stale: bool) -> None:
        """Set whether the experiment has departed from the run; its values are then labelled as a previous run's."""
        self._outdated = stale
        self._write_values()

    def add(self, snapshots: Sequence[Snapshot]) -> None:
        """Append new reports of the run."""
        if self._present is not None and snapshots:
            self._present.add(snapshots)
            self._draw_soon()

    def mark(self, step: int | None) -> None:
        """Put the crosshair where the present run had made that many steps; None takes it away."""
        run = self._present
        if step is None or run is None:
            self.plots.show_hair(None)
        else:
            self.plots.show_hair(run.timeline(self.plots.axis).place_of(step / run.steps_per_epoch))

    @Slot()
    def hold(self) -> None:
        """Pause drawing for a moment while the pen moves, because drawing would delay the stroke."""
        self._held.start()

    @contextmanager
    def posed(self, scale: float) -> Iterator[QWidget]:
        """The plots, up to date, without crosshair, with lines for `scale` device pixels per pixel at 100 %."""
        self.plots.pose(theme_of(self), scale)
        self._draw_all()
        try:
            yield self.plots
        finally:
            self.plots.restyle(theme_of(self))
            self._draw_all()

    @Slot()
    def fit(self) -> None:
        """Show the whole run again after zooming and panning."""
        self.plots.refit()
        self._draw_soon()

    # events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange):
            self.plots.restyle(theme_of(self))
            self._draw_all()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        self.window().windowHandle().installEventFilter(self)
        self._draw_if_stale()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        super().hideEvent(event)
        self._trailing.stop()
        self._written.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Draw the updates that were skipped while the window was hidden."""
        if event.type() == QEvent.Type.Expose:
            self._draw_if_stale()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        over = self.width() < _NARROW and self.height() >= _TALL
        directions = QBoxLayout.Direction
        self.plots.stand(directions.TopToBottom if over else directions.LeftToRight)

    # drawing

    def _draw_if_stale(self) -> None:
        if self._stale:
            self._draw_soon()

    @property
    def _exposed(self) -> bool:
        handle = self.window().windowHandle()
        return self.isVisible() and handle is not None and handle.isExposed() and not self.window().isMinimized()

    @Slot()
    def _draw_soon(self) -> None:
        """Draw now, or after the minimum interval, or when the panel becomes visible again."""
        self._stale = True
        if not self._exposed:
            return
        waited = self._clock.elapsed() if self._clock.isValid() else DRAW_EVERY
        held = self._held.isValid() and self._held.elapsed() < HELD_FOR
        due = HELD_AT_MOST if held else DRAW_EVERY
        if waited >= due:
            self._draw()
        elif not self._trailing.isActive():
            self._trailing.start(min(due - waited, HELD_FOR))

    @Slot()
    def _draw_all(self) -> None:
        """Draw everything immediately."""
        self.plots.forget()
        while not self._smooth():
            pass
        self._draw()
        self._write_values()

    def _draw(self) -> None:
        """Draw the new steps, or everything if more than steps has changed."""
        self._trailing.stop()
        self._clock.restart()
        self._stale = False
        anything = self._present is not None or self._previous is not None or bool(self.overlays.shown)
        page = self.plots if anything else self._nothing
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
        for export in (self.header.export, self.export_menu.menuAction()):
            export.setEnabled(bool(self.run))
        self.header.fit.setEnabled(self.plots.zoomed)
        if anything:
            smooth = self._smooth()
            self.plots.draw(self.header.log.isChecked())
            if not smooth:
                self._draw_soon()
        self._write_soon()

    def _smooth(self) -> bool:
        """Average with the span of the slider, once per drawing; return whether it is done."""
        if self._present and not self._present.smooth(self.header.span):
            return False
        previous = self._compared
        if previous and not previous.validated:  # otherwise its averages are not shown
            return previous.smooth(max(self.header.span, _PREVIOUS_SPAN))
        return True

    @Slot()
    def _write_soon(self) -> None:
        """Update the values now or after the minimum interval; no timer runs once the last update is shown."""
        wanted = self.sender() is not self._written or self._unwritten
        self._unwritten = wanted and self._written.isActive()
        if wanted and not self._unwritten and self.isVisible():
            self._write_values()
            self._written.start()

    @Slot()
    def _write_values(self) -> None:
        """Show the values at the crosshair, or else the latest ones."""
        position = self.plots.hair
        reading = self._reading(self._present)
        before = self._reading(self._compared)
        self.plots.show_readings(reading, before)
        self.header.show_averaged(reading.averaged if reading else None)
        # Without a crosshair the readout shows the progress of the present run; another run's would look the same.
        text = readout_text(reading if position is None else reading or before, language=self._language)
        self.header.readout.show_text(
            self.tr("previous run: {0}").format(text) if text and reading and self._outdated else text
        )

    def _reading(self, run: History | None) -> HistoryValues | None:
        """The values of a run at the crosshair, or else its latest ones."""
        if run is None:
            return None
        hair = self.plots.hair
        return run.at(run.end if hair is None else run.timeline(self.plots.axis).epochs_at(hair))

    @Slot(object)
    def _set_axis(self, axis: Axis) -> None:
        self.plots.set_axis(axis)
        self._draw_soon()

    # setup

    @property
    def _compared(self) -> History | None:
        """The previous run, unless it is drawn as an overlaid one."""
        ids = [overlay.run.run_id for overlay in self.overlays.shown]
        return None if self._previous is None or self._previous.run_id in ids else self._previous

    @Slot()
    def _show_overlays(self) -> None:
        overlays = self.overlays.shown
        if self._task or overlays:
            self.plots.show_overlays(overlays, self._task.score if self._task else overlays[0].curve.measure)
        self.plots.show_runs(self._present, self._compared)
        self._draw_soon()

    def _show_new_runs(self) -> None:
        self.plots.show_runs(self._present, self._compared)
        self.plots.refit()
        self._written.stop()
        self._draw_soon()

    def _arrange(self) -> None:
        self._nothing = QLabel(self.tr("Press Train (Ctrl+R): the curves appear here."))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setProperty("look", "muted")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self.plots)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._pages, 1)
        self.setAccessibleName(self.tr("Curves"))
        self.setMinimumHeight(120)

    def _connect(self) -> None:
        self.header.smoothed.connect(self._draw_soon)
        self.header.logarithmic_changed.connect(self.fit)
        self.header.fit_wanted.connect(self.fit)
        self.header.axis_changed.connect(self._set_axis)
        self.overlays.changed.connect(self._show_overlays)
        self.overlays.failed.connect(self.failed)
        self.overlays.hide_requested.connect(self.hide_requested)
        self.plots.overlay_bar.hide_requested.connect(self.hide_requested)
        self.plots.overlay_bar.hide_requested.connect(self.overlays.hide_group)
        self.plots.moved.connect(self._draw_soon)
        self.plots.hair_moved.connect(self._write_values)
        self.plots.fit_wanted.connect(self.fit)
        self.plots.resized.connect(self._draw)

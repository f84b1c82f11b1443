"""The pane of curves: keeps the present and the previous run, and draws them no oftener than an eye can follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from playground.engine.training.snapshots import Snapshot
from playground.gui.curves.export_menu import AskPath, ExportMenu
from playground.gui.curves.header import Header
from playground.gui.curves.history import History
from playground.gui.curves.legend_entries import place_text
from playground.gui.curves.plot_pair import PlotPair
from playground.gui.session.background import Background
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.cross_entropy import is_language_model
from playground.spec.data.task import Task
from playground.spec.experiment import Experiment

HELD_FOR = 150  # milliseconds without a drawing after each `hold`,
HELD_AT_MOST = 2000  # but no longer than this since the last one
DRAW_EVERY = 60  # milliseconds from one drawing to the next, at least; a run's reports come more seldom
WRITE_EVERY = 250  # milliseconds from one change of the figures beside the curves to the next
_PREVIOUS_SPAN = 100  # batches that a previous run without validation is averaged over, at least
_NARROW, _TALL = 520, 300  # pixels: below one and above the other the plots stand over each other


class CurvesPanel(QWidget):
    """Loss and score of the run that is going on, beside those of the run before.

    `ask` answers where exports should go (None: Qt's dialogs); they are written in `saving` and computed in
    `background` where there are these threads.
    """

    failed = Signal(object)  # Message: an export went wrong

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
        self._outdated = False  # whether the experiment was changed so that the present run is none of it any more
        self._language = False  # whether the loss is told in bits and as perplexity, too
        self.export_menu = ExportMenu(self, ask, background, saving, self)
        self.export_menu.failed.connect(self.failed)
        self.header = Header(self.export_menu)
        self.plots = PlotPair()
        self._clock = QElapsedTimer()
        self._trailing = QTimer(self)
        self._trailing.setSingleShot(True)
        self._trailing.timeout.connect(self._draw_soon)
        self._written = QTimer(self)  # runs for a while after figures were written
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
        """The run that is going on, or went on last."""
        return self._present

    @property
    def previous(self) -> History | None:
        """The run before."""
        return self._previous

    @property
    def run(self) -> History | None:
        """The run whose table is exported."""
        return self._present or self._previous

    def begin(self, experiment: Experiment, steps_per_epoch: int) -> None:
        """Begin with a new run; the present one becomes the previous one if it has any points."""
        task = experiment.data.task
        self._language = is_language_model(experiment)
        if task != self._task:  # figures of another task are not to be compared
            self._present = self._previous = None
            self._task = task
            self.plots.score_legend.set_title(translated(task.score))
        self.plots.score_plot.set_goal(experiment.data.fit)
        if self._present:
            self._previous = self._present
        self._outdated = False
        name, epochs, against = experiment.name, experiment.recipe.epochs, experiment.data.against
        self._present = History(name, epochs, steps_per_epoch, self.header.span, task, against)
        self._begin_afresh()

    def reset(self) -> None:
        """Forget the present run, whose network is no more; the previous one stays."""
        self._present = None
        self._begin_afresh()

    @Slot(bool)
    def outdate(self, stale: bool) -> None:
        """Say of the figures that they belong to the run before, where the experiment has departed from it."""
        self._outdated = stale
        self._write_values()

    def add(self, snapshots: Sequence[Snapshot]) -> None:
        """Take in what the run reported since the last time."""
        if self._present is not None and snapshots:
            self._present.add(snapshots)
            self._draw_soon()

    @Slot()
    def hold(self) -> None:
        """Draw nothing for a moment: the pen moves, and a movement that comes while curves are drawn is shown late."""
        self._held.start()

    @contextmanager
    def posed(self, scale: float) -> Iterator[QWidget]:
        """The plots, up to date and without crosshair, their lines drawn for `scale` pixels to one at 100 %."""
        self.plots.pose(theme_of(self), scale)
        self._draw_all()
        try:
            yield self.plots
        finally:
            self.plots.restyle(theme_of(self))
            self._draw_all()

    @Slot()
    def fit(self) -> None:
        """Show the whole run again after zooming and dragging."""
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
        """Draw what was left out while the window could not be seen."""
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
    def _seen(self) -> bool:
        handle = self.window().windowHandle()
        return self.isVisible() and handle is not None and handle.isExposed() and not self.window().isMinimized()

    @Slot()
    def _draw_soon(self) -> None:
        """Draw now, or when enough time has passed since the last time, or when the panel is seen again."""
        self._stale = True
        if not self._seen:
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
        """Draw at once, and everything."""
        self.plots.forget()
        while not self._smooth():
            pass
        self._draw()
        self._write_values()

    def _draw(self) -> None:
        """Draw what is new; everything where more than new steps has to be shown."""
        self._trailing.stop()
        self._clock.restart()
        self._stale = False
        anything = self._present is not None or self._previous is not None
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
        """Average as the slider says: once a drawing, however often it was moved since. Whether that is done."""
        if self._present and not self._present.smooth(self.header.span):
            return False
        if self._previous and not self._previous.validated:  # else its averages are never shown
            return self._previous.smooth(max(self.header.span, _PREVIOUS_SPAN))
        return True

    @Slot()
    def _write_soon(self) -> None:
        """Write the values now, or when those there could be read: at the end what was left out, then nothing runs."""
        wanted = self.sender() is not self._written or self._unwritten
        self._unwritten = wanted and self._written.isActive()
        if wanted and not self._unwritten and self.isVisible():
            self._write_values()
            self._written.start()

    @Slot()
    def _write_values(self) -> None:
        """Show the values at the crosshair, or the latest ones."""
        at = self.plots.hair
        reading = self._present.at(self._present.end if at is None else at) if self._present else None
        before = self._previous.at(self._previous.end if at is None else at) if self._previous else None
        self.plots.show_readings(reading, before)
        self.header.show_averaged(reading.averaged if reading else None)
        # Without a crosshair the readout tells how far the present run is: the figures of another would look like it.
        text = place_text(reading if at is None else reading or before, language=self._language)
        self.header.readout.show_text(
            self.tr("previous run: {0}").format(text) if text and reading and self._outdated else text
        )

    # how it is made

    def _begin_afresh(self) -> None:
        self.plots.show_runs(self._present, self._previous)
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
        self.plots.moved.connect(self._draw_soon)
        self.plots.hair_moved.connect(self._write_values)
        self.plots.fit_wanted.connect(self.fit)
        self.plots.resized.connect(self._draw)

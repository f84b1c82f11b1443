"""The run as the window sees it: its commands, and its reactions to the document and to the worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.engine.training.snapshots import Diverged, Figures, Finished, Snapshot
from playground.gui.session.document import Document
from playground.gui.session.progress import Progress
from playground.gui.session.run_state import RunState, Start
from playground.gui.session.run_status import RunStatus
from playground.gui.session.seed_series import SeedSeries, begun
from playground.gui.session.thread_shutdown import ended
from playground.gui.session.worker_mailbox import (
    Broken,
    Dropped,
    Ended,
    Failed,
    Found,
    Mailbox,
    Opened,
    Ready,
    Report,
    Training,
    Waiting,
)
from playground.gui.session.worker_run import Mode, Plan
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.recipe import MOST_EPOCHS

if TYPE_CHECKING:
    from playground.engine.weights import Trained


class Run(RunStatus):
    """Lives in the window's thread, follows the document, and sends commands to the worker."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(document, parent)
        self._mail_reader.snapshots.connect(self._take_snapshots)
        self._worker.reported.connect(self._handle)
        document.changed.connect(self._follow)

    @Slot()
    def train(self) -> None:
        """Continue the run, or start a new one if none fits the document; see `start`."""
        self._advance(Mode.END)

    @Slot()
    def train_anew(self) -> None:
        """Start a new run from random weights."""
        if self.can_train:
            self._begin(Mode.END)

    def train_seeds(self, count: int) -> None:
        """Train new runs with the seed of the experiment and those after it, 2 to 20, one after another."""
        if self.can_train_seeds:
            self._begin(Mode.END, series=begun(self._document.experiment, count))

    @Slot()
    def train_from_weights(self) -> None:
        """Start a new run from the weights of the present network."""
        if self.can_use_weights:
            self._begin(Mode.END, from_weights=True)

    @Slot()
    def step(self) -> None:
        """Train on one batch."""
        self._advance(Mode.STEP)

    @Slot()
    def step_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._advance(Mode.EPOCH)

    @Slot()
    def pause(self) -> None:
        """Wait after the current step."""
        self._resume_when_fresh = False
        if self._state is RunState.TRAINING:
            self._worker.go(Mode.WAIT)

    @Slot()
    def stop(self) -> None:
        """End training and test the network, or end that test; drop a run whose data are still being read.

        A series of seeds ends with the run that is stopped.
        """
        if self.series is not None:
            self._set_series(self.series._replace(last=True))
        if self._beginning:
            self.reset()
        elif self.can_stop:
            self._worker.stop()

    @Slot()
    def reset(self) -> None:
        """Drop the run; the network is untrained again. A file still being opened is ignored."""
        self._opening = Mailbox()
        if self.carried is not None:
            self.carry(None)
        if self._experiment is not None:
            self._give_up()

    def open(self, network: Path | Trained, otherwise: Experiment | None = None) -> None:
        """Read a trained network, or take one that nobody else changes; `opened` or `failed` follows.

        `otherwise`: the experiment for a file without one.
        """
        self._opening = Mailbox()
        self._worker.open(network, self._opening, otherwise)

    def open_run(self, run_id: str, step: int | None = None) -> None:
        """Read a stored run, as it was after that step if possible; `opened` or `failed` follows."""
        self._opening = Mailbox()
        self._worker.open_run(run_id, step, self._opening)

    def keep(self) -> None:
        """Keep the network as it is in the run store, where runs are stored, and copy it; `kept` follows."""
        self._worker.keep(self._mail_reader.mailbox)

    def carry(self, figures: Figures | None) -> None:
        """Set the results from the shown network's file, which are displayed until its weights arrive."""
        self.carried = figures
        self.carried_changed.emit()

    def watch(self, period: int | None) -> None:
        """Emit the weights every `period` milliseconds during training; None for the default rate of drawings."""
        self._worker.publish_every(None if period is None else 0.8 * period / 1000)  # always a new copy
        self._mail_reader.watch(period)

    def close(self) -> None:
        """End the worker and wait for it."""
        self.stop_listening()
        ended((self._worker,))

    def stop_listening(self) -> None:
        """Ignore further reports of the worker and changes of the document.

        The signal stays connected: disconnecting it holds Python's lock and waits for one of Qt's, while the worker,
        if it is just emitting, may hold that one and wait for Python's.
        """
        if not self._closed:
            self._closed = True
            self._mail_reader.stop()
            self._document.changed.disconnect(self._follow)

    def _advance(self, mode: Mode) -> None:
        if not self.can_train or self._continuing or (self._beginning and not self._stale):
            return
        self._resume_when_fresh = False
        start = self.start
        if start is not Start.CONTINUE:
            self._begin(mode, from_weights=start is Start.WEIGHTS)
        elif self._state is RunState.FINISHED:
            self._go_on(mode)
        else:
            self._worker.go(mode)

    def _begin(self, mode: Mode, *, from_weights: bool = False, series: SeedSeries | None = None) -> None:
        self._set_series(series)
        self._experiment = series.shown if series else self._document.experiment
        trained = series.experiment if series else self._experiment
        self._note_previous()
        # Results of files that are still being opened are ignored.
        self._mail_reader.mailbox, self._opening = Mailbox(), Mailbox()
        self.pretrained, self.carried = from_weights, None
        self._beginning, self._resumable, self._continuing = True, False, False
        self._epochs_at_once = self._experiment.recipe.epochs
        self._set_stale(False)
        self._announce(trained)
        plan = Plan(trained, mode, from_weights, series.group if series else "")
        self._worker.begin(plan, self._mail_reader.mailbox)

    def _announce(self, experiment: Experiment) -> None:
        self._announced = True
        self.progress.begin(experiment)
        self.began.emit(experiment)

    def _go_on(self, mode: Mode) -> None:
        """Continue a run that has ended; if all its epochs were trained, their number is raised first."""
        recipe = self._document.experiment.recipe
        finished, carried = self.progress.finished, self.carried
        done = finished.epochs if finished else carried.epochs if carried else 0
        if done >= recipe.epochs:
            more = min(MOST_EPOCHS, done + (self._epochs_at_once if mode is Mode.END else 1))
            if more <= done:
                self.failed.emit(message("The run has the most epochs that there can be: {most:,}.", most=MOST_EPOCHS))
                return
            self._document.do(Set(("recipe", "epochs"), more, message("Train {n:,} more epochs", n=more - done)))
        self._continuing, self._sent = True, self._document.experiment
        if not self._announced:
            self._announce(self._document.experiment)
        self._worker.go_on(self._sent, mode, self._mail_reader.mailbox)

    def _give_up(self) -> None:
        """Drop the run and become idle."""
        self._drop()
        self._set_state(RunState.IDLE)

    def _drop(self) -> None:
        """Drop the run, here and in the worker."""
        self._worker.forget()
        self._reset_state()

    def _reset_state(self) -> None:
        """Reset the state after the worker has lost its run; a network that it may be opening is kept."""
        self._continuing = False
        self._set_series(None)
        self._note_previous()
        self._mail_reader.mailbox = Mailbox()
        self.pretrained, self.carried = False, None
        self._experiment, self._resumable, self._announced = None, False, False
        self._resume_when_fresh = self._beginning = False
        self._set_stale(False)
        self._set_where(None)
        self.progress = Progress()
        self.cleared.emit()
        self._show_weights()

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        """After a change of the document, pass live fields on, or mark the run as stale."""
        self._worker.want(experiment.data)
        if self._experiment is None:
            self._show_weights()
            return
        changes = self._fit.changes
        if changes and self.series is not None:  # the runs of a series differ in their seed alone
            changes = None
        running = self._state in (RunState.TRAINING, RunState.PAUSED)
        if changes is None and self._beginning:  # nothing is lost
            self._give_up()
            return
        if changes is None:
            if self._state is RunState.TRAINING and not self._stale:
                self._worker.go(Mode.WAIT)
                self._resume_when_fresh = True
            self._set_stale(True)
        else:
            if changes and running:
                self._worker.change(experiment)
            if changes == () or running:
                self._experiment = experiment
            self._set_stale(bool(changes) and not (running or self._resumable))
            if self._resume_when_fresh:
                self._resume_when_fresh = False
                self._worker.go(Mode.END)
        self._show_weights()

    @Slot(object)
    def _handle(self, report: Report) -> None:
        """Handle a report of the worker; reports of an earlier run about itself are ignored."""
        if self._closed:
            return
        self._mail_reader.collect()
        what = report.what
        if isinstance(what, Opened) and report.mailbox is self._opening:
            self._adopt(what)
        elif isinstance(what, Ready):
            self.versions = what.versions
            self._set_state(RunState.IDLE)
        elif isinstance(what, Broken) and self._state is RunState.LOADING:
            self._set_state(RunState.BROKEN)
            self._report_failure(what)
        elif isinstance(what, Failed):
            self._continuing = False
            self._report_failure(what)
        elif not self._answer(what) and report.mailbox is self._mail_reader.mailbox:
            self._handle_run_report(what)

    def _handle_run_report(self, what: object) -> None:
        if isinstance(what, Found):
            self.found.emit(what.finding)
            return
        self._beginning = self._continuing = False
        if isinstance(what, Training):
            self._set_where(what.where)
            self._note_continued()
            self._set_state(RunState.TRAINING)
        elif isinstance(what, Waiting):
            self.progress.pause()
            self._set_state(RunState.PAUSED)
        elif isinstance(what, Ended) and self.series is not None and not self._stale and self.series.next is not None:
            self._ended_one(self.series)
        elif isinstance(what, Ended):
            self._end_series()
            self._resumable = isinstance(what.last, Finished) and not what.last.stopped_early
            self._set_state(RunState.DIVERGED if isinstance(what.last, Diverged) else RunState.FINISHED)
        elif isinstance(what, Dropped | Broken):
            self._reset_state()
            self._set_state(RunState.IDLE)
            if isinstance(what, Broken):
                self._report_failure(what)

    def _ended_one(self, series: SeedSeries) -> None:
        """Begin the next run of a series."""
        self.series_grew.emit(series)
        self._begin(Mode.END, series=series.next)

    def _end_series(self) -> None:
        """After the last run of a series, the network is one of another seed than the shown experiment's."""
        if self.series is not None:
            series, self._experiment = self.series, self.series.experiment
            self.series_grew.emit(series)
            self._set_series(None)
            self._set_stale(self._fit.changes is None)

    def _note_continued(self) -> None:
        """Adopt the experiment that a run goes on with after its end; then what was changed since it was asked to."""
        if self._state is RunState.FINISHED and self._resumable and self._sent is not None:
            self._resumable = False
            self._experiment, self._sent = self._sent, None
            self.progress.resume(self._experiment.recipe.epochs)
            self.carry(None)
            self.continued.emit()
            self._set_state(RunState.TRAINING)
            self._follow(self._document.experiment)

    def _adopt(self, what: Opened) -> None:
        """Replace the run by a trained network."""
        self._set_series(None)
        self._note_previous()
        self._mail_reader.mailbox = self._opening
        self.pretrained, self.carried = True, what.figures
        self._experiment = what.experiment
        self._resume_when_fresh = self._beginning = self._announced = self._continuing = False
        self._resumable, self._epochs_at_once = what.resumable, max(1, what.figures.epochs)
        self.progress = Progress()
        self.cleared.emit()
        self.opened.emit(what)  # a listener loads the document
        if what.snapshots:
            self._announce(what.experiment)
            self._take_snapshots(what.snapshots)
        self._follow(self._document.experiment)
        self._set_state(RunState.FINISHED)
        self.carry(what.figures)  # also where the state is the same as before

    @Slot(object)
    def _take_snapshots(self, found: tuple[Snapshot, ...]) -> None:
        self.progress.add(found)
        self.snapshots.emit(found)

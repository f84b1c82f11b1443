"""The run as the window sees it: its state, its commands, and its progress."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.training.snapshots import Diverged, Figures, Snapshot
from playground.gui.session.document import Document
from playground.gui.session.mailbox_reader import MailboxReader
from playground.gui.session.progress import Progress
from playground.gui.session.thread_shutdown import ended
from playground.gui.session.worker import Mode
from playground.gui.session.worker_mailbox import (
    Broken,
    Dropped,
    Ended,
    Mailbox,
    Opened,
    Ready,
    Report,
    Training,
    Waiting,
    Weights,
)
from playground.gui.session.worker_requests import WorkerRequests
from playground.spec.experiment import Experiment
from playground.spec.live_changes import live_changes
from playground.spec.messages import Message


class RunState(Enum):
    """State of the run, which determines the transport buttons."""

    LOADING = auto()  # torch is being imported
    IDLE = auto()  # no run yet
    TRAINING = auto()
    PAUSED = auto()
    FINISHED = auto()
    DIVERGED = auto()
    BROKEN = auto()  # torch could not be imported


class Run(WorkerRequests):
    """Lives in the window's thread, follows the document, and sends commands to the worker."""

    state_changed = Signal(object)  # RunState
    where_changed = Signal()  # `where` changed
    began = Signal(object)  # Experiment: a new run starts
    cleared = Signal()  # the run was dropped
    carried_changed = Signal()  # `carried` changed
    snapshots = Signal(object)  # tuple[Snapshot, …], all since the last time
    weights_changed = Signal(object)  # Weights of the run, or None if the shown stack has none yet
    stale_changed = Signal(bool)  # whether the document no longer fits the run
    opened = Signal(object)  # Opened

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(document, parent)
        self._experiment: Experiment | None = None  # the experiment of the current or last run
        self._state = RunState.LOADING
        self._stale = False
        self._closed = False
        self._resume_when_fresh = False
        self._beginning = False  # whether a run was requested that has reported nothing yet
        self._compared: tuple[Experiment, Experiment, bool] | None = None  # run and document, and whether they fit
        self._mail_reader = MailboxReader(self)  # of the run
        self._mail_reader.snapshots.connect(self._take_snapshots)
        self._mail_reader.weights_copied.connect(self._show_weights)
        self._opening = Mailbox()
        self.progress = Progress()
        self.versions = ""
        self.from_file = False  # whether the network was opened from a file, and so trained before its first step here
        self.carried: Figures | None = None  # results from the file of the shown network
        self.where: Message | None = None  # device and threads, once known
        self._worker.reported.connect(self._handle)
        document.changed.connect(self._follow)

    @property
    def state(self) -> RunState:
        """The current state."""
        return self._state

    @property
    def stale(self) -> bool:
        """Whether the document was changed so that the run can no longer continue with it."""
        return self._stale

    @property
    def has_network(self) -> bool:
        """Whether there is a network that can be saved."""
        return self._experiment is not None

    @property
    def weights(self) -> Weights | None:
        """The weights of the shown stack as last copied; None without any."""
        return self._mail_reader.weights if self._fits_the_stack() else None

    @property
    def can_train(self) -> bool:
        """Whether Train would have an effect."""
        ready = self._state not in (RunState.LOADING, RunState.BROKEN)
        return ready and not self._document.problems

    @property
    def can_stop(self) -> bool:
        """Whether Stop would have an effect."""
        return self._beginning or self._state in (RunState.TRAINING, RunState.PAUSED)

    @Slot()
    def train(self) -> None:
        """Continue the run, or start a new one if none fits the document."""
        self._advance(Mode.END)

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
        """End training and test the network, or end that test; drop a run whose data are still being read."""
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

    def open(self, path: Path, otherwise: Experiment | None = None) -> None:
        """Read a trained network; `opened` or `failed` follows. `otherwise`: the experiment for a file without one."""
        self._opening = Mailbox()
        self._worker.open(path, self._opening, otherwise)

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
        if not self.can_train:
            return
        self._resume_when_fresh = False
        if self._state in (RunState.PAUSED, RunState.TRAINING) and not self._stale:
            self._worker.go(mode)
        else:
            self._begin(mode)

    def _begin(self, mode: Mode) -> None:
        self._experiment = self._document.experiment
        # Results of files that are still being opened are ignored.
        self._mail_reader.mailbox, self._opening = Mailbox(), Mailbox()
        self.from_file, self.carried = False, None
        self._beginning = True
        self._set_stale(False)
        self.progress.begin(self._experiment)
        self.began.emit(self._experiment)
        self._worker.begin(self._experiment, mode, self._mail_reader.mailbox)

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
        self._mail_reader.mailbox = Mailbox()
        self.from_file, self.carried = False, None
        self._experiment = None
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
        changes = live_changes(self._experiment, experiment)
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
            self._set_stale(bool(changes) and not running)
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
        elif not self._answer(what) and report.mailbox is self._mail_reader.mailbox:
            self._handle_run_report(what)

    def _handle_run_report(self, what: object) -> None:
        self._beginning = False
        if isinstance(what, Training):
            self._set_where(what.where)
            self._set_state(RunState.TRAINING)
        elif isinstance(what, Waiting):
            self.progress.pause()
            self._set_state(RunState.PAUSED)
        elif isinstance(what, Ended):
            self._set_state(RunState.DIVERGED if isinstance(what.last, Diverged) else RunState.FINISHED)
        elif isinstance(what, Dropped | Broken):
            self._reset_state()
            self._set_state(RunState.IDLE)
            if isinstance(what, Broken):
                self._report_failure(what)

    def _adopt(self, what: Opened) -> None:
        """Replace the run by a trained network."""
        self._mail_reader.mailbox = self._opening
        self.from_file, self.carried = True, what.figures
        self._experiment = what.experiment
        self._resume_when_fresh = self._beginning = False
        self.progress = Progress()
        self.cleared.emit()
        self.opened.emit(what)  # a listener loads the document
        self._follow(self._document.experiment)
        self._set_state(RunState.FINISHED)

    @Slot(object)
    def _take_snapshots(self, found: tuple[Snapshot, ...]) -> None:
        self.progress.add(found)
        self.snapshots.emit(found)

    @Slot()
    def _show_weights(self) -> None:
        """Emit the weights of the shown stack, or None if it has none yet."""
        weights = self._mail_reader.take_weights()
        self.weights_changed.emit(weights if self._fits_the_stack() else None)

    def _fits_the_stack(self) -> bool:
        """Whether the run's network is the one that is shown; its recipe may differ."""
        mine, shown = self._experiment, self._document.experiment
        if mine is None:
            return False
        if self._compared is None or self._compared[0] is not mine or self._compared[1] is not shown:
            alike = shown.with_(recipe=mine.recipe, data=mine.data, seed=mine.seed)
            same = mine.data.signature == shown.data.signature
            self._compared = mine, shown, same and live_changes(mine, alike) is not None
        return self._compared[2]

    def _set_state(self, state: RunState) -> None:
        self._mail_reader.set_training(state is RunState.TRAINING)
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _set_where(self, where: Message | None) -> None:
        if where != self.where:
            self.where = where
            self.where_changed.emit()

    def _set_stale(self, stale: bool) -> None:
        if stale is not self._stale:
            self._stale = stale
            self.stale_changed.emit(stale)

"""The run as the window sees it: its state, what may be done to it, and how far it has come."""

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
    """What the transport can be in."""

    LOADING = auto()  # torch is being imported
    IDLE = auto()  # no run yet
    TRAINING = auto()
    PAUSED = auto()
    FINISHED = auto()
    DIVERGED = auto()
    BROKEN = auto()  # torch could not be imported


class Run(WorkerRequests):
    """Lives in the window's thread, listens to the document, and tells the worker what to do."""

    state_changed = Signal(object)  # RunState
    where_changed = Signal()  # `where` is another
    began = Signal(object)  # Experiment: a new run starts
    cleared = Signal()  # the run was dropped
    carried_changed = Signal()  # `carried` is another
    snapshots = Signal(object)  # tuple[Snapshot, …], everything since the last time
    weights_changed = Signal(object)  # Weights of the run, or None where the stack shown has none yet
    stale_changed = Signal(bool)  # whether the document has departed from the run
    opened = Signal(object)  # Opened

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(document, parent)
        self._experiment: Experiment | None = None  # what is being run or was run
        self._state = RunState.LOADING
        self._stale = False
        self._closed = False
        self._resume_when_fresh = False
        self._beginning = False  # whether a run was asked for that has reported nothing yet
        self._compared: tuple[Experiment, Experiment, bool] | None = None  # run and document, and whether they fit
        self._mail_reader = MailboxReader(self)  # of the run
        self._mail_reader.snapshots.connect(self._take_snapshots)
        self._mail_reader.weights_copied.connect(self._show_weights)
        self._opening = Mailbox()
        self.progress = Progress()
        self.versions = ""
        self.from_file = False  # whether the network was opened, and so trained before its first step here
        self.carried: Figures | None = None  # what the file of the network shown says that it reached
        self.where: Message | None = None  # device and threads, once known
        self._worker.reported.connect(self._hear)
        document.changed.connect(self._follow)

    @property
    def state(self) -> RunState:
        """What the run is doing."""
        return self._state

    @property
    def stale(self) -> bool:
        """Whether the document was changed so that the run can no longer be continued with it."""
        return self._stale

    @property
    def has_network(self) -> bool:
        """Whether there is a network that can be saved."""
        return self._experiment is not None

    @property
    def weights(self) -> Weights | None:
        """The weights that belong to the stack as it is shown, as they were when last copied; None without any."""
        return self._mail_reader.weights if self._fits_the_stack() else None

    @property
    def can_train(self) -> bool:
        """Whether Train would do something."""
        ready = self._state not in (RunState.LOADING, RunState.BROKEN)
        return ready and not self._document.problems

    @property
    def can_stop(self) -> bool:
        """Whether Stop would do something."""
        return self._beginning or self._state in (RunState.TRAINING, RunState.PAUSED)

    @Slot()
    def train(self) -> None:
        """Continue the run, or start a new one where there is none that fits the document."""
        self._advance(Mode.END)

    @Slot()
    def step(self) -> None:
        """Learn from one batch."""
        self._advance(Mode.STEP)

    @Slot()
    def step_epoch(self) -> None:
        """Learn to the end of the epoch."""
        self._advance(Mode.EPOCH)

    @Slot()
    def pause(self) -> None:
        """Wait after the present step."""
        self._resume_when_fresh = False
        if self._state is RunState.TRAINING:
            self._worker.go(Mode.WAIT)

    @Slot()
    def stop(self) -> None:
        """End the run and test what it has learned, or end that test; drop a run whose data are still being read."""
        if self._beginning:
            self.reset()
        elif self.can_stop:
            self._worker.stop()

    @Slot()
    def reset(self) -> None:
        """Drop the run; the network is untrained again. What is still being opened comes too late."""
        self._opening = Mailbox()
        if self.carried is not None:
            self.carry(None)
        if self._experiment is not None:
            self._give_up()

    def open(self, path: Path, otherwise: Experiment | None = None) -> None:
        """Read a trained network; `opened` or `failed` follows. `otherwise` is the experiment of a file without one."""
        self._opening = Mailbox()
        self._worker.open(path, self._opening, otherwise)

    def carry(self, figures: Figures | None) -> None:
        """Tell, until its weights arrive, what the file of the network shown says that it reached."""
        self.carried = figures
        self.carried_changed.emit()

    def watch(self, period: int | None) -> None:
        """Hand on the weights every `period` milliseconds while it trains; None for as often as a drawing is read."""
        self._worker.publish_every(None if period is None else 0.8 * period / 1000)  # there is always a new copy
        self._mail_reader.watch(period)

    def close(self) -> None:
        """End the worker and wait for it."""
        self.stop_listening()
        ended((self._worker,))

    def stop_listening(self) -> None:
        """Hear no longer what the worker reports, nor what happens to the document.

        The signal stays connected: to disconnect it holds Python's lock and waits for one of Qt's, while the worker,
        just emitting, may hold that one and wait for Python's.
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
        self._mail_reader.mailbox, self._opening = Mailbox(), Mailbox()  # what is still being opened comes too late
        self.from_file, self.carried = False, None
        self._beginning = True
        self._set_stale(False)
        self.progress.begin(self._experiment)
        self.began.emit(self._experiment)
        self._worker.begin(self._experiment, mode, self._mail_reader.mailbox)

    def _give_up(self) -> None:
        """Give the run up, and be idle."""
        self._drop()
        self._set_state(RunState.IDLE)

    def _drop(self) -> None:
        """Give the run up, here and in the worker."""
        self._worker.forget()
        self._lose()

    def _lose(self) -> None:
        """Be without the run. The worker has none any more, and may be opening a network, which is not given up."""
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
        """The document changed: hand live fields on, or note that the run no longer fits it."""
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
    def _hear(self, report: Report) -> None:
        """Take in what the worker reports; what an earlier run says about itself no longer matters."""
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
            self._say_failure(what)
        elif not self._answer(what) and report.mailbox is self._mail_reader.mailbox:
            self._hear_of_run(what)

    def _hear_of_run(self, what: object) -> None:
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
            self._lose()
            self._set_state(RunState.IDLE)
            if isinstance(what, Broken):
                self._say_failure(what)

    def _adopt(self, what: Opened) -> None:
        """A trained network takes the place of the run."""
        self._mail_reader.mailbox = self._opening
        self.from_file, self.carried = True, what.figures
        self._experiment = what.experiment
        self._resume_when_fresh = self._beginning = False
        self.progress = Progress()
        self.cleared.emit()
        self.opened.emit(what)  # whoever listens loads the document
        self._follow(self._document.experiment)
        self._set_state(RunState.FINISHED)

    @Slot(object)
    def _take_snapshots(self, found: tuple[Snapshot, ...]) -> None:
        self.progress.add(found)
        self.snapshots.emit(found)

    @Slot()
    def _show_weights(self) -> None:
        """Hand on the weights that belong to the stack as it is shown, or None where it has none yet."""
        weights = self._mail_reader.take_weights()
        self.weights_changed.emit(weights if self._fits_the_stack() else None)

    def _fits_the_stack(self) -> bool:
        """Whether the run's network is the one that is shown; its recipe may be another."""
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

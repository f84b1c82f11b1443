"""The state of the run as the window sees it, without the commands that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.training.snapshots import Figures
from playground.gui.session.document import Document
from playground.gui.session.mailbox_reader import MailboxReader
from playground.gui.session.progress import Progress
from playground.gui.session.run_state import Fit, FitCache, RefusalCache, RunState, Start
from playground.gui.session.seed_series import FEWEST, SeedSeries, most_seeds
from playground.gui.session.worker_mailbox import Mailbox, Past, Weights
from playground.gui.session.worker_requests import WorkerRequests
from playground.spec.experiment import Experiment
from playground.spec.kept_layers import KeptLayers
from playground.spec.messages import Message

if TYPE_CHECKING:
    from playground.engine.probes.interventions import Intervention


class RunStatus(WorkerRequests):
    """Lives in the window's thread; `Run` adds the commands."""

    state_changed = Signal(object)  # RunState
    where_changed = Signal()  # `where` changed
    began = Signal(object)  # Experiment: a new run starts
    continued = Signal()  # a run that had ended goes on
    found = Signal(object)  # Finding of the doctor
    cleared = Signal()  # the run was dropped
    carried_changed = Signal()  # `carried` changed
    snapshots = Signal(object)  # tuple[Snapshot, …], all since the last time
    weights_changed = Signal(object)  # Weights of the run, or None if the shown stack has none yet
    past_changed = Signal(object)  # Past that is shown in place of the latest network; None: the latest one
    intervention_changed = Signal(object)  # Intervention that is shown; None: the network is as it was trained
    stale_changed = Signal(bool)  # whether the document no longer fits the run
    opened = Signal(object)  # Opened
    series_changed = Signal(object)  # SeedSeries: the present run is another of it; None: no series goes on
    series_grew = Signal(object)  # SeedSeries: its present run has ended

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(document, parent)
        self._experiment: Experiment | None = None  # the experiment of the current or last run
        self._state = RunState.LOADING
        self._stale = False
        self._closed = False
        self._resume_when_fresh = False
        self._beginning = False  # whether a run was requested that has reported nothing yet
        self._continuing = False  # whether a run that had ended is to go on, and has reported nothing yet
        self._sent: Experiment | None = None  # with which it goes on
        self._resumable = False  # whether the run, which has ended, can be continued
        self._epochs_at_once = 1  # that are added to a run that has trained all of its epochs
        self._announced = False  # whether `began` was emitted for the run
        self._fits = FitCache()
        self._refusing = RefusalCache()
        self._mail_reader = MailboxReader(self)  # of the run
        self._mail_reader.weights_copied.connect(self._take_copied)
        self._opening = Mailbox()
        self.past: Past | None = None  # what is shown in place of the latest network
        self.intervention: Intervention | None = None  # what is broken in the shown copy of the network, on purpose
        self.progress = Progress()
        self.previous_run: str | None = None  # id of the stored run that was shown before
        self.series: SeedSeries | None = None  # of which the present run is one
        self.versions = ""
        self.pretrained = False  # whether the network was trained before its first step here
        self.carried: Figures | None = None  # results from the file of the shown network
        self.where: Message | None = None  # device and threads, once known

    @property
    def state(self) -> RunState:
        """The current state."""
        return self._state

    @property
    def stale(self) -> bool:
        """Whether the document was changed so that the run can no longer continue with it."""
        return self._stale

    @property
    def unrelated(self) -> bool:
        """Whether the shown network is no edit of the run's: another stack, for data of another kind."""
        return self._experiment is not None and self._fit.unrelated

    @property
    def has_network(self) -> bool:
        """Whether there is a network that can be saved."""
        return self._experiment is not None

    @property
    def weights(self) -> Weights | None:
        """The shown weights of the shown stack, those last copied or those of an earlier moment; None without any."""
        if not self._fit.weights:
            return None
        weights = self.past.weights if self.past is not None else self._mail_reader.weights
        return None if weights is None else self._refusing.applied(weights, self._document.experiment)

    def show_past(self, past: Past | None) -> bool:
        """Show the network of an earlier moment of the run, or the latest one; return whether it fits the stack."""
        if past is not None and not self._fit.weights:
            return False
        if past is not self.past:
            self.past = past
            self.past_changed.emit(past)
            self.weights_changed.emit(self.weights)
        return True

    @Slot()
    def _show_weights(self) -> None:
        """Emit the shown weights of the shown stack, or None if it has none yet."""
        self._mail_reader.take_weights()
        if not self._fit.weights:
            self._leave_past()
        self.weights_changed.emit(self.weights)

    @Slot()
    def _take_copied(self) -> None:
        """Show newer weights, unless an earlier moment is shown."""
        if self.past is None:
            self._show_weights()
        else:
            self._mail_reader.take_weights()

    def show_broken(self, intervention: Intervention | None) -> None:
        """Break the shown copy of the network on purpose, or show it as it was trained; the run stays untouched."""
        wanted = intervention or None
        if wanted != self.intervention:
            self.intervention = wanted
            self.intervention_changed.emit(wanted)
            self.weights_changed.emit(self.weights)

    def _leave_past(self) -> None:
        """Show the latest network, and nothing broken, from the next change of the weights on: the run is another."""
        if self.past is not None:
            self.past = None
            self.past_changed.emit(None)
        if self.intervention is not None:
            self.intervention = None
            self.intervention_changed.emit(None)

    @property
    def run_id(self) -> str | None:
        """The id of the stored run; None before its first step, or if it is not stored."""
        return self._mail_reader.mailbox.run_id

    def _note_previous(self) -> None:
        """The shown run is about to be replaced."""
        self._leave_past()
        self.previous_run = self.run_id or self.previous_run

    @property
    def busy(self) -> bool:
        """Whether a run goes on, is paused, or is about to begin."""
        running = self._state in (RunState.TRAINING, RunState.PAUSED)
        return running or self._beginning or self._continuing

    @property
    def experiment(self) -> Experiment | None:
        """The experiment of the current or last run, with the changes that it has adopted."""
        return self._experiment

    @property
    def active_run_id(self) -> str | None:
        """The id of the stored run if it goes on, or is paused."""
        return self.run_id if self._state in (RunState.TRAINING, RunState.PAUSED) else None

    @property
    def start(self) -> Start:
        """The point from which `train` would begin. Where layers are frozen, they keep their weights if these fit."""
        running = self._state in (RunState.PAUSED, RunState.TRAINING)
        if running and not self._stale:
            return Start.CONTINUE
        if self._state is RunState.FINISHED and self._fit.weights:
            if self._resumable and self._fit.changes is not None:
                return Start.CONTINUE
            if self.pretrained or not self._stale:
                return Start.WEIGHTS
        frozen = any(row.frozen for row in self._document.rows)
        return Start.WEIGHTS if frozen and self.can_use_weights else Start.NEW

    @property
    def fits(self) -> bool:
        """Whether the run's network is that of the shown stack; the recipe may differ."""
        return self._fit.weights

    @property
    def can_be_asked(self) -> bool:
        """Whether there are weights of the shown stack that have learned something."""
        weights = self.weights
        return weights is not None and (self.pretrained or weights.step > 0)

    @property
    def shown_figures(self) -> Figures:
        """Figures of the shown weights: the step, and the test where these are the weights that were tested."""
        weights, finished, carried = self.weights, self.progress.finished, self.carried
        step = weights.step if weights is not None else 0
        if self.past is None and finished is not None and finished.step == step:
            return Figures(
                epochs=finished.epochs,
                step=step,
                seconds=finished.seconds,
                test_loss=finished.test_loss,
                test_score=finished.test_score,
                weights_step=finished.weights_step,
                test_plain_loss=finished.test_plain_loss,
            )
        if self.past is None and finished is None and carried is not None and carried.step == step:
            return carried
        return Figures(step=step)

    @property
    def can_use_weights(self) -> bool:
        """Whether a new run could begin with weights of the present network; see `kept_layers`."""
        ready = self.can_train and not self._beginning
        return ready and (self._fit.weights or bool(self.kept_layers and self.kept_layers.pairs))

    @property
    def kept_layers(self) -> KeptLayers | None:
        """The layers of the shown stack that could keep weights of the present network; None without one."""
        return self._fits.kept(self._experiment, self._document.rows) if self._experiment else None

    @property
    def can_train(self) -> bool:
        """Whether Train would have an effect."""
        ready = self._state not in (RunState.LOADING, RunState.BROKEN)
        return ready and not self._document.problems

    @property
    def can_train_seeds(self) -> bool:
        """Whether several seeds could be trained: no run goes on, and runs are stored."""
        stored = self._worker.store is not None
        return self.can_train and not self.busy and stored and most_seeds(self._document.experiment) >= FEWEST

    @property
    def can_stop(self) -> bool:
        """Whether Stop would have an effect."""
        return self._beginning or self._state in (RunState.TRAINING, RunState.PAUSED)

    @property
    def _fit(self) -> Fit:
        return self._fits.of(self._experiment, self._document.experiment)

    def _set_state(self, state: RunState) -> None:
        self._mail_reader.set_training(state is RunState.TRAINING)
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _set_series(self, series: SeedSeries | None) -> None:
        if series != self.series:
            self.series = series
            self.series_changed.emit(series)

    def _set_where(self, where: Message | None) -> None:
        if where != self.where:
            self.where = where
            self.where_changed.emit()

    def _set_stale(self, stale: bool) -> None:
        if stale is not self._stale:
            self._stale = stale
            self.stale_changed.emit(stale)

"""Shows the network of the present run as it was at one of its checkpoints, in every view that follows the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from playground.engine.training.snapshots import Epoch, Snapshot, step_of_weights
from playground.gui.session.background import Background
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Past, Weights
from playground.spec.messages import Message, PlaygroundError, message

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore

LIST_EVERY = 1000  # milliseconds between two looks for the first checkpoints
_WRITTEN_WITHIN = 2.0  # seconds to wait for a checkpoint that was handed to the store's thread


class Moment(NamedTuple):
    """A moment of a run whose network is stored, or known because no step was made yet."""

    step: int
    epoch: int  # completed epochs


class TimeMachine(QObject):
    """Lists the moments of the present run, and shows one of them in place of the latest network.

    Training goes on meanwhile. Files are read in `background`; of several wishes at once the last one counts.
    """

    moments_changed = Signal(object)  # tuple[Moment, ...], by step
    shown_changed = Signal(object)  # Moment that is shown; None: the latest network
    failed = Signal(object)  # Message

    def __init__(self, run: Run, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run, self._background = run, background
        self._store: RunStore | None = None
        self.moments: tuple[Moment, ...] = ()
        self.shown: Moment | None = None
        self._wanted: tuple[str | None, Moment] | None = None  # the id of the run, and the moment to show
        self._listed = QElapsedTimer()  # since the moments were listed last
        self._reading = self._listing = self._again = False
        run.snapshots.connect(self._note_epochs)
        run.state_changed.connect(self._list)
        run.cleared.connect(self._list)
        run.past_changed.connect(self._note_past)

    @property
    def run_id(self) -> str | None:
        """The id of the present run; None where it is not stored."""
        return self._run.run_id if self._store is not None else None

    @Slot(object)
    def set_store(self, store: RunStore | None) -> None:
        """Look for checkpoints in another store; None: there are none."""
        self._store = store
        self._list()

    @Slot()
    def follow_document(self) -> None:
        """Offer no moments while the document shows another network than the run has."""
        if not self._run.fits:
            self._set_moments(())
        elif not self.moments:
            self._list()

    def show(self, moment: Moment | None) -> None:
        """Show the network of a moment of the present run; None for the latest one."""
        self._wanted = None if moment is None else (self.run_id, moment)
        if moment is None:
            self._run.show_past(None)
        elif moment != self.shown and not self._reading:
            self._read(moment)

    # The list

    @Slot(object)
    def _note_epochs(self, snapshots: tuple[Snapshot, ...]) -> None:
        due = not self._listed.isValid() or self._listed.elapsed() >= LIST_EVERY
        if any(isinstance(item, Epoch) for item in snapshots) or (due and len(self.moments) < 2):
            self._list()

    @Slot()
    def _list(self) -> None:
        store, run_id = self._store, self.run_id
        if store is None or run_id is None or not self._run.fits:
            self._set_moments(())
            return
        if self._listing:
            self._again = True
            return
        self._listing = True
        self._listed.start()
        ended, fresh = self._run.state is not RunState.TRAINING, not self._run.pretrained
        carried = self._run.carried
        last = carried.step if ended and self._run.pretrained and carried is not None else None
        job = self._background.do(lambda: (run_id, _moments(store, run_id, ended=ended, fresh=fresh, last=last)))
        job.done.connect(self._take_moments)
        job.failed.connect(self._fail_listing)

    @Slot(object)
    def _take_moments(self, found: tuple[str, tuple[Moment, ...]]) -> None:
        self._listing = False
        if found[0] == self.run_id and self._run.fits:
            self._set_moments(found[1])
        if self._again or found[0] != self.run_id:
            self._again = False
            self._list()

    @Slot(object)
    def _fail_listing(self, why: Message) -> None:
        self._listing = self._again = False
        self._set_moments(())
        self.failed.emit(why)

    def _set_moments(self, moments: tuple[Moment, ...]) -> None:
        if moments != self.moments:
            self.moments = moments
            self.moments_changed.emit(moments)

    # The network

    def _read(self, moment: Moment) -> None:
        store, run_id = self._store, self.run_id
        if store is None or run_id is None:
            self._drop_wish()
            return
        self._reading = True
        job = self._background.do(lambda: (run_id, moment, _past(store, run_id, moment)))
        job.done.connect(self._take)
        job.failed.connect(lambda why: self._take((run_id, moment, why)))

    @Slot(object)
    def _take(self, found: tuple[str, Moment, Past | Message]) -> None:
        self._reading = False
        run_id, moment, past = found
        if self._wanted is None or self._wanted[0] != self.run_id:
            self._drop_wish()
        elif found[:2] != self._wanted:  # another one was wished for meanwhile
            if run_id == self.run_id and isinstance(past, Past):
                self._show(moment, past)
            self._read(self._wanted[1])
        elif isinstance(past, Message):
            self.failed.emit(past)
            self._drop_wish()
            self._list()
        else:
            self._show(moment, past)

    def _show(self, moment: Moment, past: Past) -> None:
        if self._run.show_past(past):
            self.shown = moment
        self.shown_changed.emit(self.shown)

    def _drop_wish(self) -> None:
        """Nothing else is to be shown: whoever wished for it shows again what is."""
        self._wanted = None
        self.shown_changed.emit(self.shown)

    @Slot(object)
    def _note_past(self, past: Past | None) -> None:
        """The run shows its latest network again, also because it has become another one."""
        if past is None:
            self._wanted = None
            if self.shown is not None:
                self.shown = None
                self.shown_changed.emit(None)


def _moments(store: RunStore, run_id: str, *, ended: bool, fresh: bool, last: int | None) -> tuple[Moment, ...]:
    """The moments of a stored run, with the one before its first step if that can be known; none if it is gone.

    last: the step at which the run was opened, if it was: what came after it is not before the latest network.
    """
    if ended:
        store.flush(_WRITTEN_WITHIN)
    try:
        run = store.open(run_id)
        found = [Moment(item.step, item.epoch) for item in run.checkpoints() if last is None or item.step <= last]
        initial = [Moment(0, 0)] if fresh and found and run.record.parent is None else []
    except PlaygroundError:  # not written yet, or deleted
        return ()
    return (*initial, *found)


def _past(store: RunStore, run_id: str, moment: Moment) -> Past | Message:
    """The network at a moment, or why it cannot be read; before the first step it is what the run's seed gives."""
    from playground.engine.build import build
    from playground.engine.weights import load

    try:
        run = store.open(run_id)
        if moment.step == 0:
            return Past(0, Weights(run.experiment, build(run.experiment).state_dict(), 0))
        checkpoint = next((item for item in run.checkpoints() if item.step == moment.step), None)
        if checkpoint is None:
            return message("The network of step {step:,} is not stored any more.", step=moment.step)
        trained = load(run.checkpoint_file(checkpoint))
    except PlaygroundError as error:
        return error.message
    step = step_of_weights(trained.figures)
    tensors = trained.network.state_dict()
    weights = Weights(trained.experiment, tensors, step, trained.scaling, trained.provenance)
    return Past(moment.step, weights)

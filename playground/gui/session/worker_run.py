"""A run in the training thread: its trainer, and the recorder that stores it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from playground.engine.doctor.finding import Finding
from playground.engine.provenance import Derivation, How, learned
from playground.engine.training.snapshots import Diverged, Epoch, Figures, Finished, Snapshot
from playground.gui.session.doctor_thread import DoctorThread
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import RunLink
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from playground.engine.data.in_memory import Data
    from playground.engine.runs.reopening import Reopened
    from playground.engine.runs.run_recorder import RunRecorder
    from playground.engine.runs.store import RunStore
    from playground.engine.training.trainer import Trainer
    from playground.engine.training.training_state import TrainingState
    from playground.engine.weights import Trained

_log = logging.getLogger(__name__)
_PATIENCE = 5.0  # seconds to wait until the end of a run that is to be continued is written


class Mode(Enum):
    """How far the run continues by itself."""

    WAIT = auto()
    STEP = auto()
    EPOCH = auto()
    END = auto()


class Plan(NamedTuple):
    """A run that is to begin."""

    experiment: Experiment
    mode: Mode
    from_weights: bool = False  # with the weights of the present network, and not with random ones
    group: str = ""  # of the stored run


class Origin(NamedTuple):
    """A trained network from which training can go on."""

    experiment: Experiment
    network: nn.Sequential
    run_id: str | None  # of the stored run that it belongs to
    figures: Figures  # of the network as it is
    state: TrainingState | None  # None: only its weights can be used
    epochs: tuple[Epoch, ...] = ()  # of the run so far, as far as they are known
    provenance: tuple[Derivation, ...] = ()  # see `Trained`

    def goes_on_as(self, how: How) -> tuple[Derivation, ...]:
        """The provenance of a training that begins with it."""
        begun = self.run_id or self.experiment.name
        return *self.provenance, Derivation(how, begun, self.run_id, learned(self.figures))


class WorkerRun:
    """Iterates over the trainer's snapshots; a recorder stores them and the doctor looks at them on the way."""

    def __init__(self, trainer: Trainer, recorder: RunRecorder | None) -> None:
        """Without a recorder nothing is stored."""
        self.trainer = trainer
        self._recorder = recorder
        self._doctor: DoctorThread | None = None
        self.epochs: list[Epoch] = []  # of the run so far, also of before it was continued
        self.snapshots = self._watched()

    def call_doctor(self, data: Data, found: Callable[[Finding], None]) -> None:
        """Let the doctor watch the run; `found` is called in its thread."""
        self._doctor = DoctorThread(self.trainer.experiment, data, tuple(self.epochs), found)

    @property
    def run_id(self) -> str | None:
        """The id of the stored run; None before its first step, or if it is not stored."""
        return self._recorder.run_id if self._recorder else None

    @property
    def where(self) -> Message:
        """The device and the number of threads that compute at the moment."""
        import torch

        threads, device = torch.get_num_threads(), str(self.trainer.device).upper()
        one = message("{device}, 1 thread", device=device)
        return one if threads == 1 else message("{device}, {n} threads", device=device, n=threads)

    @property
    def origin(self) -> Origin:
        """The network for further training; with a state if the run ended in order and has patience left."""
        last = self.trainer.finished
        resumable = isinstance(last, Finished) and not last.stopped_early
        state = self.trainer.state() if resumable else None
        known = (self.trainer.figures, state, tuple(self.epochs), self.trainer.provenance)
        return Origin(self.trainer.experiment, self.trainer.network, self.run_id, *known)

    @property
    def state(self) -> TrainingState | None:
        """A copy of the state of the training as it is now; None after it diverged."""
        return None if isinstance(self.trainer.finished, Diverged) else self.trainer.state()

    def pause(self) -> None:
        """Take a checkpoint."""
        if self._recorder:
            self._recorder.pause()

    def keep(self) -> RunLink | None:
        """Keep the network as it is now in the store for good; None if it is not stored."""
        step = self._recorder.pin() if self._recorder else None
        return None if step is None or self.run_id is None else RunLink(self.run_id, step)

    def close(self, *, failed: bool = False) -> None:
        """End the run where it is, and release network and data; after a failure no checkpoint is taken."""
        if self._recorder and failed:
            self._recorder.abandon()
        elif self._recorder:
            self._recorder.close()
        self.release()

    def close_as_trained(self) -> Trained:
        """Close a run that has ended; return its network as one that was read from a file."""
        from playground.engine.weights import Trained

        trainer, origin = self.trainer, self.origin
        self.close()
        known = (origin.state, None, trainer.scaling, trainer.provenance)
        return Trained(trainer.experiment, trainer.network, trainer.figures, {}, *known)

    def release(self) -> None:
        """Take no more snapshots: end the doctor's thread, which otherwise waits for them, and let go of the data.

        What a generator refers to would else stay, with the generator itself, until the oldest garbage is collected.
        """
        if self._doctor:
            self._doctor.end()
            self._doctor = None
        self.snapshots.close()
        self.trainer.close()

    def _watched(self) -> Generator[Snapshot]:
        takers = [item.take for item in (self._recorder, self._doctor) if item is not None]
        for snapshot in self.trainer:
            for take in takers:
                take(snapshot)
            if type(snapshot) is Epoch:
                self.epochs.append(snapshot)
            yield snapshot


def begun(plan: Plan, data: Data, store: RunStore | None, origin: Origin | None) -> WorkerRun:
    """A new run, from random weights or from those weights of `origin` that fit.

    Raises:
        PlaygroundError: the network cannot be built, or no weights fit.
    """
    from playground.engine.adapted_network import adapted
    from playground.engine.probes.step_probe import EVERY
    from playground.engine.runs.run_recorder import RunRecorder
    from playground.engine.training.trainer import Trainer

    experiment = plan.experiment
    network = None if origin is None else adapted(experiment, origin.experiment, origin.network.state_dict())
    trainer = Trainer(experiment, data, network=network, probe_every=EVERY)
    trainer.provenance = origin.goes_on_as("begun") if origin else ()
    parent = origin.run_id if origin else None
    return WorkerRun(trainer, RunRecorder(store, trainer, data, parent=parent, group=plan.group) if store else None)


def continued(experiment: Experiment, data: Data, store: RunStore | None, origin: Origin) -> WorkerRun:
    """The run of `origin` continued to the same bits as if it had not been interrupted; live fields may differ.

    The stored run goes on, unless it has later checkpoints: then another one branches off and nothing of it is lost.

    Raises:
        StateError: there is no training state, or it does not fit.
    """
    from playground.engine.probes.step_probe import EVERY
    from playground.engine.training.trainer import Trainer
    from playground.engine.training.training_state import StateError

    if origin.state is None:
        raise StateError(message("There is no training state to continue from: train from the weights, or anew."))
    trainer = Trainer(experiment, data, state=origin.state, probe_every=EVERY)
    trainer.provenance = origin.goes_on_as("continued")
    run = WorkerRun(trainer, _recorder(trainer, data, store, origin.run_id) if store else None)
    run.epochs += origin.epochs
    return run


def _recorder(trainer: Trainer, data: Data, store: RunStore, run_id: str | None) -> RunRecorder:
    """Stores a run that continues another, or as a run of its own if that one cannot be continued."""
    from playground.engine.runs.run_record import RunError
    from playground.engine.runs.run_recorder import RunRecorder, continuing

    if run_id is not None:
        try:
            store.flush(_PATIENCE)
            return continuing(store, trainer, data, run_id)
        except RunError:  # it was deleted, or its end cannot be written: training goes on all the same
            _log.warning("the stored run cannot be continued: another one begins", exc_info=True)
    return RunRecorder(store, trainer, data, parent=run_id)


def read_run(store: RunStore, run_id: str, step: int | None = None) -> Reopened:
    """The network of a stored run after a step, or else its last checkpoint that is whole; see `reopened`.

    Raises:
        PlaygroundError: the run is missing, or no checkpoint of it can be read.
    """
    from playground.engine.runs.reopening import reopened

    store.flush(_PATIENCE)  # this window may have trained it until a moment ago
    return reopened(store.open(run_id), step)


def can_go_on(trained: Trained) -> bool:
    """Whether the run of a network that was read can be continued."""
    return trained.state is not None and not trained.state.stopped_early


def stored_network(store: RunStore, trained: Trained) -> RunLink | None:
    """Put a network that was read from a file into the store, as a run that has ended; None if it never learned."""
    from playground.engine.training.training_state import copied
    from playground.engine.weights import save_weights

    figures, experiment, state = trained.figures, trained.experiment, trained.state
    if not figures.step:
        return None
    weights = copied(trained.network.state_dict())
    run = store.begin(experiment, parameters=sum(tensor.numel() for tensor in trained.network.parameters()))
    origin = (trained.scaling, trained.provenance)

    def write(path: Path) -> None:
        save_weights(path, experiment, weights, figures, state, None, *origin)

    run.checkpoint(figures.step, figures.epochs, write)
    run.pin(figures.step)
    run.finish(figures)
    return RunLink(run.run_id, figures.step)

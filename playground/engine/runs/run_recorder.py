"""Stores a run while it is trained: whoever drives the trainer hands on each snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path

from playground.engine.data.fingerprint import fingerprint
from playground.engine.data.in_memory import Data
from playground.engine.runs.checkpoints import CheckpointRule
from playground.engine.runs.curves import step_of
from playground.engine.runs.run_record import RunError
from playground.engine.runs.store import RunStore
from playground.engine.runs.stored_run import StoredRun
from playground.engine.runtime.device import threads
from playground.engine.training.snapshots import Diverged, Epoch, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.engine.training.training_state import copied
from playground.engine.weights import save_weights
from playground.spec.check.shapes import totals, walk
from playground.spec.messages import message

GATHERING = 0.25  # seconds of steps that are handed on together
EARLY_PARAMETERS = 1_000_000  # of a network with early checkpoints, of which about six wait at once: 16 MB each


class RunRecorder:
    """Hands what happens in a run to the store, and decides when a checkpoint is taken.

    The stored run begins with the first step. All methods are called by whoever drives the trainer, between two
    snapshots; they copy what is to be written, and never wait for a disk.
    """

    def __init__(
        self,
        store: RunStore,
        trainer: Trainer,
        data: Data,
        *,
        parent: str | None = None,
        continued: str | None = None,
        history: Sequence[Snapshot] = (),
        group: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to store the run of a trainer.

        Args:
            store: gets the run.
            trainer: has made no step yet, or was made from the state of the run `continued`.
            data: on which it is trained.
            parent: the id of the run whose weights it begins with.
            continued: the id of the run that it continues; steps after the trainer's are dropped from it.
            history: what a new run reported before the trainer's first step, if it branches off from another.
            group: the name of the group that a new run belongs to.
            clock: gives seconds.

        Raises:
            RunError: the run that is continued is damaged, missing, goes on elsewhere, or has later checkpoints.
        """
        self._store, self._trainer, self._data, self._parent, self._group = store, trainer, data, parent, group
        self._clock, self._rule, self._due = clock, CheckpointRule(clock(), _begins_small(trainer)), -inf
        self._snapshots: list[Snapshot] = list(history)
        self._run: StoredRun | None = _resumed(store, continued, trainer.step) if continued else None
        self._first = trainer.step  # a new run begins with the step after it
        self._checkpointed = self._present() if continued else (0, 0)  # what the last checkpoint holds
        self._ended = False

    @property
    def run_id(self) -> str | None:
        """The id of the stored run; None before its first step."""
        return self._run.run_id if self._run else None

    def take(self, snapshot: Snapshot) -> None:
        """Store what the trainer has just yielded."""
        self._snapshots.append(snapshot)
        early = type(snapshot) is Step and self._rule.early(snapshot.step)
        if type(snapshot) is Step and self._clock() < self._due and not early:
            return
        self._hand_on()
        if isinstance(snapshot, Finished | Diverged):
            self._end()
        elif early or self._rule.due(self._clock(), isinstance(snapshot, Epoch)):
            self._checkpoint(lasting=early)

    def pause(self) -> None:
        """Take a checkpoint, as the run may not go on for long."""
        if not self._ended:
            self._hand_on()
            self._checkpoint()

    def pin(self) -> int | None:
        """Keep the network as it is now for good; return the step of its checkpoint, None before the first step."""
        self.pause()
        if self._run is None:
            return None
        self._run.pin(self._checkpointed[0])
        return self._checkpointed[0] or None

    def close(self) -> None:
        """End the stored run where it is; it can be continued later."""
        if not self._ended:
            self.pause()
            self._end()

    def abandon(self) -> None:
        """End the stored run without a checkpoint, after the trainer failed."""
        if not self._ended:
            self._hand_on()
            self._ended = True
            if self._run:
                self._run.finish(self._trainer.figures)

    def _hand_on(self) -> None:
        self._due = self._clock() + GATHERING
        if self._run is None and self._trainer.step > self._first:
            self._run = self._begin()
        if self._run:
            if self._run.experiment is not self._trainer.experiment:
                self._run.set_experiment(self._trainer.experiment)
            self._run.append(self._snapshots)
            self._snapshots = []

    def _begin(self) -> StoredRun:
        experiment, data = self._trainer.experiment, self._data
        sums = totals(walk(experiment.stack, experiment.data.sample_shape))
        run = self._store.begin(
            experiment,
            device=str(self._trainer.device),
            threads=threads(experiment),
            parent=self._parent,
            parameters=sums.parameters,
            flops=sums.flops,
            group=self._group,
        )
        run.set_fingerprint(lambda: fingerprint(data))
        return run

    def _checkpoint(self, lasting: bool = False) -> None:
        """Copy the network and the state of its training, if steps changed it since, or early stopping restored it.

        `lasting`: the checkpoint is written also where the disk is slow and a later one is waiting.
        """
        trainer, run, began = self._trainer, self._run, self._clock()
        present, diverged = self._present(), isinstance(trainer.finished, Diverged)
        if run is None or present == self._checkpointed or (diverged and trainer.step == self._checkpointed[0]):
            return
        weights = copied(trainer.network.state_dict())
        if not all(bool(tensor.isfinite().all()) for tensor in weights.values()):
            return  # about to diverge: the last checkpoint is a better one
        state = None if diverged else trainer.state()
        experiment, figures, origin = trainer.experiment, trainer.figures, (trainer.scaling, trainer.provenance)
        self._checkpointed = present
        copying = self._clock() - began

        def write(path: Path) -> None:
            started = self._clock()
            save_weights(path, experiment, weights, figures, state, run.run_id, *origin)
            self._rule.cost = copying + self._clock() - started

        run.checkpoint(trainer.step, trainer.epochs, write, lasting=lasting)

    def _present(self) -> tuple[int, int | None]:
        """The step of the training and that of the weights, which is earlier where they were restored."""
        return self._trainer.step, self._trainer.figures.weights_step

    def _end(self) -> None:
        self._checkpoint()
        self._ended = True
        if self._run:
            self._run.finish(self._trainer.figures)


def _begins_small(trainer: Trainer) -> bool:
    """Whether the run begins with its first step, and copies of its network are small enough for some to wait."""
    return trainer.step == 0 and sum(item.numel() for item in trainer.network.parameters()) <= EARLY_PARAMETERS


def continuing(store: RunStore, trainer: Trainer, data: Data, run_id: str) -> RunRecorder:
    """A recorder for a trainer that was made from a state of a stored run.

    The stored run goes on if the state is that of its last checkpoint. Otherwise another run branches off, which begins
    with what the first reported until then; of the first nothing is lost.

    Raises:
        RunError: the run is damaged, missing, or goes on elsewhere.
    """
    stored = store.open(run_id)
    if max((item.step for item in stored.checkpoints()), default=0) <= trainer.step:
        return RunRecorder(store, trainer, data, continued=run_id)
    history = [item for item in stored.curves() if step_of(item) <= trainer.step]
    return RunRecorder(store, trainer, data, parent=run_id, history=history)


def _resumed(store: RunStore, run_id: str, step: int) -> StoredRun:
    """The run continued from its last checkpoint: from an earlier one, what it learned since would be dropped."""
    if any(checkpoint.step > step for checkpoint in store.open(run_id).checkpoints()):
        raise RunError(message("The run has gone on meanwhile: it cannot be continued from step {step:,}.", step=step))
    return store.resume(run_id, step)

"""The network in the training thread: that of the current run, or one that was opened."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from playground.engine.runs.run_record import RunError
from playground.engine.training.snapshots import Epoch, Snapshot
from playground.gui.session.network_copy import NetworkCopy
from playground.gui.session.worker_failure import explained
from playground.gui.session.worker_mailbox import Kept
from playground.gui.session.worker_run import Origin, WorkerRun, stored_network
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import RunLink
from playground.spec.messages import PlaygroundError, message

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore
    from playground.engine.training.trainer import Trainer
    from playground.engine.weights import Trained

_log = logging.getLogger(__name__)


class WorkerNetwork:
    """At most one network at a time."""

    def __init__(self) -> None:
        self.run: WorkerRun | None = None
        self._trained: Trained | None = None  # a network that was opened,
        self._epochs: tuple[Epoch, ...] = ()  # its run's, as far as they are known
        self._trained_run: str | None = None  # and the id of the stored run that it belongs to

    @property
    def source(self) -> Trainer | Trained | None:
        """The owner of the network; None if there is none."""
        return self.run.trainer if self.run else self._trained

    @property
    def goes_on(self) -> bool:
        """Whether there is a run that has not ended."""
        return self.run is not None and self.run.trainer.finished is None

    @property
    def run_id(self) -> str | None:
        """The id of the stored run that the network belongs to."""
        return self.run.run_id if self.run else self._trained_run

    @property
    def origin(self) -> Origin:
        """The network for further training.

        Raises:
            PlaygroundError: there is none.
        """
        if self.run is not None:
            return self.run.origin
        if self._trained is not None:
            trained = self._trained
            known = (trained.figures, trained.state, self._epochs, trained.provenance)
            return Origin(trained.experiment, trained.network, self._trained_run, *known)
        raise PlaygroundError(message("There is no trained network to go on from: train it first."))

    def begin(self, run: WorkerRun) -> None:
        """Replace the network by that of a run, which may continue the present one."""
        if self.run is not None:
            self.run.release()
        self.run, self._trained, self._trained_run = run, None, None

    def change(self, experiment: Experiment) -> None:
        """Let the run, if there is one, adopt changed live fields."""
        if self.run is not None:
            self.run.trainer.change(experiment)

    def open(self, trained: Trained, run_id: str | None, told: tuple[Snapshot, ...]) -> None:
        """Replace the network by one that was read, which may belong to a stored run."""
        self.run, self._trained, self._trained_run = None, trained, run_id
        self._epochs = tuple(item for item in told if isinstance(item, Epoch))

    def stop(self) -> None:
        """Let the run, if there is one, end after the present step and test, or end that test."""
        if self.run is not None:
            self.run.trainer.stop()

    def drop(self, *, failed: bool) -> None:
        """Release the network and the data; a run ends where it is, see `WorkerRun.close`."""
        if self.run is not None:
            self.run.close(failed=failed)
        self.run = self._trained = self._trained_run = None

    def keep(self, store: RunStore | None) -> Kept:
        """Keep the network as it is now in the store for good, if that is possible, and return a copy of it."""
        try:
            link = self._keep(store)
        except Exception:  # whatever it is, whoever saves an experiment waits for the answer
            _log.exception("the network was not kept")
            link = None
        try:
            return Kept(link, self._copied())
        except Exception as error:
            _log.exception("the network was not copied")
            return Kept(link, problem=explained(error)[0])

    def _keep(self, store: RunStore | None) -> RunLink | None:
        if store is None:
            return None
        try:
            stored = store.open(self.run_id) if self.run_id is not None else None
            if self.run is not None:
                link = self.run.keep()
                if link is not None and stored is not None and not stored.live:
                    stored.pin(link.step)  # a run that ended may be of a store that was closed or moved since
                return link
            if stored is not None and self._trained is not None:
                stored.pin(self._trained.figures.step)
                return RunLink(stored.run_id, self._trained.figures.step)
        except RunError:  # it was deleted after its end: the network is stored again
            _log.info("the run of the network is gone", exc_info=True)
            if self.run is not None:
                self._trained = self.run.close_as_trained()
                self.run = None
        if self._trained is None:
            return None
        link = stored_network(store, self._trained)
        self._trained_run = link.run_id if link else None
        return link

    def _copied(self) -> NetworkCopy | None:
        """A copy of the network, with the state of its training; None if there is none, or it has learned nothing."""
        from playground.engine.training.training_state import copied

        source = self.source
        if source is None or (self.run is not None and not self.run.trainer.step):
            return None
        weights = copied(source.network.state_dict())
        state = self.run.state if self.run is not None else self._trained.state if self._trained is not None else None
        return NetworkCopy(source.experiment, weights, source.figures, state, source.scaling, source.provenance)

    def write(self, path: Path, experiment: Experiment) -> None:
        """Write the network to a file, with the name, the description and the refusal of an experiment.

        Raises:
            PlaygroundError: there is no network, or it could not be written.
        """
        from playground.engine.weights import save_weights

        source = self.source
        if source is None:
            raise PlaygroundError(message("There is no trained network to save yet: train it first."))
        named = source.experiment.presented_as(experiment)
        weights = source.network.state_dict()
        origin = (source.scaling, source.provenance)
        save_weights(path, named, weights, source.figures, None, self.run_id, *origin)

"""The training thread: owns torch, the data and the live network, and executes commands one after another.

It is a thread of its own because importing torch takes seconds, a step takes milliseconds to seconds, and the window
must respond within a frame. Everything that leaves this thread is an immutable value or a copy.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from playground.engine.training.snapshots import Diverged, Epoch, Finished, Snapshot, Step, step_of_weights
from playground.gui.session.rate_search import search_rate
from playground.gui.session.torch_loading import load_torch
from playground.gui.session.training_pause import Courtesy
from playground.gui.session.weights_copying import WeightsCopying
from playground.gui.session.worker_data import WorkerData
from playground.gui.session.worker_failure import explained
from playground.gui.session.worker_mailbox import (
    Broken,
    Dropped,
    Ended,
    Failed,
    Found,
    Kept,
    Mailbox,
    Opened,
    Preparing,
    Ready,
    Report,
    Saved,
    Training,
    Waiting,
)
from playground.gui.session.worker_network import WorkerNetwork
from playground.gui.session.worker_run import Mode, Origin, Plan, WorkerRun, begun, can_go_on, continued, read_run
from playground.spec.cancelling import Cancelled, cancellable, stop_if_cancelled
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message

if TYPE_CHECKING:
    from playground.engine.data.in_memory import Data
    from playground.engine.runs.store import RunStore
    from playground.engine.weights import Trained

log = logging.getLogger(__name__)


class Worker(QThread):
    """Executes commands in order; methods without underscore are called from other threads."""

    reported = Signal(object)  # Report

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox()
        self._commands: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._ending = False
        self._given_up = 0  # number of times a run was dropped or replaced by a file
        self._saves: deque[Path] = deque()  # pending
        self._mode = Mode.WAIT
        self._network = WorkerNetwork()
        self.store: RunStore | None = None  # that runs which begin from now on are written to
        self._data = WorkerData(lambda words: self._report(Preparing(words)))
        self._courtesy = Courtesy()
        self._where: Message | None = None  # device and thread count of the run, as last reported
        self._copying = WeightsCopying()

    # Called from the window's thread.

    def begin(self, plan: Plan, mailbox: Mailbox) -> None:
        """Start a new run that reports into `mailbox`; `Dropped` follows if it is cancelled while its data are read."""
        self._data.wanted, given_up = plan.experiment.data, self._given_up
        self._commands.put(lambda: self._begin(plan, mailbox, given_up))

    def go_on(self, experiment: Experiment, mode: Mode, mailbox: Mailbox) -> None:
        """Continue the run of `mailbox`, which has ended or was opened, as if it had not been interrupted."""
        self._data.wanted, given_up = experiment.data, self._given_up
        self._commands.put(lambda: self._go_on(experiment, mode, mailbox, given_up))

    def want(self, data: Dataset) -> None:
        """Set the data that are shown: reading other data, for any purpose, is cancelled."""
        self._data.wanted = data

    def go(self, mode: Mode) -> None:
        """Continue or pause the run."""
        self._commands.put(lambda: self._go(mode))

    def stop(self) -> None:
        """End training after the current step and test, or end that test; cancel a run that has not begun."""
        self._given_up += 1
        self._commands.put(self._stop)

    def change(self, experiment: Experiment) -> None:
        """Adopt changed live fields from the next step on."""
        self._commands.put(lambda: self._network.change(experiment))

    def forget(self) -> None:
        """Drop the run and its network."""
        self._given_up += 1
        self._commands.put(lambda: self._forget(Mailbox()))

    def open(self, network: Path | Trained, mailbox: Mailbox, otherwise: Experiment | None = None) -> None:
        """Read a trained network, or take it; if that works, it replaces the current run and reports to `mailbox`.

        A run that has not begun is cancelled in any case. `otherwise` is the experiment for a file that contains none.
        """
        self._given_up += 1
        self._commands.put(lambda: self._open(network, mailbox, otherwise))

    def open_run(self, run_id: str, step: int | None, mailbox: Mailbox) -> None:
        """As `open`, for a stored run after a step, or else its last checkpoint."""
        self._given_up += 1
        self._commands.put(lambda: self._open_run(run_id, step, mailbox))

    def keep(self, mailbox: Mailbox) -> None:
        """Keep the network that reports to `mailbox` in the run store, and copy it; `Kept` follows, empty if gone."""
        keep = self._network.keep
        self._commands.put(lambda: self._report(keep(self.store) if mailbox is self._mailbox else Kept()))

    def save(self, path: Path, experiment: Experiment) -> None:
        """Write the network under the experiment's current name."""
        self._saves.append(path)
        self._commands.put(lambda: self._save(path, experiment))

    def ask_data(self, experiment: Experiment, question: Callable[[WorkerData], object]) -> None:
        """Report what a question about an experiment's data finds, such as one sample of the test set."""
        self._data.wanted = experiment.data
        self._commands.put(lambda: self._report(question(self._data)))

    def give_way(self) -> None:
        """Pause briefly before the next step; see `Courtesy`."""
        self._courtesy.give_way()

    def publish_every(self, seconds: float | None) -> None:
        """Copy the weights every `seconds` during a run; None for the default rate of drawings."""
        self._copying.every(seconds)

    def go_ahead(self) -> None:
        """The urgent answer is shown."""
        self._courtesy.go_ahead()

    def augment(self, experiment: Experiment, draw: int) -> None:
        """Report training images after the experiment's augmentations, unless a newer request replaces this one."""
        self._data.wanted = experiment.data
        self._data.to_augment.append((experiment, draw))
        self._commands.put(self._augment)

    def find_rate(self, experiment: Experiment) -> None:
        """Search for a learning rate until another command comes; `RateFound` follows in any case."""
        self._data.wanted = experiment.data
        self._commands.put(lambda: search_rate(experiment, self._data, self._commands.empty, self._report))

    def stop_finding_rate(self) -> None:
        """End a search for a learning rate."""
        self._commands.put(lambda: None)

    @property
    def lasting(self) -> bool:
        """Whether a network still has to be written."""
        return bool(self._saves)

    def end(self) -> None:
        """Let the thread end after the current step and all saves, and drop all else; call `wait` afterwards."""
        self._ending = True
        self._commands.put(None)

    # Everything below runs in the thread itself.

    def run(self) -> None:
        """Import torch, then execute commands until the thread is to end."""
        if not self._try(lambda: self._report(Ready(load_torch())), Broken):
            return
        with cancellable(lambda: self._ending):
            self._execute_commands()

    def _execute_commands(self) -> None:
        while True:
            if self._mode is Mode.WAIT or not self._commands.empty():
                command = self._commands.get()
                if command is None:
                    self._forget(Mailbox())
                    self._data.clear()
                    return
                self._try(command, Failed)
            else:
                if self._courtesy.requested:
                    self._courtesy.wait()
                self._try(self._advance, Broken)

    def _try(self, work: Callable[[], None], failure: type[Failed] | type[Broken]) -> bool:
        """Run `work`; a failure becomes a report, and the log keeps the traceback."""
        try:
            work()
        except Cancelled:
            log.info("given up")
            return False
        except Exception as error:  # whatever it is, the window must be notified and the thread continue
            reason, logged = explained(error)
        else:
            return True
        if failure is Broken:  # the run's state is unreliable; the next run starts from scratch
            self._forget(self._mailbox, failed=True)
        self._report(failure(reason, logged))
        return False

    def _report(self, what: Any) -> None:
        self.reported.emit(Report(self._mailbox, what))

    def _begin(self, plan: Plan, mailbox: Mailbox, given_up: int) -> None:
        origin = self._network.origin if plan.from_weights else None
        self._forget(mailbox)
        with cancellable(lambda: self._given_up != given_up):
            self._try(lambda: self._set_up(plan, origin), Broken)
        if self._network.run is None:
            self._report(Dropped())

    def _set_up(self, plan: Plan, origin: Origin | None) -> None:
        data = self._data.of(plan.experiment)
        stop_if_cancelled()
        self._start(begun(plan, data, self.store, origin), data)
        self._go(plan.mode)

    def _go_on(self, experiment: Experiment, mode: Mode, mailbox: Mailbox, given_up: int) -> None:
        if mailbox is self._mailbox and not self._network.goes_on:  # no other was opened; it was requested once
            with cancellable(lambda: self._given_up != given_up):
                data = self._data.needed(experiment)
            self._start(continued(experiment, data, self.store, self._network.origin), data)
        self._go(mode)

    def _start(self, run: WorkerRun, data: Data) -> None:
        mailbox = self._mailbox
        run.call_doctor(data, lambda finding: self.reported.emit(Report(mailbox, Found(finding))))
        self._network.begin(run)
        self._publish(run.trainer.step)

    def _go(self, mode: Mode) -> None:
        if not self._network.goes_on:  # it ended before the command came
            return
        self._mode = mode
        if mode is Mode.WAIT:
            self._report_waiting()
        else:
            self._where = None
            self._report_where()

    def _report_where(self) -> None:
        """Report that the run continues if its thread count has changed; see `ThreadThrottle`."""
        where = self._network.run.where if self._network.run else None
        if where is not None and where != self._where:
            self._where = where
            self._report(Training(where))

    def _report_waiting(self) -> None:
        self._mode = Mode.WAIT
        if self._network.run is not None:
            self._network.run.pause()
            self._publish(self._network.run.trainer.step)
        self._report(Waiting())

    def _stop(self) -> None:
        self._network.stop()
        self._go(Mode.END)

    def _forget(self, mailbox: Mailbox, *, failed: bool = False) -> None:
        self._network.drop(failed=failed)
        self._mode = Mode.WAIT
        self._mailbox = mailbox

    def _advance(self) -> None:
        """Take snapshots from the run until another command is pending.

        A small network makes thousands of steps a second, so the work per step must be small.
        """
        assert self._network.run is not None
        keep, idle = self._mailbox.snapshots.append, self._commands.empty
        for snapshot in self._network.run.snapshots:
            keep(snapshot)
            if type(snapshot) is not Step:
                self._act_on(snapshot)
                return
            if perf_counter() >= self._copying.due_at:
                self._publish(snapshot.step)
                self._report_where()
            if self._mode is Mode.STEP:
                self._report_waiting()
                return
            if self._courtesy.requested or not idle():
                return

    def _act_on(self, snapshot: Snapshot) -> None:
        """Pause if the run has reached its mode's end, and report a run that is over."""
        if isinstance(snapshot, Epoch) and self._mode is Mode.EPOCH:
            self._report_waiting()
        elif isinstance(snapshot, Finished | Diverged):
            self._mode = Mode.WAIT
            self._publish(step_of_weights(snapshot))
            self._report(Ended(snapshot))

    def _publish(self, step: int) -> None:
        """Put a copy of the weights where the inference thread can take it."""
        source = self._network.source
        assert source is not None
        self._mailbox.weights = self._copying.copy(source, step)
        self._mailbox.run_id = self._network.run_id

    def _open(self, network: Path | Trained, mailbox: Mailbox, otherwise: Experiment | None) -> None:
        from playground.engine.foreign_weights.taken_weights import opened

        path = network if isinstance(network, Path) else None
        trained = opened(network, otherwise) if isinstance(network, Path) else network
        self._adopt(trained, mailbox, None, ())
        self._report(Opened(trained.experiment, path, trained.figures, resumable=can_go_on(trained)))

    def _open_run(self, run_id: str, step: int | None, mailbox: Mailbox) -> None:
        if self.store is None:
            raise PlaygroundError(message("Runs are not stored in this window."))
        try:
            trained, _, snapshots, lost = read_run(self.store, run_id, step)
        except PlaygroundError as error:
            raise PlaygroundError(message("The network was not opened. {why}", why=error.message)) from error
        self._adopt(trained, mailbox, run_id, snapshots)
        self._report(Opened(trained.experiment, None, trained.figures, can_go_on(trained), run_id, snapshots, lost))

    def _adopt(self, trained: Trained, mailbox: Mailbox, run_id: str | None, told: tuple[Snapshot, ...]) -> None:
        self._forget(mailbox)
        self._network.open(trained, run_id, told)
        self._publish(step_of_weights(trained.figures))

    def _save(self, path: Path, experiment: Experiment) -> None:
        try:
            self._network.write(path, experiment)
            self._report(Saved(path))
        finally:
            self._saves.popleft()

    def _augment(self) -> None:
        """Answer the latest request; commands of replaced requests find nothing to do."""
        if found := self._data.augmented():
            self._report(found)

"""Opens the dialog of a race for stored runs, and owns the threads of races."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.gui.session.race_thread import RaceThread
from playground.gui.session.run_state import RunState
from playground.gui.start.program_parts import ProgramParts
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from playground.engine.race.budget import Budget
    from playground.gui.race.dialog import RaceDialog
    from playground.gui.runs.panel import RunsPanel


class Races(QObject):
    """At most one race at a time: its dialog blocks the window."""

    def __init__(self, program: ProgramParts, runs: RunsPanel) -> None:
        super().__init__(program)
        self._program, self._runs = program, runs
        self._asked: tuple[str, ...] = ()
        self.threads: list[RaceThread] = []  # that have not ended
        self.dialog: RaceDialog | None = None

    @Slot(object)
    def open(self, run_ids: tuple[str, ...]) -> None:
        """Read the experiments of these runs, and offer them."""
        store = self._program.runs.store
        if store is None:
            return
        self._asked = run_ids
        job = self._program.background.do(lambda: (run_ids, [store.open(run_id).experiment for run_id in run_ids]))
        job.done.connect(self._offer)
        job.failed.connect(self._program.notifications.complain)

    @Slot(object)
    def _offer(self, found: tuple[tuple[str, ...], Sequence[Experiment]]) -> None:
        from playground.gui.race.contestants import Candidate
        from playground.gui.race.dialog import RaceDialog

        run_ids, experiments = found
        if run_ids != self._asked or self.dialog is not None:
            return
        candidates = [Candidate(*pair) for pair in zip(run_ids, experiments, strict=True)]
        candidates.append(Candidate("", self._program.document.experiment))
        self.dialog = RaceDialog(candidates, self._thread, self._obstacle(), self._program.window)
        self.dialog.over.connect(self._runs.refresh_written)
        self.dialog.destroyed.connect(self._forget)
        self.dialog.open()

    def _obstacle(self) -> Message | None:
        """Why no race can begin now."""
        state = self._program.run.state
        if state is RunState.TRAINING:
            return message("A run is being trained, and would slow the race down: pause or end it first.")
        if state in (RunState.LOADING, RunState.BROKEN):
            return message("PyTorch is not loaded yet: try again in a moment.")
        return None

    def _thread(self, racing: Sequence[Experiment], limit: Budget) -> RaceThread:
        thread = RaceThread(racing, limit, self._program.runs.store, self)
        thread.finished.connect(self._drop_ended)
        self.threads.append(thread)
        return thread

    @Slot()
    def _drop_ended(self) -> None:
        self._runs.refresh_written()
        for thread in [item for item in self.threads if item.isFinished()]:
            self.threads.remove(thread)
            thread.deleteLater()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

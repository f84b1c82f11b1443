"""Shows which weights of a file fit the layers that are shown, and takes them once a person agrees."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Slot

from playground.gui.session.run_state import RunState
from playground.gui.start.program_parts import ProgramParts
from playground.spec.experiment import Experiment
from playground.spec.files.storage import not_opened, shown
from playground.spec.messages import Message

if TYPE_CHECKING:
    from playground.engine.foreign_weights.tensor_fit import FittedWeights
    from playground.gui.session.background import Job
    from playground.gui.window.weights_dialog import WeightsDialog


class ProgramWeights(QObject):
    """Looks at one file at a time; a later file takes the place of an earlier one."""

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self._program = program
        self.dialog: WeightsDialog | None = None
        self._waiting: Path | None = None  # until torch is imported
        self._job: Job | None = None
        program.files.weights_found.connect(self.look)
        program.run.state_changed.connect(self._look_now)
        program.document.replaced.connect(self._forget)

    @Slot(object)
    def look(self, path: Path) -> None:
        """Compare the tensors of a file with the stack that is shown, and ask; exact ones are taken at once."""
        self._forget()
        self._waiting = path
        self._look_now()

    @Slot()
    def _look_now(self) -> None:
        path, run = self._waiting, self._program.run
        if path is None or run.state is RunState.LOADING:
            return
        self._waiting = None
        if run.state is RunState.BROKEN:
            return
        experiment = self._program.document.experiment

        def look() -> tuple[FittedWeights, tuple[Message, ...]]:
            from playground.engine.foreign_weights.taken_weights import looked_at

            return looked_at(path, experiment)

        job = self._job = self._program.background.do(look)
        job.done.connect(partial(self._found, job, path, experiment))
        job.failed.connect(partial(self._fail, job, path))

    def _found(
        self, job: Job, path: Path, experiment: Experiment, found: tuple[FittedWeights, tuple[Message, ...]]
    ) -> None:
        if job is not self._job:
            return
        self._job = None
        fit, remarks = found
        if experiment.stack != self._program.document.experiment.stack:  # edited meanwhile: the table would be wrong
            self.look(path)
        elif fit.exact:
            self._program.files.take_weights(path)
        else:
            self._ask(path, fit, remarks)

    def _ask(self, path: Path, fit: FittedWeights, remarks: tuple[Message, ...]) -> None:
        from playground.gui.window.weights_dialog import WeightsDialog

        dialog = self.dialog = WeightsDialog(path.name, fit, remarks, self._kept_words(), self._program.window)
        dialog.accepted.connect(partial(self._program.files.take_weights, path))
        dialog.open()  # modal for the window, so that the stack stays as it is

    def _kept_words(self) -> str:
        """The consequence for the network that is shown."""
        run = self._program.run
        if not run.has_network:
            return ""
        if run.run_id is not None:
            return self.tr("Run › Back to the previous run shows the present network again.")
        return self.tr("They replace the present network. To keep it, cancel, and save it first.")

    def _fail(self, job: Job, path: Path, why: Message) -> None:
        if job is self._job:
            self._job = None
            told = why if shown(path) in str(why) else not_opened(path, why)
            self._program.files.failed.emit(told)

    @Slot()
    def _forget(self) -> None:
        """Another experiment is shown, or another file was opened."""
        self._waiting = self._job = None
        if self.dialog is not None and shiboken6.isValid(self.dialog):
            self.dialog.reject()
        self.dialog = None

"""Exports the trained network in its own thread; owns the dialogs for pruning, fitness and foreign weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from playground.gui.session.background import Background
from playground.gui.session.thread_shutdown import Thread
from playground.gui.session.worker_mailbox import Weights
from playground.gui.start.changed_network import ChangedNetwork
from playground.gui.start.program_fitness import ProgramFitness
from playground.gui.start.program_parts import ProgramParts
from playground.gui.start.program_pruning import ProgramPruning
from playground.gui.start.program_weights import ProgramWeights
from playground.gui.style.action import allow, untrained
from playground.gui.style.translation import translated
from playground.gui.window.menus.file import FileMenu
from playground.spec.files.storage import file_name
from playground.spec.messages import Message, joined, message
from playground.spec.number_text import bytes_text

if TYPE_CHECKING:
    from playground.engine.export.exported import Exported
    from playground.engine.export.formats import Format
    from playground.gui.window.export_dialog import ExportDialog


class ProgramExports(QObject):
    """One dialog at a time; it exports the network that is shown when its button is pressed."""

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self._program = program
        self.background = Background(self)  # an export takes up to a minute
        self.dialog: ExportDialog | None = None
        self.weights = ProgramWeights(program)  # the way back: those that another program trained
        self._action: QAction | None = None
        changes: list[ChangedNetwork] = []  # of the network, which undo and redo go through
        self.pruning, self.fitness = ProgramPruning(program, changes), ProgramFitness(program, changes)
        for signal in (program.run.weights_changed, program.document.changed):
            signal.connect(self._enable)

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The threads that end with the window."""
        return self.background, *self.pruning.threads, *self.fitness.threads

    def follow(self, menu: FileMenu) -> None:
        """Open the dialog from a menu."""
        self._action = menu.take
        menu.take.triggered.connect(self.open)
        self.pruning.follow(menu)
        self.fitness.follow(menu)
        self._enable()

    @Slot()
    def open(self) -> None:
        """Show the dialog."""
        from playground.gui.window.export_dialog import ExportDialog

        if self.dialog is None or not shiboken6.isValid(self.dialog):
            self.dialog = ExportDialog(self._program.window)
            self.dialog.chosen.connect(self.export)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot(object, bool)
    def export(self, chosen: Format, whole: bool) -> None:
        """Ask for a file, and write the network to it once it is verified."""
        weights, settings = self._program.run.weights, self._program.settings
        if weights is None:
            self._fail(message("There is no trained network."))
            return
        if self._program.run.past is not None:  # training and saving use the latest, as a message says then
            self._fail(message("An earlier moment of the run is shown. Show the latest network, and export it then."))
            return
        title = translated(message(chosen.title))
        filters = f"{title} (*{chosen.suffix})"
        suggestion = settings.folder / f"{file_name(weights.experiment.name)}{chosen.suffix}"
        path = self._program.ask.save_path(self.tr("Export the network"), suggestion, filters)
        if path is None:
            return
        settings.folder = path.parent
        if self.dialog is not None:
            self.dialog.show_work(self.tr("{0} is being made and verified…").format(title))
        job = self.background.do(_work(weights, chosen, path, whole=whole))
        job.done.connect(lambda found: self._tell(path, weights.step, found))
        job.failed.connect(self._fail)

    def _tell(self, path: Path, step: int, found: Exported) -> None:
        values = {"name": path.name, "size": bytes_text(len(found.data)), "step": step}
        said = [message("{name} was written, {size}: the network after step {step:,}.", **values)]
        said += [] if found.verification is None else [found.verification.words]
        words = joined([*said, *found.remarks], " ")
        if self.dialog is not None and shiboken6.isValid(self.dialog):
            self.dialog.show_done(translated(words))
        else:
            self._program.notifications.tell(words)

    @Slot(object)
    def _fail(self, problem: Message) -> None:
        if self.dialog is not None and shiboken6.isValid(self.dialog):
            self.dialog.show_problem(problem)
        else:
            self._program.notifications.complain(problem)

    @Slot()
    def _enable(self) -> None:
        if self._action is not None:
            allow(self._action, self._program.run.can_be_asked, untrained())


def _work(weights: Weights, chosen: Format, path: Path, *, whole: bool) -> Callable[[], Exported]:
    """The work for the background thread."""

    def exported() -> Exported:
        from playground.engine.training.snapshots import Figures
        from playground.engine.weights import Trained, network_with
        from playground.version import __version__

        network = network_with(weights.experiment, weights.tensors)
        versions, figures = {"playground": __version__}, Figures(step=weights.step)
        known = (None, None, weights.scaling, weights.provenance)
        trained = Trained(weights.experiment, network, figures, versions, *known)
        return chosen.write(trained, path, whole=whole)

    return exported

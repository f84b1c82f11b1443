"""New, open, save and export: what stands between the document and the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from playground.engine.evaluation.run_summary import account
from playground.engine.network_description import Description, read_description
from playground.gui.session.background import Background, Job
from playground.gui.session.document import Document
from playground.gui.session.run import Run, RunState
from playground.gui.session.worker_mailbox import Opened, Saved
from playground.gui.style.dialogs import Answer, Ask, file_name
from playground.gui.style.settings import Settings
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.file_kind import EXPERIMENT_SUFFIX, NETWORK_SUFFIX, becomes_data
from playground.spec.files.network_file import holds_bare_weights
from playground.spec.files.presets import Preset
from playground.spec.files.resources import resource
from playground.spec.files.storage import shown, write_atomically
from playground.spec.messages import message, tr_noop


class Files(QObject):
    """All ways in and out. Reading and writing happen beside the event loop; nothing unsaved is lost unasked."""

    opened = Signal()  # another experiment is shown
    source_found = Signal(object)  # Path: what was opened is a table, a text or a folder, to become the data
    told = Signal(object)  # Message: something was done
    failed = Signal(object)  # Message: something could not be done

    def __init__(
        self,
        document: Document,
        run: Run,
        settings: Settings,
        reading: Background,
        saving: Background,
        ask: Ask,
        parent: QObject | None = None,
    ) -> None:
        """Files are read in `reading`, which ends with the window, and written in `saving`, which lasts."""
        super().__init__(parent)
        self._document, self._run, self._settings = document, run, settings
        self._reading, self._saving, self._ask = reading, saving, ask
        self._awaited: Job | Path | None = None  # what is being opened; anything else that arrives is too late
        self._standing: Path | None = None  # the trained network whose experiment is shown already
        self._given_up: Experiment | None = None  # what a trained network may take the place of unasked
        run.opened.connect(self._network_opened)
        run.opened.connect(self._tell_account, Qt.ConnectionType.QueuedConnection)  # once the run's state is another
        run.saved.connect(self._network_saved)

    def new(self, preset: Preset) -> None:
        """Begin with a preset, with its trained weights where it has some."""
        self.leave(lambda: self._begin(preset))

    @Slot()
    def choose(self) -> None:
        """Ask for a file and open it."""
        path = self._ask.open_path(self._settings.folder)
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Open an experiment or a trained network; tell of what is to be learned from.

        What stands there gives way when the file is known to be one.
        """
        path = path.absolute()
        turn = self._saving.do(_nothing)  # what is being written is finished before anything is read
        self._awaited = turn
        turn.done.connect(lambda _nothing: self._read(path) if self._awaited is turn else None)

    def show(self, path: Path, found: Description) -> None:
        """Show what was read from a file. The weights of a trained network follow, as soon as there is torch."""
        trained = found.figures is not None
        self._run.reset()
        self._document.load(found.experiment, None if trained else path, path if trained else None)
        self._settings.add_recent(path)
        self.opened.emit()
        if trained:
            self._awaited = self._standing = path
            self._run.carry(found.figures)
            self._run.open(path)

    @Slot()
    def save(self) -> None:
        """Write the experiment to its file; ask for one where it has none."""
        self._save(self._document.path, _nothing)

    @Slot()
    def save_as(self) -> None:
        """Write the experiment to a file to be asked for."""
        self._save(None, _nothing)

    @Slot()
    def export_script(self) -> None:
        """Write the experiment as a PyTorch program."""
        path = self._ask_path(self.tr("Export the program"), ".py", self.tr("Python programs (*.py)"))
        if path is not None:
            from playground.spec.export.script import script

            experiment = self._document.experiment
            self._write(path, lambda: write_atomically(path, script(experiment).encode()), _nothing)

    @Slot()
    def export_network(self) -> None:
        """Write the network with its weights as they are now."""
        path = self._ask_path(self.tr("Save the trained network"), NETWORK_SUFFIX, self.tr("Networks (*.safetensors)"))
        if path is not None:
            self._run.save(path)

    def leave(self, then: Callable[[], None]) -> None:
        """Do `then` unless there are changes that a person does not want to lose; they may be saved before."""
        if not self._document.modified:
            then()
            return
        answer = self._ask.unsaved(self._document.experiment.name)
        if answer is Answer.SAVE:
            self._save(self._document.path, then)
        elif answer is Answer.DISCARD:
            then()

    def _read(self, path: Path) -> None:
        job = self._reading.do(lambda: self._look_into(path))
        self._awaited = job
        job.done.connect(lambda take: take() if self._awaited is job else None)
        job.failed.connect(self.failed)

    def _look_into(self, path: Path) -> Callable[[], None]:
        """What is to be done with a file, as it says itself; this is called beside the event loop."""
        if becomes_data(path):
            return lambda: self._hand_on(path)
        if holds_bare_weights(path):
            return lambda: self._take_weights(path)
        found = read_description(path)
        return lambda: self.leave(lambda: self._take(path, found))

    def _hand_on(self, source: Path) -> None:
        self._settings.folder = source.parent
        self.source_found.emit(source)

    def _take_weights(self, path: Path) -> None:
        """Put weights into the network that is shown, if they are its own; the experiment stays as it is."""
        if self._run.state is RunState.BROKEN:
            words = tr_noop(
                "“{file}” was not opened. It holds weights, and PyTorch, which uses them, could not be loaded."
            )
            self.failed.emit(message(words, file=shown(path)))
            return
        self._awaited = self._standing = path
        self._run.open(path, self._document.experiment)

    def _begin(self, preset: Preset) -> None:
        self._awaited = self._standing = preset.trained
        self._run.reset()
        self._document.load(preset.experiment, None)
        self.opened.emit()
        if preset.trained is not None:
            self._run.open(preset.trained)

    def _take(self, path: Path, found: Description) -> None:
        if found.figures is None or self._run.state in (RunState.LOADING, RunState.BROKEN):
            self.show(path, found)
        else:
            self._awaited, self._standing, self._given_up = path, None, self._document.experiment
            self._run.open(path)  # what stands there stays until the network is known to be whole

    @Slot(object)
    def _network_opened(self, report: Opened) -> None:
        """A trained network arrived: show its experiment, unless that stands there already, edited perhaps."""
        if report.path != self._awaited:
            return
        self._awaited = None
        if report.path != self._standing:
            if self._document.experiment is not self._given_up:  # it was edited meanwhile
                self.leave(lambda: self._load_network(report))
            else:
                self._load_network(report)
        if not report.path.is_relative_to(resource("presets")):
            self._settings.add_recent(report.path)
        self.opened.emit()

    def _load_network(self, report: Opened) -> None:
        own = report.path.is_relative_to(resource("presets"))
        self._document.load(report.experiment, None, None if own else report.path)

    @Slot(object)
    def _tell_account(self, report: Opened) -> None:
        """Say how long the network was trained, and how it did, where it is the one that is shown."""
        if report.experiment == self._document.experiment:
            self.told.emit(account(report.figures, report.experiment))

    @Slot(object)
    def _network_saved(self, report: Saved) -> None:
        self._settings.add_recent(report.path)
        self.told.emit(message("The network was saved as {name}", name=report.path.name))

    def _save(self, path: Path | None, then: Callable[[], None]) -> None:
        path = path or self._ask_path(self.tr("Save"), EXPERIMENT_SUFFIX, self.tr("Experiments (*.playground)"))
        if path is None:
            return
        experiment, target = self._document.experiment, path

        def saved() -> None:
            if self._document.experiment == experiment:
                self._document.saved_as(target)
            else:
                self._document.path = target
                self._document.renamed.emit()
            self._settings.add_recent(target)
            then()

        self._write(target, lambda: write_experiment(experiment, target), saved)

    def _write(self, path: Path, write: Callable[[], None], then: Callable[[], None]) -> None:
        job = self._saving.do(write)

        def done(_nothing: object) -> None:
            self.told.emit(message("Saved as {name}", name=path.name))
            then()

        job.done.connect(done)
        job.failed.connect(self.failed)

    def _ask_path(self, title: str, ending: str, filters: str) -> Path | None:
        path = self._document.path
        stem = path.stem if path else file_name(self._document.experiment.name)
        folder = path.parent if path else self._settings.folder
        return self._ask.save_path(title, folder / f"{stem}{ending}", filters)


def _nothing() -> None:
    """What follows a save that was asked for as such, and what is done while others have their turn."""

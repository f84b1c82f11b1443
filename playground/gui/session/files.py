"""New, open, save and export: connects the document to files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot

from playground.engine.evaluation.run_summary import account
from playground.engine.network_description import Description, read_description
from playground.gui.session.background import Background, Job
from playground.gui.session.document import Document
from playground.gui.session.experiment_saving import ExperimentSaving
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState, fit
from playground.gui.session.worker_mailbox import Opened, Saved
from playground.gui.style.dialogs import Answer, Ask
from playground.gui.style.settings import Settings
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import FileLink, Link, RunLink
from playground.spec.files.file_kind import NETWORK_SUFFIX, becomes_data
from playground.spec.files.network_file import checksum_of, holds_bare_weights
from playground.spec.files.presets import Preset
from playground.spec.files.resources import resource
from playground.spec.files.storage import file_name, shown, write_atomically
from playground.spec.messages import Message, message, tr_noop


def _nothing() -> None:
    """Do nothing: to wait for earlier jobs, or before a run is opened."""


class Files(QObject):
    """All file operations. Reading and writing run outside the event loop; unsaved changes are lost only on request."""

    opened = Signal()  # another experiment is shown
    source_found = Signal(object)  # Path: the opened file or folder is a table, a text or pictures, to be used as data
    weights_found = Signal(object)  # Path: the opened file holds weights without an experiment
    told = Signal(object)  # Message: an operation succeeded
    failed = Signal(object)  # Message: an operation failed

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
        """Files are read in `reading`, which ends with the window, and written in `saving`, which finishes its jobs."""
        super().__init__(parent)
        self._document, self._run, self._settings = document, run, settings
        self._reading, self._saving, self._ask = reading, saving, ask
        self._awaited: Job | Path | str | None = None  # what is being opened; other results are ignored
        self._shown: Path | str | None = None  # the network, or stored run, whose experiment is already shown
        self._going_back = False  # whether the awaited run may replace the shown experiment
        self._link: _Linked | None = None  # of the shown file, until its network is there
        self._notice: Message | None = None  # about the network that was opened
        self._given_up: Experiment | None = None  # experiment that a trained network may replace unconfirmed
        run.opened.connect(self._network_opened)
        run.opened.connect(self._report_account, Qt.ConnectionType.QueuedConnection)  # after the change of state
        run.saved.connect(self._network_saved)
        run.began.connect(self._forget_link)
        document.replaced.connect(self._forget_link)
        self._saver = ExperimentSaving(document, run, settings, saving, self._ask_path, ask, self._fitting_link, self)
        self._saver.told.connect(self.told)
        self._saver.failed.connect(self.failed)

    def new(self, preset: Preset) -> None:
        """Start with a preset, with its trained weights if it has any."""
        self.leave(lambda: self._begin(preset))

    @Slot()
    def choose(self) -> None:
        """Let the user choose a file, and open it."""
        path = self._ask.open_path(self._settings.folder)
        if path is not None:
            self.open(path)

    @Slot()
    def choose_folder(self) -> None:
        """Let the user choose a folder of pictures or texts, and open it as data."""
        path = self._ask.source_path(self.tr("Open a folder of pictures or texts"), self._settings.folder, "")
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Open an experiment or a trained network; announce a data file with `source_found`.

        The current experiment is replaced only once the file has been recognised.
        """
        path = path.absolute()
        turn = self._saving.do(_nothing)  # pending writes finish before anything is read
        self._awaited = turn
        turn.done.connect(lambda _nothing: self._read(path) if self._awaited is turn else None)

    def show(self, path: Path, found: Description) -> None:
        """Show the contents of a file. Weights of a trained network follow once torch is loaded."""
        trained = found.figures is not None
        self._run.reset()
        self._document.load(found.experiment, None if trained else path, path if trained else None)
        self._settings.add_recent(path)
        self.opened.emit()
        if trained:
            self._awaited = self._shown = path
            self._run.carry(found.figures)
            self._run.open(path)
        elif isinstance(found.link, RunLink):
            self.resume(found.link.run_id, found.link)
        elif found.link:
            self._follow_link(path.parent / found.link.file, found.link)

    @Slot()
    def save(self) -> None:
        """Write the experiment to its file; let the user choose one if it has none."""
        self._saver.save()

    @Slot()
    def save_as(self) -> None:
        """Write the experiment to a file that the user chooses."""
        self._saver.save_as()

    @Slot()
    def export_script(self) -> None:
        """Write the experiment as a PyTorch program."""
        path = self._ask_path(self.tr("Export the program"), ".py", self.tr("Python programs (*.py)"))
        if path is not None:
            from playground.spec.export.script import script

            experiment = self._document.experiment
            self._write(path, lambda: write_atomically(path, script(experiment).encode()))

    @Slot()
    def export_network(self) -> None:
        """Write the network with its current weights."""
        path = self._ask_path(self.tr("Save the trained network"), NETWORK_SUFFIX, self.tr("Networks (*.safetensors)"))
        if path is not None:
            self._run.save(path)

    def take_weights(self, path: Path) -> None:
        """Put those weights of a file that fit into the layers that are shown; the experiment stays unchanged."""
        self._awaited = self._shown = path
        self._run.open(path, self._document.experiment)

    def open_run(self, run_id: str, begin: Callable[[], None] = _nothing) -> None:
        """Show the experiment, the network and the curves of a stored run; `begin` is called if it is to be opened."""

        def open_it() -> None:
            begin()
            self._open_run(run_id)

        self.leave(open_it)

    def resume(self, run_id: str, link: RunLink | None = None) -> None:
        """Read the network of a stored run, whose experiment is already shown; `link` is that of the shown file."""
        self._awaited = self._shown = run_id
        self._link, self._going_back = _Linked(link, self._document.experiment) if link else None, False
        self._run.open_run(run_id, link.step if link else None)

    @Slot(str)
    @Slot(str, int)
    def go_back(self, run_id: str, step: int | None = None) -> None:
        """Show a run that was shown before, as it was after a step; its experiment too, if another stack is shown now.

        Without a step, its last network is shown.
        """
        self.resume(run_id, RunLink(run_id, step) if step is not None else None)
        self._going_back, self._given_up = True, None

    def leave(self, then: Callable[[], None]) -> None:
        """Call `then` unless there are unsaved changes that the user wants to keep; they may be saved first."""
        if not self._document.modified:
            then()
            return
        answer = self._ask.unsaved(self._document.experiment.name)
        if answer is Answer.SAVE:
            self._saver.save(then)
        elif answer is Answer.DISCARD:
            then()

    def restore(self, load: Callable[[], None]) -> None:
        """Replace the experiment by one that `load` puts into the document; what is being opened is forgotten."""
        self._awaited = self._shown = None
        self._run.reset()
        load()
        self.opened.emit()

    def _read(self, path: Path) -> None:
        job = self._reading.do(lambda: self._identify(path))
        self._awaited = job
        job.done.connect(lambda take: take() if self._awaited is job else None)
        job.failed.connect(self.failed)

    def _identify(self, path: Path) -> Callable[[], None]:
        """Return the action for a file according to its contents; runs outside the event loop."""
        if becomes_data(path):
            return lambda: self._announce_source(path)
        if holds_bare_weights(path):
            return lambda: self._announce_weights(path)
        found = read_description(path)
        return lambda: self.leave(lambda: self._take(path, found))

    def _follow_link(self, network: Path, link: FileLink) -> None:
        """Read the network beside the shown file, after comparing its checksum with that in the link."""
        self._shown, self._going_back = network, False
        self._link = _Linked(link, self._document.experiment)
        job = self._reading.do(lambda: checksum_of(network))
        self._awaited = job

        def found(checksum: str) -> None:
            if self._awaited is job and self._link is not None:
                self._awaited, self._link = network, self._link._replace(changed=checksum != link.sha256)
                self._run.open(network)

        job.done.connect(found)
        job.failed.connect(lambda why: self.failed.emit(message("The network was not opened. {why}", why=why)))

    def _open_run(self, run_id: str) -> None:
        if self._run.state in (RunState.LOADING, RunState.BROKEN):
            self.failed.emit(message("The run was not opened: PyTorch is not loaded yet. Try again in a moment."))
            return
        self._awaited, self._shown, self._given_up = run_id, None, self._document.experiment
        self._run.open_run(run_id)

    def _announce_source(self, source: Path) -> None:
        self._settings.folder = source.parent
        self.source_found.emit(source)

    def _announce_weights(self, path: Path) -> None:
        if self._run.state is RunState.BROKEN:
            words = tr_noop(
                "“{file}” was not opened. It holds weights, and PyTorch, which uses them, could not be loaded."
            )
            self.failed.emit(message(words, file=shown(path)))
            return
        self._settings.folder = path.parent
        self.weights_found.emit(path)

    def _begin(self, preset: Preset) -> None:
        self._awaited = self._shown = preset.trained
        self._run.reset()
        self._document.load(preset.experiment, None)
        self.opened.emit()
        if preset.trained is not None:
            self._run.open(preset.trained)

    def _take(self, path: Path, found: Description) -> None:
        if found.figures is None or self._run.state in (RunState.LOADING, RunState.BROKEN):
            self.show(path, found)
        else:
            self._awaited, self._shown, self._given_up = path, None, self._document.experiment
            self._run.open(path)  # the current network stays until the file has been read completely

    @Slot(object)
    def _network_opened(self, report: Opened) -> None:
        """Show the experiment of a trained network that was read, unless it is already shown, possibly edited."""
        key = report.path or report.run_id
        if key != self._awaited:
            return
        linked = key == self._shown and self._link is not None
        self._awaited, path = None, None if linked else _own(report.path)
        load = partial(self._document.load, report.experiment, None, path)
        if key == self._shown and (self._run.fits or not self._going_back):
            self._compare(report)
        elif self._document.experiment is not self._given_up:  # it was edited meanwhile
            self.leave(load)
        else:
            load()
        if path is not None:
            self._settings.add_recent(path)
        self.opened.emit()

    def _compare(self, report: Opened) -> None:
        """Note that a network is not the one with which the shown file was saved, to be told once all else is done."""
        linked, self._link = self._link, None
        link = linked.link if linked else None
        if not self._run.fits and isinstance(link, FileLink):
            words = tr_noop("The network in “{file}” does not fit the shown stack.")
            self._notice = message(words, file=link.file)
        elif not self._run.fits and report.run_id:
            words = tr_noop("The network of “{run}” does not fit the shown stack. It is kept under Runs.")
            self._notice = message(words, run=report.experiment.name)
        elif linked and isinstance(link, FileLink) and linked.changed:
            words = tr_noop("The network in “{file}” was changed since the experiment was saved with it.")
            self._notice = message(words, file=link.file)
        elif isinstance(link, RunLink) and link.step != report.figures.step:
            words = tr_noop("The network of step {wanted:,} is not stored any more: that of step {found:,} was opened.")
            self._notice = message(words, wanted=link.step, found=report.figures.step)

    @Slot()
    def _forget_link(self) -> None:
        self._link = None

    def _fitting_link(self) -> Link | None:
        """The link of the shown file, if its network is not there, and would fit the shown stack."""
        linked = self._link
        return linked.link if linked and fit(linked.experiment, self._document.experiment).weights else None

    @Slot(object)
    def _report_account(self, report: Opened) -> None:
        """Report how long the shown network was trained and how well it did, or what is wrong with it."""
        notice, self._notice = self._notice or report.warning, None
        if notice is not None:
            self.failed.emit(notice)
        elif report.experiment == self._document.experiment:
            self.told.emit(account(report.figures, report.experiment))

    @Slot(object)
    def _network_saved(self, report: Saved) -> None:
        self._settings.add_recent(report.path)
        self.told.emit(message("The network was saved as {name}", name=report.path.name))

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        job = self._saving.do(write)
        job.done.connect(lambda _nothing: self.told.emit(message("Saved as {name}", name=path.name)))
        job.failed.connect(self.failed)

    def _ask_path(self, title: str, ending: str, filters: str) -> Path | None:
        path = self._document.path
        stem = path.stem if path else file_name(self._document.experiment.name)
        folder = path.parent if path else self._settings.folder
        return self._ask.save_path(title, folder / f"{stem}{ending}", filters)


class _Linked(NamedTuple):
    """The link to a network in a file, and the experiment that was read from that file."""

    link: Link
    experiment: Experiment
    changed: bool = False  # whether the network is not the one that the file was saved with


def _own(path: Path | None) -> Path | None:
    """The path, unless it is that of a bundled preset."""
    return None if path is None or path.is_relative_to(resource("presets")) else path

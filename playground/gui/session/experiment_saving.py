"""Saves the experiment in its file, and its trained network in the run store or beside the file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot

from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.gui.session.network_copy import NetworkCopy
from playground.gui.session.run import Run
from playground.gui.session.worker_mailbox import Kept
from playground.gui.style.dialogs import Ask, Conflict
from playground.gui.style.settings import Settings
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import (
    FileLink,
    Link,
    RunLink,
    holds_another,
    network_beside,
    write_experiment,
)
from playground.spec.files.file_kind import EXPERIMENT_SUFFIX
from playground.spec.files.network_file import checksum_of
from playground.spec.files.storage import FileError
from playground.spec.messages import Message, message, tr_noop

AskPath = Callable[[str, str, str], Path | None]  # title, ending and filters of a dialog


def _nothing() -> None:
    """Do nothing after a plain save."""


class _Written(NamedTuple):
    """The result of a save."""

    link: Link | None
    problem: Message | None  # why the network was not written


class ExperimentSaving(QObject):
    """Writes in the thread `saving`, after the worker has kept the network."""

    told = Signal(object)  # Message: it was saved
    failed = Signal(object)  # Message: it was not saved, or not its network

    def __init__(
        self,
        document: Document,
        run: Run,
        settings: Settings,
        saving: Background,
        ask_path: AskPath,
        ask: Ask,
        link: Callable[[], Link | None],
        parent: QObject | None = None,
    ) -> None:
        """`link` returns the link to the network of the shown file where that network is not there."""
        super().__init__(parent)
        self._document, self._run, self._settings = document, run, settings
        self._saving, self._ask_path, self._ask, self._link = saving, ask_path, ask, link
        self._replacements = 0  # number of experiments that were replaced by another
        self._written: Experiment | None = None  # what was last written; only the thread that saves uses it
        document.replaced.connect(self._count_replacement)

    def save(self, then: Callable[[], None] = _nothing) -> None:
        """Write the document's file, unless another program has changed it: then ask. Without a file ask for one."""
        path = self._document.path
        if path is None:
            self.save_as(then)
        else:
            self._save_to(path, then, self._document.saved)

    def save_as(self, then: Callable[[], None] = _nothing) -> None:
        """Write the experiment to a file that the user chooses; `then` is called once it is written."""
        path = self._ask_path(self.tr("Save"), EXPERIMENT_SUFFIX, self.tr("Experiments (*.playground)"))
        if path is not None:
            self._save_to(path, then)

    def _save_to(self, path: Path, then: Callable[[], None], expected: Experiment | None = None) -> None:
        """Write the experiment; `expected` are the file's contents as far as known, None to overwrite any.

        The network is kept in the run store first, and the file gets a link to it; else it is written beside the file.
        """
        write = partial(self._write, path, self._document.experiment, self._replacements, then, expected)
        if self._run.weights is None:
            write(self._link(), Kept())
            return
        self._run.kept.connect(lambda kept: write(kept.link, kept), Qt.ConnectionType.SingleShotConnection)
        self._run.keep()

    def _write(
        self,
        path: Path,
        experiment: Experiment,
        replacements: int,
        then: Callable[[], None],
        expected: Experiment | None,
        link: Link | None,
        kept: Kept,
    ) -> None:
        def write() -> _Written | None:
            if expected is not None and holds_another(path, (expected, self._written)):
                return None
            stored = isinstance(kept.link, RunLink) and self._run.is_stored(kept.link)
            written = _Written(link, kept.problem) if stored or kept.copy is None else _beside(path, kept.copy)
            write_experiment(experiment, path, written.link)
            self._written = experiment
            return written

        def done(written: _Written | None) -> None:
            if written is None:
                self._settle(path, then)
                return
            if replacements == self._replacements:  # otherwise another experiment is shown by now
                self._document.saved_as(path, experiment)
            self._settings.add_recent(path)
            self._report(path, written)
            if written.problem is None:  # otherwise closing the window would take the network with it
                then()

        job = self._saving.do(write)
        job.done.connect(done)
        job.failed.connect(self.failed)

    def _report(self, path: Path, written: _Written) -> None:
        if written.problem is not None:
            words = tr_noop("“{name}” was saved without its trained network. {why}")
            self.failed.emit(message(words, name=path.name, why=written.problem))
        elif isinstance(written.link, FileLink):
            words = tr_noop("Saved as {name}, with its network in {file}")
            self.told.emit(message(words, name=path.name, file=written.link.file))
        else:
            self.told.emit(message("Saved as {name}", name=path.name))

    def _settle(self, path: Path, then: Callable[[], None]) -> None:
        """Ask what to do about a file that another program has changed."""
        decision = self._ask.changed(path.name)
        if decision is Conflict.OVERWRITE:
            self._save_to(path, then)
        elif decision is Conflict.SAVE_AS:
            self.save_as(then)

    @Slot()
    def _count_replacement(self) -> None:
        self._replacements += 1


def _beside(path: Path, copy: NetworkCopy) -> _Written:
    """Write the copy of a network beside the file of its experiment."""
    file = network_beside(path)
    try:
        copy.write(file)
        return _Written(FileLink(file.name, checksum_of(file)), None)
    except FileError as error:
        return _Written(None, error.message)

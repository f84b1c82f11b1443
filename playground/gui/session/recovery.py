"""Keeps the document of this window on disk while it has unsaved changes, and finds those of dead windows."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal, Slot

from playground.gui.session.background import Background
from playground.gui.session.document import Document
from playground.spec.files.recovery_file import Recovery, RecoveryFolder, abandoned, default_folder
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

if TYPE_CHECKING:
    from playground.engine.runs.store import RunStore

_log = logging.getLogger(__name__)

DELAY = 1000  # milliseconds from a change until it is written
RETRY = 10_000  # milliseconds until a write that failed is tried again


class Offer(NamedTuple):
    """A document to recover, of a dead window or of a run that was interrupted."""

    folder: RecoveryFolder | None  # of the dead window
    recovery: Recovery
    learned: bool = True  # whether its run, if there is one, has a checkpoint to continue from


class DocumentRecovery(QObject):
    """Follows the document. A thread writes, so that no disk delays the window."""

    found = Signal(object, object)  # a list of Offers, and a list of Messages about documents that are damaged
    failed = Signal(object)  # Message: changes cannot be kept; not repeated until a write has succeeded

    def __init__(self, document: Document, windows: Path | None, parent: QObject | None = None) -> None:
        """`windows` is the folder of all windows, None the default; it is made when there is something to keep."""
        super().__init__(parent)
        self._document, self._windows = document, windows or default_folder()
        self._folder = RecoveryFolder.new(self._windows)
        self._run_id: str | None = None
        self._wanted: tuple[RecoveryFolder, Recovery | None] = (self._folder, None)  # contents that it should have
        # Held while files are written: by the thread, and at the end by the window's thread, in which a signal's
        # handler may come in between.
        self._lock = RLock()
        self._ended = self._writing = self._failing = False
        self._thread = Background(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        document.changed.connect(self._note)
        document.renamed.connect(self._note)

    @property
    def run_id(self) -> str | None:
        """The stored run that goes on in this window; None if there is none."""
        return self._run_id

    @run_id.setter
    def run_id(self, run_id: str | None) -> None:
        if run_id != self._run_id:
            self._run_id = run_id
            self._note()

    def look(self, store: RunStore | None) -> None:
        """Look for documents of dead windows, and for runs that were interrupted; `found` announces them."""
        job = self._thread.do(lambda: _offers(self._windows, store))
        job.done.connect(self._announce)

    def adopt(self, offer: Offer) -> None:
        """Show a document; keep the one of this window in the folder of the dead one, if there is any, from now on.

        So there is no moment at which it is in no file.
        """
        if offer.folder is not None:
            own, self._folder = self._folder, offer.folder
            self._wanted = (offer.folder, offer.recovery)
            self._thread.do(lambda: self._remove(own))
        self._document.recover(offer.recovery)

    def keep(self) -> None:
        """Write the latest changes now, and nothing after them: the window is closed without a question."""
        with self._lock:
            if not self._ended:
                self._ended = True
                self._wanted = (self._folder, self._current())
                try:
                    self._write_wanted()
                except (OSError, PlaygroundError):  # the window must close; the changes of the last moment are lost
                    _log.exception("the document was not kept for recovery")

    def forget(self) -> None:
        """Delete the file: what the person wanted to keep is saved."""
        with self._lock:
            self._ended = True
            self._remove(self._folder)

    @property
    def lasting(self) -> bool:
        """Whether the thread must not be abandoned: never, see `end`."""
        return False

    def end(self) -> None:
        """Write what was not written yet, unless `forget` was called, and let the thread end."""
        self._timer.stop()
        self.keep()
        self._thread.end()

    def wait(self, deadline: QDeadlineTimer) -> bool:
        """Wait until the thread has ended; return whether it has."""
        return self._thread.wait(deadline)

    @Slot()
    def _note(self) -> None:
        """Write soon; changes that follow do not defer it."""
        if not self._ended and not self._timer.isActive():
            self._timer.start(DELAY)

    @Slot()
    def _write(self) -> None:
        if self._writing:  # a slow disk
            self._timer.start(DELAY)
            return
        wanted = self._current()
        if wanted is None and not self._folder.made:
            return
        self._wanted = (self._folder, wanted)
        self._writing = True
        job = self._thread.do(self._write_in_thread)
        job.done.connect(self._written)
        job.failed.connect(self._complain)

    def _current(self) -> Recovery | None:
        """The document, if it would be lost or left in the middle of a run."""
        document = self._document
        if not document.modified and self._run_id is None:
            return None
        return Recovery(
            experiment=document.experiment,
            path=document.path,
            source=document.source,
            saved=document.saved,
            modified=document.modified,
            run_id=self._run_id,
        )

    def _write_in_thread(self) -> None:
        with self._lock:
            if not self._ended:
                self._write_wanted()

    def _write_wanted(self) -> None:
        folder, recovery = self._wanted
        if recovery is None:
            folder.remove()
        else:
            folder.write(recovery)

    def _remove(self, folder: RecoveryFolder) -> None:
        try:
            folder.remove()
        except OSError:  # a file that stays is offered at the next start
            _log.exception("the recovery file was not deleted")

    @Slot(object)
    def _announce(self, result: tuple[list[Offer], list[Message]]) -> None:
        self.found.emit(*result)

    @Slot()
    def _written(self) -> None:
        self._writing = self._failing = False

    @Slot(object)
    def _complain(self, why: Message) -> None:
        if not self._failing:
            words = tr_noop("Changes that are not saved would be lost if Playground ended unexpectedly. {why}")
            self.failed.emit(message(words, why=why))
        self._writing, self._failing = False, True
        self._timer.start(RETRY)


def _offers(windows: Path, store: RunStore | None) -> tuple[list[Offer], list[Message]]:
    """Find documents of dead windows, then interrupted runs of none of them, the latest first.

    A window that was killed in its first moments has not noted its run yet, and the command line notes none.
    """
    found, refused = abandoned(windows)
    runs = store.interrupted_runs() if store is not None else []
    learned = {run.run_id: store is None or store.has_network(run.run_id) for run in runs}
    offers = []
    for folder, recovery in found:
        run_id = recovery.run_id
        if store is not None and run_id and run_id not in learned and not store.has_network(run_id):
            recovery = replace(recovery, run_id=None)  # nothing is left of it, or everything has been said
        if recovery.modified or recovery.run_id:
            offers.append(Offer(folder, recovery, learned.get(recovery.run_id or "", True)))
        else:
            folder.remove()
    known = {offer.recovery.run_id for offer in offers}
    for run in runs:
        if run.run_id not in known:
            recovery = Recovery(run.experiment, modified=False, run_id=run.run_id)
            offers.append(Offer(None, recovery, learned[run.run_id]))
    return offers, refused

"""Offers to recover the documents of windows that ended without being closed, and runs that were interrupted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.files import Files
from playground.gui.session.recovery import DocumentRecovery, Offer
from playground.gui.style.translation import translated
from playground.gui.window.main_window import MainWindow
from playground.spec.messages import Message, message, printable, tr_noop

KEY = "recovery"  # of the message


class RecoveryOffers(QObject):
    """Shows one offer after another.

    An offer that is dismissed or not answered is made again at the next start after this process has ended, because
    the process holds its lock. That a run cannot be continued is said once: it stays in the list of runs.
    """

    recovered = Signal(object)  # Recovery: its document is shown; its run can be continued
    settled = Signal(str)  # id of a stored run that need not be offered again
    refused = Signal(object)  # Message: a document cannot be recovered, or not be kept for recovery

    def __init__(self, recovery: DocumentRecovery, files: Files, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._recovery, self._files, self._window = recovery, files, window
        self._offers: list[Offer] = []  # the first one is shown
        recovery.found.connect(self._take)
        recovery.failed.connect(self.refused)
        window.messages.dismissed.connect(self._go_on)

    @Slot()
    def close_window(self) -> None:
        """Close the window: the person has saved or discarded the changes."""
        self._recovery.forget()
        self._window.allow_close()

    @Slot(object, object)
    def _take(self, found: list[Offer], refusals: list[Message]) -> None:
        for refusal in refusals:
            self.refused.emit(refusal)
        self._offers += found
        self._show()

    @Slot(str)
    def _go_on(self, key: str) -> None:
        """The message has gone: show the next offer."""
        if key == KEY and self._offers:
            del self._offers[0]
            self._show()

    def _show(self) -> None:
        if not self._offers:
            return
        offer = self._offers[0]
        choices = [
            (self.tr("Recover") if _recoverable(offer) else self.tr("Open Again"), partial(self._recover, offer)),
            (self.tr("Discard"), partial(self._discard, offer)),
        ]
        self._window.messages.show_message(KEY, "warning", translated(_sentence(offer)), choices)
        if not offer.learned:
            self._settle(offer)

    def _recover(self, offer: Offer) -> None:
        """Show the document, unless the person keeps the current one: then the offer is made again."""
        self._offers.insert(0, offer)
        self._files.leave(partial(self._load, offer))
        if offer in self._offers:
            self._show()

    def _load(self, offer: Offer) -> None:
        if offer not in self._offers:
            return
        self._offers.remove(offer)
        self._files.restore(partial(self._recovery.adopt, offer))
        if self._offers:
            self._show()
        else:
            self._window.messages.dismiss(KEY)  # it was shown while the current document was being saved
        self.recovered.emit(offer.recovery if offer.learned else replace(offer.recovery, run_id=None))
        self._settle(offer)

    def _discard(self, offer: Offer) -> None:
        self._settle(offer)
        try:
            if offer.folder is not None:
                offer.folder.remove()
        except OSError as error:
            words = tr_noop("The document was not discarded: {reason}. It is offered again at the next start.")
            self.refused.emit(message(words, reason=error.strerror or repr(error)))

    def _settle(self, offer: Offer) -> None:
        if offer.recovery.run_id is not None:
            self.settled.emit(offer.recovery.run_id)


def _recoverable(offer: Offer) -> bool:
    """Whether there is more than the experiment that a run began with: unsaved changes, or a network."""
    return offer.recovery.modified or offer.learned


def _sentence(offer: Offer) -> Message:
    name = printable(offer.recovery.experiment.name)
    if offer.recovery.modified and offer.learned:
        return message("“{name}” was not saved when Playground ended.", name=name)
    if offer.recovery.modified:
        words = tr_noop(
            "“{name}” was not saved when Playground ended. Its training had no checkpoint yet and begins anew."
        )
        return message(words, name=name)
    if offer.learned:
        return message("“{name}” was being trained when Playground ended.", name=name)
    words = tr_noop(
        "“{name}” was being trained when Playground ended. There was no checkpoint yet from which it could be "
        "continued, but the experiment can be opened again."
    )
    return message(words, name=name)

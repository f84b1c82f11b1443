"""Notifies the user of results: in the status line after success, in a message bar after a failure or a run."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.training.snapshots import Diverged, Finished, Snapshot
from playground.gui.session.run import Run
from playground.gui.style.translation import translated
from playground.gui.window.menus.help import HelpMenu
from playground.gui.window.message_bar import MessageArea
from playground.gui.window.statusbar import StatusLine
from playground.spec.messages import Message


class Notifications(QObject):
    """Slots for the signals of parts that have something to report."""

    why_requested = Signal()  # why a network is fit to deploy, or not

    def __init__(
        self, run: Run, messages: MessageArea, status: StatusLine, help_menu: HelpMenu, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._run, self._messages, self._status, self._help_menu = run, messages, status, help_menu

    @Slot()
    def forget(self) -> None:
        """Remove messages about the previous experiment, and the initial hint."""
        for key in ("hint", "failure", "verdict"):
            self._messages.dismiss(key)

    @Slot()
    def forget_verdict(self) -> None:
        """Remove the message about a run that no longer exists."""
        self._messages.dismiss("verdict")

    @Slot()
    def begin(self) -> None:
        """Remove the initial hint: the user has begun."""
        self._messages.dismiss("hint")

    @Slot(bool)
    def outdate(self, stale: bool) -> None:
        """Remove messages about a run that no longer fits the experiment."""
        if stale:
            self.forget_verdict()

    @Slot(object)
    def tell(self, message: Message) -> None:
        """Show in the status line that something is done or in progress."""
        self._messages.dismiss("failure")
        self._status.tell(translated(message))

    @Slot(object)
    @Slot(str)
    def complain(self, message: Message | str) -> None:
        """Show that something failed."""
        text = translated(message) if isinstance(message, Message) else message
        self._messages.show_message("failure", "error", text)

    def note_rest(self, message: Message | None) -> None:
        """Show that some dropped files were not opened; None removes that message."""
        if message is None:
            self._messages.dismiss("rest")
        else:
            self._messages.show_message("rest", "hint", translated(message))

    @Slot(object)
    def offer_log(self, message: Message) -> None:
        """Show an unexpected failure, with a button for the log."""
        self._show_with_log("failure", translated(message))

    @Slot(str)
    def unexpected(self, error: str) -> None:
        """Show that there is an error in the program."""
        text = self.tr("Something went wrong: {0}. The log has details; you can continue working.").format(error)
        self._show_with_log("unexpected", text)

    @Slot(object)
    def show_store_problem(self, problem: Message | None) -> None:
        """Show why runs are not stored at the moment; None removes that message."""
        if problem is None:
            self._messages.dismiss("store")
        else:
            self._messages.show_message("store", "warning", translated(problem))

    @Slot(object)
    def show_end(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Show the result of a run: a hint if it was tested, a warning if it diverged."""
        last = snapshots[-1]
        if isinstance(last, Finished):
            text = translated(last.verdict)
            tested = last.test_score is not None
            if tested and last.best_epoch is not None and last.best_epoch != last.epochs:
                words = self.tr("{0} The test used the weights of epoch {1:,}, which had the least validation loss.")
                text = words.format(text, last.best_epoch)
            experiment = self._run.experiment
            barred = tested and experiment is not None and experiment.data.fit is not None
            choices = [(self.tr("Why?"), self.why_requested.emit)] if barred else []
            self._messages.show_message("verdict", "hint", text, choices)
        elif isinstance(last, Diverged):
            self._messages.show_message("verdict", "warning", translated(last.message))

    def _show_with_log(self, key: str, text: str) -> None:
        self._messages.show_message(key, "error", text, [(self.tr("Open log"), self._help_menu.open_log)])

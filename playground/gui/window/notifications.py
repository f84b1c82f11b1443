"""Says what came of what a person did: a quiet line where it went well, a bar where it did not or a run has ended."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from playground.engine.training.snapshots import Diverged, Finished, Snapshot
from playground.gui.style.translation import translated
from playground.gui.window.menus.help import HelpMenu
from playground.gui.window.message_bar import MessageArea
from playground.gui.window.statusbar import StatusLine
from playground.spec.messages import Message


class Notifications(QObject):
    """Its slots are connected to whatever has something to say."""

    def __init__(self, messages: MessageArea, status: StatusLine, help_menu: HelpMenu, parent: QObject) -> None:
        super().__init__(parent)
        self._messages, self._status, self._help_menu = messages, status, help_menu

    @Slot()
    def forget(self) -> None:
        """Take away what was said of the experiment before, or to begin with."""
        for key in ("hint", "failure", "verdict"):
            self._messages.dismiss(key)

    @Slot()
    def forget_verdict(self) -> None:
        """Take away what was said of a run that is no more."""
        self._messages.dismiss("verdict")

    @Slot()
    def begin(self) -> None:
        """Take away what was said to begin with: the person has begun."""
        self._messages.dismiss("hint")

    @Slot(bool)
    def outdate(self, stale: bool) -> None:
        """Take away what was said of a run that the experiment has departed from."""
        if stale:
            self.forget_verdict()

    @Slot(object)
    def tell(self, message: Message) -> None:
        """Say in the status line that something is done, or going on."""
        self._messages.dismiss("failure")
        self._status.tell(translated(message))

    @Slot(object)
    @Slot(str)
    def complain(self, message: Message | str) -> None:
        """Say that something could not be done."""
        text = translated(message) if isinstance(message, Message) else message
        self._messages.show_message("failure", "error", text)

    def note_rest(self, message: Message | None) -> None:
        """Say that not all that was let go over the window was taken; None takes that back."""
        if message is None:
            self._messages.dismiss("rest")
        else:
            self._messages.show_message("rest", "hint", translated(message))

    @Slot(object)
    def offer_log(self, message: Message) -> None:
        """Say that something failed as nobody foresaw."""
        self._show_with_log("failure", translated(message))

    @Slot(str)
    def unexpected(self, error: str) -> None:
        """Say that there is a mistake in the program."""
        text = self.tr("Something went wrong: {0}. The log says more; what you do next should work.").format(error)
        self._show_with_log("unexpected", text)

    @Slot(object)
    def show_end(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Say how the run ended: calmly where it was tested, in the way where it went wrong."""
        last = snapshots[-1]
        if isinstance(last, Finished):
            text = translated(last.verdict)
            tested = last.test_score is not None
            if tested and last.best_epoch is not None and last.best_epoch != last.epochs:
                words = self.tr("{0} Tested were the weights of epoch {1:,}, whose validation loss was the least.")
                text = words.format(text, last.best_epoch)
            self._messages.show_message("verdict", "hint", text)
        elif isinstance(last, Diverged):
            self._messages.show_message("verdict", "warning", translated(last.message))

    def _show_with_log(self, key: str, text: str) -> None:
        self._messages.show_message(key, "error", text, [(self.tr("Open log"), self._help_menu.open_log)])

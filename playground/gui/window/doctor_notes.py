"""Shows the findings of the doctor, each with the edit that mends it."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import QObject, Slot

from playground.engine.doctor.finding import Finding
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.style.translation import translated
from playground.gui.window.message_bar import MessageArea


class DoctorNotes(QObject):
    """Follows the run; messages about it go with it."""

    def __init__(self, run: Run, document: Document, messages: MessageArea, parent: QObject) -> None:
        super().__init__(parent)
        self._run, self._document, self._messages = run, document, messages
        self._shown: dict[str, Finding] = {}  # by key of the message
        self._explained: dict[str, Finding] = {}  # by key: what was asked about, by the mark on a block
        run.found.connect(self._show)
        run.state_changed.connect(self._show_again)
        run.began.connect(self._clear)
        run.cleared.connect(self._clear)
        run.stale_changed.connect(self._clear_stale)

    @Slot(object)
    def _show(self, finding: Finding) -> None:
        if self._run.stale:  # the fix may be meant for another stack
            return
        diverged = self._run.progress.diverged
        # A divergence is told already: the same message again, with a button.
        key = "verdict" if diverged and diverged.message == finding.sentence else f"doctor {finding.id}"
        if key == "verdict":
            self._messages.dismiss(f"doctor {finding.id}")  # what was said of it while it still ran
        choices = [] if finding.fix is None else [(translated(finding.fix.label), partial(self._mend, key, finding))]
        self._messages.show_message(key, "warning", translated(finding.sentence), choices)
        self._shown[key] = finding

    def explain(self, finding: Finding, sentence: str) -> None:
        """Show what is wrong with a layer.

        That is in the words of `sentence`, or in the doctor's where it has reported the same of that layer.
        """
        own = [
            item for item in self._shown.values() if item.id == finding.id and set(finding.layers) & set(item.layers)
        ]
        if own:
            self._show(own[-1])
            return
        key = f"layer {finding.id} {finding.layers}"
        self._explained[key] = finding
        fix = None if self._run.stale else finding.fix  # it may be meant for another stack
        choices = [] if fix is None else [(translated(fix.label), partial(self._mend, key, finding))]
        self._messages.show_message(key, "warning", sentence, choices)

    def withdraw(self, held: Collection[Finding]) -> None:
        """Remove what was explained of layers and no longer holds; `held` are the findings that do."""
        places = {(finding.id, finding.layers) for finding in held}
        for key, finding in tuple(self._explained.items()):
            if (finding.id, finding.layers) not in places:
                del self._explained[key]
                self._messages.dismiss(key)

    @Slot(object)
    def _show_again(self, state: RunState) -> None:
        """At the end, put the latest finding that was not dismissed before the result: it can be mended."""
        left = [finding for key, finding in self._shown.items() if self._messages.has_message(key)]
        if state is RunState.FINISHED and left:
            self._show(left[-1])

    def _mend(self, key: str, finding: Finding) -> None:
        if finding.fix is not None:
            self._document.mend(finding.fix)
        self._messages.dismiss(key)

    @Slot()
    def _clear(self) -> None:
        for key in self._shown:
            self._messages.dismiss(key)
        self._shown.clear()

    @Slot(bool)
    def _clear_stale(self, stale: bool) -> None:
        if stale:
            self._clear()

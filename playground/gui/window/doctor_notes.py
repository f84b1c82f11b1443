"""Shows the findings of the doctor, each with the edit that mends it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot

from playground.engine.doctor.finding import Finding
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.style.translation import translated
from playground.gui.window.message_bar import MessageArea


class DoctorNotes(QObject):
    """Follows the run; messages about it go with it."""

    def __init__(self, run: Run, document: Document, messages: MessageArea, parent: QObject) -> None:
        super().__init__(parent)
        self._run, self._document, self._messages = run, document, messages
        self._shown: list[str] = []  # keys of messages
        run.found.connect(self._show)
        run.began.connect(self._clear)
        run.cleared.connect(self._clear)
        run.stale_changed.connect(self._clear_stale)

    @Slot(object)
    def _show(self, finding: Finding) -> None:
        diverged = self._run.progress.diverged
        # A divergence is told already: the same message again, with a button.
        key = "verdict" if diverged and diverged.message == finding.sentence else f"doctor {finding.id}"
        choices = [] if finding.fix is None else [(translated(finding.fix.label), partial(self._mend, key, finding))]
        self._messages.show_message(key, "warning", translated(finding.sentence), choices)
        self._shown.append(key)

    def _mend(self, key: str, finding: Finding) -> None:
        if finding.fix is not None:
            self._document.mend(finding.fix)
        self._messages.dismiss(key)

    @Slot()
    def _clear(self) -> None:
        while self._shown:
            self._messages.dismiss(self._shown.pop())

    @Slot(bool)
    def _clear_stale(self, stale: bool) -> None:
        if stale:
            self._clear()

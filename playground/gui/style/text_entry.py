"""A multi-line text editor that limits the length of pasted and dropped text."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtWidgets import QPlainTextEdit

MOST = 20_000  # characters: laying out a longer paste would take long and serve no purpose


class BoundedTextEdit(QPlainTextEdit):
    """Accepts at most `MOST` characters at once; keys and input methods are unaffected."""

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  Qt's name
        """Insert as much of a pasted or dropped text as fits."""
        free = MOST - self.document().characterCount() + 1 + len(self.textCursor().selectedText())
        if source.hasText() and not self.isReadOnly():
            # Not by the base class: PySide then treats the data as owned by Qt and never frees them; and during a
            # drop Qt looks for the cursor in lines that are laid out only afterwards, and crashes.
            self.insertPlainText(source.text()[: max(0, free)])
            QTimer.singleShot(0, self.ensureCursorVisible)

"""Where several lines are typed, pasted or dropped: as much of a text as there is use for."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtWidgets import QPlainTextEdit

MOST = 20_000  # characters: what is pasted beyond them would only be laid out, which takes long


class BoundedTextEdit(QPlainTextEdit):
    """Takes no more than `MOST` characters at once; keys and input methods work as anywhere."""

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  Qt's name
        """Paste or drop as much of a text as there is room for."""
        free = MOST - self.document().characterCount() + 1 + len(self.textCursor().selectedText())
        if source.hasText() and not self.isReadOnly():
            # Not by the base class: PySide then counts the data as Qt's own, and never lets go of them; and during a
            # drop Qt looks for the cursor among lines that are laid out only after it, and crashes.
            self.insertPlainText(source.text()[: max(0, free)])
            QTimer.singleShot(0, self.ensureCursorVisible)

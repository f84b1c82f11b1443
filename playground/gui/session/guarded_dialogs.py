"""Questions for paths whose answers never replace the data that the document learns from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.gui.session.document import Document
from playground.gui.style.dialogs import Answer, Ask, Conflict
from playground.spec.files.input_protection import ensure_not_an_input
from playground.spec.files.storage import FileError


class GuardedDialogs(QObject):
    """Passes questions on; a path to write to that would replace a file of the document's data counts as cancelled."""

    refused = Signal(object)  # the reason, a Message

    def __init__(self, ask: Ask, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask, self._document = ask, document

    def unsaved(self, name: str) -> Answer:
        """Ask what to do with unsaved changes."""
        return self._ask.unsaved(name)

    def changed(self, name: str) -> Conflict:
        """Ask what to do about a file that another program has changed."""
        return self._ask.changed(name)

    def open_path(self, folder: Path) -> Path | None:
        """Ask for a file to open."""
        return self._ask.open_path(folder)

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """Ask for a file to write; None also where it is one of the files to learn from, and `refused` says so."""
        path = self._ask.save_path(title, suggestion, filters)
        if path is not None:
            try:
                ensure_not_an_input(path, self._document.experiment.data.own_paths)
            except FileError as error:
                self.refused.emit(error.message)
                return None
        return path

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Ask for a data file, or without filters a folder."""
        return self._ask.source_path(title, folder, filters)

    def source_paths(self, title: str, folder: Path, filters: str) -> tuple[Path, ...]:
        """Ask for data files of one folder."""
        return self._ask.source_paths(title, folder, filters)

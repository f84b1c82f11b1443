"""Questions that block until they are answered; callers receive an `Ask`, which tests replace."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.gui.style.translation import translated
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop


class Answer(Enum):
    """Decision about unsaved changes."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


class Conflict(Enum):
    """Decision about a file that another program has changed."""

    OVERWRITE = auto()
    SAVE_AS = auto()
    CANCEL = auto()


class Ask(Protocol):
    """Asks the user and waits for the answer."""

    def unsaved(self, name: str) -> Answer:
        """Ask what to do with unsaved changes to the named experiment."""

    def changed(self, name: str) -> Conflict:
        """Ask whether to overwrite the named file, which another program has changed since it was opened."""

    def open_path(self, folder: Path) -> Path | None:
        """Ask for a file to open; None if cancelled."""

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """Ask for a file to write; `filters` as for `QFileDialog`. None if cancelled."""

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Ask for a data file, or without filters a folder; None if cancelled."""

    def source_paths(self, title: str, folder: Path, filters: str) -> tuple[Path, ...]:
        """Ask for data files of one folder; none if cancelled."""


class Dialogs:
    """Asks with Qt's dialogs, modal to a window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def unsaved(self, name: str) -> Answer:
        """Offer Save, Discard and Cancel."""
        buttons = QMessageBox.StandardButton
        box = QMessageBox(
            QMessageBox.Icon.Question,
            translated(tr_noop("Playground")),
            translated(message("Save the changes to the experiment “{name}”?", name=name)),
            buttons.Save | buttons.Discard | buttons.Cancel,
            self._window,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(translated(tr_noop("Otherwise they are lost.")))
        box.setDefaultButton(buttons.Save)
        answers = {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}
        return answers.get(buttons(box.exec()), Answer.CANCEL)

    def changed(self, name: str) -> Conflict:
        """Offer Overwrite, Save as and Cancel."""
        words = tr_noop("“{file}” was changed by another program since it was opened.")
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            translated(tr_noop("Playground")),
            translated(message(words, file=shown(Path(name)))),
            QMessageBox.StandardButton.Cancel,
            self._window,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(translated(tr_noop("Overwriting it loses those changes.")))
        overwrite = box.addButton(translated(tr_noop("Overwrite")), QMessageBox.ButtonRole.DestructiveRole)
        save_as = box.addButton(translated(tr_noop("Save as…")), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(save_as)
        box.exec()
        chosen = box.clickedButton()
        if chosen is overwrite:
            return Conflict.OVERWRITE
        return Conflict.SAVE_AS if chosen is save_as else Conflict.CANCEL

    def open_path(self, folder: Path) -> Path | None:
        """Show the system's dialog."""
        filters = translated(
            tr_noop(
                "All supported files (*.playground *.safetensors *.pt *.pth *.csv *.tsv *.xlsx *.xlsm *.ods "
                "*.parquet *.jsonl *.ndjson *.txt *.md);;"
                "Experiments (*.playground);;Trained networks and weights (*.safetensors *.pt *.pth);;"
                "Tables and texts to learn from (*.csv *.tsv *.xlsx *.xlsm *.ods *.parquet *.jsonl *.ndjson *.txt "
                "*.md);;All files (*)",
            )
        )
        title = translated(tr_noop("Open"))
        name, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), filters)
        return Path(name) if name else None

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """Show the system's dialog, which also asks before a file is replaced."""
        name, chosen = QFileDialog.getSaveFileName(self._window, title, str(suggestion), filters)
        return with_ending(Path(name), chosen or filters) if name else None

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Show the system's dialog for files, or for folders."""
        if filters:
            name, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), filters)
        else:
            name = QFileDialog.getExistingDirectory(self._window, title, str(folder))
        return Path(name) if name else None

    def source_paths(self, title: str, folder: Path, filters: str) -> tuple[Path, ...]:
        """Show the system's dialog for several files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, title, str(folder), filters)
        return tuple(map(Path, names))


def with_ending(path: Path, chosen: str) -> Path:
    """The path with the first suffix of a filter such as `PNG (*.png)`, if it has no suffix."""
    ending = chosen.partition("*")[2].partition(")")[0].split()[0]
    return path if path.suffix else path.with_name(path.name + ending)

"""The questions that need an answer before anything can go on; whoever asks is given these, tests give others."""

from __future__ import annotations

import re
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.gui.style.translation import translated
from playground.spec.messages import message, printable, tr_noop


class Answer(Enum):
    """What to do with changes that were not saved."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


class Ask(Protocol):
    """Asks a person and waits for the answer."""

    def unsaved(self, name: str) -> Answer:
        """What should become of the changes to the experiment of that name?"""

    def open_path(self, folder: Path) -> Path | None:
        """Which file should be opened? None: none after all."""

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """Where should it be written? `filters` as `QFileDialog` takes them. None: nowhere after all."""

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Which file, or with no filters which folder, has the data? None: none after all."""


class Dialogs:
    """Asks with Qt's dialogs, over a window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def unsaved(self, name: str) -> Answer:
        """Offer Save, Discard and Cancel."""
        buttons = QMessageBox.StandardButton
        box = QMessageBox(
            QMessageBox.Icon.Question,
            translated(tr_noop("Playground")),
            translated(message("Save the changes to “{name}”?", name=name)),
            buttons.Save | buttons.Discard | buttons.Cancel,
            self._window,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(translated(tr_noop("Otherwise they are lost.")))
        box.setDefaultButton(buttons.Save)
        answers = {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}
        return answers.get(buttons(box.exec()), Answer.CANCEL)

    def open_path(self, folder: Path) -> Path | None:
        """Show the system's dialog."""
        filters = translated(
            tr_noop(
                "All that can be opened (*.playground *.safetensors *.csv *.tsv *.txt *.md);;"
                "Experiments (*.playground);;Trained networks (*.safetensors);;"
                "Tables and texts to learn from (*.csv *.tsv *.txt *.md);;All files (*)",
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


def file_name(name: str, otherwise: str = "experiment") -> str:
    """A name for a file made of an experiment's name, of at most 80 characters; `otherwise` where nothing is left."""
    return re.sub(r'[/\\:*?"<>|]+', " ", printable(name)).strip(" .")[:80].rstrip(" .") or otherwise


def with_ending(path: Path, chosen: str) -> Path:
    """The path with the first ending of a filter such as `PNG (*.png)`, where it has none of its own."""
    ending = chosen.partition("*")[2].partition(")")[0].split()[0]
    return path if path.suffix else path.with_name(path.name + ending)

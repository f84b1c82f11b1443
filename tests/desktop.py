"""The desktop around a window that nobody watches: it answers questions and opens no folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from playground.gui.style.dialogs import Answer, Conflict


class Answers:
    """Answers in place of dialogs, at random; changes are never saved on the way out, for nobody leaves."""

    def __init__(self, random: Random, files: Sequence[Path], out: Path) -> None:
        self._random, self._files, self._out = random, files, out

    def unsaved(self, name: str) -> Answer:
        """Discard mostly, or cancel."""
        return self._random.choice((Answer.DISCARD, Answer.DISCARD, Answer.CANCEL))

    def changed(self, name: str) -> Conflict:
        """Any decision."""
        return self._random.choice(tuple(Conflict))

    def open_path(self, folder: Path) -> Path | None:
        """Any of the files, or none."""
        return self._random.choice((*self._files, None))

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """One of a few names, a folder that does not exist, or none."""
        name = f"{self._random.randrange(5)}{suggestion.suffix}"
        return self._random.choice((self._out / name, self._out / "missing" / name, None))

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Any of the files, or none."""
        return self._random.choice((*self._files, None))

    def source_paths(self, title: str, folder: Path, filters: str) -> tuple[Path, ...]:
        """Some of the files, or none."""
        return tuple(self._random.sample(list(self._files), self._random.randrange(min(3, len(self._files)) + 1)))


class NoDesktop(QObject):
    """Opens no file manager for a folder, as long as it is not closed."""

    def __init__(self) -> None:
        super().__init__()
        QDesktopServices.setUrlHandler("file", self, "ignore")

    @Slot(QUrl)
    def ignore(self, _url: QUrl) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Let Qt open files again."""
        QDesktopServices.unsetUrlHandler("file")

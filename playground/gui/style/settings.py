"""Persistent settings: recent files, the window's layout, the appearance."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

_DIGITS = 5  # maximum of a pane size
RECENT = 9  # one for each digit key that opens them
CLOSED = 200  # number of closed notes that are remembered


class Settings(QObject):
    """A typed interface to `QSettings`; unknown or unreadable values count as never set."""

    recent_changed = Signal()

    def __init__(self, store: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    def sync(self) -> None:
        """Write changes at once; otherwise Qt does so later, or at the end of the process."""
        self._store.sync()

    @property
    def first_start(self) -> bool:
        """Whether no earlier start got as far as a window."""
        return not self._flag("started")

    def note_start(self) -> None:
        """Record that the program has been started."""
        self._store.setValue("started", True)

    @property
    def appearance(self) -> str:
        """`system`, `light` or `dark`."""
        value = self._store.value("appearance", "system")
        return value if value in ("light", "dark") else "system"

    @appearance.setter
    def appearance(self, value: str) -> None:
        self._store.setValue("appearance", value)

    @property
    def outputs_shown(self) -> bool:
        """Whether blocks show what their layers compute; they do unless that was switched off."""
        return self._store.value("outputs_shown", True) not in (False, "false")

    @outputs_shown.setter
    def outputs_shown(self, shown: bool) -> None:
        self._store.setValue("outputs_shown", shown)

    @property
    def active_first(self) -> bool:
        """Whether maps of a layer are shown in the order of their activity; at first they are in their own order."""
        return self._store.value("active_first", False) not in (False, "false")

    @active_first.setter
    def active_first(self, chosen: bool) -> None:
        self._store.setValue("active_first", chosen)

    @property
    def folder(self) -> Path:
        """Initial folder of file dialogs: the last one used, or the home folder."""
        value = self._store.value("folder", "")
        folder = Path(value) if isinstance(value, str) and value else Path.home()
        return folder if os.path.isdir(folder) else Path.home()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._store.setValue("folder", str(folder))

    def recent(self) -> tuple[Path, ...]:
        """The files last opened or saved, latest first, without those that no longer exist."""
        value = self._store.value("recent", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(path for path in map(Path, map(str, names)) if os.path.isfile(path))[:RECENT]

    def add_recent(self, path: Path) -> None:
        """Put a file at the head of the recent files."""
        path = path.absolute()
        others = [item for item in self.recent() if item != path]
        self._store.setValue("recent", [str(item) for item in (path, *others)][:RECENT])
        self.folder = path.parent
        self.recent_changed.emit()

    def clear_recent(self) -> None:
        """Clear the recent files."""
        self._store.remove("recent")
        self.recent_changed.emit()

    def is_closed(self, note: str) -> bool:
        """Whether the note with that key was closed before."""
        return note in self._closed()

    def note_closed(self, note: str) -> None:
        """Record that the note with that key was closed."""
        self._store.setValue("closed", [note, *(item for item in self._closed() if item != note)][:CLOSED])

    def _closed(self) -> list[str]:
        value = self._store.value("closed", [])
        return [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list) else []

    def layout(self, name: str) -> QByteArray | None:
        """The saved state of a window, or None."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Save the state of a window."""
        self._store.setValue(f"layout/{name}", state)

    def sizes(self, name: str) -> tuple[int, ...]:
        """Pane sizes in pixels of a splitter that the user has moved; empty otherwise."""
        value = self._store.value(f"layout/sizes/{name}")
        texts = value.split() if isinstance(value, str) else []
        sane = all(text.isascii() and text.isdigit() and len(text) <= _DIGITS for text in texts)
        return tuple(map(int, texts)) if sane else ()

    def set_sizes(self, name: str, sizes: Sequence[int]) -> None:
        """Save pane sizes of a splitter that the user has moved."""
        self._store.setValue(f"layout/sizes/{name}", " ".join(map(str, sizes)))

    def columns(self, name: str) -> str:
        """How the columns of a table are arranged, in the words of that table; empty if they never were."""
        value = self._store.value(f"layout/columns/{name}", "")
        return value if isinstance(value, str) else ""

    def set_columns(self, name: str, arrangement: str) -> None:
        """Save how the columns of a table are arranged."""
        self._store.setValue(f"layout/columns/{name}", arrangement)

    def forget_layout(self) -> None:
        """Delete the state of the window, all pane sizes, and how columns are arranged."""
        self._store.remove("layout")

    def _flag(self, name: str) -> bool:
        return self._store.value(name, False) in (True, "true")

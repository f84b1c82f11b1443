"""The window before the program exists: empty regions, colours, and background threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from playground.gui.session.background import Background
from playground.gui.session.thread_shutdown import ended
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.gc_in_main_thread import Collector
from playground.gui.style.appearance import Appearance
from playground.gui.style.settings import Settings
from playground.gui.window.main_window import MainWindow


class WindowShell(QObject):
    """Needs few imports, so that it can be shown at once; `Program` fills it."""

    def __init__(
        self,
        application: QApplication,
        settings: Settings,
        unexpected: ExceptionHook,
        runs_folder: Callable[[], Path] | None = None,
        recovery_folder: Path | None = None,
    ) -> None:
        """`runs_folder` returns the folder in which runs are stored, once it is needed; None: they are not stored.

        `recovery_folder` keeps the documents of all windows that have unsaved changes; None means the default.
        """
        super().__init__()
        self.settings, self.unexpected = settings, unexpected
        self.runs_folder, self.recovery_folder = runs_folder, recovery_folder
        self.collector = Collector(self)
        self.background = Background(self)
        # Separate threads: slow work delays no file, and an unresponsive drive delays nothing else.
        # Only pending writes outlast the window.
        self.reading, self.saving = Background(self), Background(self, lasting=True)
        self.appearance = Appearance(application, settings, self)
        self.window = MainWindow(settings)

    @property
    def threads(self) -> tuple[Background, ...]:
        """The background threads."""
        return self.background, self.reading, self.saving

    def close(self, within: int | None = None) -> bool:
        """End the threads; see `ended`."""
        self.collector.close()
        return ended(self.threads, within)

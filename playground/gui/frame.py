"""What stands before the program does: the empty window, its colours, and the threads' housekeeping."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from playground.gui.appearance import Appearance
from playground.gui.background import Background
from playground.gui.garbage import Collector
from playground.gui.main_window import MainWindow
from playground.gui.settings import Settings
from playground.gui.unexpected import Unexpected


class Frame(QObject):
    """Made of what is quickly imported, so that it can be shown at once; `Program` fills it."""

    def __init__(self, application: QApplication, settings: Settings, unexpected: Unexpected) -> None:
        super().__init__()
        self.settings, self.unexpected = settings, unexpected
        self.collector = Collector(self)
        self.background = Background(self)
        self.appearance = Appearance(application, settings, self)
        self.window = MainWindow(settings)

    def close(self) -> None:
        """End the thread and wait for it."""
        self.background.close()
        self.collector.close()

"""The Help menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.style.action import add


class HelpMenu(QMenu):
    """Shortcuts, About, log."""

    shortcuts_requested = Signal()
    about_requested = Signal()

    def __init__(self, log_folder: Path, window: QWidget) -> None:
        super().__init__(window)
        self._log_folder = log_folder
        self.shortcuts = add(self, self.tr("&Keyboard shortcuts"), "F1; Ctrl+?")
        self.log = add(self, self.tr("Open &log folder"), "Ctrl+Alt+O")
        self.addSeparator()
        self.about = add(self, self.tr("&About Playground"), "Shift+F1")
        self.shortcuts.triggered.connect(self.shortcuts_requested)
        self.log.triggered.connect(self.open_log)
        self.about.triggered.connect(self.about_requested)

    @Slot()
    def open_log(self) -> None:
        """Show the folder with the log in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder)))

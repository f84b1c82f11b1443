"""The dialogs that menus open: the gallery of presets, the keys, the versions. None of them stops the program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from playground.gui.session.files import Files
from playground.gui.window.main_window import MainWindow
from playground.spec.files.presets import empty, presets


class ProgramDialogs(QObject):
    """Makes each dialog when it is asked for; `window` is what they stand over."""

    def __init__(self, files: Files, window: MainWindow, parent: QObject | None = None) -> None:
        """What is chosen in the gallery becomes a new experiment of `files`."""
        super().__init__(parent)
        self.files, self.window = files, window

    @Slot()
    def show_gallery(self) -> None:
        """Offer the presets."""
        from playground.gui.gallery.dialog import Gallery

        gallery = Gallery((empty(), *presets()), self.window)
        gallery.chosen.connect(self.files.new)
        gallery.open()

    @Slot()
    def show_shortcuts(self) -> None:
        """List the keys."""
        from playground.gui.window.shortcuts import Shortcuts

        self._show_once(Shortcuts, lambda: Shortcuts(self.window.menuBar(), self.window))

    @Slot()
    def show_about(self) -> None:
        """Show the versions."""
        from playground.gui.window.about import About

        self._show_once(About, lambda: About(self.window))

    def _show_once(self, kind: type[QDialog], make: Callable[[], QDialog]) -> None:
        """Show a dialog that lets the window be used, or bring the one forward that is open already."""
        dialog = self.window.findChild(kind) or make()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

"""The dialogs that menus open: gallery of presets, several seeds, shortcuts, versions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from playground.gui.session.document import Document
from playground.gui.session.files import Files
from playground.gui.session.run import Run
from playground.gui.window.main_window import MainWindow
from playground.gui.window.menus.file import FileMenu
from playground.gui.window.menus.help import HelpMenu
from playground.gui.window.menus.run import RunMenu
from playground.spec.files.presets import empty, presets


class ProgramDialogs(QObject):
    """Creates each dialog on request; `window` is their parent."""

    def __init__(
        self, document: Document, files: Files, run: Run, window: MainWindow, parent: QObject | None = None
    ) -> None:
        """A preset chosen in the gallery becomes a new experiment of `files`; `run` trains several seeds."""
        super().__init__(parent)
        self.document, self.files, self.run, self.window = document, files, run, window

    def open_from(self, file_menu: FileMenu, run_menu: RunMenu, help_menu: HelpMenu) -> None:
        """Open the dialogs when the menus request them."""
        file_menu.new_requested.connect(self.show_gallery)
        run_menu.seeds_requested.connect(self.show_seeds)
        help_menu.shortcuts_requested.connect(self.show_shortcuts)
        help_menu.about_requested.connect(self.show_about)

    @Slot()
    def show_gallery(self) -> None:
        """Show the gallery of presets."""
        from playground.gui.gallery.dialog import Gallery

        gallery = Gallery((empty(), *presets()), self.window)
        gallery.chosen.connect(self.files.new)
        gallery.open()

    @Slot()
    def show_seeds(self) -> None:
        """Ask how many seeds to train."""
        from playground.gui.window.seeds_dialog import SeedsDialog

        dialog = SeedsDialog(self.document.experiment, self.window)
        dialog.chosen.connect(self.run.train_seeds)
        dialog.open()

    @Slot()
    def show_shortcuts(self) -> None:
        """List the shortcuts."""
        from playground.gui.window.shortcuts import Shortcuts

        self._show_once(Shortcuts, lambda: Shortcuts(self.window.menuBar(), self.window))

    @Slot()
    def show_about(self) -> None:
        """Show the versions."""
        from playground.gui.window.about import About

        self._show_once(About, lambda: About(self.window))

    def _show_once(self, kind: type[QDialog], make: Callable[[], QDialog]) -> None:
        """Show a non-modal dialog, or raise the one that is already open."""
        dialog = self.window.findChild(kind) or make()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

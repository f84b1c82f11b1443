"""Opens the collection of drawings, exports it, and has a network trained with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.gui.start.program_parts import ProgramParts
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from playground.gui.drawings.dialog import DrawingsDialog, ExportKind
    from playground.gui.panels.pad.strokes import Drawing


class ProgramDrawings(QObject):
    """One window for the collection at a time; exports are written in the background."""

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self._program = program
        self.dialog: DrawingsDialog | None = None

    @Slot()
    def open(self) -> None:
        """Show the collection."""
        self._shown().editor.pad.setFocus()

    @Slot(object, str)
    def keep(self, drawing: Drawing, label: str) -> None:
        """Show the collection with a drawing to be stored; `label` is its label if known."""
        self._shown().editor.put(drawing, label)

    def _shown(self) -> DrawingsDialog:
        from playground.engine.data.collection import Collection, default_folder
        from playground.gui.drawings.dialog import DrawingsDialog

        if self.dialog is None:
            collection = Collection(default_folder())
            self.dialog = DrawingsDialog(collection, self._program.background, self._program.window)
            self.dialog.train_requested.connect(self._train)
            self.dialog.export_requested.connect(self._export)
            self.dialog.destroyed.connect(self._forget)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    @Slot()
    def _train(self) -> None:
        """Make the collection the data of the document, and show the window."""
        if self.dialog is not None:
            folder = self.dialog.kept.collection.folder
            self.dialog.close()
            self._program.data_source.inspect(folder)

    @Slot(object)
    def _export(self, kind: ExportKind) -> None:
        """Ask for a folder, and write the drawings into a new folder in it."""
        if self.dialog is None:
            return
        settings = self._program.settings
        title = self.tr("Export drawings to a new folder in")
        folder = self._program.ask.source_path(title, settings.folder, "")
        if folder is not None:
            settings.folder = folder
            job = self._program.saving.do(_export_work(kind, self.dialog.kept.collection.folder, folder))
            job.done.connect(self._say_exported)
            job.failed.connect(self._complain)

    @Slot(object)
    def _say_exported(self, made: Path) -> None:
        told = message("The drawings are in “{folder}”.", folder=shown(made))
        if self.dialog is not None:
            self.dialog.show_done(told)
        else:
            self._program.notifications.tell(told)

    @Slot(object)
    def _complain(self, problem: Message) -> None:
        if self.dialog is not None:
            self.dialog.show_problem(problem)
        else:
            self._program.notifications.complain(problem)

    @Slot()
    def _forget(self) -> None:
        self.dialog = None


def _export_work(kind: ExportKind, source: Path, folder: Path) -> Callable[[], Path]:
    def export() -> Path:
        from playground.engine.data.collection import Collection
        from playground.engine.data.collection_export import export_idx, export_png
        from playground.gui.drawings.dialog import ExportKind

        if kind is ExportKind.PNG:
            return export_png(Collection(source), folder, "drawings-png")
        normalized = kind is ExportKind.IDX_NORMALIZED
        name = "drawings-idx-28" if normalized else "drawings-idx"
        return export_idx(Collection(source), folder, name, normalized=normalized)

    return export

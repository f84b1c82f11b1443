"""The base of what opens a collection of drawings: one window at a time; exports are written in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, Slot

from playground.gui.start.program_parts import ProgramParts
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from playground.engine.data.collection import Collection
    from playground.gui.drawings.collection_dialog import CollectionDialog, ExportKind


class ProgramCollection(QObject):
    """Subclasses make the window."""

    prefix: ClassVar[str]  # of the names of folders that are exported

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self._program = program
        self._window: CollectionDialog | None = None

    def _follow(self, window: CollectionDialog) -> None:
        """Listen to a new window."""
        self._window = window
        window.export_requested.connect(self._export)
        window.destroyed.connect(self._forget)

    def _raise(self) -> None:
        if self._window is not None:
            self._window.show()
            self._window.raise_()
            self._window.activateWindow()

    @Slot(object)
    def _export(self, kind: ExportKind) -> None:
        """Ask for a folder, and write the drawings into a new folder in it."""
        if self._window is None:
            return
        settings = self._program.settings
        title = self.tr("Export drawings to a new folder in")
        folder = self._program.ask.source_path(title, settings.folder, "")
        if folder is not None:
            settings.folder = folder
            job = self._program.saving.do(_export_work(kind, self._window.kept.collection, folder, self.prefix))
            job.done.connect(self._say_exported)
            job.failed.connect(self._complain)

    @Slot(object)
    def _say_exported(self, made: Path) -> None:
        told = message("The drawings are in “{folder}”.", folder=shown(made))
        if self._window is not None:
            self._window.show_done(told)
        else:
            self._program.notifications.tell(told)

    @Slot(object)
    def _complain(self, problem: Message) -> None:
        if self._window is not None:
            self._window.show_problem(problem)
        else:
            self._program.notifications.complain(problem)

    @Slot()
    def _forget(self) -> None:
        self._window = None


def _export_work(kind: ExportKind, collection: Collection, folder: Path, prefix: str) -> Callable[[], Path]:
    def export() -> Path:
        from playground.engine.data.collection_export import export_idx, export_png
        from playground.gui.drawings.collection_dialog import ExportKind

        if kind is ExportKind.PNG:
            return export_png(collection, folder, f"{prefix}-png")
        normalized = kind is ExportKind.IDX_NORMALIZED
        name = f"{prefix}-idx-28" if normalized else f"{prefix}-idx"
        return export_idx(collection, folder, name, normalized=normalized)

    return export

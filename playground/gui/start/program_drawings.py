"""Opens the collection of drawings, and has a network trained with it; so also the corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Slot

from playground.gui.start.program_collection import ProgramCollection
from playground.gui.start.program_corrections import ProgramCorrections
from playground.gui.start.program_parts import ProgramParts

if TYPE_CHECKING:
    from playground.gui.drawings.dialog import DrawingsDialog
    from playground.gui.panels.pad.strokes import Drawing
    from playground.gui.panels.panel import TaskPane


class ProgramDrawings(ProgramCollection):
    """One window for the collection at a time."""

    prefix: ClassVar[str] = "drawings"

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self.dialog: DrawingsDialog | None = None
        self.corrections = ProgramCorrections(program)
        self.corrections.drawings_requested.connect(self.open)

    def follow(self, task: TaskPane) -> None:
        """Store drawings and corrections of the panels."""
        task.keep_requested.connect(self.keep)
        self.corrections.follow(task)

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
            self.dialog.corrections_requested.connect(self.corrections.open)
            self._follow(self.dialog)
        self.dialog.corrections.setVisible(self.corrections.possible)
        self._raise()
        return self.dialog

    @Slot()
    def _train(self) -> None:
        """Make the collection the data of the document, and show the window."""
        if self.dialog is not None:
            folder = self.dialog.kept.collection.folder
            self.dialog.close()
            self._program.data_source.inspect(folder)

    @Slot()
    def _forget(self) -> None:
        super()._forget()
        self.dialog = None

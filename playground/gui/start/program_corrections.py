"""Stores misread drawings with their true classes, and opens the corrections of a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal, Slot

from playground.gui.start.learning_window import LearningWindow, learnable
from playground.gui.start.program_collection import ProgramCollection
from playground.gui.start.program_parts import ProgramParts
from playground.spec.data.corrections import Corrections
from playground.spec.datasets.mnist import Correctable
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.edits import Set
from playground.spec.messages import PlaygroundError, message

if TYPE_CHECKING:
    from playground.engine.data.collection import Collection, Kept
    from playground.gui.drawings.corrections_dialog import CorrectionsDialog
    from playground.gui.panels.pad.raster import Grey
    from playground.gui.panels.panel import TaskPane

_KEPT = "corrected"  # the key of a message


class ProgramCorrections(ProgramCollection):
    """One window at a time, for the corrections of the data that were shown when it was opened."""

    prefix: ClassVar[str] = "corrections"

    drawings_requested = Signal()  # the user wants to see the collection of drawings, which the network learned from

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self.dialog: CorrectionsDialog | None = None
        self.learning: LearningWindow | None = None
        program.document.changed.connect(self._show_mixed)

    @property
    def possible(self) -> bool:
        """Whether the present data have a collection of corrections."""
        return isinstance(self._program.document.experiment.data, Correctable)

    def follow(self, task: TaskPane) -> None:
        """Store the corrections of the panels."""
        task.correct_requested.connect(self.keep)
        task.corrections_requested.connect(self.open)
        task.learn_requested.connect(self.learn)

    @Slot(object, int)
    def keep(self, picture: Grey, number: int) -> None:
        """Store a misread picture, (side, side) in [0, 1], with the class that it has; a message offers to undo it."""
        from playground.engine.data.corrections import as_stored

        data = self._program.document.experiment.data
        name, collection = data.class_names[number], self._collection()
        try:
            kept = collection.add(name, as_stored(picture))
        except PlaygroundError as error:
            self._program.notifications.complain(error.message)
            return
        self._reread(collection)
        words, show = self.tr("Stored as a correction: it is “{0}”."), self.open
        if isinstance(data, OwnPictures):
            words = self.tr("Stored as “{0}” in your drawings. Train with them again, and the network learns from it.")
        choices = [(self.tr("Undo"), lambda: self._take_back(collection, kept)), (self.tr("Show"), show)]
        self._program.window.messages.show_message(_KEPT, "hint", words.format(name), choices)

    @Slot()
    def open(self) -> None:
        """Show the corrections of the present data."""
        from playground.gui.drawings.corrections_dialog import CorrectionsDialog

        data, collection = self._program.document.experiment.data, self._collection()
        if not isinstance(data, Correctable):
            self.drawings_requested.emit()
            return
        if self.dialog is not None and self.dialog.kept.collection.folder != collection.folder:
            self.dialog.destroyed.disconnect(self._forget)  # which would forget the next one
            self.dialog.close()  # of other data
            self._forget()
        if self.dialog is None:
            self.dialog = CorrectionsDialog(collection, data.title, self._program.background, self._program.window)
            self.dialog.drawings_requested.connect(self.drawings_requested)
            self.dialog.learn_requested.connect(self.learn)
            self.dialog.take_out_requested.connect(self._take_out)
            self._show_mixed()
            self._follow(self.dialog)
        self._raise()

    @Slot()
    def learn(self) -> None:
        """Ask how the network is to learn from the corrections, unless it cannot now."""
        if self.learning is not None:
            self.learning.dialog.raise_()
            self.learning.dialog.activateWindow()
            return
        try:
            items = learnable(self._program)
        except PlaygroundError as error:
            self._complain(error.message)
            return
        self.learning = LearningWindow(self._program, items)
        self.learning.dialog.destroyed.connect(self._end_learning)

    @Slot()
    def _take_out(self) -> None:
        words = message("Take the corrections out of the data")
        self._program.document.do(Set(("data", "corrections"), Corrections(), words))

    @Slot()
    def _show_mixed(self) -> None:
        if self.dialog is not None:
            data, folder = self._program.document.experiment.data, self.dialog.kept.collection.folder
            mixed = isinstance(data, Correctable) and bool(data.corrections.items)
            self.dialog.show_mixed(mixed and self._collection().folder == folder)

    @Slot()
    def _end_learning(self) -> None:
        if self.learning is not None:
            self.learning.close()
            self.learning = None

    def _collection(self) -> Collection:
        """Where corrections of the present data are stored; the drawings themselves where a network learned from them.

        It is among one's own drawings, too.
        """
        from playground.engine.data.collection import Collection
        from playground.engine.data.corrections import corrections_of

        data = self._program.document.experiment.data
        return corrections_of(data) if isinstance(data, Correctable) else Collection(Path(data.own_path))

    def _take_back(self, collection: Collection, kept: Kept) -> None:
        try:
            collection.delete([kept])
        except PlaygroundError as error:
            self._program.notifications.complain(error.message)
        self._program.window.messages.dismiss(_KEPT)
        self._reread(collection)

    def _reread(self, collection: Collection) -> None:
        """Show the corrections as they are stored now."""
        if self.dialog is not None and self.dialog.kept.collection.folder == collection.folder:
            self.dialog.kept.read()

    @Slot()
    def _forget(self) -> None:
        super()._forget()
        self.dialog = None

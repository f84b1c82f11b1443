"""The window “My corrections”: misread drawings with the class that they have, which can be deleted and exported."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QVBoxLayout, QWidget

from playground.engine.data.collection import Collection
from playground.gui.drawings.collection_dialog import CollectionDialog, ExportKind
from playground.gui.session.background import Background
from playground.gui.style.labels import text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.messages import Message


class CorrectionsDialog(CollectionDialog):
    """All corrections of one data set."""

    learn_requested = Signal()
    drawings_requested = Signal()
    take_out_requested = Signal()  # to take the corrections out of the experiment's data

    def __init__(self, collection: Collection, title: Message, background: Background, parent: QWidget) -> None:
        """`title` names the data set; `background` is the thread that changes many corrections."""
        words = self.tr(
            "No corrections yet.\nDraw something that the network misreads, and press “Wrong?” below the pad."
        )
        super().__init__(collection, background, words, parent)
        self.setWindowTitle(self.tr("My corrections of {0}").format(translated(title)))
        words = self.tr(
            "Drawings that were misread, as the network saw them ({0} × {0}), with the class they really have."
        )
        about = text_label(self, words.format(collection.side), "muted")
        about.setWordWrap(True)
        self._offer(self.tr("&IDX, {0} × {0}…").format(collection.side), ExportKind.IDX)
        self._offer(self.tr("&PNG, a folder for each label…"), ExportKind.PNG)
        self.learn = self.buttons.addButton(self.tr("&Learn from these…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.drawings = self.buttons.addButton(self.tr("My &drawings…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.take_out = self.buttons.addButton(self.tr("&Take out of the data"), QDialogButtonBox.ButtonRole.ActionRole)
        self.take_out.setToolTip(self.tr("Train without corrections from now on; they stay stored here"))
        self.take_out.hide()
        self.take_out.clicked.connect(self.take_out_requested)
        for button in (self.learn, self.drawings, self.take_out):
            button.setAutoDefault(False)
        self.learn.clicked.connect(self.learn_requested)
        self.drawings.clicked.connect(self.drawings_requested)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(about)
        column.addWidget(self.browser, 1)
        self._arrange(column)
        self.resize(640, 460)
        self.kept.changed.connect(self._follow)
        self.kept.read()

    def show_mixed(self, mixed: bool) -> None:
        """Set whether corrections are mixed into the data of the shown experiment."""
        self.take_out.setVisible(mixed)

    @Slot()
    def _follow(self) -> None:
        for button in (self.export, self.learn):
            button.setEnabled(bool(self.kept.total))
        self.undo.setEnabled(self.kept.can_undo)
        set_look(self.status, "muted")
        self.status.setText("")

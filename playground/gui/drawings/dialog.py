"""The window “My drawings”: draw, label and store signs; look through them; export them or train with them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QWidget

from playground.engine.data.collection import SIDE, Collection, trainable
from playground.engine.inference.pictures import SIDE as DIGIT_SIDE
from playground.gui.drawings.collection_dialog import CollectionDialog, ExportKind
from playground.gui.drawings.editor import Editor
from playground.gui.session.background import Background
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.spec.data.picture_folder_summary import FEWEST_PICTURES


class DrawingsDialog(CollectionDialog):
    """Left a pad for the next drawing, right all that are stored."""

    train_requested = Signal()
    corrections_requested = Signal()

    def __init__(self, collection: Collection, background: Background, parent: QWidget) -> None:
        """`background` is the thread that reads pasted and dropped pictures, and changes many drawings."""
        words = self.tr("No drawings yet.\nDraw a sign, type its label, and press Enter.")
        super().__init__(collection, background, words, parent)
        self.setWindowTitle(self.tr("My drawings"))
        self.editor = Editor(self.kept, background, self)
        self._offer(self.tr("&IDX, as drawn, {0} × {0}…").format(SIDE), ExportKind.IDX)
        words = self.tr("IDX, fitted and centred as in &MNIST, {0} × {0}…")
        self._offer(words.format(DIGIT_SIDE), ExportKind.IDX_NORMALIZED)
        self._offer(self.tr("&PNG, a folder for each label…"), ExportKind.PNG)
        self.train = self.buttons.addButton(self.tr("&Train with these"), QDialogButtonBox.ButtonRole.ActionRole)
        self.corrections = self.buttons.addButton(self.tr("My &corrections…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.corrections.clicked.connect(self.corrections_requested)
        for button in (self.train, self.corrections):
            button.setAutoDefault(False)
        self.train.clicked.connect(self.train_requested)
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addWidget(self.editor, 2)
        halves.addWidget(self.browser, 3)
        self._arrange(halves)
        self.setTabOrder(self.editor, self.browser)
        self.resize(860, 520)
        self.kept.changed.connect(self._follow)
        self.kept.read()

    @Slot()
    def _follow(self) -> None:
        counts = {label: len(drawings) for label, drawings in self.kept.by_label.items()}
        enough = trainable(counts, FEWEST_PICTURES)
        self.train.setEnabled(enough)
        needed = self.tr("To train, store at least {0} drawings with two labels or more, each drawn twice or more.")
        self.train.setToolTip("" if enough else plain_tip(needed.format(FEWEST_PICTURES)))
        self.export.setEnabled(bool(counts))
        self.undo.setEnabled(self.kept.can_undo)
        set_look(self.status, "muted")
        self.status.setText("" if enough else needed.format(FEWEST_PICTURES))

"""The window “My drawings”: draw, label and store signs; look through them; export them or train with them."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from playground.engine.data.collection import SIDE, Collection, trainable
from playground.engine.inference.pictures import SIDE as DIGIT_SIDE
from playground.gui.drawings.browser import Browser
from playground.gui.drawings.editor import Editor
from playground.gui.drawings.kept_drawings import KeptDrawings
from playground.gui.session.background import Background
from playground.gui.style.action import dress
from playground.gui.style.buttons import MenuButton
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import flat_button, plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.picture_folder_summary import FEWEST_PICTURES
from playground.spec.messages import Message


class ExportKind(Enum):
    """A form in which drawings are exported."""

    IDX = auto()  # as drawn
    IDX_NORMALIZED = auto()  # fitted and centred as in MNIST
    PNG = auto()


class DrawingsDialog(QDialog):
    """It stays beside the window, and is not modal: a network can be trained meanwhile."""

    train_requested = Signal()
    export_requested = Signal(object)  # ExportKind

    def __init__(self, collection: Collection, background: Background, parent: QWidget) -> None:
        """`background` is the thread that reads pasted and dropped pictures, and changes many drawings."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("My drawings"))
        self.kept = KeptDrawings(collection, background, self)
        self.editor = Editor(self.kept, background, self)
        self.browser = Browser(self.kept, self)
        self.status = Elided(self)
        self.undo = QAction(self.tr("Undo"), self)
        dress(self.undo, QKeySequence(QKeySequence.StandardKey.Undo).toString(), self.tr("Take the last step back"))
        self.addAction(self.undo)
        self.undo.triggered.connect(self.kept.undo)
        self._make_buttons()
        self._arrange()
        self.kept.changed.connect(self._follow)
        self.kept.told.connect(self.show_done)
        self.kept.failed.connect(self.show_problem)
        self.kept.read()

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.exports = QMenu(self)
        for words, kind in (
            (self.tr("&IDX, as drawn, {0} × {0}…").format(SIDE), ExportKind.IDX),
            (self.tr("IDX, fitted and centred as in &MNIST, {0} × {0}…").format(DIGIT_SIDE), ExportKind.IDX_NORMALIZED),
            (self.tr("&PNG, a folder for each label…"), ExportKind.PNG),
        ):
            self.exports.addAction(words).setData(kind)
        self.exports.triggered.connect(self._export)
        self.export = MenuButton(self.tr("&Export"), self.exports, self)
        self.export.setAutoDefault(False)
        self.train = self.buttons.addButton(self.tr("&Train with these"), QDialogButtonBox.ButtonRole.ActionRole)
        self.train.setAutoDefault(False)
        self.train.clicked.connect(self.train_requested)
        self.buttons.addButton(self.export, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.buttons.rejected.connect(self.close)

    def _arrange(self) -> None:
        halves = QHBoxLayout()
        halves.setSpacing(16)
        halves.addWidget(self.editor, 2)
        halves.addWidget(self.browser, 3)
        foot = QHBoxLayout()
        foot.addWidget(self.status, 1)
        foot.addWidget(flat_button(self.undo, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addLayout(halves, 1)
        column.addLayout(foot)
        column.addWidget(self.buttons)
        self.resize(860, 520)

    @Slot(object)
    def show_done(self, told: Message) -> None:
        """Say what was done."""
        set_look(self.status, "muted")
        self.status.setText(translated(told))

    @Slot(object)
    def show_problem(self, problem: Message) -> None:
        """Say why something was not done."""
        set_look(self.status, "error")
        self.status.setText(translated(problem))

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

    @Slot(QAction)
    def _export(self, action: QAction) -> None:
        self.export_requested.emit(action.data())

"""The base of the windows that show a collection of drawings: what is stored, undo, export, and what was done."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLayout, QMenu, QVBoxLayout, QWidget

from playground.engine.data.collection import Collection
from playground.gui.drawings.browser import Browser
from playground.gui.drawings.kept_drawings import KeptDrawings
from playground.gui.session.background import Background
from playground.gui.style.action import dress
from playground.gui.style.buttons import MenuButton
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import flat_button
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.messages import Message


class ExportKind(Enum):
    """A form in which drawings are exported."""

    IDX = auto()  # as stored
    IDX_NORMALIZED = auto()  # fitted and centred as in MNIST
    PNG = auto()


class CollectionDialog(QDialog):
    """It stays beside the window, and is not modal: a network can be trained meanwhile."""

    export_requested = Signal(object)  # ExportKind

    def __init__(self, collection: Collection, background: Background, empty_words: str, parent: QWidget) -> None:
        """`background` is the thread that changes many drawings; for `empty_words` see `Browser`."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.kept = KeptDrawings(collection, background, self)
        self.browser = Browser(self.kept, empty_words, self)
        self.status = Elided(self)
        self.undo = QAction(self.tr("Undo"), self)
        dress(self.undo, QKeySequence(QKeySequence.StandardKey.Undo).toString(), self.tr("Take the last step back"))
        self.addAction(self.undo)
        self.undo.triggered.connect(self.kept.undo)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.buttons.rejected.connect(self.close)
        self.exports = QMenu(self)
        self.exports.triggered.connect(self._export)
        self.export = MenuButton(self.tr("&Export"), self.exports, self)
        self.export.setAutoDefault(False)
        self.buttons.addButton(self.export, QDialogButtonBox.ButtonRole.ActionRole)
        self.kept.told.connect(self.show_done)
        self.kept.failed.connect(self.show_problem)

    def _offer(self, words: str, kind: ExportKind) -> None:
        """Offer a form of export."""
        self.exports.addAction(words).setData(kind)

    def _arrange(self, above: QLayout) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.status, 1)
        foot.addWidget(flat_button(self.undo, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addLayout(above, 1)
        column.addLayout(foot)
        column.addWidget(self.buttons)

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

    @Slot(QAction)
    def _export(self, action: QAction) -> None:
        self.export_requested.emit(action.data())

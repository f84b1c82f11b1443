"""The gallery in a dialog: choose a card with the mouse or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QDialog, QDialogButtonBox, QLabel, QListView, QVBoxLayout, QWidget

from playground.gui.gallery.cards import CARD, HEIGHT, WIDTH, CardPainter, Cards
from playground.gui.theme import set_look
from playground.spec.presets import Preset


class Gallery(QDialog):
    """Offers the presets; `chosen` says which one."""

    chosen = Signal(object)  # Preset

    def __init__(self, presets: tuple[Preset, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New from preset"))
        self.cards = Cards(presets, self)
        self.view = self._view()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.begin = buttons.addButton(self.tr("Begin"), QDialogButtonBox.ButtonRole.AcceptRole)
        set_look(self.begin, "go")
        self.begin.setDefault(True)
        buttons.accepted.connect(self._begin)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        words = QLabel(self.tr("Each preset is a whole experiment. Begin with one and change what you like."), self)
        words.setProperty("look", "muted")
        column.addWidget(words)
        column.addWidget(self.view, 1)
        column.addWidget(buttons)
        self.resize(5 * WIDTH + 46, 2 * HEIGHT + 100)
        self.view.setFocus()

    def _view(self) -> QListView:
        view = QListView(self)
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
        view.setGridSize(QSize(WIDTH, HEIGHT))
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setMouseTracking(True)
        view.setAccessibleName(self.tr("Presets"))
        view.setItemDelegate(CardPainter(view))
        view.setModel(self.cards)
        view.setCurrentIndex(self.cards.index(0))
        view.activated.connect(self._begin)
        return view

    @Slot()
    @Slot(QModelIndex)
    def _begin(self, _index: QModelIndex | None = None) -> None:
        preset: Preset = self.view.currentIndex().data(CARD).preset
        self.accept()
        self.chosen.emit(preset)

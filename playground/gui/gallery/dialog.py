"""The gallery in a dialog: choose a card with the mouse or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from playground.gui.gallery.cards import CARD, HEIGHT, WIDTH, WORDS, CardPainter, Cards
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
        self.found = QSortFilterProxyModel(self)
        self.found.setSourceModel(self.cards)
        self.found.setFilterRole(WORDS)
        self.found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search presets…"))
        self.search.setAccessibleName(self.tr("Search presets"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(220)
        self.search.textChanged.connect(self._search)
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
        top = QHBoxLayout()
        top.setContentsMargins(6, 0, 18, 0)
        top.addWidget(words, 1)
        top.addWidget(self.search)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(buttons)
        self.resize(5 * WIDTH + 46, round(2.6 * HEIGHT) + 100)
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
        view.setModel(self.found)
        view.setCurrentIndex(self.found.index(0, 0))
        view.activated.connect(self._begin)
        return view

    @Slot(str)
    def _search(self, text: str) -> None:
        """Show the cards that have the text; the first of them is chosen."""
        self.found.setFilterFixedString(text.strip())
        self.view.setCurrentIndex(self.found.index(0, 0))
        self.begin.setEnabled(self.found.rowCount() > 0)

    @Slot()
    @Slot(QModelIndex)
    def _begin(self, _index: QModelIndex | None = None) -> None:
        if not self.view.currentIndex().isValid():
            return  # nothing was found
        preset: Preset = self.view.currentIndex().data(CARD).preset
        self.accept()
        self.chosen.emit(preset)

"""The dialog of the gallery: search for a card by typing, choose it with the mouse or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.gui.gallery.card_detail import WIDTH as DETAIL
from playground.gui.gallery.card_detail import Detail
from playground.gui.gallery.cards import CARD, HEIGHT, WIDTH, CardPainter, Cards, Found
from playground.gui.style.theme import set_look
from playground.spec.files.presets import Preset

_COLUMNS = 4
_NARROWEST = 204  # minimum width of a column in pixels; columns shrink to it if one more column fits then
_CHOOSING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Gallery(QDialog):
    """Offers the presets and emits the `chosen` one; the search has the focus, and its arrow keys select a card."""

    chosen = Signal(object)  # Preset

    def __init__(self, presets: tuple[Preset, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New from preset"))
        self.cards = Cards(presets, self)
        self.found = Found(self.cards, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search by name, text, task or layer…"))
        self.search.setAccessibleName(self.tr("Search presets"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(DETAIL)
        self.detail = Detail(self)
        self.view = self._view()
        self.nothing, self.no_match_label = self._nothing()
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.nothing)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.begin = buttons.addButton(self.tr("Begin"), QDialogButtonBox.ButtonRole.AcceptRole)
        set_look(self.begin, "go")
        self.begin.setDefault(True)
        buttons.accepted.connect(self._begin)
        buttons.rejected.connect(self.reject)
        self._arrange(buttons)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.view.installEventFilter(self)
        self.view.selectionModel().currentChanged.connect(self._show_detail)
        self._show_detail(self.view.currentIndex())
        self.search.setFocus()

    def _arrange(self, buttons: QDialogButtonBox) -> None:
        words = QLabel(self.tr("Each preset is a whole experiment. Begin with one and change what you like."), self)
        words.setProperty("look", "muted")
        words.setWordWrap(True)
        top, middle, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        top.setContentsMargins(6, 0, 0, 0)
        top.addWidget(words, 1)
        top.addWidget(self.search)
        middle.addWidget(self.pages, 1)
        middle.addWidget(self.detail)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addWidget(buttons)
        wanted = QSize(_COLUMNS * WIDTH + DETAIL + 56, round(3.4 * HEIGHT) + 100)
        available = self.screen().availableSize()
        self.resize(wanted.boundedTo(QSize(round(0.96 * available.width()), round(0.92 * available.height()))))

    def _view(self) -> QListView:
        view = _Grid(self)
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
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

    def _nothing(self) -> tuple[QWidget, QLabel]:
        """The page shown instead of the cards if none matches, and its label."""
        page = QWidget(self)
        label = QLabel(page)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        clear = QPushButton(self.tr("Clear the search"), page)
        clear.setAutoDefault(False)
        clear.clicked.connect(self._clear)
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(label)
        column.addWidget(clear, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(2)
        return page, label

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Pass arrow keys from the search to the cards, and typed characters from the cards to the search."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.search and self._chooses(event):
                QApplication.sendEvent(self.view, event)
                return True
            if watched is self.view and _types(event):
                self.search.setFocus()
                QApplication.sendEvent(self.search, event)
                return True
        return super().eventFilter(watched, event)

    def _chooses(self, event: QKeyEvent) -> bool:
        """Whether a key in the search moves the selection: left and right do at the ends of the text."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        cursor, end = self.search.cursorPosition(), len(self.search.text())
        aside = {Qt.Key.Key_Left: cursor == 0, Qt.Key.Key_Right: cursor == end}
        return event.key() in _CHOOSING or aside.get(Qt.Key(event.key()), False)

    @Slot(str)
    def _search(self, text: str) -> None:
        """Show the cards that have the words; the best of them is chosen."""
        self.found.search(text)
        self.view.setCurrentIndex(self.found.best)
        found = self.found.rowCount() > 0
        self.begin.setEnabled(found)
        self.detail.setVisible(found)
        self.pages.setCurrentWidget(self.view if found else self.nothing)
        shown = text.strip() if len(text.strip()) <= 40 else text.strip()[:39] + "…"
        words = self.tr("No preset matches “{0}”. Search for a task, such as “text”, or for a layer, such as “Conv2d”.")
        self.no_match_label.setText(words.format(shown))

    @Slot()
    def _clear(self) -> None:
        self.search.clear()
        self.search.setFocus()

    @Slot(QModelIndex)
    def _show_detail(self, index: QModelIndex) -> None:
        if index.isValid():
            self.detail.show_card(index.data(CARD))

    @Slot()
    @Slot(QModelIndex)
    def _begin(self, _index: QModelIndex | None = None) -> None:
        if not self.view.currentIndex().isValid():
            return  # no card matches
        preset: Preset = self.view.currentIndex().data(CARD).preset
        self.accept()
        self.chosen.emit(preset)


class _Grid(QListView):
    """Cards in as many columns as fit, which share the full width."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        available = self.viewport().width() - 1  # Qt wraps the last card of a line that is full to the pixel
        self.setGridSize(QSize(available // max(1, available // _NARROWEST), HEIGHT))
        super().resizeEvent(event)


def _types(event: QKeyEvent) -> bool:
    """Whether a key produces a searchable character."""
    command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return not command and event.text().isprintable() and bool(event.text().strip())

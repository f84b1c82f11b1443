"""The list of all layers on the left, with a search field."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from playground.gui.stack.palette_model import PaletteModel, PaletteRole
from playground.gui.style.theme import Theme, theme_of
from playground.gui.style.translation import translated
from playground.spec.check.insertion_points import InsertionPoint
from playground.spec.layer import Layer, Shape

SEARCH_KEYS = "Ctrl+K"
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SQUARE = 8.0  # pixels
UNFIT = (
    "muted",
    "text",
)  # text colours of layers that do not fit: normally, and on a highlighted background


class Palette(QWidget):
    """A list from which layers are inserted: by search, arrow keys and Enter, by double click, or by dragging."""

    chosen = Signal(object)  # Layer: insert it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None  # the widget that had the focus before the search
        self.search = _SearchLine()
        keys = QKeySequence(SEARCH_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
        self.search.setPlaceholderText(self.tr("Search layers  {0}").format(keys))
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self._model = PaletteModel(self)
        self.list = _List()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setAccessibleName(self.tr("Layers"))
        self._no_match = QLabel()
        self._no_match.setTextFormat(Qt.TextFormat.PlainText)
        self._no_match.setWordWrap(True)
        self._no_match.setProperty("look", "muted")
        self._no_match.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 4, 4)
        column.setSpacing(6)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, 6, 0)  # the same margin on both sides; the list has a scroll bar
        head.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self._no_match)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._searched)
        self.search.stepped.connect(self._step)
        self.search.accepted.connect(self._choose_current)
        self.search.left.connect(self._leave)
        self.list.doubleClicked.connect(self._choose)
        self.list.accepted.connect(self._choose_current)

    @property
    def model(self) -> PaletteModel:
        """The model of the list."""
        return self._model

    @Slot()
    def focus_search(self) -> None:
        """Move the focus to the search field; Esc returns it to the widget that has it now."""
        focused = QApplication.focusWidget()
        if focused is not self.search:
            self._before = focused
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_fitting(self, point: InsertionPoint) -> None:
        """Show layers fainter, with the reason, that do not fit at `point`, where one would be inserted now."""
        self._model.show_fitting(point)

    def show_suiting(self, data: Shape) -> None:
        """Show layers made for data of that shape first."""
        self._model.show_suiting(data)

    @Slot(str)
    def _searched(self, text: str) -> None:
        self._model.search(text)
        first = self._model.neighbour(-1, 1)
        self._no_match.setVisible(first < 0)
        self._no_match.setText(self.tr("No layer is called “{0}”.").format(text[:40]))
        if text.strip() and first >= 0:
            self._show(first)

    @Slot(int)
    def _step(self, step: int) -> None:
        row = self._model.neighbour(self.list.currentIndex().row(), step)
        if row >= 0:
            self._show(row)

    def _show(self, row: int) -> None:
        self.list.setCurrentIndex(self._model.index(row))

    @Slot()
    def _choose_current(self) -> None:
        self._choose(self.list.currentIndex())
        self.search.selectAll()  # the next letters search for another layer

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        layer = self._model.made(index.row())
        if layer is not None:
            self.chosen.emit(layer)

    @Slot()
    def _leave(self) -> None:
        self.search.clear()
        self.list.setCurrentIndex(QModelIndex())
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None


class _SearchLine(QLineEdit):
    """A search field that passes the keys for moving through the list to the list."""

    stepped = Signal(int)
    accepted = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in _ENTER:
            self.accepted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _List(QListView):
    """The list of layers; dragging copies them."""

    accepted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in _ENTER:
            self.accepted.emit()
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    """Paints headings in small capitals, and layers with a square in the colour of their kind."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        height = QFontMetrics(self._view.font()).height()
        return QSize(0, height + (14 if index.data(PaletteRole.MEMBER) is None else 10))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, member = theme_of(self._view), index.data(PaletteRole.MEMBER)
        if member is None:
            self._heading(painter, option, index.data(), theme)
        else:
            self._layer(painter, option, member, theme, fits=index.data(PaletteRole.FITS))
        painter.restore()

    def _heading(self, painter: QPainter, option: QStyleOptionViewItem, words: str, theme: Theme) -> None:
        font = QFont(self._view.font())
        font.setPixelSize(round(QFontMetrics(font).height() * 0.72))
        font.setCapitalization(QFont.Capitalization.AllUppercase)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        painter.drawText(option.rect.adjusted(2, 4, 0, -3), Qt.AlignmentFlag.AlignBottom, words)

    def _layer(
        self, painter: QPainter, option: QStyleOptionViewItem, member: type[Layer], theme: Theme, *, fits: bool
    ) -> None:
        row = QRectF(option.rect).adjusted(0, 1, -6, -1)
        pointed = bool(option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver))
        if pointed:
            painter.setPen(
                theme.color("accent") if option.state & QStyle.StateFlag.State_Selected else Qt.PenStyle.NoPen
            )
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        square = QRectF(row.left() + 8, row.center().y() - _SQUARE / 2, _SQUARE, _SQUARE)
        kind = theme.kind(member.kind)
        painter.setPen(Qt.PenStyle.NoPen if fits else QPen(kind, 1))
        painter.setBrush(kind if fits else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(square if fits else square.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.setFont(self._view.font())
        painter.setPen(theme.color("text" if fits else UNFIT[pointed]))
        text_rect = row.adjusted(8 + _SQUARE + 10, 0, -4, 0)
        metrics = QFontMetrics(self._view.font())
        words = metrics.elidedText(translated(member.label), Qt.TextElideMode.ElideRight, round(text_rect.width()))
        painter.drawText(text_rect, Qt.AlignmentFlag.AlignVCenter, words)

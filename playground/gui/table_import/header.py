"""The header above the first rows: name, role, kind, histogram and missing cells of each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from playground.gui.style.arrow import paint_arrow
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.gui.table_import.model import FirstRows, kind_word, missing_text
from playground.spec.data.column_kinds import ROLES

if TYPE_CHECKING:
    from playground.engine.data.table_overview import ColumnOverview

PAD = 10  # pixels to the left and right of the text
_ARROW = 14  # pixels for the arrow after a word
_BARS = 22  # height of the histogram in pixels
_BAR = 7  # width of a bar in pixels
_HISTOGRAM = 12 * _BAR
_WIDEST, _WIDEST_LEFT_OUT, _NARROWEST = 230, 140, 92
_SMALLER = 1.0  # points
ROLE, KIND = "role", "kind"  # the lines that open a menu


class ColumnHeader(QHeaderView):
    """Emits `menu_requested` with a column, `ROLE`, `KIND` or "" for all of it, and where on the screen."""

    menu_requested = Signal(int, str, QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_NARROWEST)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Columns"))

    def fit(self) -> None:
        """Make each column as wide as its name, words and cells need."""
        model = self._columns
        for section, item in enumerate(model.columns):
            words = [translated(ROLES[item.role]), translated(kind_word(item))]
            small = QFontMetrics(self._small())
            wide = max(*(small.horizontalAdvance(word) + _ARROW for word in words), _HISTOGRAM)
            wide = max(wide, QFontMetrics(self._bold()).horizontalAdvance(item.column.name) + 2 * _ARROW)
            wide = max(wide, small.horizontalAdvance(missing_text(item)), self._cells_width(section))
            widest = _WIDEST_LEFT_OUT if item.role == "left out" else _WIDEST
            self.resizeSection(section, min(widest, max(_NARROWEST, wide + 2 * PAD)))

    def _cells_width(self, section: int) -> int:
        model = self._columns
        font = model.data(model.index(0, section), Qt.ItemDataRole.FontRole) if model.rowCount() else self.font()
        metrics = QFontMetrics(font)
        cells = (str(model.data(model.index(row, section)))[:60] for row in range(model.rowCount()))
        return max((metrics.horizontalAdvance(cell) for cell in cells), default=0)

    @property
    def _columns(self) -> FirstRows:
        model = self.model()
        assert isinstance(model, FirstRows)
        return model

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() - _SMALLER)
        return font

    def _lines(self) -> dict[str, tuple[int, int]]:
        """Top and height of each line."""
        bold, small = QFontMetrics(self._bold()).height(), QFontMetrics(self._small()).height() + 2
        tops, top = dict[str, tuple[int, int]](), 6
        for name, height in (("name", bold + 1), (ROLE, small), (KIND, small), ("bars", _BARS + 3), ("missing", small)):
            tops[name] = (top, height)
            top += height
        return tops

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        top, height = self._lines()["missing"]
        return QSize(super().sizeHint().width(), top + height + 4)

    def place_of(self, section: int, part: str) -> QPoint:
        """Where on the screen the menu of a column opens."""
        top, height = self._lines().get(part, (0, self.height()))
        x = self.sectionViewportPosition(section) + PAD
        return self.viewport().mapToGlobal(QPoint(max(0, x), top + height))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802  Qt's name
        columns = self._columns.columns
        if section >= len(columns):
            return
        item, theme = columns[section], theme_of(self)
        view = self.parentWidget()
        focused = view is not None and view.hasFocus()
        current = focused and self.selectionModel().currentIndex().column() == section
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, theme.color("hover" if current else "panel"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("accent" if current else "border"))
        muted = item.role == "left out"
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        self._paint_name(painter, inner, item, theme.color("muted" if muted else "text"), theme.color("warn"))
        role = {"input": "accent", "target": "go", "left out": "muted"}[item.role]
        painter.setFont(self._small())
        self._paint_word(painter, inner, ROLE, translated(ROLES[item.role]), theme.color(role))
        self._paint_word(painter, inner, KIND, translated(kind_word(item)), theme.color("muted"))
        self._paint_bars(painter, inner, item.bars, theme.color("train_curve" if item.role == "target" else "faint"))
        top, height = self._lines()["missing"]
        painter.setPen(theme.color("muted"))
        box = QRect(inner.left(), rect.top() + top, inner.width(), height)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, missing_text(item))
        painter.restore()

    def _paint_name(self, painter: QPainter, inner: QRect, item: ColumnOverview, color: QColor, warn: QColor) -> None:
        top, height = self._lines()["name"]
        font = self._bold()
        painter.setFont(font)
        caution = item.association is not None and item.association.gives_away
        room = inner.width() - (_ARROW if caution else 0)
        text = QFontMetrics(font).elidedText(item.column.name, Qt.TextElideMode.ElideRight, room)
        box = QRect(inner.left(), inner.top() + top, room, height)
        painter.setPen(color)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if caution:
            painter.setPen(warn)
            after = box.adjusted(QFontMetrics(font).horizontalAdvance(text) + 4, 0, _ARROW + 4, 0)
            painter.drawText(after, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "⚠")

    def _paint_word(self, painter: QPainter, inner: QRect, line: str, text: str, color: QColor) -> None:
        """Paint a word with an arrow after it: a press opens its menu."""
        top, height = self._lines()[line]
        box = QRect(inner.left(), inner.top() + top, inner.width(), height)
        painter.setPen(color)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        after = inner.left() + QFontMetrics(self._small()).horizontalAdvance(text) + 9
        paint_arrow(painter, after, box.center().y() + 1, color, up=False)

    def _paint_bars(self, painter: QPainter, inner: QRect, bars: tuple[int, ...], color: QColor) -> None:
        top, _ = self._lines()["bars"]
        highest = max(bars, default=0)
        if not highest:
            return
        bottom = inner.top() + top + _BARS
        for index, count in enumerate(bars):
            height = max(1 if count else 0, round(count / highest * (_BARS - 2)))
            painter.fillRect(inner.left() + index * _BAR, bottom - height, _BAR - 1, height, color)

    def _part_at(self, y: int) -> str:
        """The line that opens a menu at a height; empty for none."""
        return next((name for name in (ROLE, KIND) for top, size in [self._lines()[name]] if 0 <= y - top < size), "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        super().mouseReleaseEvent(event)
        section, part = self.logicalIndexAt(event.position().toPoint()), self._part_at(round(event.position().y()))
        resizing = self.viewport().cursor().shape() == Qt.CursorShape.SplitHCursor
        if event.button() is Qt.MouseButton.LeftButton and section >= 0 and part and not resizing:
            self.menu_requested.emit(section, part, self.place_of(section, part))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        super().mouseMoveEvent(event)
        if self.viewport().cursor().shape() != Qt.CursorShape.SplitHCursor:
            over = self.logicalIndexAt(event.position().toPoint()) >= 0 and self._part_at(round(event.position().y()))
            shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        section = self.logicalIndexAt(event.pos())
        if section >= 0:
            self.menu_requested.emit(section, "", event.globalPos())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

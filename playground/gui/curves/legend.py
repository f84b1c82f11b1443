"""The row above a plot: its title, the names of its lines, and their values at the crosshair or the end of the run."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of

_SWATCH, _GAP, _APART = 14.0, 5.0, 14.0  # pixels: length of a line sample, gap to its name, gap between entries


class Stroke(NamedTuple):
    """The style of a line: the name of its colour in the theme, its width in pixels, and its dashes."""

    color: str
    width: float
    style: Qt.PenStyle = Qt.PenStyle.SolidLine

    def cosmetic(self, color: QColor, scale: float) -> QPen:
        """A cosmetic pen for a plot, with `scale` device pixels per pixel at 100 %."""
        pen = self.pen(color)
        pen.setWidthF(self.width * scale)
        pen.setCosmetic(True)
        return pen

    def pen(self, color: QColor) -> QPen:
        """A pen of this style."""
        pen = QPen(color, self.width, self.style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen


class LegendEntry(NamedTuple):
    """One line of the plot: its style, its name, its value as text, and a note on the value.

    An empty value is omitted, and so is the note if there is not enough space; the tooltip contains everything. If an
    entry has no name, its note is the name; such an entry comes first and is shortened last. `short` is a shorter name.
    """

    stroke: Stroke
    name: str
    value: str
    note: str = ""
    short: str = ""

    @property
    def words(self) -> str:
        """The complete text: `train, mean of the last 50 steps: 0.0712`."""
        what = ", ".join(part for part in (self.name, self.note) if part)
        return f"{what}: {self.value}" if self.value else what


class _Detail(NamedTuple):
    """The parts of the entries that are shown in addition to the line samples."""

    names: bool
    values: int  # number of entries, from the left, whose value is shown
    notes: int = 0  # number of entries, from the left, whose note is shown
    short: bool = False  # whether names are shortened


class Legend(QWidget):
    """Paints the title and the entries; if there is not enough space it omits notes, shortens names, then omits
    them, then values.

    The line samples and the tooltip identify a value that is shown without a name.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._entries: tuple[LegendEntry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def set_title(self, title: str) -> None:
        """Set the title of the plot."""
        if title != self._title:
            self._title = title
            self.setAccessibleName(title)
            self.update()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """The entries that are shown."""
        return self._entries

    def show_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Show these entries."""
        if entries != self._entries:
            self._entries = entries
            self.setAccessibleDescription("; ".join(entry.words for entry in entries))
            self.setToolTip(plain_tip("\n".join(entry.words for entry in entries)))
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(200, int(self.fontMetrics().height()) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        theme = theme_of(self)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(theme.color("text"))
        rect = QRectF(self.rect()).adjusted(8, 0, -8, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._title)
        title_end = rect.left() + QFontMetricsF(bold).horizontalAdvance(self._title) + _APART
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        detail = self._detail(metrics, rect.right() - title_end)
        x = rect.right() - self._width(metrics, detail)
        for number, entry in self._painted(detail):
            shown = entry if number < detail.values else entry._replace(value="")
            x = self._paint_entry(painter, metrics, shown, _named(number, entry, detail), x, rect) + _APART

    def _paint_entry(
        self, painter: QPainter, metrics: QFontMetricsF, entry: LegendEntry, name: str, x: float, rect: QRectF
    ) -> float:
        theme = theme_of(self)
        middle = round(rect.center().y()) + 0.5
        painter.setPen(entry.stroke.pen(theme.color(entry.stroke.color)))
        painter.drawLine(QPointF(x, middle), QPointF(x + _SWATCH, middle))
        x += _SWATCH
        for words, color in ((name, "muted"), (entry.value, "text")):
            if words:
                painter.setPen(theme.color(color))
                width = metrics.horizontalAdvance(words)
                text_rect = QRectF(x + _GAP, rect.top(), width + 1, rect.height())
                painter.drawText(text_rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
                x += _GAP + width
        return x

    def _detail(self, metrics: QFontMetricsF, available: float) -> _Detail:
        count = len(self._entries)
        wanted = [_Detail(True, count), _Detail(True, count, short=True), _Detail(False, count)]
        if any(entry.note for entry in self._entries):
            wanted[:0] = [_Detail(True, count, notes) for notes in (count, 1)]
            if not self._entries[0].name:
                wanted.insert(2, _Detail(True, count, 1, short=True))
                wanted.insert(3, _Detail(False, count, 1))  # the plot next to this one shows the names of the others
        return next((detail for detail in wanted if self._width(metrics, detail) <= available), _Detail(False, 0))

    def _painted(self, detail: _Detail) -> list[tuple[int, LegendEntry]]:
        """The painted entries with their indices; a sample without text among entries with text is omitted."""
        every = list(enumerate(self._entries))
        if not (detail.names or detail.values):
            return every
        return [(number, entry) for number, entry in every if entry.value or _named(number, entry, detail)]

    def _width(self, metrics: QFontMetricsF, detail: _Detail) -> float:
        painted = self._painted(detail)
        width = _APART * max(len(painted) - 1, 0)
        for number, entry in painted:
            name = _named(number, entry, detail)
            width += _SWATCH + (_GAP + metrics.horizontalAdvance(name) if name else 0.0)
            if number < detail.values and entry.value:
                width += _GAP + metrics.horizontalAdvance(entry.value)
        return width


def _named(number: int, entry: LegendEntry, detail: _Detail) -> str:
    """The text painted before the value of the entry with that index."""
    note = entry.note if number < detail.notes else ""
    if not detail.names:
        return "" if entry.name else note
    name = entry.short if detail.short and entry.short else entry.name
    return ", ".join(part for part in (name, note) if part)

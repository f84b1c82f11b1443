"""The row above a plot: its title, what each line is, and the values at the crosshair or at the end of the run."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import theme_of

_SWATCH, _GAP, _APART = 14.0, 5.0, 14.0  # pixels: a line's sample, from it to its name, between entries


class Stroke(NamedTuple):
    """How a line is drawn: the name of its colour in the theme, its width in pixels, and its dashes."""

    color: str
    width: float
    style: Qt.PenStyle = Qt.PenStyle.SolidLine

    def cosmetic(self, color: QColor, scale: float) -> QPen:
        """The pen for a plot: the same at every zoom, `scale` device pixels for one of the screen's at 100 %."""
        pen = self.pen(color)
        pen.setWidthF(self.width * scale)
        pen.setCosmetic(True)
        return pen

    def pen(self, color: QColor) -> QPen:
        """A pen of that look."""
        pen = QPen(color, self.width, self.style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen


class LegendEntry(NamedTuple):
    """One line of the plot: its look, its name, its value as words, and what the value is.

    An empty value is left out, and so is the note where there is no room for it: the tooltip has all.
    The note of an entry without a name is its name; it stands first, and gives way last.
    """

    stroke: Stroke
    name: str
    value: str
    note: str = ""

    @property
    def words(self) -> str:
        """All of it: `train, mean of the last 50 steps: 0.0712`."""
        what = ", ".join(part for part in (self.name, self.note) if part)
        return f"{what}: {self.value}" if self.value else what


class _Detail(NamedTuple):
    """What is shown of the entries besides the samples of their lines."""

    names: bool
    values: int  # how many of them, from the left, show theirs
    notes: int = 0  # how many of them, from the left, show what their value is


class Legend(QWidget):
    """Paints the title and the entries; leaves out notes, then names, then values where there is no room for all.

    The samples of the lines and the tool tip say what a value without a name belongs to.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._entries: tuple[LegendEntry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def set_title(self, title: str) -> None:
        """Say what the plot shows."""
        if title != self._title:
            self._title = title
            self.setAccessibleName(title)
            self.update()

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """What is shown."""
        return self._entries

    def show_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Show these."""
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
        for number, entry in self._told(detail):
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
                spot = QRectF(x + _GAP, rect.top(), width + 1, rect.height())
                painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
                x += _GAP + width
        return x

    def _detail(self, metrics: QFontMetricsF, room: float) -> _Detail:
        count = len(self._entries)
        wanted = [_Detail(True, count), _Detail(False, count)]
        if any(entry.note for entry in self._entries):
            wanted[:0] = [_Detail(True, count, notes) for notes in (count, 1)]
            if not self._entries[0].name:
                wanted.insert(2, _Detail(False, count, 1))  # the others have the same names in the plot beside
        return next((detail for detail in wanted if self._width(metrics, detail) <= room), _Detail(False, 0))

    def _told(self, detail: _Detail) -> list[tuple[int, LegendEntry]]:
        """The entries that are painted, numbered; a sample without a word among others with some would tell nothing."""
        every = list(enumerate(self._entries))
        if not (detail.names or detail.values):
            return every
        return [(number, entry) for number, entry in every if entry.value or _named(number, entry, detail)]

    def _width(self, metrics: QFontMetricsF, detail: _Detail) -> float:
        told = self._told(detail)
        width = _APART * max(len(told) - 1, 0)
        for number, entry in told:
            name = _named(number, entry, detail)
            width += _SWATCH + (_GAP + metrics.horizontalAdvance(name) if name else 0.0)
            if number < detail.values and entry.value:
                width += _GAP + metrics.horizontalAdvance(entry.value)
        return width


def _named(number: int, entry: LegendEntry, detail: _Detail) -> str:
    """What is painted before the value of the entry of that number."""
    note = entry.note if number < detail.notes else ""
    if not detail.names:
        return "" if entry.name else note
    return ", ".join(part for part in (entry.name, note) if part)

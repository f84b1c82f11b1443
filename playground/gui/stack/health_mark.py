"""The mark of an unhealthy layer on its block: a pulse in a pill, beside the shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPolygonF

from playground.gui.style.theme import Theme
from playground.gui.style.translation import translated
from playground.spec.edits import LayerPath
from playground.spec.messages import message

_ICON = 26  # width of the pill with the pulse alone
_MARGIN = 9  # behind the words
_PULSE = ((0, 0), (3, 0), (5, -4), (8, 4), (10, 0), (13, 0))  # pixels, from the left


class HealthMark(NamedTuple):
    """The fault of one layer, or of those in a folded container; all texts are translated."""

    name: str  # of the layer
    labels: tuple[str, ...]  # a few words for each fault
    sentences: tuple[str, ...]  # with the figure
    paths: tuple[LayerPath, ...]  # of the layers

    @property
    def words(self) -> str:
        """The text of the pill."""
        return ", ".join(dict.fromkeys(self.labels))

    def lines(self) -> tuple[str, ...]:
        """Each fault with its sentence."""
        pairs = zip(self.labels, self.sentences, strict=True)
        return tuple(
            translated(message("{fault}: {sentence}", fault=label, sentence=sentence)) for label, sentence in pairs
        )


def merged(marks: Sequence[HealthMark]) -> HealthMark | None:
    """One mark for several layers, whose sentences name the layer; None without any."""
    if len(marks) < 2:
        return marks[0] if marks else None
    labels = tuple(label for mark in marks for label in mark.labels)
    sentences = tuple(
        translated(message("{layer}: {sentence}", layer=mark.name, sentence=sentence))
        for mark in marks
        for sentence in mark.sentences
    )
    return HealthMark("", labels, sentences, tuple(path for mark in marks for path in mark.paths))


def health_rect(mark: HealthMark, area: QRect, name_width: int, font: QFont) -> QRect:
    """The pill at the right end of the area for a block's texts; without words where the name would have no room."""
    metrics = QFontMetrics(font)
    width = _ICON + metrics.horizontalAdvance(mark.words) + _MARGIN
    if width + name_width + 10 > area.width():
        width = _ICON
    height = metrics.height() + 2
    return QRect(area.right() + 1 - width, area.center().y() - height // 2 + 1, width, height)


def paint_health(painter: QPainter, mark: HealthMark, rect: QRect, font: QFont, theme: Theme) -> None:
    """Paint the pill."""
    color = theme.color("error")
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1))
    frame = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
    left, middle = rect.left() + 7.0, frame.center().y()
    painter.setPen(QPen(color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([QPointF(left + x, middle + y) for x, y in _PULSE]))
    if rect.width() > _ICON:
        painter.setFont(font)
        painter.drawText(rect.adjusted(_ICON, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, mark.words)
    painter.restore()

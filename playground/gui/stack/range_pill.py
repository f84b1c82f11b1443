"""What a search may change in a layer: its words, and the dashed frames in which they stand on a block."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from playground.gui.style.theme import Theme
from playground.gui.style.translation import translated
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.search.names import domain_text, short_name
from playground.spec.search.ranges import SpaceError

_PAD, _GAP, _RADIUS = 7, 8, 4  # pixels


def range_texts(experiment: Experiment, path: LayerPath) -> tuple[str, ...]:
    """The ranges of the layer at a path: `Units 16 … 128`."""
    found = []
    for item in experiment.search.ranges if experiment.search else ():
        if path and item.path == path:
            try:
                domain = domain_text(item, experiment)
            except SpaceError:
                continue
            words = message("{name} {domain}", name=short_name(item, experiment), domain=domain)
            found.append(translated(words))
    return tuple(found)


def paint_range(painter: QPainter, text: str, area: QRect, font: QFont, theme: Theme) -> QRect:
    """Paint one range in a dashed frame, if there is room; return the remaining area."""
    metrics = QFontMetrics(font)
    room = area.width() - 2 * _PAD
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
    if room < metrics.horizontalAdvance("000"):
        return area
    frame = QRectF(0, 0, metrics.horizontalAdvance(shown) + 2 * _PAD, metrics.height() + 4)
    frame.moveCenter(QPointF(area.left() + frame.width() / 2, area.center().y() + 0.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("warn"), 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
    painter.setPen(theme.color("warn"))
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, shown)
    return area.adjusted(round(frame.width()) + _GAP, 0, 0, 0)

"""The ranges of a layer on its block: their words, and the dashed frames in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from playground.gui.style.theme import Theme
from playground.gui.style.translation import translated
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.search.names import block_text
from playground.spec.search.ranges import FieldRange, Range, SpaceError

_PAD, _GAP, _RADIUS = 7, 8, 4  # pixels


class Pill(NamedTuple):
    """One frame, and the index of its range; that of how many more have no room has the index of the first of these."""

    rect: QRect
    text: str
    number: int


def shown_ranges(experiment: Experiment, path: LayerPath) -> tuple[Range, ...]:
    """The ranges of the layer at a path that fit it; for the data's `()` those of the whole network."""
    found = []
    for item in experiment.search.ranges if experiment.search else ():
        if item.path == path and (path or not isinstance(item, FieldRange)):
            try:
                item.domain(experiment)
            except SpaceError:
                continue  # it belongs to what was there before, and plans say so
            found.append(item)
    return tuple(found)


def range_texts(experiment: Experiment, path: LayerPath) -> tuple[str, ...]:
    """The same in words: `Units 16 … 128`."""
    return tuple(translated(block_text(item, experiment)) for item in shown_ranges(experiment, path))


def pills(texts: Sequence[str], area: QRect, font: QFont) -> tuple[Pill, ...]:
    """The frames from the left of an area on; the first is elided where it must be, others are counted instead."""
    metrics, found, left = QFontMetrics(font), list[Pill](), area.left()
    for number, text in enumerate(texts):
        more = f"+{len(texts) - number}"
        after = _width(metrics, f"+{len(texts) - number - 1}") + _GAP if number < len(texts) - 1 else 0
        room = area.right() + 1 - left - after
        if number == 0:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room - 2 * _PAD))
            if room < _width(metrics, "000"):
                text = ""
        if not text or _width(metrics, text) > room:
            if _width(metrics, more) <= area.right() + 1 - left:
                found.append(Pill(_rect(metrics, more, left, area), more, number))
            break
        found.append(Pill(_rect(metrics, text, left, area), text, number))
        left = found[-1].rect.right() + 1 + _GAP
    return tuple(found)


def paint_ranges(painter: QPainter, frames: Sequence[Pill], area: QRect, font: QFont, theme: Theme) -> QRect:
    """Paint the frames; return the remaining area."""
    painter.setFont(font)
    for pill in frames:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("warn"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(pill.rect).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.setPen(theme.color("warn"))
        painter.drawText(pill.rect, Qt.AlignmentFlag.AlignCenter, pill.text)
    return QRect(area).adjusted(frames[-1].rect.right() + 1 + _GAP - area.left(), 0, 0, 0) if frames else area


def _width(metrics: QFontMetrics, text: str) -> int:
    return metrics.horizontalAdvance(text) + 2 * _PAD


def _rect(metrics: QFontMetrics, text: str, left: int, area: QRect) -> QRect:
    height = metrics.height() + 4
    return QRect(left, area.center().y() + 1 - height // 2, _width(metrics, text), height)

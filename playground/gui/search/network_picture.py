"""A small drawing of a network: a bar for each layer in the colour of its kind, as wide as its output has units."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.gui.style.theme import Theme, theme_of
from playground.gui.style.translation import translated
from playground.spec.check.shapes import walk
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import Kind, Shape, is_sequence
from playground.spec.messages import PlaygroundError, message

_SIZE = QSize(64, 84)  # pixels
_LEAST = 0.12  # of the width: a bar of one unit
_HIGHEST, _GAP = 8.0, 1.0  # pixels of a bar, and of the gap below it


class Bar(NamedTuple):
    """One layer."""

    kind: Kind
    share: float  # of the width, above 0 to 1, by the logarithm of the units
    text: str  # name and units


def network_bars(experiment: Experiment) -> tuple[Bar, ...]:
    """The layers that are enabled, from the input to the output; containers stand for their layers alone.

    The units of an output are its channels; of a sequence, those of one step.
    """
    rows = [row for row in walk(experiment.stack, experiment.data.sample_shape) if row.active and row.measure]
    rows = [row for row in rows if not isinstance(row.layer, Container)]
    units = [_units(row.measure.output) for row in rows if row.measure]
    most = max(units, default=1)
    found = []
    for row, count in zip(rows, units, strict=True):
        share = 1.0 if most <= 1 else _LEAST + (1.0 - _LEAST) * log(max(count, 1)) / log(most)
        words = message("{layer}: {count:,}", layer=message(type(row.layer).label), count=count)
        found.append(Bar(row.layer.kind, share, translated(words)))
    return tuple(found)


def trial_bars(plan: Plan, row: TrialRow) -> tuple[Bar, ...]:
    """The bars of the network of a trial; none where its values are not known or fit no longer."""
    try:
        return network_bars(plan.space.apply(plan.experiment, row.params)) if row.params else ()
    except PlaygroundError:
        return ()


def _units(output: Shape) -> int:
    return 1 if not output else output[-1] if is_sequence(output) else output[0]


def paint_network(painter: QPainter, area: QRectF, bars: Sequence[Bar], theme: Theme) -> None:
    """Paint the bars in the middle of an area, the input on top."""
    if not bars:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    pitch = min(_HIGHEST + _GAP, area.height() / len(bars))
    top = area.top() + (area.height() - pitch * len(bars)) / 2.0
    gap = _GAP if pitch > 3.0 * _GAP else 0.0
    for number, bar in enumerate(bars):
        width = max(2.0, bar.share * area.width())
        left = area.center().x() - width / 2.0
        painter.fillRect(QRectF(left, top + number * pitch, width, pitch - gap), theme.kind(bar.kind))


class NetworkPicture(QWidget):
    """The drawing of the network of a trial; hidden without one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.setAccessibleName(self.tr("Network of the trial"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(_SIZE)
        self.hide()

    def show_network(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        self.bars = tuple(bars)
        texts = [bar.text for bar in bars]
        self.setAccessibleDescription(", ".join(texts))
        self.setToolTip("<br>".join(map(escape, texts)))
        self.setVisible(bool(bars))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter = QPainter(self)
        paint_network(painter, QRectF(self.rect()), self.bars, theme_of(self))
        painter.end()


def picture_html(bars: Sequence[Bar], words: str, theme: Theme) -> str:
    """A tool tip with words above the drawing."""
    picture = QPixmap(_SIZE)
    picture.fill(theme.color("field"))
    painter = QPainter(picture)
    paint_network(painter, QRectF(picture.rect()), bars, theme)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    data = bytes(buffer.data().toBase64().data()).decode("ascii")
    return f'<p style="white-space: pre">{escape(words)}</p><img src="data:image/png;base64,{data}">'

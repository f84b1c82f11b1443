"""A small picture of a network: one slab per layer, as tall as its image or vector and as thick as its channels."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from playground.gui.style.theme import Theme
from playground.spec.check.shapes import walk
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import Kind

GAP = 0.35  # between slabs, in widths of the thinnest slab


class Slab(NamedTuple):
    """One layer: its kind, and its extent in relative units."""

    kind: Kind | None  # None for the input
    height: float  # 0 to 1
    width: float


def slabs(experiment: Experiment) -> tuple[Slab, ...]:
    """The slabs of an experiment, from its input to its output.

    Sizes grow logarithmically, so that 10 outputs are visible next to 7,744.
    """
    shape = experiment.data.sample_shape
    found = [_slab(None, shape)]
    for row in walk(experiment.stack, shape):
        if row.output is not None and row.active and not isinstance(row.layer, Container):
            found.append(_slab(row.layer.kind, row.output))
    return tuple(found)


def _slab(kind: Kind | None, shape: Sequence[int]) -> Slab:
    if len(shape) == 1:
        return Slab(kind, min(1.0, log2(1 + shape[0]) / 10), 1.0)
    if len(shape) == 2:  # as tall as the vector of each step
        return Slab(kind, min(1.0, log2(1 + shape[1]) / 10), 1.0 + log2(shape[0]) / 2.5)
    return Slab(kind, min(1.0, 0.2 + 0.8 * shape[-1] / 28), 1.0 + log2(shape[0]) / 2.5)


def paint(painter: QPainter, area: QRectF, parts: Sequence[Slab], theme: Theme) -> None:
    """Paint the slabs side by side, centred in `area`."""
    units = sum(part.width for part in parts) + GAP * (len(parts) - 1)
    unit = min(area.width() / units, area.height() / 9)
    x = area.center().x() - unit * units / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for part in parts:
        height = max(3.0, area.height() * part.height)
        slab = QRectF(x, area.center().y() - height / 2, part.width * unit, height)
        painter.setBrush(theme.kind(part.kind) if part.kind else theme.color("muted"))
        radius = min(3.0, slab.width() / 3)
        painter.drawRoundedRect(slab, radius, radius)
        x += (part.width + GAP) * unit

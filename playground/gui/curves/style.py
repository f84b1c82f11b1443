"""The pens, brushes and fonts of a plot, created once per theme and screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from playground.gui.curves.legend import Stroke
from playground.gui.style.run_colors import RunColor
from playground.gui.style.theme import Theme, mixed

TRAIN = Stroke("train_curve", 1.0)
VALIDATION = Stroke("accent", 2.0)
PREVIOUS = Stroke("previous_curve", 1.4, Qt.PenStyle.DashLine)
TERMS = {
    "penalty": Stroke("muted", 1.2, Qt.PenStyle.DotLine),
    "kl_divergence": Stroke("go", 1.2, Qt.PenStyle.DashDotLine),
}
DEPLOY = Stroke("go", 1.0, Qt.PenStyle.DashLine)
CHANGE = Stroke("warn", 1.0, Qt.PenStyle.DashLine)
DIVERGED = Stroke("error", 1.0, Qt.PenStyle.DashLine)
HAIR = Stroke("muted", 1.0)
GRID = Stroke("grid", 1.0)  # also for the ends of epochs
OVERLAY_WIDTH = 1.6  # pixels; overlaid runs have colours of their own

_RAW_SHARE = 0.25  # share of its colour in the line of single batches behind the average: opaque, because a
# translucent line of many points takes twenty times as long to draw
_LABEL_OPACITY = 0.7  # opacity of the background of the test label


class PlotStyle:
    """The pens and brushes of a plot; lines are `scale` device pixels wide per pixel at 100 %."""

    def __init__(self, theme: Theme, font: QFont, scale: float) -> None:
        self.theme, self.font, self.scale = theme, font, scale
        self.metrics = QFontMetricsF(font)
        strokes = (TRAIN, VALIDATION, PREVIOUS, *TERMS.values(), DEPLOY, CHANGE, DIVERGED, HAIR, GRID)
        self._pens = {stroke: stroke.cosmetic(theme.color(stroke.color), scale) for stroke in strokes}
        self.ground = theme.color("panel")
        self.raw = TRAIN.cosmetic(mixed(self.ground, theme.color(TRAIN.color), _RAW_SHARE), scale)
        self.rim = QPen(self.ground, scale)  # around dots
        self.rim.setCosmetic(True)
        behind = QColor(self.ground)
        behind.setAlphaF(_LABEL_OPACITY)
        self.behind_test = QBrush(behind)

    def pen(self, stroke: Stroke) -> QPen:
        """The pen for a stroke."""
        return self._pens[stroke]

    def overlay_pen(self, color: RunColor) -> QPen:
        """The pen for an overlaid run."""
        return Stroke("", OVERLAY_WIDTH).cosmetic(color.in_theme(self.theme), self.scale)

    def color(self, name: str) -> QColor:
        """A colour of the theme."""
        return self.theme.color(name)

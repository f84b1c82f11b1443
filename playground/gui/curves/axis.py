"""An axis that shows the round ticks of `ranges` and the grid, and no line of its own."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from playground.gui.curves.ranges import Range, log_ticks, ticks

_ACROSS, _UP = 60.0, 24.0  # pixels from one tick to the next, at least
_MOST = 10
_OVERHANG = 12.0  # pixels


class Axis(pg.AxisItem):
    """The bottom or the left axis of a plot."""

    def __init__(self, orientation: str, font: QFont, unit: str = "") -> None:
        super().__init__(orientation, maxTickLength=0)
        self._texts: dict[float, str] = {}
        self._logarithmic = False
        self._unit = unit  # written at the highest tick alone
        metrics = QFontMetricsF(font)
        self.setTickFont(font)
        self.setPen(None)
        self.setStyle(tickTextOffset=6, hideOverlappingLabels=False)
        if orientation == "left":
            self.setGrid(255)
            self.setStyle(tickAlpha=255)
            self.setWidth(round(metrics.horizontalAdvance("100.0 %") + 8))
        else:
            self.setHeight(round(metrics.height() + 8))

    @property
    def logarithmic(self) -> bool:
        """Whether its values are decimal logarithms."""
        return self._logarithmic

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Show values as they are, or as powers of ten."""
        if logarithmic != self._logarithmic:
            self._logarithmic = logarithmic
            self.picture = None  # what pyqtgraph drew last
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  Qt's name
        """With room for the halves of the outermost labels that stand out; without it they are left away."""
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -_OVERHANG, 0, _OVERHANG) if self.orientation == "left" else rect

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802, N803
        """One level of ticks, `size` pixels long together."""
        most = int(size / (_UP if self.orientation == "left" else _ACROSS))
        found = (log_ticks if self._logarithmic else ticks)(Range(minVal, maxVal), min(max(most, 2), _MOST))
        self._texts = {tick.at: tick.text for tick in found}
        return [(maxVal - minVal, list(self._texts))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """What is written at the ticks that were just asked for."""
        highest = max(values, default=0.0)
        return [self._texts[value] + (self._unit if value == highest else "") for value in values]

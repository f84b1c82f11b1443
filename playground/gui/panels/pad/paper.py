"""The conversion of a pad's drawing to the network's input: its size, and the function that rasterizes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.engine.inference.pictures import SIDE
from playground.gui.panels.pad import raster
from playground.gui.panels.pad.strokes import Drawing


@dataclass(frozen=True, slots=True)
class Paper:
    """The size (side, side) of the picture, its rasterizer, and a factor for the pens."""

    side: int
    picture: Callable[[Drawing], raster.Grey | None]
    pens: float = 1.0  # factor of the pen widths, which suit a digit as large as the pad


DIGIT = Paper(SIDE, raster.picture)
FIELD = Paper(raster.FIELD, raster.field, pens=0.5)  # a digit takes half the height and half the width
DRAWN = Paper(raster.FIELD, raster.field)  # as drawn, for a collection of drawings

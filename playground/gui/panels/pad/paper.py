"""What a pad is drawn on for: how large a picture it makes of a drawing, and by which rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.engine.inference.pictures import SIDE
from playground.gui.panels.pad import raster
from playground.gui.panels.pad.strokes import Drawing


@dataclass(frozen=True, slots=True)
class Paper:
    """The picture (side, side) that a pad gives, and the pens for it."""

    side: int
    picture: Callable[[Drawing], raster.Grey | None]
    pens: float = 1.0  # factor of their widths, which are right for a digit as large as the pad


DIGIT = Paper(SIDE, raster.picture)
FIELD = Paper(raster.FIELD, raster.field, pens=0.5)  # a digit takes half its height and half its width

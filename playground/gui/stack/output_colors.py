"""The colours of the pictures on the blocks: even steps for the eye, and told apart with any colour vision.

They are maps by Peter Kovesi (2015, Good Colour Maps: How to Design Them), as pyqtgraph bundles them. Zero has the
colour that is closest to the block: black on dark blocks, white on light ones.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import qRgb

from playground.gui.stack.output_scale import BLANK, MIDDLE, NOT_FINITE, TOP
from playground.gui.style.theme import Theme

_SEQUENTIAL = "CET-CBL1"  # black, blue, yellow, white
_DIVERGING = {True: "CET-D6", False: "CET-CBD1"}  # blue, black, yellow; blue, white, yellow; by whether it is dark
_GREY = "CET-L1"


@lru_cache(maxsize=8)
def color_table(theme: Theme, *, diverging: bool, grey: bool = False) -> tuple[int, ...]:
    """The 256 colours of a picture's levels, see `output_scale`; `grey` for pictures that are grey by nature."""
    import pyqtgraph as pg  # when the first picture is painted: the window is there before it

    count = 2 * MIDDLE + 1 if diverging else TOP + 1
    name = _DIVERGING[theme.dark] if diverging else _GREY if grey else _SEQUENTIAL
    found = np.asarray(pg.colormap.get(name).getLookupTable(nPts=count, alpha=False)).astype(int)
    if not diverging and not grey and not theme.dark:
        found = found[::-1]
    table = [qRgb(*rgb) for rgb in found.tolist()]
    table += [table[-1]] * (256 - len(table))
    table[NOT_FINITE], table[BLANK] = theme.color("error").rgb(), theme.color("block").rgb()
    return tuple(table)

"""The colours of the pictures on the blocks: even steps for the eye, and told apart with any colour vision.

Most are maps by Peter Kovesi (2015, Good Colour Maps: How to Design Them), as pyqtgraph bundles them. Zero has the
colour that is closest to the block: black on dark blocks, white on light ones.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import qRgb

from playground.gui.stack.output_scale import BLANK, MIDDLE, NOT_FINITE, TOP
from playground.gui.style.theme import Theme

_SEQUENTIAL = "CET-CBL1"  # black, blue, yellow, white
_DIVERGING = "CET-CBD1"  # blue, white, brown
# On dark blocks, from the lowest number to the highest: L* is about 84, 49, 7, 56 and 90.
_DIVERGING_DARK = ((170, 215, 255), (58, 120, 200), (20, 22, 28), (196, 124, 36), (255, 225, 160))
_GREY = "CET-L1"


@lru_cache(maxsize=8)
def color_table(theme: Theme, *, diverging: bool, grey: bool = False) -> tuple[int, ...]:
    """The 256 colours of a picture's levels, see `output_scale`; `grey` for pictures that are grey by nature."""
    if diverging and theme.dark:
        places = np.linspace(0, len(_DIVERGING_DARK) - 1, 2 * MIDDLE + 1)
        channels = (
            np.interp(places, range(len(_DIVERGING_DARK)), channel) for channel in zip(*_DIVERGING_DARK, strict=True)
        )
        found = np.rint(np.stack(list(channels), 1)).astype(int)
    elif diverging:
        found = _colors(_DIVERGING, 2 * MIDDLE + 1)
    else:
        found = _colors(_GREY if grey else _SEQUENTIAL, TOP + 1)[:: 1 if grey or theme.dark else -1]
    table = [qRgb(*rgb) for rgb in found.tolist()]
    table += [table[-1]] * (256 - len(table))
    table[NOT_FINITE], table[BLANK] = theme.color("error").rgb(), theme.color("block").rgb()
    return tuple(table)


@lru_cache(maxsize=8)
def color_array(theme: Theme, *, diverging: bool, grey: bool = False) -> npt.NDArray[np.uint32]:
    """The same colours as an array, which many levels at once can be looked up in; read-only."""
    found = np.array(color_table(theme, diverging=diverging, grey=grey), np.uint32)
    found.flags.writeable = False
    return found


def _colors(name: str, count: int) -> npt.NDArray[np.int_]:
    """A map, (count, 3), as red, green and blue from 0 to 255; interpolated linearly.

    It is read from pyqtgraph's files without importing pyqtgraph, which would stop the window for a fifth of a second
    when the first picture is painted: in the middle of the first stroke of a drawing.
    """
    spec = find_spec("pyqtgraph")
    assert spec is not None
    assert spec.origin is not None
    shares = np.loadtxt(Path(spec.origin).parent / "colors" / "maps" / f"{name}.csv", delimiter=",", ndmin=2)
    places, known = np.linspace(0, 1, count), np.linspace(0, 1, len(shares))
    channels = [np.interp(places, known, 255 * channel) for channel in shares.T]
    found: npt.NDArray[np.int_] = np.rint(np.stack(channels, 1)).astype(int)
    return found

"""The colours of the blocks are those of pyqtgraph's maps."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor

from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_scale import MIDDLE, TOP
from playground.gui.style.theme import DARK, LIGHT


@pytest.mark.parametrize(
    ("name", "diverging", "grey", "count"),
    [("CET-CBL1", False, False, TOP + 1), ("CET-L1", False, True, TOP + 1), ("CET-CBD1", True, False, 2 * MIDDLE + 1)],
)
def test_colors_are_those_of_pyqtgraph(name: str, diverging: bool, grey: bool, count: int) -> None:
    table = color_table(LIGHT if diverging else DARK, diverging=diverging, grey=grey)[:count]
    found = np.array([QColor.fromRgb(color).getRgb()[:3] for color in table])
    wanted = pg.colormap.get(name).getLookupTable(nPts=count, alpha=False).astype(int)
    assert np.abs(found - wanted).max() <= 1  # pyqtgraph rounds twice, and down


def test_pyqtgraph_is_not_imported_for_them() -> None:
    """Its import stops the window for a fifth of a second."""
    words = (
        "import sys; from playground.gui.stack.output_colors import color_array; "
        "from playground.gui.style.theme import LIGHT; color_array(LIGHT, diverging=True); "
        "sys.exit('pyqtgraph' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0

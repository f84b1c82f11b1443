"""Figures that the program has to reach, each a script of its own; none of them is a test.

Where there is no display, the windows that they open are drawn in memory.
"""

import os
import sys

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

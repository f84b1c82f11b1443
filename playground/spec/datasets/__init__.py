"""The data sets, one module each; importing this registers all of them, in the order in which they are offered."""

import sys
from importlib import import_module

from playground.spec.component import import_members

# First the digits and other tasks on them, then the data sets that need no download.
for _first in ("mnist", "reconstruction", "clutter", "distillation", "points", "text", "table"):
    import_module(f"{__name__}.{_first}")
import_members(sys.modules[__name__])

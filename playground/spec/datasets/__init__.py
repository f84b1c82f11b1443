"""The data sets, a module for each; importing this registers all of them, in the order in which they are offered."""

import sys
from importlib import import_module

from playground.spec.component import import_members

for _first in ("mnist", "points", "text", "table"):  # what a person is likeliest to look for
    import_module(f"{__name__}.{_first}")
import_members(sys.modules[__name__])

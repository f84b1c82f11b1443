"""The lasting colour of each stored run: the same in the table and in the curves, today and later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from PySide6.QtGui import QColor

from playground.gui.style.theme import Theme


@dataclass(frozen=True)  # not a tuple, which Qt's models would return as a list
class RunColor:
    """A colour of runs in both appearances, as `#rrggbb`."""

    dark: str
    light: str

    def in_theme(self, theme: Theme) -> QColor:
        """The colour in a theme."""
        return QColor(self.dark if theme.dark else self.light)


class OverlaidRun(NamedTuple):
    """A stored run whose curves are to be shown below the present ones."""

    run_id: str
    name: str
    color: RunColor


# At least 3 : 1 against the panels, and none is the colour of another curve.
RUN_COLORS = (
    RunColor("#4ade80", "#15803d"),  # green
    RunColor("#c084fc", "#7e22ce"),  # purple
    RunColor("#f87171", "#b91c1c"),  # red
    RunColor("#2dd4bf", "#0f766e"),  # teal
    RunColor("#f472b6", "#be185d"),  # pink
    RunColor("#facc15", "#8a6a00"),  # ochre
    RunColor("#818cf8", "#4338ca"),  # indigo
    RunColor("#bef264", "#4d7c0f"),  # olive
    RunColor("#e8b298", "#8b4a2b"),  # brown
    RunColor("#fb923c", "#c2410c"),  # orange
    RunColor("#f0abfc", "#a21caf"),  # magenta
)


def run_color(run_id: str, taken: Collection[RunColor] = ()) -> RunColor:
    """The run's own colour, which depends on nothing but the id, or the next one that is not taken by another run.

    If all are taken, runs share colours: it is the run's own again.
    """
    own = crc32(run_id.encode()) % len(RUN_COLORS)
    order = RUN_COLORS[own:] + RUN_COLORS[:own]
    return next((color for color in order if color not in taken), order[0])

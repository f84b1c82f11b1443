"""The lasting colour of each stored run: the same in the table and in the curves, today and later."""

from __future__ import annotations

from zlib import crc32

from PySide6.QtGui import QColor

from playground.gui.style.theme import Theme

# Dark and light; at least 3 : 1 against the panels, and none is the colour of another curve.
_COLORS = (
    ("#4ade80", "#15803d"),  # green
    ("#c084fc", "#7e22ce"),  # purple
    ("#f87171", "#b91c1c"),  # red
    ("#2dd4bf", "#0f766e"),  # teal
    ("#f472b6", "#be185d"),  # pink
    ("#facc15", "#8a6a00"),  # ochre
    ("#818cf8", "#4338ca"),  # indigo
    ("#bef264", "#4d7c0f"),  # olive
    ("#e8b298", "#8b4a2b"),  # brown
    ("#fb923c", "#c2410c"),  # orange
    ("#f0abfc", "#a21caf"),  # magenta
)


def run_color(run_id: str, theme: Theme) -> QColor:
    """The colour of a run in a theme; it depends on nothing but the id, so runs may share one of the eleven."""
    return QColor(_COLORS[crc32(run_id.encode()) % len(_COLORS)][0 if theme.dark else 1])

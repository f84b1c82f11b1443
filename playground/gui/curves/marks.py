"""The vertical lines across a plot: settings that were changed while it trained, and where it diverged."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from playground.gui.curves.figure import Mark
from playground.gui.curves.legend import Stroke
from playground.gui.curves.numbers import setting_text
from playground.gui.theme import Theme

_CHANGE = Stroke("warn", 1.0, Qt.PenStyle.DashLine)
_DIVERGED = Stroke("error", 1.0, Qt.PenStyle.DashLine)
_ROWS = (0.94, 0.84, 0.74)  # heights that labels take in turn, so that near ones do not cover each other


class Marks:
    """The lines of one plot. They are few and seldom change, so they are made anew when they do."""

    def __init__(self, plot: pg.PlotWidget, font: QFont, labelled: bool, theme: Theme) -> None:
        self._plot, self._font, self._labelled, self._theme = plot, font, labelled, theme
        self._scale = 1.0
        self._shown: tuple[tuple[Mark, ...], float | None, str] = ((), None, "")
        self._lines: list[pg.InfiniteLine] = []
        self.texts: list[str] = []  # what is written beside the lines, from the first to the last

    def show_marks(self, marks: tuple[Mark, ...], diverged: float | None, diverged_words: str) -> None:
        """Show these instead of what was shown; `diverged` and the places of marks are epochs."""
        if (marks, diverged, diverged_words) != self._shown:
            self._shown = (marks, diverged, diverged_words)
            self._make()

    def restyle(self, theme: Theme, scale: float) -> None:
        """Take on the colours of a theme, and lines of `scale` device pixels for one at 100 %."""
        self._theme, self._scale = theme, scale
        self._make()

    def _make(self) -> None:
        for line in self._lines:
            self._plot.removeItem(line)
        self._lines.clear()
        self.texts.clear()
        marks, diverged, words = self._shown
        for i, mark in enumerate(marks):
            name = mark.field.rpartition(".")[2]
            text = f"{name} {setting_text(mark.old)} → {setting_text(mark.new)}"
            self._add(mark.x, text, _CHANGE, _ROWS[i % len(_ROWS)])
        if diverged is not None:
            self._add(diverged, words, _DIVERGED, _ROWS[0])

    def _add(self, x: float, text: str, stroke: Stroke, height: float) -> None:
        color = self._theme.color(stroke.color)
        line = pg.InfiniteLine(x, angle=90, pen=stroke.cosmetic(color, self._scale))
        self._plot.addItem(line, ignoreBounds=True)
        self._lines.append(line)
        if self._labelled:
            self.texts.append(text)
            label = pg.InfLineLabel(line, text, position=height, anchors=[(0.0, 0.5), (1.0, 0.5)], color=color)
            label.textItem.setFont(self._font)
            label.fill = pg.mkBrush(self._theme.color("panel"))

"""Paints what a layer makes of the current example onto its block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QImage, QPainter

from playground.gui.stack.block_output import BlockOutput
from playground.gui.stack.output_colors import color_array, color_table
from playground.gui.stack.output_layout import CAPTION, Tile, tiles
from playground.gui.stack.output_scale import BLANK, Levels, Scale
from playground.gui.style.theme import Theme
from playground.spec.display import Display

_SPACES = str.maketrans({"\n": "⏎", "\t": "⇥", " ": "·"})


def paint_output(painter: QPainter, output: BlockOutput, area: QRect, font: QFont, theme: Theme) -> None:
    """Paint as much of it as fits into an area whose height is that of the display."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if output.display is Display.CODES:
        _words(painter, output, area, theme)
    placed = tiles(output, area)
    for number, sheet in enumerate(output.sheets):
        shown = [tile for tile in placed if tile.sheet == number]
        _pictures(painter, output, shown, theme)
        for tile in shown:
            if sheet.name and output.display is Display.GATES:
                _caption(painter, sheet.name, tile.rect, font, theme)
            if sheet.numbers:
                _number(painter, tile, font)
    painter.restore()


def _pictures(painter: QPainter, output: BlockOutput, shown: Sequence[Tile], theme: Theme) -> None:
    """Paint tiles of one sheet, from one image in which their pictures lie below each other.

    An image for each of them, with its own colour table, takes three times as long.
    """
    if not shown:
        return
    if output.colors is not None:
        rows, columns, _ = output.colors.shape
        image = QImage(output.colors.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    else:
        sheet = output.sheets[shown[0].sheet]
        found = sheet.levels[: shown[-1].at + 1]
        if output.display is Display.UNITS:
            found = _grid(sheet.levels.reshape(-1), shown[0].grid)[None]
        rows, columns = found.shape[1:]
        pixels = color_array(theme, diverging=sheet.scale.diverging, grey=is_grey(output))[found]
        image = QImage(pixels.data, columns, len(found) * rows, 4 * columns, QImage.Format.Format_RGB32)
    size = shown[0].rect
    smaller = size.height() < rows or size.width() < columns
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smaller)
    for tile in shown:
        painter.drawImage(tile.rect, image, QRect(0, tile.at * rows, columns, rows))


def is_grey(output: BlockOutput) -> bool:
    """Whether it is a picture that is grey by nature."""
    return output.example and output.display is Display.MAPS and len(output.sheets[0].values) == 1


def level_image(found: Levels, scale: Scale, theme: Theme, *, grey: bool = False) -> QImage:
    """The picture of levels, (rows, columns), with memory of its own."""
    rows, columns = found.shape
    found = np.ascontiguousarray(found)
    image = QImage(found.data, columns, rows, columns, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(color_table(theme, diverging=scale.diverging, grey=grey))
    return image


def _grid(units: Levels, grid: tuple[int, int]) -> Levels:
    """Units in rows, with blanks after the last one."""
    count = grid[0] * grid[1]
    filled = np.full(count, BLANK, np.uint8)
    filled[: min(count, len(units))] = units[:count]
    return filled.reshape(grid)


def _caption(painter: QPainter, name: str, below: QRect, font: QFont, theme: Theme) -> None:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() - 2.0)
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    line = QRect(below.left(), below.top() - CAPTION, max(below.width(), 2 * CAPTION), CAPTION)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


def _number(painter: QPainter, tile: Tile, font: QFont) -> None:
    """The number of a picture that is not at its own place, in its corner; readable on every colour."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() - 2.5)
    painter.setFont(small)
    metrics, text = QFontMetrics(small), f"{tile.number + 1:,}"
    size = metrics.size(0, text)
    back = QRect(
        tile.rect.left(), tile.rect.bottom() + 1 - metrics.ascent() - 1, size.width() + 3, metrics.ascent() + 1
    )
    painter.save()
    painter.setClipRect(tile.rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(back.intersected(tile.rect), QColor(0, 0, 0, 190))
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(back, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _words(painter: QPainter, output: BlockOutput, area: QRect, theme: Theme) -> None:
    """The end of the text, as much of it as fits: what the network reads last counts most."""
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    text = "".join(output.words).translate(_SPACES)
    painter.setFont(fixed)
    painter.setPen(theme.color("muted"))
    painter.drawText(
        area,
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
        QFontMetrics(fixed).elidedText(text, Qt.TextElideMode.ElideLeft, area.width()),
    )

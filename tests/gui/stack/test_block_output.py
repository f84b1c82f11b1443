"""Levels say where zero is, pictures keep to their area, and the value under the mouse is the layer's."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QImage, QPainter, qBlue, qGreen, qRed
from PySide6.QtWidgets import QApplication

from playground.gui.stack.block_output import BlockOutput, block_output, shortened
from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_layout import BELOW, CAPTION, output_height, place_at, tiles
from playground.gui.stack.output_painter import paint_output
from playground.gui.stack.output_scale import MIDDLE, NOT_FINITE, TOP, Scale, levels, scale_of
from playground.gui.stack.output_words import value_words
from playground.gui.style.theme import DARK, LIGHT, Theme
from playground.spec.display import Display


class Given(NamedTuple):
    output: Any
    inside: Any = ()


def area(display: Display, width: int = 700) -> QRect:
    return QRect(20, 30, width, output_height(display) - BELOW)


def some(*shape: int) -> Any:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


GATES = Given(some(5, 7), [(name, some(5, 7)) for name in "ifgoch"])
OUTPUTS = {
    Display.MAPS: block_output(Display.MAPS, Given(some(12, 26, 20))),
    Display.UNITS: block_output(Display.UNITS, Given(some(128))),
    Display.SEQUENCE: block_output(Display.SEQUENCE, Given(some(64, 100))),
    Display.ATTENTION: block_output(Display.ATTENTION, Given(some(9, 4), [("", some(4, 9, 9))])),
    Display.GATES: block_output(Display.GATES, GATES),
}


def test_a_scale_without_negative_numbers_begins_at_zero() -> None:
    values = np.array([0.0, 1.0, 4.0], np.float32)
    assert scale_of(values) == Scale(4.0, diverging=False)
    assert levels(values, scale_of(values)).tolist() == [0, 63, TOP]


def test_a_scale_with_negative_numbers_has_zero_in_the_middle() -> None:
    values = np.array([-2.0, 0.0, 1.0], np.float32)
    assert scale_of(values) == Scale(2.0, diverging=True)
    assert levels(values, scale_of(values)).tolist() == [0, MIDDLE, 189]


def test_numbers_that_are_not_finite_are_marked_and_do_not_count() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 3.0, -1.0], np.float32)
    assert scale_of(values) == Scale(3.0, diverging=True)
    assert levels(values, scale_of(values)).tolist() == [NOT_FINITE, 2 * MIDDLE, 0, 2 * MIDDLE, 84]
    boundless = np.full(2, np.inf, np.float32)  # of a layer that diverged: no number makes a scale
    assert levels(boundless, scale_of(boundless)).tolist() == [NOT_FINITE] * 2
    assert levels(np.zeros(2, np.float32), scale_of(np.zeros(2))).tolist() == [0, 0]


def lightness(color: int) -> float:
    """CIE L*, of the relative luminance of sRGB."""
    parts = [part / 255 for part in (qRed(color), qGreen(color), qBlue(color))]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    light: float = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_lightness_grows_with_the_distance_from_zero(qapp: QApplication, theme: Theme) -> None:
    """So a scale can be read without colours; zero is the colour closest to the block."""
    away = 1 if theme.dark else -1
    sequential = [away * lightness(color) for color in color_table(theme, diverging=False)[: TOP + 1]]
    diverging = [away * lightness(color) for color in color_table(theme, diverging=True)[: 2 * MIDDLE + 1]]
    for ramp in (sequential, diverging[MIDDLE:], diverging[MIDDLE::-1]):
        assert all(after > before - 0.7 for before, after in itertools.pairwise(ramp))
        assert ramp[-1] - ramp[0] > 30


@pytest.mark.parametrize("display", OUTPUTS)
@pytest.mark.parametrize("width", [60, 300, 700])
def test_pictures_keep_to_their_area_and_apart(display: Display, width: int) -> None:
    found = tiles(OUTPUTS[display], area(display, width))
    assert found
    assert all(area(display, width).contains(tile.rect) for tile in found)
    assert all(not one.rect.intersects(other.rect) for one, other in itertools.pairwise(found))


@pytest.mark.parametrize("display", OUTPUTS)
def test_the_value_under_the_mouse(display: Display) -> None:
    """Every value is found at the middle of its pixel, and said."""
    output, within = OUTPUTS[display], area(display)
    for tile in tiles(output, within):
        rows, columns = tile.grid
        for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)}:
            x = tile.rect.left() + (2 * column + 1) * tile.rect.width() // (2 * columns)
            y = tile.rect.top() + (2 * row + 1) * tile.rect.height() // (2 * rows)
            place = place_at(output, within, QPoint(x, y))
            assert place is not None
            values = output.sheets[tile.sheet].values
            if display is Display.UNITS:
                assert place.column == row * columns + column
            elif rows <= tile.rect.height() and columns <= tile.rect.width():
                assert place == (tile.sheet, tile.number, row, column)
            value = f"{values[place.number, place.row, place.column]:.4g}".replace("-", "−")
            assert value_words(output, place).endswith(f": {value}")
    assert place_at(output, within, QPoint(within.right() + 5, within.top())) is None


def test_the_most_active_maps_come_first_and_keep_their_numbers() -> None:
    values = some(100, 6, 5) * np.arange(100, dtype=np.float32)[:, None, None]
    values[7] = np.nan
    output = block_output(Display.MAPS, Given(values), active_first=True)
    (sheet,) = output.sheets
    means = np.where(np.isnan(values).any((1, 2)), -1, np.abs(values).mean((1, 2)))
    assert sheet.numbers == tuple(sorted(range(100), key=lambda number: -means[number])[:64])
    for tile in tiles(output, area(Display.MAPS)):
        np.testing.assert_array_equal(sheet.levels[tile.at], levels(values[tile.number], sheet.scale))
        place = place_at(output, area(Display.MAPS), tile.rect.center())
        assert place is not None
        assert place.number == tile.number == sheet.numbers[tile.at]
    assert block_output(Display.MAPS, Given(values), active_first=True, example=True).sheets[0].numbers == ()


def test_where_a_value_is_said_to_be() -> None:
    words = {display: value_words(output, place_at_first(output)) for display, output in OUTPUTS.items()}
    assert words[Display.MAPS].startswith("map 1 of 12, row 1, column 1: ")
    assert words[Display.UNITS].startswith("unit 1 of 128: ")
    assert words[Display.SEQUENCE].startswith("step 1, unit 1: ")
    assert words[Display.GATES].startswith("i, step 1, unit 1: ")
    assert words[Display.ATTENTION].startswith("head 1 of 4: step 1 looks at step 1: ")


def place_at_first(output: BlockOutput) -> Any:
    within = area(output.display)
    return place_at(output, within, tiles(output, within)[0].rect.topLeft())


def test_a_sequence_is_shown_without_its_padding() -> None:
    assert shortened(Display.SEQUENCE, Given(some(9, 4)), 3).output.shape == (3, 4)
    ((_, weights),) = shortened(Display.ATTENTION, Given(some(9, 4), [("", some(2, 9, 9))]), 3).inside
    assert weights.shape == (2, 3, 3)
    assert all(values.shape == (3, 7) for _, values in shortened(Display.GATES, GATES, 3).inside)
    assert shortened(Display.UNITS, Given(some(9)), 3).output.shape == (9,)


def painted(output: BlockOutput, theme: Theme = DARK) -> QImage:
    within = area(output.display)
    image = QImage(within.right() + 20, within.bottom() + 20, QImage.Format.Format_RGB32)
    image.fill(theme.color("block"))
    painter = QPainter(image)
    paint_output(painter, output, within, QFont(), theme)
    painter.end()
    return image


def test_a_pixel_has_the_colour_of_its_value(qapp: QApplication) -> None:
    values = np.zeros((2, 4, 4), np.float32)
    values[1, 2, 3], values[0, 0, 0] = 1.0, -1.0
    output = block_output(Display.MAPS, Given(values))
    first, second = tiles(output, area(Display.MAPS))
    table, image = color_table(DARK, diverging=True), painted(output)
    assert image.pixel(first.rect.left() + 5, first.rect.top() + 5) == table[0]
    assert image.pixel(first.rect.left() + 15, first.rect.top() + 5) == table[MIDDLE]
    assert image.pixel(second.rect.left() + 35, second.rect.top() + 25) == table[2 * MIDDLE]


def test_a_colour_picture_keeps_its_colours(qapp: QApplication) -> None:
    values = np.zeros((3, 4, 4), np.float32)
    values[0] = 1.0
    output = block_output(Display.MAPS, Given(values), example=True)
    (tile,) = tiles(output, area(Display.MAPS))
    assert painted(output).pixelColor(tile.rect.center()).getRgb()[:3] == (255, 0, 0)
    assert value_words(output, place_at_first(output)) == "row 1, column 1: 1, 0, 0"


def test_gates_have_their_names_above_them(qapp: QApplication) -> None:
    within, image = area(Display.GATES), painted(OUTPUTS[Display.GATES])
    line = [
        image.pixelColor(x, y) for x in range(within.left(), 120) for y in range(within.top(), within.top() + CAPTION)
    ]
    assert any(color != DARK.color("block") for color in line)

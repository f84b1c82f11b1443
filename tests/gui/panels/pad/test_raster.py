"""What the network sees of a drawing: always the same size, in the middle, drawn with the same pen."""

from __future__ import annotations

import numpy as np
import pytest

from playground.gui.panels.pad import raster
from playground.gui.panels.pad.strokes import BROAD, ERASER, FINE, MEDIUM, Drawing, Image, Point, Stroke, inside

pytestmark = pytest.mark.usefixtures("qapp")
FIVE = ((0.7, 0.2), (0.4, 0.2), (0.36, 0.45), (0.5, 0.42), (0.66, 0.52), (0.66, 0.7), (0.5, 0.82), (0.3, 0.78))


def stroke(scale: float = 1.0, shift: float = 0.0, pressure: float = 0.5, **settings: object) -> Stroke:
    points = tuple(Point(x * scale + shift, y * scale + shift, pressure) for x, y in FIVE)
    return Stroke(points, **settings)  # type: ignore[arg-type]


def seen(*strokes: Stroke) -> raster.Grey:
    picture = raster.picture(Drawing(strokes=strokes))
    assert picture is not None
    return picture


def extent(picture: raster.Grey) -> tuple[int, int]:
    rows, columns = np.nonzero(picture)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_the_longer_side_takes_twenty_pixels_and_the_mass_is_in_the_middle() -> None:
    picture = seen(stroke())
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert picture.min() == 0
    assert 0.9 < picture.max() <= 1
    assert max(extent(picture)) == 20
    places = np.arange(28) + 0.5
    for axis in (0, 1):
        assert picture.sum(1 - axis) @ places / picture.sum() == pytest.approx(14, abs=1)


def test_the_ink_itself_takes_twenty_pixels_at_eight_times_their_number() -> None:
    ink = raster.fitted((stroke(),))
    rows, columns = np.nonzero(ink > 0.5)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(160, abs=1)


@pytest.mark.parametrize(("width", "pixels"), [(FINE, 1.5), (MEDIUM, 2.0), (BROAD, 2.6)])
def test_a_medium_pen_is_two_of_the_networks_pixels_wide(width: float, pixels: float) -> None:
    for length in (0.2, 0.8):  # on the pad
        line = Stroke((Point(0.1, 0.5, 0.5), Point(0.1 + length, 0.5, 0.5)), width)
        assert seen(line)[:, 14].sum() == pytest.approx(pixels, abs=0.05)


@pytest.mark.parametrize("pressures", [(0.0, 1.0), (1.0, 0.2), (0.3, 0.3)])
def test_lines_of_uneven_width_fit_exactly(pressures: tuple[float, float]) -> None:
    begin, end = pressures
    uneven = Stroke((Point(0.2, 0.2, begin), Point(0.3, 0.4, end), Point(0.25, 0.8, begin)), BROAD)
    rows, _ = np.nonzero(raster.fitted((uneven,)) > 0.5)
    assert (rows.min(), rows.max()) == (pytest.approx(0, abs=1), pytest.approx(159, abs=1))


def test_small_and_large_drawings_of_one_shape_give_one_picture() -> None:
    small, large = seen(stroke(0.3, 0.1)), seen(stroke(1.2, -0.05))
    assert np.abs(small - large).max() < 0.02


def test_a_broader_pen_and_more_pressure_leave_more_ink() -> None:
    amounts = [float(seen(stroke(width=width)).sum()) for width in (FINE, 2 / 28, BROAD)]
    assert amounts == sorted(amounts)
    soft, hard = (float(seen(stroke(pressure=pressure)).sum()) for pressure in (0.1, 0.9))
    assert 1.2 < hard / soft < 2.5


def test_a_dot_is_ink() -> None:
    assert seen(Stroke((Point(0.5, 0.5),))).sum() > 0


def test_an_empty_pad_gives_no_picture_and_neither_does_one_rubbed_out() -> None:
    assert raster.picture(Drawing()) is None
    dot, rubber = Stroke((Point(0.5, 0.5),)), Stroke((Point(0.5, 0.5),), ERASER, erase=True)
    assert raster.picture(Drawing(strokes=(dot, rubber))) is None


def test_rubbing_out_takes_ink_away() -> None:
    whole = seen(stroke())
    top = Stroke((Point(0.2, 0.2), Point(0.8, 0.2)), ERASER, erase=True)
    assert np.abs(seen(stroke(), top) - whole).max() > 0.3


def test_a_picture_is_normalised_and_a_data_sets_digit_is_not_touched() -> None:
    grey = np.zeros((40, 60), np.float32)
    grey[5:15, 40:44] = 1.0
    picture = raster.picture(Drawing(Image(grey)))
    assert picture is not None
    assert max(extent(picture)) == 20
    digit = np.zeros((28, 28), np.float32)
    digit[2:4, 2:9] = 0.5
    assert np.array_equal(raster.picture(Drawing(Image(digit, label=1))), digit)


def test_strokes_over_a_picture_are_seen_with_it() -> None:
    grey = np.zeros((28, 28), np.float32)
    grey[4:24, 4:7] = 1.0
    bar = Stroke((Point(0.2, 0.5), Point(0.8, 0.5)))
    drawing = Drawing(Image(grey, label=1), (bar,))
    assert drawing.label is None
    picture = raster.picture(drawing)
    assert picture is not None
    assert extent(picture)[1] > 10


def test_points_stay_on_the_pad() -> None:
    assert inside(-3.0, 1.4, 7.0) == Point(0.0, 1.0, 1.0)


def test_a_stroke_ignores_a_pen_that_rests() -> None:
    begun = Stroke((Point(0.1, 0.1, 0.2),))
    assert begun.to(Point(0.1, 0.1, 0.9)) is begun
    assert len(begun.to(Point(0.2, 0.1)).points) == 2

"""Digits in pictures: found on any paper, one by one, from left to right."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.inference.connected_pieces import Box, signs
from playground.engine.inference.digit_pieces import read_digits
from playground.engine.weights import Trained, load
from playground.spec.files.resources import resource
from tests.benchmarks.drawn_digits import GLYPHS, Look, drawn, encoded, framed, image, light, on_paper, transparent

FOUR, FIVE_WITH_BAR, TWO = GLYPHS[13][1], GLYPHS[14][1], GLYPHS[2][1]


@pytest.fixture(scope="module")
def reader() -> Trained:
    return load(resource("presets", "reader.safetensors"))


def text(reader: Trained, data: bytes) -> str:
    return "".join(piece.answer for piece in read_digits(reader, data))


def test_a_small_digit_in_the_corner_of_a_clean_page(reader: Trained) -> None:
    page = on_paper(drawn(TWO, Look(height=0.07, place=(0.1, 0.9))))
    (piece,) = read_digits(reader, encoded(image(page)))
    assert piece.answer == "2"
    assert max(piece.probabilities) > 0.8
    assert piece.box.top > 320
    assert piece.box.right < 80


@pytest.mark.parametrize("width", [1, 8])
def test_a_frame_is_no_ink(width: int, reader: Trained) -> None:
    assert text(reader, encoded(image(framed(on_paper(drawn(TWO, Look())), width)))) == "2"


@pytest.mark.parametrize(("width", "inset"), [(1, 6), (6, 40)])
def test_a_frame_that_is_drawn_on_the_paper_is_no_ink(width: int, inset: int, reader: Trained) -> None:
    assert text(reader, encoded(image(framed(on_paper(drawn(TWO, Look())), width, inset)))) == "2"


@pytest.mark.parametrize("inverted", [False, True])
def test_a_broad_pen_that_is_cut_to_its_edges(inverted: bool, reader: Trained) -> None:
    page = on_paper(drawn(TWO, Look(margin=0.0, pen=0.2)))
    assert text(reader, encoded(image(1.0 - page if inverted else page))) == "2"


@pytest.mark.parametrize(
    ("kind", "look", "shade"),
    [
        ("hard diagonal", Look(height=0.15, place=(0.7, 0.3)), 0.1),
        ("corners", Look(height=0.15, place=(0.7, 0.3)), 0.1),
        ("hard strip", Look(pen=0.05), 0.5),
        ("lamp", Look(pen=0.05), 0.5),
        ("hard vertical", Look(height=1.0), 0.1),
    ],
)
def test_any_light_on_the_page(kind: str, look: Look, shade: float, reader: Trained) -> None:
    ink = drawn(TWO, look)
    assert text(reader, encoded(image(on_paper(ink, light(ink.shape, kind), shade)))) == "2"


def test_white_ink_on_transparency(reader: Trained) -> None:
    assert text(reader, transparent(drawn(TWO, Look()), (255, 255, 255))) == "2"


def test_a_thin_pen(reader: Trained) -> None:
    assert text(reader, encoded(image(on_paper(drawn(TWO, Look(pen=0.01)))))) == "2"


def test_pencil_across_a_hard_shadow(reader: Trained) -> None:
    ink = drawn(TWO, Look(pen=0.05))
    assert text(reader, encoded(image(on_paper(ink, light(ink.shape, "hard vertical"), 0.5)))) == "2"


def test_several_digits_are_read_from_left_to_right(reader: Trained) -> None:
    ink = np.hstack([drawn(strokes, Look(side=200)) for strokes in (FOUR, TWO, FIVE_WITH_BAR)])
    found = read_digits(reader, encoded(image(on_paper(ink))))
    assert "".join(piece.answer for piece in found) == "425"
    assert [piece.box.left // 200 for piece in found] == [0, 1, 2]


def test_the_parts_of_a_digit_stay_together() -> None:
    assert signs([Box(0, 20, 50, 100), Box(20, 0, 60, 10)]) == [[0, 1]]  # the bar of a 5
    assert signs([Box(0, 0, 40, 60), Box(30, 0, 44, 100)]) == [[0, 1]]  # an open 4
    assert signs([Box(60, 0, 100, 100), Box(0, 0, 40, 100)]) == [[1], [0]]
    dots = [Box(20 * number, 0, 20 * number + 12, 12) for number in range(6)]
    assert signs(dots, [115] * 6) == [list(range(6))]

"""Measures how well the bundled reader reads pictures of digits: sizes, pens, margins, papers, light and files.

python tests/benchmarks/picture_digits.py [--network FILE] [--sheet FOLDER]

Prints how many of 18 glyphs are read in each condition, and returns 1 where fewer than 17 are. `--sheet` stores the
pictures that are misread.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from playground.spec.files.resources import resource
from tests.benchmarks.drawn_digits import (
    GLYPHS,
    Grey,
    Look,
    Points,
    blurred,
    drawn,
    encoded,
    framed,
    image,
    light,
    on_paper,
    ruled,
    transparent,
)

BAR = 17  # of the 18 glyphs
Condition = Callable[[list[Points]], bytes]

_LIGHTS = ("hard vertical", "hard diagonal", "hard corner", "hard strip", "hand", "soft", "corners", "lamp")


def _page(look: Look, change: Callable[[Grey], Grey] = lambda page: page, *, inverted: bool = False) -> Condition:
    def made(strokes: list[Points]) -> bytes:
        page = change(on_paper(drawn(strokes, look)))
        return encoded(image(1 - page if inverted else page))

    return made


def _lit(kind: str, look: Look, shade: float = 0.1) -> Condition:
    def made(strokes: list[Points]) -> bytes:
        ink = drawn(strokes, look)
        return encoded(image(on_paper(ink, light(ink.shape, kind), shade)))

    return made


def _lined(gap: float, width: float, shade: float, *, squared: bool, look: Look) -> Condition:
    def made(strokes: list[Points]) -> bytes:
        ink = drawn(strokes, look)
        paper = ruled(ink.shape, gap, width, shade, squared=squared)
        return encoded(image(np.minimum(paper, on_paper(ink))))

    return made


def _noisy(page: Grey, deviation: float) -> Grey:
    return page + np.random.default_rng(0).normal(0, deviation, page.shape)


def _photograph(strokes: list[Points]) -> bytes:
    look = Look(side=1600, height=0.3, pen=0.06, place=(0.3, 0.6))
    ink = drawn(strokes, look)
    page = _noisy(blurred(on_paper(ink, light(ink.shape, "soft"), 0.3), 2), 0.02)
    return encoded(image(page).convert("RGB"), "JPEG", quality=70)


def conditions() -> dict[str, Condition]:
    """All conditions, by name; each makes the file of one glyph."""
    plain = Look()
    found: dict[str, Condition] = {}
    for height in (0.06, 0.08, 0.12, 0.2, 0.4, 0.7, 1.0):
        look = replace(plain, height=height, place=(0.1, 0.9))
        found[f"height {height:.0%}"] = _page(look)
        found[f"height {height:.0%}, light on dark"] = _page(look, inverted=True)
    found["height 6% of 2,000 px"] = _page(replace(plain, side=2000, height=0.06, place=(0.9, 0.1)))
    found["height 6%, pen 1:30, 2,000 px"] = _page(replace(plain, side=2000, height=0.06, pen=1 / 30))
    for part in (100, 60, 30, 15, 8, 5):
        found[f"pen 1:{part}"] = _page(replace(plain, pen=1 / part))
        found[f"pen 1:{part}, light on dark"] = _page(replace(plain, pen=1 / part), inverted=True)
    found["pen 1:100, 1,200 px"] = _page(replace(plain, side=1200, height=0.9, pen=0.01))
    for margin in (0.0, 0.02, 0.05, 0.2, 1.0):
        found[f"margin {margin:.0%}"] = _page(replace(plain, margin=margin))
        found[f"margin {margin:.0%}, light on dark"] = _page(replace(plain, margin=margin), inverted=True)
    for part in (100, 30, 8, 5):
        found[f"margin 0, pen 1:{part}"] = _page(replace(plain, margin=0.0, pen=1 / part))
        found[f"margin 0, pen 1:{part}, light on dark"] = _page(replace(plain, margin=0.0, pen=1 / part), inverted=True)
    for width, inset in ((1, 0), (3, 0), (8, 0), (20, 0), (1, 6), (3, 20), (6, 40)):
        name = f"frame {width} px, {inset} px from the edge"
        found[name] = _page(plain, lambda page, width=width, inset=inset: framed(page, width, inset))
    found["frame 1 px, light on dark"] = _page(plain, lambda page: framed(page, 1), inverted=True)
    found["frame 3 px, height 85%"] = _page(replace(plain, height=0.85), lambda page: framed(page, 3))
    found["frame 1 px, margin 3%"] = _page(replace(plain, margin=0.03), lambda page: framed(page, 1))
    found["frame 2 px, height 10%"] = _page(replace(plain, height=0.1), lambda page: framed(page, 2))
    found["frame touches, height 100%"] = _page(replace(plain, height=1.0), lambda page: framed(page, 2))
    for kind in _LIGHTS:
        found[f"light: {kind}"] = _lit(kind, plain)
        found[f"light: {kind}, pencil"] = _lit(kind, replace(plain, pen=0.05), 0.5)
        found[f"light: {kind}, height 15%"] = _lit(kind, replace(plain, height=0.15, place=(0.7, 0.3)))
        found[f"light: {kind}, height 100%"] = _lit(kind, replace(plain, height=1.0))
    for squared in (False, True):
        kind = "squared" if squared else "lined"
        for shade in (0.85, 0.6, 0.1):
            found[f"{kind} paper, lines {shade:.0%} as bright"] = _lined(40, 2, shade, squared=squared, look=plain)
        found[f"{kind} paper, digit 20%"] = _lined(40, 1, 0.6, squared=squared, look=replace(plain, height=0.2))
        found[f"{kind} paper, thin pen"] = _lined(50, 1, 0.6, squared=squared, look=replace(plain, pen=0.03))
    found["white ink on transparency"] = lambda strokes: transparent(drawn(strokes, plain), (255, 255, 255))
    found["black ink on transparency"] = lambda strokes: transparent(drawn(strokes, plain), (0, 0, 0))
    found["yellow ink on transparency"] = lambda strokes: transparent(drawn(strokes, plain), (255, 230, 80))
    found["tight white ink on transparency"] = lambda strokes: transparent(
        drawn(strokes, replace(plain, margin=0.0)), (255, 255, 255)
    )
    for deviation in (0.02, 0.05, 0.1):
        found[f"noise {deviation:.0%}"] = _page(plain, lambda page, deviation=deviation: _noisy(page, deviation))
    found["noise 5%, height 12%"] = _page(replace(plain, height=0.12), lambda page: _noisy(page, 0.05))
    for quality in (75, 30, 10):
        found[f"JPEG, quality {quality}"] = lambda strokes, quality=quality: encoded(
            image(on_paper(drawn(strokes, plain))), "JPEG", quality=quality
        )
    found["JPEG, quality 30, height 12%"] = lambda strokes: encoded(
        image(on_paper(drawn(strokes, replace(plain, height=0.12)))), "JPEG", quality=30
    )
    found["blurred"] = _page(plain, lambda page: blurred(page, 6))
    found["faint ink"] = lambda strokes: encoded(image(on_paper(drawn(strokes, plain), 0.95, 0.8)))
    found["dotted"] = _page(replace(plain, dots=1.6))
    found["28 × 28 pixels"] = _page(replace(plain, side=28, height=0.7, pen=0.1))
    found["photograph"] = _photograph
    return found


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--network", type=Path, help="a trained network; the bundled reader by default")
    parser.add_argument("--sheet", type=Path, metavar="FOLDER", help="store the pictures that are misread")
    parser.add_argument("--only", default="", metavar="TEXT", help="measure conditions with this in their names")
    options = parser.parse_args()
    from playground.engine.inference.digit_pieces import read_digits
    from playground.engine.inference.pictures import PictureError
    from playground.engine.weights import load

    trained = load(options.network or resource("presets", "reader.safetensors"))
    result = Table("condition", "correct of 18", "ms", "misread as")
    low = 0
    for name, made in conditions().items():
        if options.only not in name:
            continue
        wrong, spent = [], 0.0
        for number, (label, strokes) in enumerate(GLYPHS):
            data = made(strokes)
            begun = time.perf_counter()
            try:
                answer = "".join(piece.answer for piece in read_digits(trained, data))
            except PictureError:
                answer = "nothing"
            spent += time.perf_counter() - begun
            if answer != str(label):
                wrong.append(f"{label} → {answer}")
                if options.sheet:
                    options.sheet.mkdir(parents=True, exist_ok=True)
                    (options.sheet / f"{name.replace(' ', '-')}-{number}-{label}.png").write_bytes(data)
        correct = len(GLYPHS) - len(wrong)
        low += correct < BAR
        mark = "" if correct >= BAR else " below the bar"
        result.add_row(name, f"{correct}{mark}", f"{spent / len(GLYPHS) * 1e3:.0f}", ", ".join(wrong))
    Console(width=130).print(result)
    print(f"{low} conditions below {BAR} of {len(GLYPHS)}")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())

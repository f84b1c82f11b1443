"""Every kind of layer has a colour, light and dark, and words stand out from what is behind them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from playground.gui.stack.palette import UNFIT
from playground.gui.style.run_colors import RUN_COLORS
from playground.gui.style.theme import DARK, LIGHT, Theme, mixed
from playground.spec.layer import Kind


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_kind_has_a_colour_of_its_own(theme: Theme) -> None:
    assert len({theme.kind(kind).name() for kind in Kind}) == len(Kind)


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        (UNFIT[0], "panel"),
        (UNFIT[1], "hover"),
        ("text", "panel"),
        ("muted", "panel"),
        ("warn", "warn_surface"),
        ("warn", "panel"),
        ("error", "panel"),
    ],
)
def test_words_can_be_read(theme: Theme, words: str, ground: str) -> None:
    assert contrast(theme.color(words), theme.color(ground)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_lines_of_runs_can_be_seen_and_told_from_the_present_one(theme: Theme) -> None:
    colors = [color.in_theme(theme) for color in RUN_COLORS]
    assert min(contrast(color, theme.color("panel")) for color in colors) >= 3.0
    others = {theme.color(name).name() for name in ("accent", "train_curve", "previous_curve", "go", "warn", "error")}
    assert len({color.name() for color in colors} - others) == len(RUN_COLORS)


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    black, orange = QColor("#000000"), QColor("#ff8001")
    assert [mixed(black, orange, share).name() for share in (0.0, 0.25, 1.0)] == ["#000000", "#402000", "#ff8001"]
    assert mixed(orange, black, 0.25).name() == "#bf6001"

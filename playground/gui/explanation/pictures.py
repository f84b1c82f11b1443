"""Images of an attribution, of the picture itself, and of the ink that a change adds and erases."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from playground.engine.probes.smallest_change import SmallestChange
from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_scale import Scale, levels
from playground.gui.style.theme import Theme

Floats = npt.NDArray[np.float32]

ADDED, ERASED = (86, 180, 233), (230, 126, 0)  # after Okabe and Ito: told apart with any colour vision
_DIMMED = 0.45  # of the brightness of ink that stays


def attribution_scale(values: Floats, *, signed: bool) -> Scale:
    """From minus the greatest magnitude to plus the same; from 0 where no value can be negative."""
    finite = values[np.isfinite(values)]
    return Scale(float(np.abs(finite).max(initial=0.0)), signed)


def attribution_image(values: Floats, scale: Scale, theme: Theme) -> QImage:
    """The values (H, W) in the colours of the blocks."""
    found = np.ascontiguousarray(levels(values, scale))
    image = QImage(found.data, found.shape[1], found.shape[0], found.shape[1], QImage.Format.Format_Indexed8).copy()
    image.setColorTable(color_table(theme, diverging=scale.diverging))
    return image


def picture_image(picture: Floats) -> QImage:
    """A picture (C, H, W) in [0, 1]: the first three channels as red, green and blue; grey where there are fewer."""
    channels = picture[:3] if len(picture) >= 3 else picture[:1].repeat(3, 0)
    return _rgb(channels.transpose(1, 2, 0))


def change_image(picture: Floats, change: SmallestChange | None) -> QImage:
    """A picture (H, W) in [0, 1] in dim grey, and on it what is added and erased, by how much."""
    if change is None:
        return picture_image(picture[None])
    kept = np.float32(_DIMMED) * np.minimum(picture, change.picture)[..., None]
    added, erased = (np.array(color, np.float32) / np.float32(255) for color in (ADDED, ERASED))
    return _rgb(kept + change.added[..., None] * added + change.erased[..., None] * erased)


def _rgb(values: Floats) -> QImage:
    """An image of (H, W, 3) in [0, 1]."""
    pixels = np.ascontiguousarray(np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8))
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()

"""Extracts ink from an image of paper: polarity, uneven light, frames, ruled lines, grain and dust are removed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from playground.engine.inference.connected_pieces import boxes, pieces
from playground.engine.inference.paper import papers
from playground.engine.inference.ruling_lines import without_frame, without_lines

Grey = npt.NDArray[np.float32]

_LEAST_CONTRAST = 0.06  # of the full range, between paper and ink
_SPECK = 0.02  # a separate piece with less than this share of all ink is dust
INKED = 0.2  # of full ink, from which a pixel belongs to a piece
_GRAINY = 0.03  # standard deviation of grain that is smoothed
_BROADEST = 0.28  # of its longer side: a piece that holds a square of this side is no stroke, but a shadow
_MOST_PIECES = 80


def ink(grey: Grey) -> Grey | None:
    """Ink on paper (H, W) in [0, 1], dark or light, as white ink on black in [0, 1].

    Full ink becomes 1, paper 0, and an edge between them keeps its shade. None if nothing stands out. Of several
    estimates of the paper the first is taken that leaves strokes.
    """
    page = without_frame(grey)
    raised = 1.0 - page if _is_paper_light(page) else page
    noise = _grain(raised)
    if noise > _GRAINY:
        raised, noise = _smoothed(raised), noise / 2.5
    spare = None
    for paper in papers(raised):
        found = _above(raised - paper, noise)
        if found is None:
            continue
        if _is_written(found):
            return found
        spare = found if spare is None else spare
    return spare


def _is_paper_light(grey: Grey) -> bool:
    """Whether the paper is lighter than the ink; paper is the majority of pixels and of the edge."""
    darkest, lightest = np.percentile(grey, (0.02, 99.98))
    edge = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    return bool((np.median(grey) + np.median(edge)) / 2 > (darkest + lightest) / 2)


def _grain(grey: Grey) -> float:
    """Standard deviation of the paper's grain, from the differences between neighbours."""
    if min(grey.shape) < 3:
        return 0.0
    return 1.4826 / 2**0.5 * float(np.median(np.abs(np.diff(grey, axis=1))))


def _smoothed(grey: Grey) -> Grey:
    image = Image.fromarray((grey * 255).round().astype(np.uint8)).filter(ImageFilter.MedianFilter(3))
    return np.asarray(image, np.float32) / np.float32(255)


def _above(height: Grey, noise: float) -> Grey | None:
    """Ink of full strength from heights above the paper, without lines and specks; None without any."""
    level = _ink_level(height)
    if level < max(_LEAST_CONTRAST, 5.0 * noise):
        return None
    # A soft threshold: values within the range of the paper's grain and of JPEG artefacts count as paper.
    low = float(np.clip(4.0 * noise, 0.15 * level, 0.4 * level))
    found = _without_specks(without_lines(((height - low) / (level - low)).clip(0.0, 1.0).astype(np.float32)))
    return found if found.max() > INKED else None


def _ink_level(height: Grey) -> float:
    """Height of full ink above the paper: a high percentile of the values above Otsu's threshold.

    Otsu, 1979, A Threshold Selection Method from Gray-Level Histograms: the threshold that divides the values into
    two classes with the largest variance between them.
    """
    counts, edges = np.histogram(height, 128, (0.0, max(1e-6, float(height.max()))))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sum_below = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sum_below / below - (sum_below[-1] - sum_below) / above) ** 2
    threshold = edges[1 + int(np.nanargmax(np.append(between, 0.0)[:-1]))] if above.any() else 0.0
    full = height[height > threshold]
    return float(np.percentile(full, 60)) if full.size else 0.0


def _is_written(picture: Grey) -> bool:
    """Whether the ink consists of strokes rather than of surfaces or of grain."""
    labels = pieces(picture > 0.5)
    found = boxes(labels)
    if not found or len(found) > _MOST_PIECES or (picture > 0.5).mean() > 0.65:
        return False
    areas = np.bincount(labels.reshape(-1))[1:]
    for number, box in enumerate(found, 1):
        if areas[number - 1] < 0.05 * areas.sum():
            continue
        side = max(2, round(_BROADEST * max(box.width, box.height)))
        if side <= min(box.width, box.height) and _holds_square(labels[box.slices] == number, side):
            return False
    return True


def _holds_square(inked: npt.NDArray[np.bool_], side: int) -> bool:
    """Whether ink fills a square of that side, a few pixels excepted."""
    sums = np.pad(inked.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    within = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return bool(within.max() >= 0.97 * side * side)


def _without_specks(picture: Grey) -> Grey:
    """Set separate pieces to 0 that hold little of the ink."""
    labels = pieces(picture > INKED)
    # A fainter pixel belongs to the piece next to it; far from all pieces it is grain.
    near = labels.copy()
    for axis in (0, 1):
        for shift in (-2, -1, 1, 2):
            near = np.maximum(near, np.roll(labels, shift, axis))
    mass = np.bincount(labels.reshape(-1), weights=picture.reshape(-1).astype(np.float64))
    mass[0] = 0.0
    kept = mass >= _SPECK * mass.sum()
    kept[0] = False
    return np.where(kept[near], picture, np.float32(0.0))

"""Extracts ink from an image of paper: polarity, uneven light, frames, ruled lines, grain and dust are removed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from playground.engine.inference.connected_pieces import INKED, boxes, pieces
from playground.engine.inference.paper_brightness import Light, papers, skewness
from playground.engine.inference.ruling_lines import without_boxes, without_frame, without_lines

Grey = npt.NDArray[np.float32]

_LEAST_CONTRAST = 0.06  # of the full range, between paper and ink
_SPECK = 0.02  # a separate piece with less than this share of all ink is dust
_GRAINY = 0.03  # standard deviation of grain that is smoothed
_BROADEST = 0.28  # of its longer side: a piece that holds a square of this side is no stroke, but a shadow
_BROADEST_WITHIN = 0.36  # the same for a piece that does not touch the edge, as shadows do
_BROADEST_CUT = 0.31  # the same for a piece on a page that is cut to it
_MOST_PIECES = 80
_ENOUGH = 0.75  # of the most ink that an estimate of the paper leaves
_DUST = 0.005  # of the ink at the edge: less within the picture is what a poor estimate of the paper leaves of it
_LEAST_WITHIN = 0.25  # of all ink: less within the picture is no reason to leave out what touches its edge
_DARKEST = 0.15  # brightness of paper below which the light that falls on it is not estimated
_UNCLEAR = 0.1  # of the range: so near its middle the majority of pixels says nothing
_EXTREME = 0.15  # of the range of brightness


def ink(grey: Grey) -> Grey | None:
    """Ink on paper (H, W) in [0, 1], dark or light, as white ink on black in [0, 1].

    Full ink becomes 1, paper 0, and an edge between them keeps its shade. None if nothing stands out. Of several
    estimates of the paper the first is taken that leaves strokes within the picture, else the first that leaves strokes
    at its edge, where shadows end too.
    """
    page = without_frame(grey)
    is_light = _is_paper_light(page)
    raised = 1.0 - page if is_light else page
    noise = _grain(raised)
    if noise > _GRAINY:
        raised, noise = _smoothed(raised), noise / 2.5
    local, spare = [], dict[Light, Grey]()
    for paper, light in papers(raised):
        height = raised - paper
        if is_light:  # ink takes a share of the light that falls on the paper
            height /= (1.0 - paper).clip(_DARKEST, 1.0)
        if light is Light.LOCAL:
            height = height.clip(0.0)
            height -= np.median(height)  # minima of grain lie below the paper
        found = _above(height, noise)
        if found is not None and light is Light.LOCAL:
            found = _within(found)
        if found is None or not _is_written(found):
            continue
        touches = _edges(found) > 0
        is_cut = light is Light.EVEN and _reaches_all_edges(found > INKED)
        if light is not Light.LOCAL and (not touches or is_cut):
            return found
        if touches:
            spare.setdefault(light, found)
        else:
            local.append(found)
    at_edge = next((spare[light] for light in (Light.EVEN, Light.LOCAL, Light.GRADUAL) if light in spare), None)
    least = 0.0 if at_edge is None else _DUST * float(at_edge.sum())
    most = max((float(found.sum()) for found in local), default=0.0)
    if most > least:
        return next(found for found in local if found.sum() >= _ENOUGH * most)
    return at_edge if at_edge is not None else _above(raised - np.median(raised), noise)


def _is_paper_light(grey: Grey) -> bool:
    """Whether the paper is lighter than the ink.

    Paper is what lies in all four corners, if that is as dark or as light as can be. Else ink is what reaches all four
    edges in strokes, as on a page that is cut to it. Else paper is the majority of pixels and of the edge; where these
    are neither dark nor light, ink is what differs most from light that changes evenly.
    """
    darkest, lightest = np.percentile(grey, (0.02, 99.98))
    corners = (grey[[0, 0, -1, -1], [0, -1, 0, -1]] - darkest) / max(1e-6, lightest - darkest)
    if corners.min() > 1 - _EXTREME or corners.max() < _EXTREME:
        return bool(corners.min() > 0.5)
    middle = (darkest + lightest) / 2
    dark, light = _reaches_all_edges(grey < middle), _reaches_all_edges(grey > middle)
    if dark != light:
        return dark
    edge = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    majority = float((np.median(grey) + np.median(edge)) / 2 - middle)
    if abs(majority) < _UNCLEAR * (lightest - darkest):
        return skewness(grey) < 0.0
    return majority > 0.0


def _reaches_all_edges(inked: npt.NDArray[np.bool_]) -> bool:
    """Whether the largest piece reaches all four edges, as on a page that is cut to the ink, and is no surface."""
    labels = pieces(inked)
    sizes = np.bincount(labels.reshape(-1))
    if sizes.size < 2:
        return False
    largest = labels == 1 + int(sizes[1:].argmax())
    return _edges(largest) == 4 and not _holds_square(largest, max(2, round(_BROADEST_CUT * max(inked.shape))))


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
    low = float(np.clip(4.0 * noise, 0.1 * level, 0.4 * level))
    drawn = ((height - low) / (level - low)).clip(0.0, 1.0).astype(np.float32)
    found = _without_specks(without_boxes(without_lines(drawn)))
    return found if found.max() > INKED else None


def _ink_level(height: Grey) -> float:
    """Height of full ink above the paper: the median of the values above Otsu's threshold.

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
    return float(np.median(full)) if full.size else 0.0


def _is_written(picture: Grey) -> bool:
    """Whether the ink consists of strokes rather than of surfaces or of grain."""
    labels = pieces(picture > 0.5)
    found = boxes(labels)
    if not found or len(found) > _MOST_PIECES or (picture > 0.5).mean() > 0.65:
        return False
    areas = np.bincount(labels.reshape(-1))[1:]
    is_cut = _reaches_all_edges(picture > 0.5)
    for number, box in enumerate(found, 1):
        if areas[number - 1] < 0.05 * areas.sum():
            continue
        share = _BROADEST if box.touches(picture.shape) else _BROADEST_WITHIN
        share = _BROADEST_CUT if is_cut else share
        side = max(2, round(share * max(box.width, box.height)))
        if _holds_square(labels[box.slices] == number, side):
            return False
    return True


def _edges(picture: Grey) -> int:
    """How many edges of the picture ink touches."""
    return sum(bool(edge.max() > INKED) for edge in (picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]))


def _within(picture: Grey) -> Grey:
    """The picture without pieces that touch its edge, where shadows end, unless these hold nearly all ink."""
    labels = pieces(picture > INKED)
    edge = np.unique(np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1])))
    kept = np.where(np.isin(labels, edge[edge > 0]), np.float32(0), picture)
    return _without_specks(kept) if kept.sum() >= _LEAST_WITHIN * picture.sum() else picture


def _holds_square(inked: npt.NDArray[np.bool_], side: int) -> bool:
    """Whether ink fills a square of that side, a few pixels excepted."""
    if side > min(inked.shape):
        return False
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

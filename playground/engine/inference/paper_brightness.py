"""Estimates how bright the paper is behind the ink, for several kinds of light."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

_FITTED = 80  # pixels a side of the grid on which a surface is fitted
_OPENED = (0.1, 0.2, 0.32)  # of the shorter side: squares that no stroke is thought to hold
_BINS = 64
_OTHER = 0.3  # between the middle of a page and its paper, where ink covers the middle


class Light(Enum):
    """Assumptions on the light on a page."""

    EVEN = auto()
    GRADUAL = auto()
    LOCAL = auto()  # of any kind: the estimate may leave out a part of the ink, so that several should be compared


def papers(raised: Grey) -> Iterator[tuple[Grey, Light]]:
    """Estimates of the paper's level (H, W) below light ink on dark, the simplest first.

    Even light, with ink on less or on more than half of the page; light that changes evenly; the shaded part of a page
    whose ink is darker than its shadows; light of any kind, where paper is what holds a square.
    """
    middle, least = np.percentile(raised, (50, 5))
    yield np.full(raised.shape, middle, np.float32), Light.EVEN
    if middle - least > _OTHER:
        yield np.full(raised.shape, least, np.float32), Light.EVEN
    yield _surface(raised), Light.GRADUAL
    yield np.full(raised.shape, _shade(raised), np.float32), Light.LOCAL
    for share in _OPENED:
        yield opened(raised, max(3, round(share * min(raised.shape)))), Light.LOCAL


def _surface(raised: Grey) -> Grey:
    """A surface of second degree; what stands above it is excluded from the next fit."""
    terms, some, values = _terms(raised)
    paper = values <= np.percentile(values, 70)
    surface: npt.NDArray[np.floating] = np.zeros(6)
    for _ in range(6):
        surface = np.linalg.lstsq(some[paper], values[paper], rcond=None)[0]
        height = values - some @ surface
        paper = height <= max(2.5 * 1.4826 * float(np.median(np.abs(height[paper]))), 0.01)
    return np.asarray(terms @ surface, np.float32)


def skewness(grey: Grey) -> float:
    """Skewness of what remains of a page without light that changes evenly: negative where few pixels are much darker.

    The third moment over the power 1.5 of the second one.
    """
    _, some, values = _terms(grey)
    rest = values - some @ np.linalg.lstsq(some, values, rcond=None)[0]
    return float((rest**3).mean() / max(1e-12, float((rest**2).mean())) ** 1.5)


def _terms(grey: Grey) -> tuple[Floats, Floats, Floats]:
    """The terms of a surface of second degree (H, W, 6); of some of the pixels the terms (N, 6) and the values (N,)."""
    rows, columns = (np.linspace(-1.0, 1.0, length) for length in grey.shape)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    terms = np.stack((np.ones_like(x), x, y, x * x, x * y, y * y), -1)
    step = max(1, max(grey.shape) // _FITTED)  # this many pixels are enough for the fit, and faster
    return terms, terms[::step, ::step].reshape(-1, 6), grey[::step, ::step].reshape(-1).astype(np.float64)


def _shade(raised: Grey) -> float:
    """The level of the middle one of three classes of pixels: light paper, shaded paper, ink.

    Otsu, 1979, A Threshold Selection Method from Gray-Level Histograms, with two thresholds.
    """
    counts, edges = np.histogram(raised, _BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    number = np.concatenate(([0.0], np.cumsum(counts)))
    total = np.concatenate(([0.0], np.cumsum(counts * middles)))
    low, high = np.meshgrid(np.arange(1, _BINS), np.arange(1, _BINS), indexing="ij")
    between = np.zeros(low.shape)
    for begin, end in ((0, low), (low, high), (high, _BINS)):
        count = np.maximum(number[end] - number[begin], 1e-9)
        between += (total[end] - total[begin]) ** 2 / count
    first, second = np.unravel_index(int(np.where(low < high, between, -1.0).argmax()), between.shape)
    within = raised[(raised >= edges[first + 1]) & (raised < edges[second + 1])]
    return float(np.percentile(within, 90)) if within.size else float(np.median(raised))


def opened(raised: Grey, side: int) -> Grey:
    """Morphological opening with a square of `side` pixels that lies within the picture."""
    found = raised
    for axis in (0, 1):
        found = _sliding(found, min(side, found.shape[axis]), axis, np.minimum)
    for axis in (0, 1):
        reach = raised.shape[axis] - found.shape[axis]
        space = [(0, 0), (0, 0)]
        space[axis] = (reach, reach)
        found = _sliding(np.pad(found, space, constant_values=-np.inf), reach + 1, axis, np.maximum)
    return found


def _sliding(values: Grey, length: int, axis: int, better: np.ufunc) -> Grey:
    """Minima or maxima over windows within the values, by doubling."""
    found, reached = np.moveaxis(values, axis, 0), 1
    while reached < length:
        step = min(reached, length - reached)
        found = better(found[:-step], found[step:])
        reached += step
    return np.moveaxis(found, 0, axis)

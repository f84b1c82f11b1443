"""Extracts ink from an image of paper: polarity, uneven light, grain and dust are removed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.float32]

_LEAST_CONTRAST = 0.06  # of the full range, between paper and ink
_FITTED = 80  # pixels a side of the grid on which the paper is fitted
_SPECK = 0.02  # a separate piece with less than this share of all ink is dust


def ink(grey: Grey) -> Grey | None:
    """Ink on paper (H, W) in [0, 1], dark or light, as white ink on black in [0, 1].

    Full ink becomes 1, paper 0, and an edge between them keeps its shade. None if nothing stands out.
    """
    raised = 1.0 - grey if _is_paper_light(grey) else grey
    height, noise = _above_paper(raised)
    level = _ink_level(height)
    if level < max(_LEAST_CONTRAST, 5.0 * noise):
        return None
    # A soft threshold: values within the range of the paper's grain and of JPEG artefacts count as paper.
    low = float(np.clip(4.0 * noise, 0.1 * level, 0.4 * level))
    return _without_specks(((height - low) / (level - low)).clip(0.0, 1.0).astype(np.float32))


def _is_paper_light(grey: Grey) -> bool:
    """Whether the paper is lighter than the ink; paper is the majority of pixels and of the edge."""
    darkest, lightest = np.percentile(grey, (1, 99))
    edge = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    return bool((np.median(grey) + np.median(edge)) / 2 > (darkest + lightest) / 2)


def _above_paper(raised: Grey) -> tuple[npt.NDArray[np.float64], float]:
    """Height of each pixel above the paper, and the standard deviation of the paper's grain.

    The paper's brightness is fitted by a surface of second degree, which follows shadows but no strokes; outliers are
    excluded from the next fit.
    """
    rows, columns = (np.linspace(-1.0, 1.0, length) for length in raised.shape)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    terms = np.stack((np.ones_like(x), x, y, x * x, x * y, y * y), -1)
    step = max(1, max(raised.shape) // _FITTED)  # this many pixels are enough for the fit, and faster
    some, values = terms[::step, ::step].reshape(-1, 6), raised[::step, ::step].reshape(-1).astype(np.float64)
    paper = values <= np.percentile(values, 70)
    surface: npt.NDArray[np.floating] = np.zeros(6)
    noise = 0.0
    for _ in range(6):
        surface = np.linalg.lstsq(some[paper], values[paper], rcond=None)[0]
        height = values - some @ surface
        noise = 1.4826 * float(np.median(np.abs(height[paper])))
        paper = height <= max(2.5 * noise, 0.01)
    return raised.astype(np.float64) - terms @ surface, noise


def _ink_level(height: npt.NDArray[np.float64]) -> float:
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


def _without_specks(picture: Grey) -> Grey:
    """Set separate pieces to 0 that hold little of the ink."""
    pieces = _pieces(picture > 0.2)
    # A fainter pixel belongs to the piece next to it; far from all pieces it is grain.
    near = pieces.copy()
    for axis in (0, 1):
        for shift in (-2, -1, 1, 2):
            near = np.maximum(near, np.roll(pieces, shift, axis))
    mass = np.bincount(pieces.reshape(-1), weights=picture.reshape(-1).astype(np.float64))
    mass[0] = 0.0
    kept = mass >= _SPECK * mass.sum()
    kept[0] = False
    return np.where(kept[near], picture, np.float32(0.0))


def _pieces(inked: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Number the connected pieces (diagonals connect) from 1; 0 is paper.

    Rows are cut into runs; runs that touch in neighbouring rows are joined (union–find). `scipy.ndimage.label` takes
    0.2 ms where this takes 2 (in the worst case, noise, 1 and 78), but SciPy takes 143 MB and 0.2 s to import.
    """
    parents = [0]

    def root(label: int) -> int:
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    labels = np.zeros(inked.shape, np.int64)
    above: list[tuple[int, int, int]] = []  # begin, end, label
    for row, line in enumerate(inked):
        ends = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0])))).tolist()
        runs: list[tuple[int, int, int]] = []
        for begin, end in zip(ends[::2], ends[1::2], strict=True):
            touching = [root(label) for left, right, label in above if left <= end and right >= begin]
            label = min(touching, default=len(parents))
            if not touching:
                parents.append(label)
            for other in touching:
                parents[other] = label
            labels[row, begin:end] = label
            runs.append((begin, end, label))
        above = runs
    roots = np.array([root(label) for label in range(len(parents))])
    pieces: npt.NDArray[np.int64] = roots[labels]
    return pieces

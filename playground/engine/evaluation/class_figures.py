"""Confusion matrix, and precision, recall, F1 and intersection over union of each class."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_CLASSES = 1000  # of a matrix: 8 MB


class ClassFigures(NamedTuple):
    """Figures of each class, (C,); NaN where one is 0 / 0."""

    precision: Floats  # share of the answers “c” that are right
    recall: Floats  # share of the samples of c that are answered “c”
    f1: Floats  # 2 TP / (2 TP + FP + FN), the harmonic mean of both
    iou: Floats  # TP / (TP + FP + FN)
    support: Counts  # samples of c


class ConfusedPair(NamedTuple):
    """How often one class was taken for another."""

    true: int
    predicted: int
    times: int


def confusion_matrix(true: npt.NDArray[np.integer], predicted: npt.NDArray[np.integer], classes: int) -> Counts:
    """How many samples of each class (row) were answered as each class (column): (C, C).

    Its sides are all classes, whether they occur or not: a class keeps its place.

    Args:
        true: class indices, of any shape.
        predicted: of the same shape.
        classes: C.

    Raises:
        ValueError: a class is not below C, or the shapes differ.
    """
    if true.shape != predicted.shape:
        raise ValueError(f"there are {true.shape} classes, but {predicted.shape} answers")
    pairs = true.astype(np.int64).ravel() * classes + predicted.ravel()
    within = [not item.size or (item.min() >= 0 and item.max() < classes) for item in (true, predicted)]
    if not all(within):
        raise ValueError(f"a class is not between 0 and {classes - 1}")
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_figures(confusion: Counts) -> ClassFigures:
    """The figures of each class from a confusion matrix (C, C), rows true.

    Precision and recall: van Rijsbergen, 1979, Information Retrieval, chapter 7. Intersection over union: Jaccard,
    1912.
    """
    right = confusion.diagonal()
    answered, support = confusion.sum(0), confusion.sum(1)
    return ClassFigures(
        precision=_divided(right, answered),
        recall=_divided(right, support),
        f1=_divided(2 * right, answered + support),
        iou=_divided(right, answered + support - right),
        support=support,
    )


def row_shares(confusion: Counts) -> Floats:
    """Each row divided by its sum: the share of the samples of a class answered as each class; NaN in an empty row."""
    return _divided(confusion, confusion.sum(1, keepdims=True))


def most_confused(
    true: npt.NDArray[np.integer], predicted: npt.NDArray[np.integer], most: int = 20
) -> tuple[ConfusedPair, ...]:
    """The pairs of different classes that were taken for each other most often, the commonest first.

    Pairs of equal number are in the order of their classes.
    """
    wrong = true.ravel() != predicted.ravel()
    rows, columns = true.ravel()[wrong].astype(np.int64), predicted.ravel()[wrong].astype(np.int64)
    classes = 1 + max(int(columns.max(initial=0)), int(rows.max(initial=0)))
    pairs, counts = np.unique(rows * classes + columns, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return tuple(ConfusedPair(*divmod(int(pairs[number]), classes), int(counts[number])) for number in order)


def similarity_order(confusion: Counts) -> list[int]:
    """An order of all classes in which those that are confused stand next to each other.

    The similarity of two classes is the mean share of one that is taken for the other. The most similar pair is joined,
    then the next one, wherever both are at an end of a chain of their own: the greedy heuristic for a path through all
    classes (Bentley, 1992, “Fast algorithms for geometric traveling salesman problems”). Each chain begins with the
    smaller of its ends, and chains are sorted by their smallest class, so that classes that are never confused stay in
    their order.
    """
    shares = np.nan_to_num(row_shares(confusion))
    similarity = np.triu(shares + shares.T, 1)
    first, second = np.nonzero(similarity)
    chains = {number: [number] for number in range(len(confusion))}  # by each of its ends
    for index in np.argsort(-similarity[first, second], kind="stable"):
        a, b = int(first[index]), int(second[index])
        if a in chains and b in chains and chains[a] is not chains[b]:
            _join(chains, a, b)
    whole = {min(chain): chain for chain in chains.values()}
    return [number for smallest in sorted(whole) for number in _turned(whole[smallest])]


def _join(chains: dict[int, list[int]], a: int, b: int) -> None:
    """Make one chain of the two with the ends a and b; what is no longer an end is forgotten."""
    left, right = chains[a], chains[b]
    joined = (left if left[-1] == a else left[::-1]) + (right if right[0] == b else right[::-1])
    for end in (left[0], left[-1], right[0], right[-1]):
        chains.pop(end, None)
    chains[joined[0]] = chains[joined[-1]] = joined


def _turned(chain: list[int]) -> list[int]:
    return chain if chain[0] <= chain[-1] else chain[::-1]


def _divided(above: npt.NDArray[np.integer], below: npt.NDArray[np.integer]) -> Floats:
    """`above` over `below`; NaN where `below` is 0."""
    found: Floats = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found

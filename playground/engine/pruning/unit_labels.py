"""Labels of units: which units of a network must be pruned together, and why some cannot be pruned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from playground.spec.edits import LayerPath
from playground.spec.messages import Message

Labels = npt.NDArray[np.int64]  # a unit for each number of an activation, or for each index along a tensor's dimension

FIXED = 0  # the unit of numbers that must stay: inputs, answers, and all that is tied to them


@dataclass(frozen=True, slots=True, eq=False)
class Width:
    """A layer's units: the field of the layer that counts them, and the label of each.

    `pinned` are the fields that the layer gets with fewer of them, see `Layer.pinned`.
    """

    path: LayerPath
    field: str
    labels: Labels  # (units,)
    pinned: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """The units along one dimension of a tensor of the network."""

    tensor: str
    dim: int
    labels: Labels  # (length of the dimension,)


@dataclass(slots=True)
class Ties:
    """Disjoint sets of units, each of which is kept or pruned as a whole (union-find, Tarjan, 1975)."""

    parents: list[int] = field(default_factory=lambda: [FIXED])
    reasons: list[tuple[Labels, Message]] = field(default_factory=list)

    def fresh(self, count: int) -> Labels:
        """New labels for so many units."""
        first = len(self.parents)
        self.parents += range(first, first + count)
        return np.arange(first, first + count)

    def root(self, label: int) -> int:
        """The label that stands for the set."""
        while self.parents[label] != label:
            self.parents[label] = label = self.parents[self.parents[label]]
        return label

    def roots(self, labels: Labels) -> Labels:
        """The same array with each label replaced by that of its set."""
        distinct, places = np.unique(labels, return_inverse=True)
        found = np.array([self.root(int(label)) for label in distinct], dtype=np.int64)
        return found[places].reshape(labels.shape)

    def tie(self, some: Labels, others: Labels) -> None:
        """Unite the units of two arrays of one shape, element by element."""
        for one, other in {*zip(some.ravel().tolist(), others.ravel().tolist(), strict=True)}:
            first, second = sorted((self.root(one), self.root(other)))
            self.parents[second] = first  # the smaller, so that whatever is tied to FIXED is fixed

    def fix(self, labels: Labels, why: Message) -> None:
        """Keep these units, for a reason."""
        self.reasons.append((labels, why))
        self.tie(labels, np.full_like(labels, FIXED))

    def why(self, labels: Labels) -> Message | None:
        """The reason why some of the units stay; None where none of them was fixed by itself."""
        own = set(labels.ravel().tolist())
        return next((why for fixed, why in self.reasons if own & set(fixed.ravel().tolist())), None)

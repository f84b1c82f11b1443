"""The sums of a batch from which its score is made."""

from __future__ import annotations

import torch
from torch.nn.functional import one_hot

from playground.engine.evaluation.scores import accuracy, agreement, intersection_over_union

# Of two pictures with four places and three classes each, what is said and what is right.
SAID = torch.tensor([[0, 1, 2, 0], [1, 1, 0, 0]])
RIGHT = torch.tensor([[0, 2, 2, 1], [1, 0, 0, 0]])
OUTPUTS = one_hot(SAID, 3).float()  # (N, L, C)


def test_what_is_right_is_counted() -> None:
    assert [item.item() for item in accuracy(OUTPUTS, RIGHT)] == [5]


def test_intersection_and_union_are_those_of_all_foreground() -> None:
    assert [item.item() for item in intersection_over_union(OUTPUTS, RIGHT)] == [3, 5]


def test_agreement_leaves_out_class_0() -> None:
    assert [item.item() for item in agreement(OUTPUTS, RIGHT)] == [2, 8]

"""The sums of a batch from which its score is made."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import one_hot

from playground.engine.evaluation.scores import Scoring, accuracy, added, agreement, intersection_over_union, squares
from playground.spec.data.task import Score, Task, classes, score_of
from playground.spec.recipe.output_activations import SIGMOID

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


@pytest.mark.parametrize("sums", [accuracy, intersection_over_union, agreement])
def test_pictures_and_sequences_of_places_are_counted_alike(sums: Any) -> None:
    picture = OUTPUTS.transpose(1, 2).unflatten(2, (2, 2))  # (N, C, H, W)
    assert sums(picture, RIGHT.unflatten(1, (2, 2))) == sums(OUTPUTS, RIGHT)


def test_the_right_class_of_soft_targets_is_the_most_probable() -> None:
    soft = torch.tensor([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]])
    assert [item.item() for item in accuracy(torch.eye(3)[[1, 2]], soft)] == [1]


def test_scores_are_shares_of_all_places() -> None:
    scoring = Scoring(Task((4, 3), "classes", Score.ACCURACY))
    assert scoring.score([item.item() for item in scoring(OUTPUTS, RIGHT)], 2) == 5 / 8
    assert Scoring(classes(3)).score([3], 4) == 3 / 4


def test_r2_is_the_share_of_the_variance_that_is_explained() -> None:
    outputs, targets = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[1.0], [3.0], [5.0]])
    scoring = Scoring(Task((1,), "numbers", Score.R2))
    assert scoring.score([item.item() for item in scoring(outputs, targets)], 3) == pytest.approx(1 - 2 / 8)


def test_shares_are_made_of_outputs_only_where_the_loss_makes_them_so() -> None:
    shares, outputs = Task((1,), "numbers", Score.R2), torch.tensor([[0.3], [-2.0]])
    targets = outputs.sigmoid()
    assert Scoring(shares, SIGMOID)(outputs, targets)[0] == 0
    assert Scoring(shares)(outputs, targets)[0] > 1
    assert Scoring(classes(2), SIGMOID)(torch.eye(2), torch.arange(2))[0] == 2


def test_only_a_task_of_text_is_told_as_a_language_model() -> None:
    assert not Task((4, 3), "classes", Score.ACCURACY).language
    assert not classes(3).language


def test_sums_are_added_place_by_place() -> None:
    assert added((), [1.0, 2.0]) == (1.0, 2.0)
    assert added((1.0, 2.0), (3.0, 5.0)) == (4.0, 7.0)


@pytest.mark.parametrize(
    ("score", "sums", "places", "expected"),
    [
        (Score.ACCURACY, (0,), 0, 0.0),
        (Score.IOU, (0, 0), 9, 1.0),  # nothing to find, and nothing found
        (Score.F1, (0, 0), 9, 1.0),
        (Score.F1, (3, 8), 9, 0.75),
        (Score.R2, (2.0, 6.0, 12.0), 3, 0.0),  # targets that are all alike
        (Score.R2, (0.5, 2.0, 2.0), 4, 0.5),
    ],
)
def test_a_score_is_a_number_also_where_there_is_nothing_to_find(
    score: Score, sums: tuple[float, ...], places: int, expected: float
) -> None:
    assert score_of(score, sums, places) == pytest.approx(expected)


def test_r_squared_keeps_its_digits_far_from_zero() -> None:
    generator = torch.Generator().manual_seed(0)
    targets = 200 + 0.05 * torch.randn(400, 1, generator=generator)
    outputs = targets + 0.02 * torch.randn(400, 1, generator=generator)
    sums = [float(item) for item in squares(outputs, targets)]
    found = score_of(Score.R2, sums, targets.numel())
    exact_targets, exact = targets.double(), outputs.double()
    errors, spread = (exact - exact_targets).square().sum(), (exact_targets - exact_targets.mean()).square().sum()
    assert found == pytest.approx(1 - float(errors / spread), abs=1e-6)

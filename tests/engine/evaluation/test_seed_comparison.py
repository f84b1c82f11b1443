"""The sentences about runs of several seeds: "better" only with a test and n."""

from __future__ import annotations

from math import nan

import pytest

from playground.engine.evaluation.seed_comparison import (
    SeedResult,
    Side,
    comparison,
    in_full,
    in_short,
    not_counted,
    p_text,
    spreads,
)
from playground.engine.training.snapshots import Figures
from playground.spec.datasets.mnist import MNIST

DATA = MNIST()
GOOD, BAD = (0.976, 0.977, 0.978), (0.955, 0.956, 0.954)


def side(name: str, scores: tuple[float | None, ...], losses: tuple[float, ...] = (), first: int = 0) -> Side:
    """Runs of successive seeds with these scores and losses."""
    pairs = zip(scores, losses or [0.5] * len(scores), strict=True)
    return Side(name, [SeedResult(seed, *pair) for seed, pair in enumerate(pairs, first)])


@pytest.mark.parametrize("turned", [False, True])
def test_the_better_one_comes_first_with_test_p_and_n(turned: bool) -> None:
    a, b = side("A", GOOD), side("B", BAD[:2], first=10)
    said = str(comparison(*((b, a) if turned else (a, b)), DATA))
    assert (
        said == "“A” is better than “B” in test accuracy: 97.70 % and 95.55 %, Welch's t-test, p < 0.001, "
        "95 % confidence interval of the difference 1.90 % to 2.40 %, n = 3 and 2"
    )


def test_the_same_seeds_are_compared_in_pairs() -> None:
    said = str(comparison(side("A", BAD), side("B", GOOD), DATA))
    assert said.startswith("“B” is better than “A” in test accuracy: 97.70 % and 95.50 %, paired t-test over the same")
    interval = "95 % confidence interval of the difference 1.77 % to 2.63 %"
    assert said.endswith(f", p = 0.00206, {interval}, n = 3 and 3")


def test_no_difference_is_claimed_where_chance_explains_it() -> None:
    said = str(comparison(side("A", GOOD), side("B", (0.98, 0.97, 0.975), first=10), DATA))
    start = (
        "No difference can be claimed between “A” and “B” in test accuracy: 97.70 % and 97.50 %, Welch's t-test, p = 0."
    )
    assert said.startswith(start)
    assert "confidence interval of the difference −" in said
    assert said.endswith(", n = 3 and 3")


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (GOOD[:1], BAD, "97.60 % and 95.50 %, no test, n = 1 and 3: it needs at least two runs of each"),
        ((), BAD, "– and 95.50 %, no test, n = 0 and 3: it needs at least two runs of each"),
        ((1.0, 1.0), (0.5, 0.5), "100.00 % and 50.00 %, no test, n = 2 and 2: the runs do not differ enough among"),
    ],
)
def test_without_a_test_nothing_is_better(a: tuple[float, ...], b: tuple[float, ...], said: str) -> None:
    for found in (comparison(side("A", a), side("B", b), DATA), comparison(side("B", b), side("A", a), DATA)):
        assert "better" not in str(found)
    assert said in str(comparison(side("A", a), side("B", b), DATA))


def test_a_lower_loss_is_better_where_there_is_no_score() -> None:
    a, b = side("A", (0.1, None), (0.9, 0.8)), side("B", (0.9, 0.95), (0.1, 0.11))
    for found in (comparison(a, b, DATA), comparison(b, a, DATA)):
        assert str(found).startswith("“B” is better than “A” in test loss: 0.1050 and 0.8500, paired t-test")
        assert "difference −1.4438 to −0.0462, n" in str(found)


def test_means_are_told_with_spread_and_n() -> None:
    few = spreads(side("A", GOOD, (0.1, 0.2, 0.3)).results)
    one = spreads(side("A", (0.5,)).results)
    assert in_short(few) == ("97.70 % ± 0.10 %", "0.2000 ± 0.1000")
    assert in_short(one) == ("50.00 %", "0.5000")
    assert in_short(spreads([])) == ("–", "–")
    score, loss = map(str, in_full(few, DATA))
    interval = "95 % confidence interval of the mean 97.45 % to 97.95 %, n = 3"
    assert score == f"test accuracy: mean 97.70 %, standard deviation 0.10 %, {interval}"
    assert loss.startswith("test loss: mean 0.2000")
    assert str(in_full(one, DATA)[0]) == "test accuracy: 50.00 %, n = 1. The spread needs at least two runs."
    assert "there is no mean" in str(*in_full(spreads([]), DATA))


@pytest.mark.parametrize(
    ("figures", "early", "why"),
    [
        (Figures(2, 4, test_loss=0.5), False, "None"),
        (Figures(1, 4, test_loss=0.5), True, "None"),
        (Figures(1, 4, test_loss=0.5), False, "it was stopped before its end"),
        (Figures(2, 4), False, "it diverged, or was not tested"),
    ],
)
def test_only_runs_trained_to_their_end_count(figures: Figures, early: bool, why: str) -> None:
    assert str(not_counted(figures, 2, early)) == why


def test_a_score_that_is_no_number_is_none() -> None:
    assert SeedResult.of(3, Figures(test_loss=0.5, test_score=nan)) == (3, None, 0.5)


def test_small_p_values_are_bounded() -> None:
    assert [p_text(p) for p in (0.0, 0.00099, 0.001, 0.0123, 0.4, 1.0)] == [
        "p < 0.001",
        "p < 0.001",
        "p = 0.001",
        "p = 0.0123",
        "p = 0.4",
        "p = 1",
    ]

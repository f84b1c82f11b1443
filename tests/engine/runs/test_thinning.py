"""Which checkpoints are kept, as the rule says it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playground.engine.runs.checkpoints import Checkpoint
from playground.engine.runs.thinning import PER_DOUBLING, Holding, above_budget, thinned


def checkpoints(*steps: int) -> list[Checkpoint]:
    return [Checkpoint(step, step, "", 10) for step in steps]


def steps(kept: set[Checkpoint]) -> list[int]:
    return sorted(item.step for item in kept)


def test_a_run_keeps_the_first_ones_densely() -> None:
    assert steps(thinned(checkpoints(*range(100, 1700, 100)), None)) == [
        100, 200, 300, 400, 500, 600, 700, 800, 900, 1100, 1300, 1500, 1600,
    ]  # fmt: skip


def test_it_keeps_the_best_and_the_last_two() -> None:
    assert steps(thinned(checkpoints(100, 101, 102, 103, 104, 105), 102)) == [100, 102, 104, 105]
    assert thinned([], None) == set()
    assert steps(thinned(checkpoints(0), None)) == [0]


@given(st.lists(st.integers(1, 10**9), unique=True, min_size=1, max_size=200))
def test_what_is_kept_does_not_depend_on_when_it_was_thinned(given_steps: list[int]) -> None:
    kept: set[Checkpoint] = set()
    for checkpoint in checkpoints(*sorted(given_steps)):
        kept = thinned({*kept, checkpoint}, None)
    assert kept == thinned(checkpoints(*given_steps), None)
    assert len(kept) <= PER_DOUBLING * 30 + 2


def test_the_budget_takes_the_longest_ended_first_and_the_best_later() -> None:
    holdings = [Holding("old", checkpoints(1, 2, 3), 2), Holding("new", checkpoints(1, 2), None)]

    def removed(excess: int) -> list[tuple[str, int]]:
        return [(run_id, item.step) for run_id, item in above_budget(holdings, excess)]

    assert removed(0) == []
    assert removed(1) == [("old", 1)]
    assert removed(11) == [("old", 1), ("new", 1)]
    assert removed(21) == removed(1000) == [("old", 1), ("new", 1), ("old", 2)]

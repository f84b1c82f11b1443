"""Trials that end early: by rounds of growing budget, where the front-most third goes on, or by a pruner of Optuna."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from pathlib import Path
from random import Random

import pytest

from playground.engine.runs.store import RunStore
from playground.engine.search import measures
from playground.engine.search.optuna_parts import optuna_quietly, try_again
from playground.engine.search.outcome import rows
from playground.engine.search.plan import plan
from playground.engine.search.rounds import Costs, ends_of_rounds, goes_on, in_front
from playground.engine.search.study import open_study
from playground.engine.search.trial import Trials
from tests.engine.search.test_search import RATE, WIDTH, experiment, trained


def test_rounds_end_after_a_ninth_and_a_third() -> None:
    assert [ends_of_rounds(epochs) for epochs in (1, 2, 3, 9, 30)] == [(), (), (1,), (1, 3), (3, 10)]


def test_the_front_most_third_goes_on() -> None:
    line = [(float(number), float(number)) for number in range(9)]  # each dominates all after it
    assert [in_front([line[number], *line[:number], *line[number + 1 :]]) for number in range(9)] == [True] * 3 + [
        False
    ] * 6
    assert in_front([(1.0, 1.0)])
    assert not in_front([(1.0, 1.0), (0.0, 0.0)])
    assert in_front([(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)])  # equals
    assert not in_front([(1.0, 1.0), (1.0, 0.0)])  # as good by one goal, and worse by the other
    assert in_front([(1.0, 1.0), (0.0, 0.0), (2.0, 2.0), (3.0, 3.0)])  # a third of four is two


def test_within_a_front_those_with_room_around_them_go_on() -> None:
    places = [0.0, 1.0, 1.1, 1.2, 5.0, 9.0]
    front = [(place, -place) for place in places]
    assert all(low < high for low, high in pairwise(places))
    kept = [place for place, own in zip(places, front, strict=True) if in_front([own, *(o for o in front if o != own)])]
    assert kept == [0.0, 9.0]


def expected(costs: list[Costs]) -> bool:
    """Whether the first is in the front-most third, by the definitions of NSGA-II."""
    left, places = list(range(len(costs))), -(-len(costs) // 3)
    while places > 0:
        front = [one for one in left if not any(dominates(costs[other], costs[one]) for other in left)]
        if 0 in front:
            distances = [crowding(costs, front, one) for one in front]
            return sum(distance > distances[0] for distance in distances) < places
        places -= len(front)
        left = [one for one in left if one not in front]
    return False


def dominates(one: Costs, other: Costs) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def crowding(costs: list[Costs], front: list[int], one: int) -> float:
    """The sum over the goals of the distance of both neighbours, as shares of the whole; infinite at an end."""
    total = 0.0
    for goal in range(len(costs[one])):
        ordered = sorted(front, key=lambda each: costs[each][goal])
        values = [costs[each][goal] for each in ordered]
        if costs[one][goal] in (values[0], values[-1]):
            return inf
        place = ordered.index(one)
        total += (values[place + 1] - values[place - 1]) / (values[-1] - values[0])
    return total


@pytest.mark.parametrize("goals", [2, 3])
def test_the_rank_is_that_of_nsga_ii(goals: int) -> None:
    chance, found = Random(goals), list[bool]()
    for size in [4, 5, 7, 12, 30] * 40:
        scale = [1.0, 1000.0, 0.01]  # of goals such as an error, parameters and seconds
        costs = [tuple(scale[goal] * chance.random() for goal in range(goals)) for _ in range(size)]
        if size == 12:  # with equals
            costs = [tuple(float(chance.randrange(4)) for _ in range(goals)) for _ in range(size)]
        found.append(in_front(costs))
        assert found[-1] == expected(costs), costs
    assert 0.2 < sum(found) / len(found) < 0.6


def test_trials_are_compared_with_others_after_the_same_epochs_that_were_not_tried_again() -> None:
    with optuna_quietly() as optuna:
        study = optuna.create_study(directions=("minimize", "minimize"))
        dead, *trials = (study.ask() for _ in range(4))
        assert goes_on(dead, 1, (0.0, 0.0))
        study.tell(dead, state=optuna.trial.TrialState.FAIL)
        try_again(study, study.trials[0])
        assert goes_on(trials[0], 1, (1.0, 1.0))  # the one that was tried again counts no more
        assert not goes_on(trials[1], 1, (2.0, 2.0))
        assert goes_on(trials[0], 3, (9.0, 9.0))  # nobody else has come so far
        assert not goes_on(trials[2], 1, (1.5, 1.5))  # the second of three; none is counted twice
        assert study.trials[1].user_attrs == {"after 1": [1.0, 1.0], "after 3": [9.0, 9.0]}


def test_trials_of_several_goals_end_early_with_their_reason_but_never_the_first(tmp_path: Path) -> None:
    found = plan(experiment(WIDTH, RATE, epochs=9, lr=0.3), ("score", "parameters"))
    assert found.pruner == "rounds"
    store = RunStore(tmp_path / "runs")
    rows = trained(found, f"sqlite:///{tmp_path / 'searches.sqlite'}", 12, store)
    assert store.close(20)
    assert (rows[0].state, rows[0].epochs) == ("trained", 9)
    early = [row for row in rows if row.state == "pruned"]
    assert early
    assert all(row.counted and row.epochs in (1, 3) for row in early)
    reasons = {1: "Not among the best after 1 epoch.", 3: "Not among the best after 3 epochs."}
    assert all(row.reason == reasons[row.epochs] for row in early)
    steps = found.experiment.recipe.steps_per_epoch(found.experiment.data.train_count)
    for row in early:  # with its network as it was then
        (run_id,) = row.run_ids
        assert store.open(run_id).checkpoints()[-1].step == row.epochs * steps


@pytest.mark.parametrize(("kind", "seeds", "last"), [("asha", 1, 3), ("wilcoxon", 3, 2)])
def test_a_trial_that_is_trained_to_its_end_keeps_its_values_however_bad(
    kind: str, seeds: int, last: int, tmp_path: Path
) -> None:
    """A pruner that ends every trial from a step on: epochs are counted from 1, seeds from 0."""
    found = plan(experiment(RATE, epochs=3), pruner=kind, seeds=seeds)
    states = []
    for step in (last - 1, last):
        with optuna_quietly() as optuna:
            study = open_study(f"sqlite:///{tmp_path / 'searches.sqlite'}", f"from {step}", found, 0)
            study.pruner = optuna.pruners.ThresholdPruner(lower=2.0, n_warmup_steps=step)
            study.optimize(Trials(found, None, "one", lambda: False).objective, n_trials=2)
            states.append([(row.state, row.epochs) for row in rows(study)])
    whole = ("trained", 3 * seeds)
    assert states[0][0] == whole
    assert states[0][1][0] == "pruned"
    assert states[1] == [whole, whole]


@pytest.mark.parametrize(("pruner", "epochs"), [("rounds", 1), ("none", 9)])
def test_a_trial_whose_figures_are_no_numbers_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pruner: str, epochs: int
) -> None:
    monkeypatch.setattr(measures, "calibration_error", lambda *_: float("nan"))
    found = plan(experiment(RATE, epochs=9), ("score", "calibration"), pruner=pruner)
    (row,) = trained(found, f"sqlite:///{tmp_path / 'searches.sqlite'}", 1)
    assert (row.state, row.reason, row.epochs) == ("failed", "It has no figures on validation data.", epochs)

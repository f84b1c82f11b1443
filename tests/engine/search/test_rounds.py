"""Trials that end early: by rounds of growing budget, where the front-most third goes on, or by a pruner of Optuna."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from playground.engine.search import measures
from playground.engine.search.optuna_parts import optuna_quietly
from playground.engine.search.outcome import rows
from playground.engine.search.plan import plan
from playground.engine.search.rounds import ends_of_rounds, in_front
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


def test_within_a_front_those_with_room_around_them_go_on() -> None:
    places = [0.0, 1.0, 1.1, 1.2, 5.0, 9.0]
    front = [(place, -place) for place in places]
    assert all(low < high for low, high in pairwise(places))
    kept = [place for place, own in zip(places, front, strict=True) if in_front([own, *(o for o in front if o != own)])]
    assert kept == [0.0, 9.0]


def test_trials_of_several_goals_end_early_with_their_reason_but_never_the_first(tmp_path: Path) -> None:
    found = plan(experiment(WIDTH, RATE, epochs=9, lr=0.3), ("score", "parameters"))
    assert found.pruner == "rounds"
    rows = trained(found, f"sqlite:///{tmp_path / 'searches.sqlite'}", 12)
    assert (rows[0].state, rows[0].epochs) == ("trained", 9)
    early = [row for row in rows if row.state == "pruned"]
    assert early
    assert all(row.counted and row.epochs in (1, 3) for row in early)
    reasons = {1: "Not among the best after 1 epoch.", 3: "Not among the best after 3 epochs."}
    assert all(row.reason == reasons[row.epochs] for row in early)


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

"""Searches: what a plan refuses, how trials end, what the front is, and that nothing is lost with a process."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from playground.engine.runs.store import RunStore
from playground.engine.search import signs_of_life, worker_process
from playground.engine.search.goals import GOALS
from playground.engine.search.optuna_parts import (
    MOST_DEATHS,
    after_death,
    optuna_quietly,
    sampler,
    suggested,
    try_again,
)
from playground.engine.search.outcome import TrialRow, best, front, rows, surplus
from playground.engine.search.plan import PRUNERS, SAMPLERS, Plan, SearchError, plan
from playground.engine.search.search import Forecast, Progress, Search, SearchBudget, TrialEnded
from playground.engine.search.storage_url import default_storage
from playground.engine.search.study import joined, open_study
from playground.engine.search.trial import Trials
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.presets import preset_space
from playground.spec.search.ranges import Choices, NumberRange, Range, optional
from playground.spec.search.space import Limits, SearchSpace

WIDTH = NumberRange(path=(0,), field="out_features", low=2, high=40)
RATE = NumberRange(field="recipe.optimizer.lr", low=1e-3, high=1.0, logarithmic=True)


def experiment(*ranges: Range, limits: Limits | None = None, epochs: int = 2, lr: float = 0.01) -> Experiment:
    """Some points and a few units, which train in hundredths of a second."""
    return Experiment(
        name="Few",
        data=Points(count=100, validation_share=0.2),
        stack=Stack(layers=(Linear(out_features=8), Linear(out_features=2))),
        recipe=Recipe(epochs=epochs, device="cpu", optimizer=SGD(lr=lr)),
        search=SearchSpace(ranges=ranges or (WIDTH, RATE), limits=limits or Limits()),
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'searches.sqlite'}"


def trained(found: Plan, url: str, count: int, store: RunStore | None = None, name: str = "one") -> list[TrialRow]:
    """The rows after so many trials in this process."""
    with optuna_quietly():
        study = open_study(url, name, found, 0)
        trials = Trials(found, store, name, lambda: False)
        study.optimize(trials.objective, n_trials=count, catch=(Exception,))
        return rows(study)


def test_the_experiment_is_the_first_trial_and_each_trial_is_a_run(url: str, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    found = trained(plan(experiment()), url, 2, store)
    assert store.flush(20)
    assert [row.state for row in found] == ["trained"] * 2
    assert [row.first for row in found] == [True, False]
    assert found[0].params == {"stack.0.out_features": 8, "recipe.optimizer.lr": 0.01}
    stored = {row.run_id: row for row in store.runs()}
    assert store.close(20)
    for row in found:
        (run_id,) = row.run_ids
        assert [epoch for epoch, _ in row.curve] == list(range(1, row.epochs + 1))
        assert row.curve[-1][1] == row.values[0]
        assert stored[run_id].score == row.values[0] == row.figures["score"]
        assert stored[run_id].measured_on == "validation"
        assert row.figures["parameters"] == 3 * row.params["stack.0.out_features"] + 2 * (
            row.params["stack.0.out_features"] + 1
        )


def test_a_trial_with_several_seeds_has_their_mean(url: str) -> None:
    (row,) = trained(plan(experiment(), seeds=3), url, 1)
    scores = row.figures["scores"]
    assert len(scores) == 3
    assert row.values[0] == pytest.approx(sum(scores) / 3)


def test_a_network_above_a_limit_is_never_trained(url: str) -> None:
    found = trained(plan(experiment(limits=Limits(parameters=30))), url, 1)
    assert [(row.state, row.counted, row.epochs) for row in found] == [("refused", False, 0)]
    assert found[0].reason == "42 parameters, more than 30 parameters."


def test_the_same_network_is_not_trained_twice(url: str) -> None:
    found = trained(plan(experiment(Choices(path=(0,), field="out_features", options=(8,)))), url, 2)
    assert [row.state for row in found] == ["trained", "refused"]
    assert found[1].reason == "The same as trial 0."


def test_settings_of_a_disabled_layer_make_no_other_network(url: str) -> None:
    dropout = Choices(path=(1,), field="p", options=(0.1, 0.2)), optional((1,))
    some = experiment(*dropout)
    stack = Stack(layers=(some.stack.layers[0], Dropout(p=0.1, enabled=False), some.stack.layers[1]))
    found = plan(some.with_(stack=stack))
    with optuna_quietly():
        study = open_study(url, "one", found, 0)
        for p, enabled in ((0.2, False), (0.2, True), (0.1, True)):
            study.enqueue_trial({"stack.1.p": p, "stack.1.enabled": enabled})
        study.optimize(Trials(found, None, "one", lambda: False).objective, n_trials=4)
        trials = rows(study)
    assert [row.state for row in trials] == ["trained", "refused", "trained", "trained"]
    assert trials[1].reason == "The same as trial 0."


def test_a_trial_that_diverges_fails_with_its_reason(url: str) -> None:
    wild = experiment(NumberRange(field="recipe.optimizer.lr", low=1e-3, high=10.0), lr=10.0, epochs=60)
    wide = wild.with_(stack=Stack(layers=(*(Linear(out_features=100),) * 6, Linear(out_features=2))))
    (row,) = trained(plan(wide), url, 1)
    assert row.state == "failed"
    assert row.counted
    assert "learning rate" in row.reason.lower()


def test_hopeless_trials_are_ended_early_but_never_the_first(url: str) -> None:
    found = trained(plan(experiment(RATE, epochs=9, lr=0.3), pruner="asha"), url, 8)
    assert found[0].state == "trained"
    assert found[0].epochs == 9
    early = [row for row in found if row.state == "pruned"]
    assert early
    assert all(row.epochs < 9 and "Ended early" in row.reason for row in early)


def test_several_goals_have_a_front(url: str) -> None:
    found = plan(experiment(WIDTH), ("score", "parameters", "latency"))
    trials = trained(found, url, 4)
    assert all(len(row.values) == 3 and row.values[2] > 0 for row in trials)
    least = min(trials, key=lambda row: row.values[1])
    assert least in front(trials, found.goals)


def row(number: int, *values: float) -> TrialRow:
    return TrialRow(number, "trained", values, {}, {}, "", 1.0, 1, (), False)


def test_the_front_has_what_nothing_dominates() -> None:
    trials = [row(0, 0.9, 10), row(1, 0.8, 10), row(2, 0.95, 99), row(3, 0.9, 10), row(4, 0.5, 3), row(5)]
    assert [item.number for item in front(trials, ("score", "parameters"))] == [2, 0, 4]
    found = best([row(0, 0.1), row(1, 0.3), row(2, 0.3)], ("score",))
    assert found is not None
    assert found.number == 1
    assert best([], ("score",)) is None


@pytest.mark.parametrize("goals", [("score", "parameters"), ("score", "parameters", "flops")])
def test_the_front_of_many_trials_is_what_the_definition_says(goals: tuple[str, ...]) -> None:
    chance = Random(0)
    trials = [row(number, *(float(chance.randrange(12)) for _ in goals)) for number in range(60)]

    def dominates(a: TrialRow, b: TrialRow) -> bool:
        costs = [(-item.values[0], *item.values[1:]) for item in (a, b)]
        no_worse = all(x <= y for x, y in zip(*costs, strict=True))
        return no_worse and (costs[0] != costs[1] or a.number < b.number)

    expected = {item.number for item in trials if not any(dominates(other, item) for other in trials)}
    found = front(trials, goals)
    assert {item.number for item in found} == expected
    assert best(trials, goals) == found[0]


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_sampler_finds_values_in_the_space(name: str) -> None:
    found = plan(experiment(WIDTH, RATE, Choices(field="recipe.batch_size", options=(8, 16))), sampler=name)
    domains = found.space.domains(found.experiment)
    with optuna_quietly():
        study = open_study(default_storage(), name, found, 1)

        def objective(trial: Any) -> float:
            values = {key: suggested(trial, key, domain) for key, domain in domains.items()}
            assert all(value in domains[key] for key, value in values.items())
            return float(values["recipe.optimizer.lr"])

        study.optimize(objective, n_trials=3)
        assert sampler(found, 1).__class__ is study.sampler.__class__


@pytest.mark.parametrize(
    ("goals", "options", "words"),
    [
        (("score", "score"), {}, "named twice"),
        (("score", "parameters"), {"pruner": "asha"}, "one goal"),
        (("score",), {"pruner": "rounds"}, "Rounds are for several goals"),
        (("parameters", "flops"), {"pruner": "rounds"}, "one is learned"),
        (("parameters",), {"pruner": "median"}, "one goal"),
        (("score", "flops"), {"sampler": "cmaes"}, "CMA-ES has one goal"),
        (("score",), {"pruner": "wilcoxon"}, "at least three"),
        (("score",), {"pruner": "asha", "seeds": 3}, "wilcoxon or none"),
        (("beauty",), {}, "“beauty” is none of the goals: score, loss, parameters"),
        ((), {}, "A search needs a goal: score, loss"),
        (("score",), {"sampler": "eval"}, "“eval” is none of the samplers: tpe"),
        (("score",), {"pruner": "eval"}, "“eval” is none of the pruners: none"),
        (("score",), {"seeds": 21}, "from 1 to 20 seeds"),
        (("robustness",), {}, "needs pictures"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(goals: Any, options: Any, words: str) -> None:
    with pytest.raises(SearchError, match=words):
        plan(experiment(), goals, **options)


def test_a_grid_that_memory_cannot_hold_is_refused() -> None:
    wide = preset_space("convolutional", preset("lenet-5").experiment)
    with pytest.raises(SearchError, match="take another sampler or fewer ranges"):
        plan(wide, sampler="grid")


def test_a_plan_without_ranges_is_refused() -> None:
    with pytest.raises(SearchError, match="no ranges"):
        plan(experiment().with_(search=None))


def test_losses_of_different_kinds_are_not_compared() -> None:
    with pytest.raises(SearchError, match="cannot be compared"):
        plan(experiment(Choices(field="recipe.loss", options=("cross_entropy",))), ("loss",))
    smoothing = Choices(field="recipe.loss.label_smoothing", options=(0.0, 0.1))
    assert plan(experiment(smoothing), ("loss",)).goals == ("loss",)  # that of a trial is the one without smoothing


def test_validation_data_are_held_out_where_there_are_none() -> None:
    without = experiment().with_(data=Points(count=100, validation_share=0.0))
    assert plan(without).experiment.data.validation_count == 20


def test_every_pruner_and_goal_has_its_place(url: str) -> None:
    for name in PRUNERS:
        seeds = 3 if name == "wilcoxon" else 1
        goals = ("score", "parameters") if name == "rounds" else ("score",)
        (first,) = trained(plan(experiment(RATE), goals, pruner=name, seeds=seeds), url, 1, name=name)
        assert first.state == "trained"
    for goal in GOALS:
        (first,) = trained(plan(experiment(RATE), (goal,)), url, 1, name=goal) if goal != "robustness" else (None,)
        assert first is None or first.figures[goal] == first.values[0]


def test_a_search_of_another_space_needs_another_name(url: str) -> None:
    with optuna_quietly():
        open_study(url, "one", plan(experiment(RATE)), 0)
        open_study(url, "one", plan(experiment(RATE), sampler="random", pruner="none"), 0)
        with pytest.raises(SearchError, match="another"):
            open_study(url, "one", plan(experiment(WIDTH)), 0)
        with pytest.raises(SearchError, match="another"):
            open_study(url, "one", plan(experiment(RATE), ("score", "flops")), 0)


def test_a_trial_is_tried_again_until_it_seems_to_be_its_fault(url: str) -> None:
    with optuna_quietly() as optuna:
        study = open_study(url, "one", plan(experiment(RATE)), 0)

        def die(trial: Any) -> float:
            trial.suggest_float("recipe.optimizer.lr", 1e-3, 1.0, log=True)
            raise ValueError

        for deaths in range(MOST_DEATHS + 1):
            study.optimize(die, n_trials=1, catch=(ValueError,))
            assert after_death(study, study.trials[-1]) == (deaths < MOST_DEATHS)
        found = rows(study)
        assert [item.state for item in found] == ["again"] * MOST_DEATHS + ["failed"]
        assert [item.first for item in found] == [True] * (MOST_DEATHS + 1)
        assert len({item.params["recipe.optimizer.lr"] for item in found}) == 1
        try_again(study, study.trials[-1])
        assert study.trials[-1].state == optuna.trial.TrialState.WAITING


def test_a_killed_process_loses_nothing(url: str, tmp_path: Path) -> None:
    found = plan(experiment(RATE, epochs=3, lr=0.1), pruner="none")
    search = Search(found, SearchBudget(trials=3), url=url, name="one", runs=tmp_path / "runs")
    forecasts, ended, killed = [], [], False
    for event in search:
        if isinstance(event, Forecast):
            forecasts.append(event)
        elif isinstance(event, TrialEnded):
            ended.append(event.row.number)
        elif isinstance(event, Progress) and event.running and not killed:
            (process,) = search.process_ids
            os.kill(process, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            killed = True
    assert forecasts[0].seconds > 0
    counted = [row for row in search.rows() if row.counted]
    assert [row.number for row in counted] == ended
    assert len(counted) == 3
    assert len({row.params["recipe.optimizer.lr"] for row in counted}) == 3
    assert all(row.state == "trained" for row in counted)
    assert sum(row.first for row in counted) == 1
    again = Search(found, SearchBudget(trials=3), url=url, name="one", runs=None)
    assert not list(again)
    assert again.rows() == search.rows()


def test_a_trial_that_was_killed_before_it_began_is_tried_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(plan(experiment(RATE)), SearchBudget(trials=3), url=url, name="one", runs=None)
    with optuna_quietly() as optuna:
        begun = datetime.now() - timedelta(days=1)  # by the clock of another machine
        state = optuna.trial.TrialState.RUNNING
        lost = optuna.trial.FrozenTrial(0, state, None, begun, None, {}, {}, {}, {}, {}, -1)
        search.study.add_trial(lost)
    search._fail_stale()
    assert [row.state for row in search.rows()] == ["waiting", "running"]
    monkeypatch.setattr(signs_of_life, "GRACE", -1.0)
    search._fail_stale()
    assert [row.state for row in search.rows()] == ["waiting", "again", "waiting"]


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # which asks for trials by `optimize`
def test_of_trials_that_processes_begin_at_once_no_more_than_the_budget_go_on(url: str) -> None:
    study = open_study(url, "one", plan(experiment(RATE)), 0)
    asked = [study.ask() for _ in range(4)]
    assert [surplus(trial, 2) for trial in asked] == [False, False, True, True]
    assert not any(surplus(trial, None) for trial in asked)
    study.tell(asked[3], 0.5)
    assert [surplus(trial, 2) for trial in asked[:3]] == [False, True, True]


def test_a_study_that_another_process_makes_has_one_first_trial(url: str) -> None:
    found = plan(experiment(RATE))
    assert not joined(open_study(url, "one", found, 0))
    study = open_study(url, "one", found, 0)
    study.set_user_attr("maker", "another 1")
    assert joined(open_study(url, "one", found, 0))
    assert [row.first for row in rows(study)] == [True]


def test_processes_that_cannot_start_end_the_search(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(plan(experiment(RATE)), SearchBudget(trials=3), url=url, name="one", runs=None)
    monkeypatch.setattr(worker_process, "_MODULE", "playground.engine.search.nothing")
    with pytest.raises(SearchError, match="No module named"):
        list(search)

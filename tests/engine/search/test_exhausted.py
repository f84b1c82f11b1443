"""Spaces whose values can be counted: each of them is trained once, and then the search ends."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from playground.engine.search.optuna_parts import optuna_quietly, suggested
from playground.engine.search.outcome import rows
from playground.engine.search.plan import Plan, plan
from playground.engine.search.possible import TRIED, exhausted_text, possible
from playground.engine.search.search import Search, SearchBudget
from playground.engine.search.study import open_study
from playground.engine.search.trial import Trials
from playground.engine.search.untried import untried
from playground.engine.search.worker import _MOST_OF_FEW, _one_trial, _Orders
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.ranges import Choices, NumberRange, Range
from playground.spec.search.space import Limits, SearchSpace

BATCH = Choices(field="recipe.batch_size", options=(8, 16))
WIDTH = NumberRange(path=(0,), field="out_features", low=2, high=9)


def few(*ranges: Range, sampler: str = "grid", epochs: int = 1) -> Plan:
    """A plan for some points."""
    experiment = Experiment(
        data=Points(count=100, validation_share=0.2),
        stack=Stack(layers=(Linear(out_features=8), Linear(out_features=2))),
        recipe=Recipe(epochs=epochs, batch_size=8, device="cpu", optimizer=SGD(lr=0.01)),
        search=SearchSpace(ranges=ranges),
    )
    return plan(experiment, sampler=sampler, pruner="none")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'searches.sqlite'}"


@pytest.mark.timeout(300)  # two processes start, beside other tests
def test_two_workers_train_all_of_a_small_space(url: str) -> None:
    search = Search(few(BATCH), SearchBudget(seconds=600), url=url, name="one", runs=None, workers=2)
    list(search)
    assert search.exhausted
    states = [row.state for row in search.rows()]
    assert states.count("trained") == 2
    assert states.count("refused") <= 2 * _MOST_OF_FEW


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # trials are asked for here, to have two at once
def test_values_that_another_worker_is_about_to_train_are_not_trained_again(url: str) -> None:
    found = few(BATCH)
    with optuna_quietly() as optuna:
        study = open_study(url, "one", found, 0)
        for _ in range(2):
            study.enqueue_trial({"recipe.batch_size": 8})
        first, second = study.ask(), study.ask()

        def begin_late() -> None:
            ends = monotonic() + 20
            while "experiment" not in study.trials[second.number].user_attrs:
                assert monotonic() < ends
            Trials(found, None, "one", lambda: False).objective(first)

        other = Thread(target=begin_late, daemon=True)
        other.start()
        with pytest.raises(optuna.TrialPruned, match="The same as trial 0"):
            Trials(found, None, "one", lambda: False).objective(second)
        other.join()


@pytest.fixture
def orders() -> Iterator[_Orders]:
    """Orders that come from a pipe, and do not end before the test."""
    reading, writing = os.pipe()
    with open(reading) as stream, open(writing, "w"):
        yield _Orders(stream)


def test_a_worker_is_given_what_its_sampler_does_not_find(url: str, orders: _Orders) -> None:
    found, out = few(BATCH, sampler="qmc"), io.StringIO()
    with optuna_quietly() as optuna:
        study = open_study(url, "one", found, 0)
        study.sampler = optuna.samplers.PartialFixedSampler({"recipe.batch_size": 8}, study.sampler)
        for _ in range(3):
            _one_trial(study, Trials(found, None, "one", lambda: False), orders, out)
        trained = [row.params["recipe.batch_size"] for row in rows(study) if row.state == "trained"]
    assert trained == [8, 16]
    assert json.loads(out.getvalue().splitlines()[-1]) == {"exhausted": True}
    assert len(study.trials) == 2 + _MOST_OF_FEW


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # which asks for trials by `optimize`
def test_a_worker_that_finds_nothing_leaves_what_another_trains_and_stores_nothing(url: str, orders: _Orders) -> None:
    found = few(BATCH)
    domains = found.space.domains(found.experiment)
    with optuna_quietly():
        study = open_study(url, "one", found, 0)
        study.enqueue_trial({"recipe.batch_size": 16})
        for _ in range(2):  # two others, which have begun
            trial = study.ask()
            assert {key: suggested(trial, key, domain) for key, domain in domains.items()} == trial.params
        out = io.StringIO()
        _one_trial(study, Trials(found, None, "one", lambda: False), orders, out)
        assert [json.loads(line) for line in out.getvalue().splitlines()] == [{"exhausted": True}]
        assert [row.state for row in rows(study)] == ["running", "running"]


def test_what_is_left_of_a_space(url: str) -> None:
    found = few(BATCH, WIDTH, sampler="tpe")
    with optuna_quietly() as optuna:
        study = open_study(url, "one", found, 0)
        assert untried(study, found) is None  # the experiment itself waits
        study.optimize(Trials(found, None, "one", lambda: False).objective, n_trials=1)
        seen = [study.trials[0].params]
        for _ in range(15):
            left = untried(study, found)
            assert left
            assert left not in seen
            seen.append(left)
            distributions = study.trials[0].distributions
            study.add_trial(optuna.create_trial(params=left, distributions=distributions, value=0.5))
        assert untried(study, found) == {}
        assert untried(study, few(NumberRange(field="recipe.optimizer.lr", low=0.1, high=1.0), sampler="tpe")) is None


RATE = NumberRange(field="recipe.optimizer.lr", low=0.001, high=1.0, logarithmic=True)


def test_a_space_whose_every_network_is_refused_ends_soon_with_the_commonest_reason(url: str, orders: _Orders) -> None:
    found = limited(few(WIDTH, RATE, sampler="random"), 10)
    out = io.StringIO()
    with optuna_quietly():
        study = open_study(url, "one", found, 0)
        _one_trial(study, Trials(found, None, "one", lambda: False), orders, out)
        seen = rows(study)
    assert json.loads(out.getvalue().splitlines()[-1]) == {"exhausted": True}
    assert [row.state for row in seen] == ["refused"] * TRIED
    told = str(exhausted_text(seen))
    assert told.startswith("None of 8 networks may be trained, and no other was found in the space.")
    assert "(8 times): 42 parameters, more than 10 parameters." in told


def test_the_few_networks_that_may_be_trained_are_found(url: str, orders: _Orders) -> None:
    found = limited(few(NumberRange(path=(0,), field="out_features", low=2, high=900), RATE, sampler="random"), 37)
    values = possible(found, 0)
    assert values is not None
    assert int(values["stack.0.out_features"]) <= 7
    with optuna_quietly():
        study = open_study(url, "one", found, 0)
        _one_trial(study, Trials(found, None, "one", lambda: False), orders, io.StringIO())
        assert rows(study)[-1].state == "trained"
    assert str(exhausted_text(rows(study))) == "The space seems to hold no further network."


def limited(found: Plan, parameters: int) -> Plan:
    """The same for networks of so many parameters at most."""
    space = found.space.with_(limits=Limits(parameters=parameters))
    return found.model_copy(update={"experiment": found.experiment.with_(search=space)})

"""Searches that a storage holds: the list, and one with its trials, read without its experiment."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.search.plan import Plan, SearchError, plan
from playground.engine.search.stored import open_stored, stored_searches
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.search.ranges import NumberRange
from playground.spec.search.space import SearchSpace

pytest.importorskip("optuna", reason="the extra `search` is not installed")

from playground.engine.search.optuna_parts import optuna_quietly
from playground.engine.search.study import open_study


def made(name: str) -> Plan:
    """A plan of points."""
    space = SearchSpace(ranges=(NumberRange(path=(0,), field="out_features", low=2, high=40),))
    stack = Stack(layers=(Linear(out_features=8), Linear(out_features=2)))
    return plan(Experiment(name=name, data=Points(count=100, validation_share=0.2), stack=stack, search=space))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A storage with two searches of this program, one of which has a trial, and one of another program."""
    found = f"sqlite:///{tmp_path / 'searches.sqlite'}"
    with optuna_quietly() as optuna:
        open_study(found, "empty", made("Empty"), 0)
        study = open_study(found, "tried", made("Tried"), 0)
        study.optimize(lambda _: 0.5, n_trials=1)
        optuna.create_study(study_name="foreign", storage=found)
    return found


def test_a_search_that_goes_on_with_another_sampler_is_stored_with_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'searches.sqlite'}"
    for sampler in ("tpe", "random"):
        changed = plan(made("One").experiment, sampler=sampler)
        open_study(url, "one", changed, 0)
        assert open_stored(url, "one").plan == changed


def test_our_searches_are_listed_with_their_plans(url: str) -> None:
    found = {search.name: search for search in stored_searches(url)}
    assert found.keys() == {"empty", "tried"}
    assert found["tried"].plan == made("Tried")
    assert found["tried"].began is not None


def test_a_search_is_opened_with_its_trials(url: str) -> None:
    found = open_stored(url, "tried")
    assert found.plan == made("Tried")
    assert [row.values for row in found.trials if row.state == "trained"] == [(0.5,)]
    assert found.importances == {}


@pytest.mark.parametrize(
    ("name", "said"), [("gone", "There is no search “gone” any more."), ("foreign", "cannot be read")]
)
def test_what_cannot_be_opened_is_said(url: str, name: str, said: str) -> None:
    with pytest.raises(SearchError, match=said):
        open_stored(url, name)

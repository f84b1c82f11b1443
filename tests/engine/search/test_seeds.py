"""Seeds of samplers: searches at one study draw different values, and a seed that is asked for draws them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.search import optuna_parts, storage_url
from playground.engine.search.optuna_parts import optuna_quietly, sampler, suggested
from playground.engine.search.plan import plan
from playground.engine.search.seeds import sampler_seed
from playground.engine.search.study import open_study
from playground.spec.search.ranges import Choices
from tests.engine.search.test_search import RATE, WIDTH, experiment

BATCH = Choices(field="recipe.batch_size", options=(8, 16))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'searches.sqlite'}"


def test_two_searches_that_begin_together_have_seeds_of_their_own(url: str) -> None:
    with optuna_quietly():
        study = open_study(url, "one", plan(experiment(RATE)), 0)
        assert len({sampler_seed(None, study, 1) for _ in range(4)}) == 4


def test_a_seed_that_is_asked_for_is_that_of_the_first_process_alone(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with optuna_quietly():
        one, two = (open_study(url, name, plan(experiment(RATE)), 0) for name in ("one", "two"))
        assert sampler_seed(5, one, 1) == sampler_seed(5, two, 1) != sampler_seed(6, one, 1)
        assert sampler_seed(5, one, 1) != sampler_seed(5, one, 2)
        first = sampler_seed(5, one, 1)
        two.add_trial(two.get_trials()[0])
        assert sampler_seed(5, two, 1) != first  # it goes on
        monkeypatch.setattr(optuna_parts, "_OWN", "of a container with the same name and process number")
        assert sampler_seed(5, one, 1) != first
        before = sampler_seed(5, one, 1)
        monkeypatch.setattr(optuna_parts, "_OWN", "of a third one")
        assert sampler_seed(5, one, 1) != before


def test_a_seed_that_is_asked_for_is_the_same_in_another_process(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with optuna_quietly():
        first = sampler_seed(5, open_study(url, "one", plan(experiment(RATE)), 0), 1)
        monkeypatch.setattr(optuna_parts, "_OWN", "of another process")
        assert sampler_seed(5, open_study(url, "two", plan(experiment(RATE)), 0), 1) == first


@pytest.mark.parametrize("name", ["tpe", "nsga2", "nsga3", "cmaes", "gp", "random"])
@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # which asks for trials by `optimize`
def test_a_sampler_draws_by_its_seed(url: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name in ("cmaes", "gp"):
        pytest.importorskip({"cmaes": "cmaes", "gp": "scipy"}[name])
    monkeypatch.setattr(storage_url, "default_storage", lambda: url)  # which CMA-ES may read
    found = plan(experiment(RATE, WIDTH), sampler=name, pruner="none")
    domains = found.space.domains(found.experiment)
    with optuna_quietly():
        drawn = []
        for number, seed in enumerate((1, 1, 2)):
            study = open_study(url, str(number), found, seed)
            study.tell(study.ask(), 0.5)  # the experiment itself
            trial = study.ask()
            drawn.append({key: suggested(trial, key, domain) for key, domain in domains.items()})
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")
def test_processes_share_one_quasi_random_sequence(url: str) -> None:
    found = plan(experiment(RATE), sampler="qmc", pruner="none")
    domains = found.space.domains(found.experiment)
    with optuna_quietly():
        drawn = []
        for name, seed in (("one", 1), ("two", 2)):
            study = open_study(url, name, found, seed)
            study.tell(study.ask(), 0.5)  # the experiment itself, after which Optuna knows the ranges
            study.ask()
            trial = study.ask()
            drawn.append({key: suggested(trial, key, domain) for key, domain in domains.items()})
    assert drawn[0] == drawn[1]


def test_what_is_left_of_a_grid_is_not_taken_in_the_same_order() -> None:
    found = plan(experiment(RATE, BATCH), sampler="grid", pruner="none")
    with optuna_quietly() as optuna:
        grids = [sampler(found, seed) for seed in range(8)]
        assert all(isinstance(item, optuna.samplers.GridSampler) for item in grids)
        assert len({tuple(item._all_grids) for item in grids}) == 1
        taken = []
        for item in (*grids, sampler(found, 3)):
            study = optuna.create_study(sampler=item)
            for _ in range(len(grids[0]._all_grids)):  # their numbers are used up, their points are not
                study.add_trial(optuna.create_trial(state=optuna.trial.TrialState.FAIL))
            number = study.ask().number
            taken.append(study.trials[number].system_attrs["grid_id"])
        assert len(set(taken)) > 1
        assert taken[-1] == taken[3]  # by its seed

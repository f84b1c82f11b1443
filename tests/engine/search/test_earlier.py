"""Warm start: stored runs inside the space are the first trials, finished ones where they are as a trial would be."""

from __future__ import annotations

from pathlib import Path

from playground.engine.runs.store import RunStore
from playground.engine.search.earlier import values_inside, warm_start
from playground.engine.search.optuna_parts import optuna_quietly
from playground.engine.search.outcome import rows
from playground.engine.search.plan import plan
from playground.engine.search.study import open_study
from playground.spec.recipe.optimizers import Adam
from tests.engine.search.test_search import RATE, WIDTH, experiment, trained


def test_runs_of_another_search_begin_this_one(tmp_path: Path) -> None:
    store, url = RunStore(tmp_path / "runs"), f"sqlite:///{tmp_path / 'searches.sqlite'}"
    before = trained(plan(experiment(WIDTH, RATE), sampler="random", pruner="none"), url, 4, store, "before")
    assert store.flush(20)
    found = plan(experiment(RATE, WIDTH), sampler="random", pruner="none")
    with optuna_quietly():
        study = open_study(url, "same", found, 0)
        used = warm_start(study, url, found, store, 2)
        assert used == (2, 0)
        best = sorted((row for row in before if not row.first), key=lambda row: (-row.values[0], -row.number))[:2]
        after = rows(study)[1:]
        assert [row.params for row in after] == [row.params for row in best]
        assert [row.values for row in after] == [row.values for row in best]
        assert [row.figures["loss"] for row in after] == [row.figures["loss"] for row in best]
        assert [row.run_ids for row in after] == [row.run_ids for row in best]
        assert warm_start(study, url, found, store, 9) == (1, 0)  # what is known is left out
        longer = plan(experiment(RATE, WIDTH, epochs=5), sampler="random", pruner="none")
        study = open_study(url, "longer", longer, 0)
        assert warm_start(study, url, longer, store, 1) == (0, 1)
        assert warm_start(study, url, longer, store, 9) == (0, 2)
        assert [row.state for row in rows(study)] == ["waiting"] * 4
    assert store.close(20)


def test_an_experiment_outside_the_space_has_no_values_in_it() -> None:
    found, own = plan(experiment(WIDTH, RATE)), experiment().with_(search=None)
    assert values_inside(found, own) == {WIDTH.key: 8, RATE.key: 0.01}
    wide = own.stack.layers[0].with_(out_features=400)
    assert values_inside(found, own.with_(stack=own.stack.with_(layers=(wide, own.stack.layers[1])))) is None
    assert values_inside(found, own.with_(stack=own.stack.with_(layers=own.stack.layers[:1]))) is None
    assert values_inside(found, own.with_(stack=own.stack.with_(layers=()))) is None
    assert values_inside(found, own.with_(recipe=own.recipe.with_(optimizer=Adam(lr=0.01)))) is None

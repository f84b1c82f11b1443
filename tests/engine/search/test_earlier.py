"""Warm start: stored runs inside the space are the first trials, finished ones where they are as a trial would be."""

from __future__ import annotations

from pathlib import Path

from playground.engine.data.in_memory import load
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.search.earlier import values_inside, warm_start
from playground.engine.search.optuna_parts import optuna_quietly
from playground.engine.search.outcome import rows
from playground.engine.search.plan import plan
from playground.engine.search.study import open_study
from playground.engine.training.snapshots import Epoch
from playground.engine.training.trainer import Trainer
from playground.spec.recipe.optimizers import SGD, Adam
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


def test_a_run_whose_learning_rate_was_changed_meanwhile_is_no_finished_trial(tmp_path: Path) -> None:
    """Its experiment has the latest rate, but its figures are those of two."""
    store, url = RunStore(tmp_path / "runs"), f"sqlite:///{tmp_path / 'searches.sqlite'}"
    found = plan(experiment(RATE), pruner="none")
    before = found.experiment.with_(search=None)
    trainer = Trainer(before, load(before.data))
    recorder = RunRecorder(store, trainer, load(before.data))
    for snapshot in trainer:
        recorder.take(snapshot)
        if isinstance(snapshot, Epoch) and snapshot.epoch == 1:
            trainer.change(before.with_(recipe=before.recipe.with_(optimizer=SGD(lr=0.5))))
    recorder.close()
    assert store.flush(20)
    with optuna_quietly():
        study = open_study(url, "one", found, 0)
        assert warm_start(study, url, found, store, 2) == (0, 1)
        waiting = rows(study)[1]
    assert waiting.state == "waiting"
    assert store.close(20)

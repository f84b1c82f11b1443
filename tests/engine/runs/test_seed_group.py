"""Groups of stored runs: which count, and which cannot be compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from playground.engine.runs.run_record import RunError
from playground.engine.runs.seed_group import group_name, require_comparable, seed_group
from playground.engine.runs.store import RunStore
from playground.engine.runs.stored_run import StoredRun
from playground.engine.training.snapshots import Figures, Finished
from playground.spec.datasets.downloads import FashionMNIST
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.losses import MSE
from tests.engine.runs.stored import EXPERIMENT, WITHIN, opened

FIGURES = Figures(epochs=EXPERIMENT.recipe.epochs, step=4, test_loss=0.25, test_score=0.9)


def ended(store: RunStore, seed: int, figures: Figures = FIGURES, early: bool = False, **changes: Any) -> StoredRun:
    """A run with these final figures."""
    run = store.begin(EXPERIMENT.with_(seed=seed, **changes))
    end = {"parameters": 1, "best_epoch": None, "stopped_early": early, "verdict": message("done")}
    known = {name: getattr(figures, name) for name in ("epochs", "step", "seconds", "test_loss", "test_score")}
    run.append([Finished(**known, **end)])
    run.finish(figures)
    assert store.flush(WITHIN)
    return run


def test_a_group_is_named_by_experiment_number_and_time() -> None:
    assert (
        group_name(Experiment(name="Small"), 5, datetime(2026, 1, 31, 9, 5, 7))
        == "Small · 5 seeds · 2026-01-31 09:05:07"
    )


def test_runs_that_were_not_trained_to_their_end_do_not_count(tmp_path: Path) -> None:
    short = FIGURES._replace(epochs=1)
    with opened(tmp_path) as store:
        runs = [
            ended(store, 0),
            ended(store, 1, short, early=True),
            ended(store, 2, short),
            ended(store, 3, FIGURES._replace(test_loss=None, test_score=None)),
            store.begin(EXPERIMENT.with_(seed=4, name="goes on")),
        ]
        found = seed_group("A", runs)
        assert found.side == ("A", ((0, 0.9, 0.25), (1, 0.9, 0.25)))
        assert [(run_id, str(why)) for run_id, why in found.left_out] == [
            (runs[2].run_id, "it was stopped before its end"),
            (runs[3].run_id, "it diverged, or was not tested"),
            (runs[4].run_id, "it has not ended"),
        ]


def test_runs_of_a_group_differ_in_their_seed_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        first = ended(store, 0)
        with pytest.raises(RunError, match="other settings"):
            seed_group("A", [first, ended(store, 1, recipe=EXPERIMENT.recipe.with_(batch_size=7))])
        again = ended(store, 0, name="renamed")
        with pytest.raises(RunError, match=f"{first.run_id} and {again.run_id} have the same, 0"):
            seed_group("A", [first, ended(store, 1), again])


def test_tests_on_other_data_are_not_compared(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        mnist, fewer, other, loss = (
            seed_group(name, [ended(store, 0, figures, **changes)])
            for name, figures, changes in (
                ("A", FIGURES, {}),
                ("B", FIGURES, {"data": EXPERIMENT.data.with_(train_limit=10)}),
                ("C", FIGURES, {"data": FashionMNIST()}),
                ("D", FIGURES._replace(test_score=None), {"recipe": EXPERIMENT.recipe.with_(loss=MSE())}),
            )
        )
    require_comparable(mnist, fewer)
    for group in (other, loss):
        with pytest.raises(RunError, match="different data, or with different losses"):
            require_comparable(mnist, group)

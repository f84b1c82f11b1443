"""Several seeds in the window: each run is that of the command line, and stopping ends the series."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from playground.cli.main import main
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import VARIABLE
from playground.engine.runs.stored_run import StoredRun
from playground.engine.weights import load
from playground.gui.session.run_state import RunState
from playground.gui.session.seed_series import MOST, most_seeds
from playground.spec.edits import Set
from playground.spec.files.experiment_file import write_experiment
from playground.spec.messages import message
from tests.gui.session.test_continuing import EXPERIMENT, LOAD, WITHIN, Window

SEEDED = EXPERIMENT.with_(seed=7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    made = RunStore(tmp_path / "runs")
    yield made
    made.close(WITHIN)


@pytest.fixture
def window(qtbot: QtBot, store: RunStore) -> Iterator[Window]:
    made = Window(qtbot, store, SEEDED)
    yield made
    made.run.close()


def in_store(store: RunStore) -> list[StoredRun]:
    assert store.flush(WITHIN)
    return [store.open(row.run_id) for row in store.runs()]


def last_weights(run: StoredRun) -> dict[str, torch.Tensor]:
    return load(run.checkpoint_file(run.checkpoints()[-1])).network.state_dict()


def test_each_run_equals_that_of_the_command_line(
    window: Window, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[tuple[int, int] | None] = []
    window.run.series_changed.connect(lambda series: places.append(series and (series.number, series.runs)))
    window.do(lambda: window.run.train_seeds(3))
    assert places == [(1, 3), (2, 3), (3, 3), None]
    assert [item.seed for item in window.began] == [7, 8, 9]
    monkeypatch.setenv(VARIABLE, str(tmp_path / "others"))
    write_experiment(SEEDED, tmp_path / "small.playground")
    assert main(["train", str(tmp_path / "small.playground"), "--seeds", "3"]) == 0
    others = RunStore(tmp_path / "others")
    pairs = list(zip(in_store(store), in_store(others), strict=True))
    assert len(pairs) == 3
    for one, other in pairs:
        assert one.record.seed == other.record.seed
        assert one.record.figures._replace(seconds=0) == other.record.figures._replace(seconds=0)
        weights = last_weights(other)
        assert all(torch.equal(value, weights[name]) for name, value in last_weights(one).items())
    assert {one.record.group for one, _ in pairs} == {pairs[0][0].record.group}
    assert pairs[0][0].record.group.startswith(f"{SEEDED.name} · 3 seeds · ")
    assert others.close(WITHIN)


def test_the_network_of_another_seed_does_not_pass_for_that_of_the_experiment(window: Window) -> None:
    window.do(lambda: window.run.train_seeds(2))
    assert window.run.stale
    assert window.run.experiment is not None
    assert window.run.experiment.seed == 8
    assert window.document.experiment.seed == 7


def test_stopping_ends_the_series_with_the_present_run(window: Window, store: RunStore) -> None:
    window.document.do(Set(("recipe", "epochs"), 10_000, message("longer")))
    window.run.train_seeds(3)
    window.qtbot.waitUntil(lambda: window.run.run_id is not None, timeout=LOAD)
    window.run.stop()
    window.wait(RunState.FINISHED)
    runs = in_store(store)
    assert len(runs) == 1
    assert runs[0].record.ended is not None
    assert window.run.series is None


def test_a_change_of_the_recipe_is_not_adopted_by_the_series(window: Window, store: RunStore) -> None:
    window.document.do(Set(("recipe", "epochs"), 10_000, message("longer")))
    window.run.train_seeds(2)
    window.qtbot.waitUntil(lambda: window.run.run_id is not None, timeout=LOAD)
    window.document.do(Set(("recipe", "optimizer", "lr"), 0.5, message("faster")))
    window.wait(RunState.PAUSED)
    assert window.run.stale
    window.document.undo_stack.undo()
    window.wait(RunState.TRAINING)
    window.run.reset()
    assert window.run.series is None
    window.wait(RunState.IDLE)
    assert in_store(store)[0].experiment.recipe.optimizer == SEEDED.recipe.optimizer


def test_a_series_needs_a_store_and_ends_at_the_largest_seed(qtbot: QtBot) -> None:
    window = Window(qtbot, None, SEEDED)
    assert not window.run.can_train_seeds
    window.run.close()
    assert [most_seeds(SEEDED.with_(seed=seed)) for seed in (0, 2**32 - 3, 2**32 - 1)] == [MOST, 3, 1]

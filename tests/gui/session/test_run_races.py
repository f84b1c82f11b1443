"""Saving, opening and continuing runs in quick succession; runs that are deleted or end meanwhile."""

from __future__ import annotations

from pathlib import Path

from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.store_settings import default_folder
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_run import Mode
from playground.spec.files.experiment_file import read_experiment_file
from tests.gui.session.test_continuing import EXPERIMENT, LOAD, WITHIN, straight
from tests.gui.session.test_saved_networks import equal, file, session

__all__ = ["file", "session"]  # fixtures


def test_a_network_whose_run_was_deleted_is_stored_again(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    weights, deleted, store = shown.weights(), shown.run.run_id, shown.program.runs.store
    assert store.flush(WITHIN)
    store.delete(deleted)
    assert store.flush(WITHIN)
    for _ in range(2):
        shown.save(file)
        assert store.problem is None
        assert [row.run_id for row in store.runs()] == [read_experiment_file(file).link.run_id] != [deleted]
    shown.new()
    shown.open(file)
    assert equal(shown.weights(), weights)
    shown.train()
    assert equal(shown.weights(), straight(8).network.state_dict())


def test_a_link_is_written_once_its_network_is(session, file: Path) -> None:
    shown = session()
    shown.show(EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=10_000)))
    shown.run.train()
    shown.wait(RunState.TRAINING)
    shown.qtbot.waitUntil(lambda: shown.run.progress.step > 20, timeout=LOAD)
    for _ in range(5):
        shown.save(file)
        link = read_experiment_file(file).link
        assert link.step in [item.step for item in RunFolder(default_folder() / link.run_id).checkpoints()]
    shown.run.stop()
    shown.wait(RunState.FINISHED)


def test_the_end_of_a_run_that_went_on_is_shown_no_more(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    shown.run.step_epoch()
    shown.wait(RunState.PAUSED)
    shown.save(file)
    shown.new()
    shown.open(file)
    assert (shown.run.progress.step, shown.run.progress.finished) == (40, None)
    shown.train()
    assert shown.run.progress.finished.step == 80


def test_stop_and_pause_after_the_end_change_nothing(session) -> None:
    shown = session()
    shown.show()
    shown.train()
    weights = shown.weights()
    shown.run.worker.stop()  # as if pressed while the end of the run was on its way to the window
    shown.run.worker.go(Mode.WAIT)
    shown.run.worker.go(Mode.END)
    shown.run.keep()
    with shown.qtbot.waitSignal(shown.run.kept, timeout=LOAD):
        pass
    assert shown.run.state is RunState.FINISHED
    shown.train()
    assert not equal(shown.weights(), weights)


def test_a_second_press_of_continue_changes_nothing(session) -> None:
    shown = session()
    shown.show()
    shown.train()
    shown.run.train()
    shown.train()
    assert shown.failures == []
    assert equal(shown.weights(), straight(8).network.state_dict())


def test_an_experiment_that_another_replaces_while_it_is_saved_is_the_one_that_is_saved(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    shown.save(file)
    shown.show(EXPERIMENT.with_(name="Other"))
    shown.train()
    other = shown.run.run_id
    shown.open(file)
    with shown.qtbot.waitSignal(shown.program.files.told, timeout=LOAD):
        shown.program.files.open_run(other)
        shown.program.files.save()
    shown.qtbot.waitUntil(lambda: "Saved as mine.playground" in shown.told, timeout=LOAD)
    shown.qtbot.waitUntil(lambda: shown.program.document.experiment.name == "Other", timeout=LOAD)
    shown.wait(RunState.FINISHED)
    assert read_experiment_file(file).experiment == EXPERIMENT
    assert shown.program.document.path is None


def test_continuing_while_another_run_is_opened_shows_that_one(session) -> None:
    shown = session()
    shown.show()
    shown.train()
    first, weights = shown.run.run_id, shown.weights()
    shown.show(EXPERIMENT.with_(seed=5))
    shown.train()
    with shown.qtbot.waitSignal(shown.run.opened, timeout=LOAD):
        shown.program.files.resume(first)
        shown.run.train()
    shown.wait(RunState.FINISHED)
    assert (shown.run.run_id, shown.failures) == (first, [])
    assert equal(shown.weights(), weights)

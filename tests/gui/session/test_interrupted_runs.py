"""A run that was interrupted is offered at the next start if it can be continued, whoever trained it."""

from __future__ import annotations

import pytest

from playground.engine.data.in_memory import load
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder
from playground.engine.training.snapshots import Epoch
from playground.engine.training.trainer import Trainer
from playground.gui.session.run_state import RunState, Start
from playground.gui.window.recovery_offers import KEY
from playground.spec.files.recovery_file import Recovery, RecoveryFolder
from playground.spec.files.recovery_file import default_folder as recovery_folder
from tests.gui.session.test_continuing import EXPERIMENT, LOAD, WITHIN, straight
from tests.gui.session.test_saved_networks import Session, equal, file, session
from tests.gui.window.test_recovery_offers import offer, press

__all__ = ["file", "session"]


def interrupted(name: str, *, epochs: int, checkpoint: bool = True) -> str:
    """Train a few epochs of more, and end as a killed process does: the run is in the store and has no end."""
    store = RunStore(default_folder())
    data = load(EXPERIMENT.data)
    trainer = Trainer(EXPERIMENT.with_(name=name), data)
    recorder = RunRecorder(store, trainer, data)
    ended = 0
    for snapshot in trainer:
        recorder.take(snapshot)
        ended += isinstance(snapshot, Epoch)
        if ended == epochs:
            break
    if checkpoint:
        recorder.pause()
    assert store.flush(WITHIN)
    assert recorder.run_id is not None
    run = store.open(recorder.run_id)
    for early in () if checkpoint else run.checkpoints():  # as where the disk was too slow for any
        (run.folder.path / early.name).unlink()
    assert store.close(WITHIN)
    return recorder.run_id


def look(shown: Session) -> str:
    store = shown.program.runs.store
    assert store.flush(WITHIN)
    with shown.qtbot.waitSignal(shown.program.recovery.found):
        shown.program.recovery.look(store)
    return offer(shown.program)


def test_a_run_that_no_window_has_noted_is_offered_and_continued(session) -> None:
    run_id = interrupted("mine", epochs=2)
    shown = session()
    assert look(shown) == "“mine” was being trained when Playground ended."
    press(shown.program, "Recover")
    shown.wait(RunState.FINISHED)
    assert (shown.run.start, shown.run.run_id, shown.run.progress.step) == (Start.CONTINUE, run_id, 16)
    assert look(session()) == ""  # once is enough, although it was not continued
    shown.train()
    assert shown.run.run_id == run_id
    assert equal(shown.weights(), straight(4).network.state_dict())
    assert shown.failures == []


def test_a_discarded_run_stays_in_the_list_and_is_not_offered_again(session) -> None:
    run_id = interrupted("mine", epochs=1)
    shown = session()
    assert look(shown)
    press(shown.program, "Discard")
    assert look(shown) == ""
    (row,) = shown.program.runs.store.runs()
    assert row.run_id == run_id
    assert row.created < row.ended
    assert not shown.program.document.modified


YOUNG = (
    "“young” was being trained when Playground ended. There was no checkpoint yet from which it could be continued, "
    "but the experiment can be opened again."
)


def left_behind(run_id: str, **more: object) -> RecoveryFolder:
    """The document of a dead window that noted a run."""
    folder = RecoveryFolder.new(recovery_folder())
    folder.write(Recovery(EXPERIMENT.with_(name="young"), run_id=run_id, **more))
    folder.release()
    return folder


def test_nothing_is_said_of_a_run_that_goes_on_elsewhere(session) -> None:
    elsewhere = RunStore(default_folder())
    elsewhere.resume(interrupted("elsewhere", epochs=1), 8)
    assert elsewhere.flush(WITHIN)
    shown = session()
    assert look(shown) == ""
    assert elsewhere.close(WITHIN)
    assert "“elsewhere”" in look(shown)


@pytest.mark.parametrize("noted", [True, False])
def test_the_experiment_of_a_run_without_a_checkpoint_is_opened_again(session, noted: bool) -> None:
    run_id = interrupted("young", epochs=1, checkpoint=False)
    folder = left_behind(run_id, modified=False) if noted else None
    shown = session()
    assert look(shown) == YOUNG
    press(shown.program, "Open Again")
    assert shown.program.document.experiment == EXPERIMENT.with_(name="young")
    assert not shown.program.document.modified
    assert not shown.run.has_network
    assert shown.failures == []
    assert look(session()) == ""
    if folder is not None:
        shown.qtbot.waitUntil(lambda: not folder.path.exists())


@pytest.mark.parametrize("noted", [True, False])
def test_that_a_run_cannot_be_continued_is_said_once_even_if_nobody_answers(session, noted: bool) -> None:
    run_id = interrupted("young", epochs=1, checkpoint=False)
    folder = left_behind(run_id, modified=False) if noted else None
    shown = session()
    assert look(shown) == YOUNG
    assert shown.program.runs.store.flush(WITHIN)
    for held in shown.program.offers._offers:
        if held.folder is not None:
            held.folder.release()  # as the end of the process does
    again = session()
    assert look(again) == ""
    assert folder is None or not folder.path.exists()
    (row,) = again.program.runs.store.runs()
    assert row.run_id == run_id
    assert row.ended is not None


def test_unsaved_changes_are_recovered_where_the_run_learned_nothing(session) -> None:
    run_id = interrupted("young", epochs=1, checkpoint=False)
    left_behind(run_id, modified=True)
    shown = session()
    said = "“young” was not saved when Playground ended. Its training had no checkpoint yet and begins anew."
    assert look(shown) == said
    press(shown.program, "Recover")
    assert shown.program.document.modified
    assert not shown.run.has_network
    assert look(session()) == ""
    assert shown.failures == []


def test_a_window_whose_run_is_gone_is_not_offered_without_changes(session) -> None:
    folder = left_behind("20260101-000000-00000000", modified=False)
    assert look(session()) == ""
    assert not folder.path.exists()


def test_a_run_of_a_dead_window_is_offered_once(session) -> None:
    run_id = interrupted("mine", epochs=1)
    folder = RecoveryFolder.new(recovery_folder())
    folder.write(Recovery(EXPERIMENT.with_(name="edited"), modified=True, run_id=run_id))
    folder.release()
    shown = session()
    assert look(shown) == "“edited” was not saved when Playground ended."
    press(shown.program, "Recover")
    shown.qtbot.waitUntil(lambda: shown.run.state is RunState.FINISHED, timeout=LOAD)
    assert KEY not in shown.program.window.messages._bars
    assert look(session()) == ""

"""Every view shows the network as it was at a checkpoint, with the weights of then, and goes back to the latest one."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.build import build
from playground.engine.weights import load
from playground.gui.session.run_state import RunState, Start
from playground.gui.session.time_machine import Moment
from playground.spec.edits import Remove, Set
from playground.spec.files.experiment_file import RunLink, read_experiment_file
from playground.spec.messages import message
from tests.gui.session.test_continuing import EXPERIMENT, LOAD
from tests.gui.session.test_saved_networks import Session, equal, file, session  # noqa: F401  fixtures

HALF, END = Moment(32, 4), Moment(64, 8)  # where the run of the tests ended first, and at last
LIVE = EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=10_000))


def machine(shown: Session):
    return shown.program.results.machine


def go(shown: Session, moment: Moment | None) -> None:
    machine(shown).show(moment)
    shown.qtbot.waitUntil(lambda: machine(shown).shown == moment, timeout=LOAD)


@pytest.fixture
def trained(session) -> Session:  # noqa: F811
    """A window in which a run has ended, was continued, and has ended again; its moments are listed."""
    shown = session()
    shown.show()
    shown.train()
    shown.train()
    shown.qtbot.waitUntil(lambda: HALF in machine(shown).moments and END in machine(shown).moments, timeout=LOAD)
    return shown


def files(shown: Session) -> dict[int, Path]:
    run = shown.program.runs.store.open(shown.run.run_id)
    return {item.step: run.checkpoint_file(item) for item in run.checkpoints()}


def test_the_moments_are_the_checkpoints_and_the_beginning(trained: Session) -> None:
    moments = machine(trained).moments
    assert [moment.step for moment in moments] == [0, *files(trained)]
    assert moments[0] == Moment(0, 0)
    assert [moment.step for moment in moments] == sorted({moment.step for moment in moments})


def test_each_moment_shows_its_own_weights(trained: Session) -> None:
    latest = trained.weights()
    told: list[object] = []
    trained.run.weights_changed.connect(told.append)
    for moment in machine(trained).moments[1:]:
        go(trained, moment)
        assert equal(trained.weights(), load(files(trained)[moment.step]).network.state_dict())
        assert trained.run.weights.step == moment.step
        assert told[-1] is trained.run.weights
    go(trained, Moment(0, 0))
    assert equal(trained.weights(), build(EXPERIMENT).state_dict())
    assert trained.run.weights.step == 0
    go(trained, None)
    assert equal(trained.weights(), latest)


def test_training_goes_on_while_an_earlier_moment_is_shown(session) -> None:  # noqa: F811
    shown = session()
    shown.show(LIVE)
    shown.run.train()
    shown.wait(RunState.TRAINING)
    shown.qtbot.waitUntil(lambda: len(machine(shown).moments) > 2, timeout=LOAD)
    go(shown, machine(shown).moments[1])
    kept, before = shown.weights(), shown.run.progress.step
    shown.qtbot.waitUntil(lambda: shown.run.progress.step > before + 20, timeout=LOAD)
    assert equal(shown.weights(), kept)
    go(shown, None)
    shown.qtbot.waitUntil(lambda: shown.run.weights.step > before, timeout=LOAD)
    shown.run.stop()
    shown.wait(RunState.FINISHED)


def test_a_new_run_another_stack_and_another_file_leave_the_past(trained: Session) -> None:
    go(trained, HALF)
    trained.program.document.do(Remove(((1,),)))
    assert machine(trained).shown is None
    assert trained.run.weights is None
    trained.program.document.undo_stack.undo()
    assert trained.run.weights is not None
    go(trained, HALF)
    trained.run.train_anew()
    assert machine(trained).shown is None
    trained.wait(RunState.FINISHED)


def test_another_network_in_the_document_has_no_moments_of_the_run(trained: Session) -> None:
    moments = machine(trained).moments
    trained.program.document.do(Remove(((1,),)))
    assert machine(trained).moments == ()
    trained.program.document.undo_stack.undo()
    trained.qtbot.waitUntil(lambda: machine(trained).moments == moments, timeout=LOAD)


def test_a_run_of_another_network_than_is_shown_offers_no_moments(session) -> None:  # noqa: F811
    """Also where nothing was edited while the run went on."""
    shown = session()
    shown.show()
    shown.train()
    shown.qtbot.waitUntil(lambda: HALF in machine(shown).moments, timeout=LOAD)
    shown.program.document.do(Remove(((1,),)))
    shown.qtbot.waitUntil(lambda: machine(shown).moments == (), timeout=LOAD)


def test_a_run_continues_from_an_earlier_moment_as_another_one(trained: Session) -> None:
    first, moment = trained.run.run_id, HALF
    with trained.qtbot.waitSignal(trained.run.opened, timeout=LOAD):
        trained.program.files.go_back(first, moment.step)
    trained.wait(RunState.FINISHED)
    assert trained.run.carried.step == moment.step
    assert trained.run.start is Start.CONTINUE
    # What came after that moment is not listed before the latest network
    trained.qtbot.waitUntil(
        lambda: [item.step for item in machine(trained).moments][-1:] == [moment.step], timeout=LOAD
    )
    trained.train()
    assert trained.run.run_id != first
    assert trained.program.runs.store.open(trained.run.run_id).record.parent == first


def test_a_moment_whose_file_is_gone_is_told(trained: Session) -> None:
    failures: list[str] = []
    machine(trained).failed.connect(lambda words: failures.append(str(words)))
    moment = HALF
    files(trained)[moment.step].unlink()
    latest = trained.weights()
    machine(trained).show(moment)
    trained.qtbot.waitUntil(lambda: bool(failures), timeout=LOAD)
    assert failures == ["The network of step 32 is not stored any more."]
    assert equal(trained.weights(), latest)
    trained.qtbot.waitUntil(lambda: moment not in machine(trained).moments, timeout=LOAD)


def test_another_seed_in_the_document_leaves_the_beginning_of_the_run(trained: Session) -> None:
    trained.program.document.do(Set(("seed",), 77, message("another seed")))
    go(trained, Moment(0, 0))
    assert equal(trained.weights(), build(EXPERIMENT).state_dict())


def test_saving_keeps_the_latest_network_whatever_is_shown(trained: Session, file: Path) -> None:  # noqa: F811
    go(trained, Moment(0, 0))
    trained.save(file)
    assert read_experiment_file(file).link == RunLink(trained.run.run_id, END.step)


def test_a_wish_that_cannot_be_granted_tells_what_is_shown(trained: Session) -> None:
    told: list[Moment | None] = []
    machine(trained).shown_changed.connect(told.append)
    machine(trained).show(Moment(33, 4))
    trained.qtbot.waitUntil(lambda: told == [None], timeout=LOAD)


def test_nothing_is_listed_without_a_store(session) -> None:  # noqa: F811
    shown = session(stored=False)
    shown.show()
    shown.train()
    assert machine(shown).moments == ()
    assert machine(shown).run_id is None

"""A saved experiment reopens with the network that it had; nothing that was trained is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.engine.runs.store_settings import default_folder
from playground.engine.weights import save_weights
from playground.gui.session.run_state import RunState, Start
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.program import Program
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.settings import Settings
from playground.spec.edits import Set
from playground.spec.files.experiment_file import RunLink, read_experiment_file, write_experiment
from playground.spec.files.presets import preset
from playground.spec.files.recovery_file import Recovery
from playground.spec.messages import message
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import EarlyStopping
from tests.gui.conftest import Answers
from tests.gui.session.test_continuing import EXPERIMENT, LOAD, WITHIN, straight


class Session:
    """A window with a store, in which a person trains, saves and opens."""

    def __init__(self, qtbot: QtBot, program: Program, answers: Answers) -> None:
        self.qtbot, self.program, self.answers = qtbot, program, answers
        self.failures: list[str] = []
        self.told: list[str] = []
        for signal in (program.files.failed, program.run.failed):
            signal.connect(lambda words: self.failures.append(str(words)))
        program.files.told.connect(lambda words: self.told.append(str(words)))
        program.fill()
        program.runs.open()
        program.run.load_torch()
        self.wait(RunState.IDLE)

    @property
    def run(self):
        return self.program.run

    def wait(self, state: RunState) -> None:
        self.qtbot.waitUntil(lambda: self.run.state is state, timeout=LOAD)

    def show(self, experiment=EXPERIMENT) -> None:
        self.program.document.load(experiment, None)

    def train(self) -> None:
        with self.qtbot.waitSignal(self.run.state_changed, timeout=LOAD):
            self.run.train()
        self.wait(RunState.FINISHED)

    def save(self, path: Path) -> None:
        self.answers.path = path
        self.told.clear()
        self.program.files.save_as()
        self.qtbot.waitUntil(lambda: any(f"Saved as {path.name}" in words for words in self.told), timeout=LOAD)

    def open(self, path: Path, state: RunState = RunState.FINISHED) -> None:
        self.program.document.undo_stack.setClean()
        with self.qtbot.waitSignal(self.program.files.opened, timeout=LOAD):
            self.program.files.open(path)
        self.wait(state)

    def new(self) -> None:
        self.program.document.undo_stack.setClean()
        self.program.files.new(preset("xor"))
        self.wait(RunState.IDLE)

    def weights(self) -> dict[str, torch.Tensor]:
        assert self.run.weights is not None
        return {name: tensor.clone() for name, tensor in self.run.weights.tensors.items()}


def equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(tensor, second[name]) for name, tensor in first.items())


@pytest.fixture
def session(
    qtbot: QtBot, qapp: QApplication, own_style: None, settings: Settings, answers: Answers, tmp_path: Path
) -> Iterator[Callable[..., Session]]:
    made: list[Program] = []

    def make(stored: bool = True) -> Session:
        shell = WindowShell(qapp, settings, ExceptionHook(), default_folder if stored else None)
        made.append(Program(shell, tmp_path, answers))
        return Session(qtbot, made[-1], answers)

    yield make
    for program in made:
        program.window.allow_close()
        program.close()
        program.window.deleteLater()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.playground"


def test_a_saved_experiment_reopens_with_its_network(session, file: Path) -> None:
    first = session()
    first.show()
    first.train()
    weights = first.weights()
    first.save(file)
    link = read_experiment_file(file).link
    assert link == RunLink(first.run.run_id, 32)
    first.new()
    first.open(file)
    assert equal(first.weights(), weights)
    assert first.run.weights.step == 32  # as views say it
    assert (first.run.start, first.failures) == (Start.CONTINUE, [])
    assert not first.program.document.modified
    assert first.program.document.path == file
    second = session()
    second.open(file)
    assert equal(second.weights(), weights)
    second.train()
    assert equal(second.weights(), straight(8).network.state_dict())


def test_restored_weights_are_of_the_step_that_they_were_restored_from(session) -> None:
    shown = session()
    recipe = EXPERIMENT.recipe.with_(optimizer=Adam(lr=0.5), epochs=300, stopping=EarlyStopping(patience=1))
    shown.show(EXPERIMENT.with_(recipe=recipe))
    shown.train()
    finished = shown.run.progress.finished
    assert finished.stopped_early
    assert shown.run.weights.step == finished.weights_step < finished.step
    machine = shown.program.results.machine
    shown.qtbot.waitUntil(lambda: bool(machine.moments) and machine.moments[-1].step == finished.step, timeout=LOAD)
    machine.show(machine.moments[-1])
    shown.qtbot.waitUntil(lambda: machine.shown is not None, timeout=LOAD)
    assert shown.run.weights.step == finished.weights_step


def test_training_on_leaves_the_saved_network_as_it_is(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    weights = shown.weights()
    shown.save(file)
    for _ in range(3):
        shown.train()
    last = shown.run.run_id
    shown.new()
    shown.open(file)
    assert equal(shown.weights(), weights)
    assert shown.run.progress.step == 32
    shown.train()  # another run branches off: the first has gone on since
    store = shown.program.runs.store
    assert store.flush(WITHIN)
    assert shown.run.run_id != last
    branched, original = store.open(shown.run.run_id), store.open(last)
    assert branched.record.parent == last
    assert (original.record.figures.epochs, branched.record.figures.epochs) == (16, 8)
    assert [item.step for item in branched.curves() if type(item).__name__ == "Step"] == list(range(1, 65))


def test_a_file_whose_run_is_elsewhere_says_so_and_keeps_its_link(session, file: Path) -> None:
    link = RunLink("20260102-030405-0123abcd", 32)
    write_experiment(EXPERIMENT, file, link)
    shown = session()
    shown.open(file, RunState.IDLE)
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)
    assert "The network was not opened." in shown.failures[0]
    assert link.run_id in shown.failures[0]
    assert shown.program.document.experiment == EXPERIMENT
    shown.save(file)
    assert read_experiment_file(file).link == link
    shown.train()
    shown.save(file)
    assert read_experiment_file(file).link.run_id == shown.run.run_id


def test_an_experiment_without_a_network_has_no_link(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.save(file)
    assert read_experiment_file(file).link is None


def test_a_network_that_no_longer_fits_is_not_linked(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    shown.program.document.do(Set(("data", "x_squared"), True, message("more")))
    shown.save(file)
    assert read_experiment_file(file).link is None


@pytest.mark.parametrize("resumable", [True, False])
def test_a_network_from_a_file_is_stored_with_the_experiment(session, file: Path, resumable: bool) -> None:
    trainer = straight(3)
    path = file.with_name("network.safetensors")
    state = trainer.state() if resumable else None
    save_weights(path, trainer.experiment, trainer.network.state_dict(), trainer.figures, state)
    shown = session()
    shown.open(path)
    shown.save(file)
    assert shown.program.runs.store.flush(WITHIN)
    assert read_experiment_file(file).link.step == 24
    path.unlink()
    shown.new()
    shown.open(file)
    assert equal(shown.weights(), trainer.network.state_dict())
    assert shown.run.start is (Start.CONTINUE if resumable else Start.WEIGHTS)


def test_saving_in_the_middle_of_a_run_keeps_the_network_of_that_moment(session, file: Path) -> None:
    shown = session()
    shown.show(EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=10_000)))
    shown.run.train()
    shown.wait(RunState.TRAINING)
    shown.qtbot.waitUntil(lambda: shown.run.progress.step > 20, timeout=LOAD)
    shown.save(file)
    link = read_experiment_file(file).link
    shown.run.stop()
    shown.wait(RunState.FINISHED)
    assert 20 < link.step <= shown.run.progress.step
    shown.new()
    shown.open(file)
    assert shown.run.carried.step == link.step


def test_a_thinned_network_is_replaced_by_another_with_a_word(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    shown.save(file)
    shown.train()
    run = shown.program.runs.store.open(shown.run.run_id)
    assert shown.program.runs.store.flush(WITHIN)
    for checkpoint in run.checkpoints()[:-1]:
        (run.folder.path / checkpoint.name).unlink()
    shown.new()
    shown.open(file)
    assert shown.run.carried.step == 64
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)  # told once all else is done
    assert shown.failures == ["The network of step 32 is not stored any more: that of step 64 was opened."]


def test_a_run_that_goes_on_is_named_in_the_recovery_file(session) -> None:
    shown = session()
    shown.show(EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=10_000)))
    shown.run.train()
    shown.wait(RunState.TRAINING)
    shown.qtbot.waitUntil(lambda: shown.program.recovery.run_id is not None, timeout=LOAD)
    assert shown.program.recovery.run_id == shown.run.run_id
    shown.run.stop()
    shown.wait(RunState.FINISHED)
    assert shown.program.recovery.run_id is None


def test_a_recovered_run_is_opened_and_continued(session) -> None:
    first = session()
    first.show()
    first.train()
    run_id, weights = first.run.run_id, first.weights()
    second = session()
    second.show()
    second.program.offers.recovered.emit(Recovery(EXPERIMENT, run_id=run_id))
    second.wait(RunState.FINISHED)
    assert equal(second.weights(), weights)
    assert (second.run.start, second.run.run_id) == (Start.CONTINUE, run_id)


@pytest.mark.parametrize("deed", ["reset", "train_anew"])
def test_reset_and_training_anew_can_be_undone(session, deed: str) -> None:
    shown = session()
    shown.show()
    menu = shown.program.run_menu
    assert not menu.back.isEnabled()
    shown.train()
    first, weights, epochs = shown.run.run_id, shown.weights(), shown.run.progress.done
    getattr(shown.run, deed)()
    if deed == "train_anew":
        shown.qtbot.waitUntil(lambda: shown.run.run_id not in (None, first), timeout=LOAD)
    shown.wait(RunState.IDLE if deed == "reset" else RunState.FINISHED)
    assert menu.back.isEnabled()
    with shown.qtbot.waitSignal(shown.run.opened, timeout=LOAD):
        menu.back.trigger()
    shown.wait(RunState.FINISHED)
    assert (shown.run.run_id, shown.run.progress.done, shown.run.start) == (first, epochs, Start.CONTINUE)
    assert equal(shown.weights(), weights)
    if deed == "train_anew":  # and that as well
        second = shown.run.previous_run
        assert second != first
        with shown.qtbot.waitSignal(shown.run.opened, timeout=LOAD):
            menu.back.trigger()
        assert shown.run.run_id == second


def test_going_back_to_the_run_of_another_experiment_shows_that(session) -> None:
    shown = session()
    shown.show()
    shown.train()
    first, weights, experiment = shown.run.run_id, shown.weights(), shown.program.document.experiment
    shown.program.files.new(preset("spiral"))
    shown.wait(RunState.IDLE)
    with shown.qtbot.waitSignal(shown.run.opened, timeout=LOAD):
        shown.program.run_menu.back.trigger()
    shown.wait(RunState.FINISHED)
    assert (shown.run.run_id, shown.program.document.experiment) == (first, experiment)
    assert equal(shown.weights(), weights)


def test_a_recovered_document_that_its_run_does_not_fit_stays(session) -> None:
    first = session()
    first.show()
    first.train()
    second = session()
    second.show(preset("spiral").experiment)
    shown = second.program.document.experiment
    second.program.offers.recovered.emit(Recovery(shown, run_id=first.run.run_id))
    second.qtbot.waitUntil(lambda: second.failures != [], timeout=LOAD)
    assert "does not fit the shown stack" in second.failures[0]
    assert second.program.document.experiment == shown
    assert second.answers.asked == []


def test_it_is_said_that_an_older_network_of_a_run_was_opened(session, file: Path) -> None:
    shown = session()
    shown.show()
    with shown.qtbot.waitSignal(shown.run.state_changed, timeout=LOAD):
        shown.run.step_epoch()
    shown.wait(RunState.PAUSED)
    shown.train()
    store, run_id = shown.program.runs.store, shown.run.run_id
    assert store.flush(WITHIN)
    run = store.open(run_id)
    *_, first, last = run.checkpoints()
    (run.folder.path / last.name).unlink()
    shown.new()
    shown.program.files.open_run(run_id)
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)
    (words,) = shown.failures
    assert f"but that of step {first.step}. The checkpoint of step {last.step} is missing." in words

"""The run: what the transport may do in each state, with a real worker, real torch and real digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QDeadlineTimer, QThread
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.training.snapshots import Change, Diverged, Epoch, Figures, Finished, Snapshot, Step, Terms
from playground.engine.weights import save
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.spec.data.iris import IRIS
from playground.spec.data.table_summary import TableFile
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.table import Table
from playground.spec.edits import Insert, Remove, Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe

EXPERIMENT = Experiment(
    data=MNIST(train_limit=600, validation_share=0.01),
    stack=Stack(layers=(Flatten(), Linear(out_features=16, activation=ReLU()), Linear(out_features=10))),
    recipe=Recipe(optimizer=SGD(lr=0.1), batch_size=30, epochs=2),
)
SMALL = Stack(layers=(Linear(out_features=3),))
LONG = EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=10_000))
LOAD = 60_000  # milliseconds: importing torch, on a slow machine


class Listener:
    """Everything a run has reported, in order."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.snapshots: list[Snapshot] = []
        run.snapshots.connect(self.snapshots.extend)

    def all(self, kind: type) -> list:
        return [snapshot for snapshot in self.snapshots if isinstance(snapshot, kind)]


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Callable[[Experiment], tuple[Document, Run, Listener]]]:
    """Make a document and a run that is ready to train it; the run is closed at the end."""
    made: list[Run] = []

    def make(experiment: Experiment) -> tuple[Document, Run, Listener]:
        document = Document(experiment)
        run = Run(document)
        made.append(run)
        listener = Listener(run)
        run.load_torch()
        wait_for(qtbot, run, RunState.IDLE)
        return document, run, listener

    yield make
    for run in made:
        run.close()


def wait_for(qtbot: QtBot, run: Run, state: RunState) -> None:
    qtbot.waitUntil(lambda: run.state is state, timeout=LOAD)


def test_a_run_goes_to_its_end_and_is_tested(qtbot: QtBot, start) -> None:
    _, run, heard = start(EXPERIMENT)
    began: list[Experiment] = []
    run.began.connect(began.append)
    run.train()
    wait_for(qtbot, run, RunState.FINISHED)
    assert began == [EXPERIMENT]
    assert [step.step for step in heard.all(Step)] == list(range(1, 41))
    assert [epoch.epoch for epoch in heard.all(Epoch)] == [1, 2]
    (finished,) = heard.all(Finished)
    assert finished.test_score > 0.5
    assert run.progress.fraction == 1.0


def test_one_step_and_one_epoch(qtbot: QtBot, start) -> None:
    _, run, heard = start(EXPERIMENT)
    run.step()
    wait_for(qtbot, run, RunState.PAUSED)
    assert len(heard.all(Step)) == 1
    with qtbot.waitSignal(run.state_changed, timeout=LOAD):
        run.step()
    wait_for(qtbot, run, RunState.PAUSED)
    assert len(heard.all(Step)) == 2
    with qtbot.waitSignal(run.state_changed, timeout=LOAD):
        run.step_epoch()
    wait_for(qtbot, run, RunState.PAUSED)
    assert len(heard.all(Step)) == 20
    assert len(heard.all(Epoch)) == 1


def test_pausing_keeps_the_place(qtbot: QtBot, start) -> None:
    _, run, heard = start(LONG)
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > 10, timeout=LOAD)
    run.pause()
    wait_for(qtbot, run, RunState.PAUSED)
    steps = len(heard.all(Step))
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > steps, timeout=LOAD)
    assert [step.step for step in heard.all(Step)] == list(range(1, len(heard.all(Step)) + 1))


def test_stopping_tests_what_was_learned(qtbot: QtBot, start) -> None:
    _, run, heard = start(LONG)
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > 10, timeout=LOAD)
    run.stop()
    wait_for(qtbot, run, RunState.FINISHED)
    assert len(heard.all(Finished)) == 1


def test_stopping_while_it_tests_ends_that(qtbot: QtBot, start) -> None:
    slow = Stack(layers=(Conv2d(out_channels=32, kernel_size=5), Flatten(), Linear(out_features=10)))
    _, run, heard = start(LONG.with_(stack=slow))
    run.train()
    qtbot.waitUntil(lambda: heard.all(Step) != [], timeout=LOAD)
    run.stop()
    qtbot.waitUntil(lambda: run.progress.evaluating == "test", timeout=LOAD)
    done, total = run.progress.evaluated
    assert (0 < done < total, total) == (True, 10_000)
    run.stop()
    wait_for(qtbot, run, RunState.FINISHED)
    (end,) = heard.all(Finished)
    assert end.test_score is None
    assert run.progress.evaluated[0] < total


def test_a_live_change_is_adopted_and_marked(qtbot: QtBot, start) -> None:
    document, run, heard = start(LONG)
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > 5, timeout=LOAD)
    document.do(Set(("recipe", "optimizer", "lr"), 0.05, message("Change Learning rate")))
    qtbot.waitUntil(lambda: heard.all(Change) != [], timeout=LOAD)
    (change,) = heard.all(Change)
    assert (change.field, change.old, change.new) == ("recipe.optimizer.lr", 0.1, 0.05)
    qtbot.waitUntil(lambda: heard.all(Step)[-1].step > change.step, timeout=LOAD)
    rates = {step.step: step.learning_rate for step in heard.all(Step)}
    assert rates[change.step] == 0.1
    assert rates[change.step + 1] == 0.05
    assert run.state is RunState.TRAINING
    assert not run.stale


def test_an_edit_of_the_stack_pauses_and_undoing_it_resumes(qtbot: QtBot, start) -> None:
    document, run, heard = start(LONG)
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > 5, timeout=LOAD)
    document.do(Insert((2,), (ReLU(),)))
    wait_for(qtbot, run, RunState.PAUSED)
    assert run.stale
    document.undo_stack.undo()
    assert not run.stale
    wait_for(qtbot, run, RunState.TRAINING)
    steps = len(heard.all(Step))
    qtbot.waitUntil(lambda: len(heard.all(Step)) > steps, timeout=LOAD)


def test_training_a_changed_stack_is_a_new_run(qtbot: QtBot, start) -> None:
    document, run, heard = start(EXPERIMENT)
    run.step()
    wait_for(qtbot, run, RunState.PAUSED)
    document.do(Insert((2,), (ReLU(),)))
    assert run.stale
    with qtbot.waitSignal(run.began, timeout=LOAD) as began:
        run.train()
    assert began.args == [document.experiment]
    assert not run.stale
    wait_for(qtbot, run, RunState.FINISHED)
    assert heard.all(Step)[1].step == 1


def test_weights_follow_the_stack_that_is_shown(qtbot: QtBot, start) -> None:
    document, run, _ = start(EXPERIMENT)
    seen: list[object] = []
    run.weights_changed.connect(seen.append)
    run.step()
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] is not None and seen[-1].step == 1, timeout=LOAD)
    document.do(Remove(((1,),)))
    assert seen[-1] is None
    document.undo_stack.undo()
    assert seen[-1].step == 1
    run.reset()
    assert seen[-1] is None
    assert run.state is RunState.IDLE


def test_a_run_that_gives_way_goes_on_when_nobody_says_so(qtbot: QtBot, start) -> None:
    _, run, heard = start(LONG)
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > 5, timeout=LOAD)
    run.give_way()
    steps = len(heard.all(Step))
    qtbot.waitUntil(lambda: len(heard.all(Step)) > steps + 5, timeout=LOAD)


def test_it_says_on_how_many_threads_it_computes_when_that_changes(qtbot: QtBot, start) -> None:
    _, run, _ = start(LONG)
    run.train()
    wait_for(qtbot, run, RunState.TRAINING)
    assert run.where == message("{device}, 1 thread", device="CPU")
    with qtbot.waitSignal(run.where_changed, timeout=LOAD):
        run._worker._network.run.trainer._parts.pace.threads = 2
    assert run.where == message("{device}, {n} threads", device="CPU", n=2)
    assert run.state is RunState.TRAINING
    run.reset()
    assert run.where is None  # what is computed next may take another number


def test_divergence_ends_the_run_and_another_can_start(qtbot: QtBot, start) -> None:
    document, run, heard = start(LONG)
    document.do(Set(("recipe", "optimizer", "lr"), 100.0, message("Change Learning rate")))
    for _ in range(3):
        document.do(Insert((1,), (Linear(out_features=64),)))
    run.train()
    wait_for(qtbot, run, RunState.DIVERGED)
    assert len(heard.all(Diverged)) == 1
    document.load(EXPERIMENT, None)
    run.train()
    wait_for(qtbot, run, RunState.FINISHED)


def test_problems_keep_a_run_from_starting(qtbot: QtBot, start) -> None:
    document, run, _ = start(EXPERIMENT)
    document.do(Remove(((0,),)))
    assert not run.can_train
    run.train()
    run.step()
    assert run.state is RunState.IDLE


def test_an_exception_in_the_worker_is_told_and_training_can_start_again(qtbot: QtBot, start, caplog) -> None:
    document, run, _ = start(LONG)
    run.train()
    wait_for(qtbot, run, RunState.TRAINING)

    def explode() -> Iterator[Snapshot]:
        yield Step(1, 0.1, 1.0, Terms(), 0.0, 0.1, 30)
        raise RuntimeError("out of chalk\nand more")

    with (
        qtbot.waitSignals([run.failed, run.crashed], timeout=LOAD),
        qtbot.waitSignal(run.failed, timeout=LOAD) as failed,
    ):
        run._worker._commands.put(lambda: setattr(run._worker._network.run, "snapshots", explode()))
    assert str(failed.args[0]) == "Something went wrong: out of chalk."
    assert "and more" in caplog.text  # the log keeps what the window does not show
    wait_for(qtbot, run, RunState.IDLE)
    document.load(EXPERIMENT, None)
    run.train()
    wait_for(qtbot, run, RunState.FINISHED)


def test_a_network_is_opened_and_kept_though_the_run_before_it_fails_to_begin(
    qtbot: QtBot, start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    gone = TableFile(path=str(tmp_path / "gone.csv"), rows=150, columns=IRIS.columns)
    _, run, _ = start(EXPERIMENT.with_(data=Table(source=gone, target=IRIS.columns[-1].name), stack=SMALL))
    path = tmp_path / "small.safetensors"
    save(path, EXPERIMENT, build(EXPERIMENT), Figures())
    run.train()
    deadline = QDeadlineTimer(LOAD)
    while "refused" not in caplog.text and not deadline.hasExpired():  # the window has not heard of it yet
        QThread.yieldCurrentThread()
    with qtbot.waitSignals([run.failed, run.opened], timeout=LOAD):
        run.open(path)
    with qtbot.waitSignal(run.saved, timeout=LOAD):
        run.save(tmp_path / "copy.safetensors")


def test_too_little_memory_is_told_as_that_and_training_can_start_again(qtbot: QtBot, start) -> None:
    document, run, _ = start(LONG)
    run.train()
    wait_for(qtbot, run, RunState.TRAINING)

    def fill() -> Iterator[Snapshot]:
        yield Step(1, 0.1, 1.0, Terms(), 0.0, 0.1, 30)
        torch.empty(2**48)

    with qtbot.waitSignal(run.failed, timeout=LOAD) as failed:
        run._worker._commands.put(lambda: setattr(run._worker._network.run, "snapshots", fill()))
    assert str(failed.args[0]).startswith("There is not enough memory for this: 1.1 PB more are needed at once")
    wait_for(qtbot, run, RunState.IDLE)
    document.load(EXPERIMENT, None)
    run.train()
    wait_for(qtbot, run, RunState.FINISHED)


def test_a_network_comes_back_from_its_file(qtbot: QtBot, start, tmp_path) -> None:
    document, run, _ = start(EXPERIMENT)
    run.train()
    wait_for(qtbot, run, RunState.FINISHED)
    path = tmp_path / "net.safetensors"
    with qtbot.waitSignal(run.saved, timeout=LOAD):
        run.save(path)
    run.reset()
    seen: list[object] = []
    run.weights_changed.connect(seen.append)
    run.opened.connect(lambda opened: document.load(opened.experiment, None))
    with qtbot.waitSignal(run.opened, timeout=LOAD):
        run.open(path)
    assert run.state is RunState.FINISHED
    assert not run.stale
    assert seen[-1] is not None


def test_a_file_that_is_no_network_leaves_the_run_alone(qtbot: QtBot, start, tmp_path) -> None:
    _, run, heard = start(LONG)
    run.train()
    qtbot.waitUntil(lambda: len(heard.all(Step)) > 5, timeout=LOAD)
    path = tmp_path / "net.safetensors"
    path.write_bytes(b"no network")
    with qtbot.waitSignal(run.failed, timeout=LOAD):
        run.open(path)
    steps = len(heard.all(Step))
    qtbot.waitUntil(lambda: len(heard.all(Step)) > steps, timeout=LOAD)


def test_many_runs_closed_in_the_middle(qtbot: QtBot) -> None:
    for _ in range(15):
        run = Run(Document(LONG))
        heard = Listener(run)
        run.load_torch()
        wait_for(qtbot, run, RunState.IDLE)
        run.train()
        qtbot.waitUntil(lambda heard=heard: heard.snapshots != [], timeout=LOAD)
        run.close()
        assert run._worker.isFinished()

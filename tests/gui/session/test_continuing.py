"""A run of the window that is stored, continued and opened again, with a real worker and a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from playground.engine.data.in_memory import load as load_data
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Epoch, Evaluating, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load, save_weights
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState, Start
from playground.gui.session.worker_mailbox import Opened
from playground.spec.edits import Insert, Remove, Replace, Set
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.messages import message
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import EarlyStopping, Recipe

XOR = preset("xor").experiment
EXPERIMENT = XOR.with_(
    stack=Stack(layers=(XOR.stack.layers[0], Dropout(p=0.1), *XOR.stack.layers[1:])),
    recipe=Recipe(optimizer=Adam(lr=0.01), batch_size=30, epochs=4),
)
LOAD = 60_000  # milliseconds: importing torch, on a slow machine
WITHIN = 30.0


class Window:
    """A document and its run, and what the run reports."""

    def __init__(self, qtbot: QtBot, store: RunStore | None, experiment: Experiment) -> None:
        self.document, self.qtbot = Document(experiment), qtbot
        self.run = Run(self.document)
        self.snapshots: list[Snapshot] = []
        self.began: list[Experiment] = []
        self.failures: list[str] = []
        self.run.snapshots.connect(self.snapshots.extend)
        self.run.began.connect(self.began.append)
        self.run.failed.connect(lambda words: self.failures.append(str(words)))
        if store is not None:
            self.run.set_store(store)
        self.run.load_torch()
        self.wait(RunState.IDLE)

    def wait(self, *states: RunState) -> None:
        self.qtbot.waitUntil(lambda: self.run.state in states, timeout=LOAD)

    def do(self, act: Callable[[], None], until: RunState = RunState.FINISHED) -> None:
        """Start training in some way and wait for its end."""
        with self.qtbot.waitSignal(self.run.state_changed, timeout=LOAD):
            act()
        self.wait(until, RunState.BROKEN)

    def set(self, field: str, value: object) -> None:
        self.document.do(Set(("recipe", field), value, message("set")))

    @property
    def told(self) -> list[Snapshot]:
        found = [item for item in self.snapshots if not isinstance(item, Evaluating)]
        return [item._replace(seconds=0.0) if isinstance(item, Epoch | Finished) else item for item in found]

    def weights(self) -> dict[str, torch.Tensor]:
        assert self.run.weights is not None
        return self.run.weights.tensors


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "runs")
    yield store
    assert store.close(WITHIN)


@pytest.fixture
def window(qtbot: QtBot, store: RunStore) -> Iterator[Callable[..., Window]]:
    made: list[Window] = []

    def make(experiment: Experiment = EXPERIMENT, stored: bool = True) -> Window:
        made.append(Window(qtbot, store if stored else None, experiment))
        return made[-1]

    yield make
    for item in made:
        item.run.close()


def straight(epochs: int) -> Trainer:
    """A run that is never interrupted, trained to its end."""
    experiment = EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=epochs))
    trainer = Trainer(experiment, load_data(experiment.data))
    for _ in trainer:
        pass
    return trainer


def same(weights: dict[str, torch.Tensor], trainer: Trainer) -> bool:
    return all(torch.equal(tensor, weights[name]) for name, tensor in trainer.network.state_dict().items())


@pytest.mark.parametrize("stored", [True, False])
def test_a_run_that_ended_goes_on_for_as_many_epochs_again(window, store: RunStore, stored: bool) -> None:
    shown = window(stored=stored)
    assert shown.run.start is Start.NEW
    shown.do(shown.run.train)
    assert shown.run.start is Start.CONTINUE
    first = shown.run.run_id
    shown.do(shown.run.train)
    assert shown.document.experiment.recipe.epochs == 8
    assert (len(shown.began), shown.run.stale, shown.failures) == (1, False, [])
    assert same(shown.weights(), straight(8))
    shown.do(shown.run.train)
    assert shown.document.experiment.recipe.epochs == 12
    assert shown.run.run_id == first
    assert store.flush(WITHIN)
    assert [(row.run_id, row.epochs) for row in store.runs()] == ([(first, 12)] if stored else [])
    shown.document.undo_stack.undo()
    assert shown.run.start is Start.CONTINUE  # the network is what it was


def test_more_epochs_are_trained_as_declared(window) -> None:
    shown = window()
    shown.do(shown.run.train)
    shown.set("epochs", 6)
    assert (shown.run.start, shown.run.stale) == (Start.CONTINUE, False)
    shown.do(shown.run.train)
    assert shown.document.experiment.recipe.epochs == 6
    assert same(shown.weights(), straight(6))


def test_another_epoch_after_the_last(window) -> None:
    shown = window()
    shown.do(shown.run.train)
    shown.do(shown.run.step_epoch, until=RunState.PAUSED)
    assert shown.document.experiment.recipe.epochs == 5
    shown.do(shown.run.train)
    assert same(shown.weights(), straight(5))


def test_train_anew_starts_from_random_weights_and_keeps_the_run(window, store: RunStore) -> None:
    shown = window()
    shown.do(shown.run.train)
    first, before = shown.run.run_id, shown.told
    shown.snapshots.clear()
    shown.do(shown.run.train_anew)
    assert shown.told == before
    assert store.flush(WITHIN)
    assert len(store.runs()) == 2
    assert shown.run.run_id != first


def test_a_run_begun_from_weights_has_a_parent(window, store: RunStore) -> None:
    shown = window()
    shown.do(shown.run.train)
    first = shown.run.run_id
    shown.set("optimizer", SGD(lr=1e-6))
    assert shown.run.stale
    assert shown.run.start is Start.NEW
    assert shown.run.can_use_weights
    shown.do(shown.run.train_from_weights)
    assert store.flush(WITHIN)
    assert store.open(shown.run.run_id).record.parent == first
    expected = straight(4).network.state_dict()
    assert all(torch.allclose(tensor, expected[name], atol=1e-3) for name, tensor in shown.weights().items())
    assert shown.run.pretrained


def test_weights_of_another_stack_are_not_offered(window) -> None:
    shown = window()
    shown.do(shown.run.train)
    shown.document.do(Remove(((0,),)))
    assert shown.run.start is Start.NEW
    assert not shown.run.can_use_weights


def test_layers_that_are_frozen_keep_what_the_run_has_learned(window) -> None:
    """Train begins with its weights then, although the run cannot go on."""
    shown = window()
    shown.do(shown.run.train)
    learned = {name: tensor.clone() for name, tensor in shown.weights().items()}
    first = shown.document.experiment.stack.layers[0]
    shown.document.do(Replace((0,), first.with_(frozen=True), message("freeze")))
    assert shown.run.stale
    assert shown.run.weights is not None
    assert shown.run.start is Start.WEIGHTS
    shown.do(shown.run.train)
    after = shown.weights()
    assert [name for name in learned if torch.equal(after[name], learned[name])] == ["0.weight", "0.bias"]
    assert shown.failures == []


def test_the_weights_that_fit_are_kept_where_the_last_layer_is_another(window, store: RunStore) -> None:
    shown = window()
    shown.do(shown.run.train)
    before, first = {name: tensor.clone() for name, tensor in shown.weights().items()}, shown.run.run_id
    size = len(shown.document.experiment.stack.layers)
    shown.document.do(Insert((size - 1,), (Linear(out_features=5),)))
    shown.set("optimizer", SGD(lr=1e-8))
    kept = shown.run.kept_layers
    assert (len(kept.pairs), [layer.label for layer in kept.new]) == (kept.all - 2, ["Linear", "Linear"])
    assert shown.run.start is Start.NEW
    assert shown.run.can_use_weights
    shown.do(shown.run.train_from_weights)
    assert torch.allclose(shown.weights()["0.weight"], before["0.weight"], atol=1e-5)
    assert store.flush(WITHIN)
    assert store.open(shown.run.run_id).record.parent == first


def test_after_early_stopping_a_new_run_begins_with_the_best_weights(window, store: RunStore) -> None:
    recipe = EXPERIMENT.recipe.with_(epochs=500, stopping=EarlyStopping(patience=1), optimizer=Adam(lr=1.0))
    shown = window(EXPERIMENT.with_(recipe=recipe))
    shown.do(shown.run.train)
    assert shown.run.progress.finished.stopped_early
    assert shown.run.start is Start.WEIGHTS
    assert store.flush(WITHIN)
    second = window(shown.document.experiment)
    second.do(lambda: second.run.open_run(shown.run.run_id))
    assert second.run.start is Start.WEIGHTS


@pytest.mark.parametrize("more", [0, 3])
def test_a_stored_run_is_opened_with_its_curves_and_continued(window, store: RunStore, more: int) -> None:
    first = window()
    first.do(first.run.train)
    run_id, told = first.run.run_id, first.told
    assert store.flush(WITHIN)
    second = window(EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=99)))
    second.run.opened.connect(lambda what: second.document.load(what.experiment, None))
    second.do(lambda: second.run.open_run(run_id))
    assert (second.run.start, second.run.run_id) == (Start.CONTINUE, run_id)
    assert second.told == told
    assert second.began == [EXPERIMENT]
    assert second.run.carried.epochs == 4
    if more:
        second.set("epochs", 4 + more)
    second.do(second.run.train)
    assert second.document.experiment.recipe.epochs == (4 + more if more else 8)
    assert same(second.weights(), straight(4 + more if more else 8))
    assert [item.step for item in second.told if isinstance(item, Step)] == list(
        range(1, second.run.progress.finished.step + 1)
    )
    assert store.flush(WITHIN)
    assert len(store.runs()) == 1


def test_an_opened_run_has_the_test_that_came_after_its_last_checkpoint(window, store: RunStore) -> None:
    first = window()
    first.do(first.run.step_epoch, until=RunState.PAUSED)
    first.do(first.run.stop)
    assert store.flush(WITHIN)
    figures = store.open(first.run.run_id).record.figures
    assert figures.test_score == first.run.progress.finished.test_score
    second = window()
    second.do(lambda: second.run.open_run(first.run.run_id))
    assert second.run.carried == figures


def test_a_run_that_is_gone_is_a_clear_failure(window) -> None:
    shown = window()
    shown.run.open_run("20260101-000000-00000000")
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)
    assert shown.run.state is RunState.IDLE


def test_a_run_whose_last_checkpoint_is_damaged_is_opened_at_the_one_before(window, store: RunStore) -> None:
    shown = window()
    shown.do(shown.run.step_epoch, until=RunState.PAUSED)
    assert store.flush(WITHIN)
    shown.do(shown.run.train)
    assert store.flush(WITHIN)
    run = store.open(shown.run.run_id)
    *_, first, last = run.checkpoints()
    path = run.folder.path / last.name
    path.write_bytes(path.read_bytes()[:-1])
    shown.do(shown.run.reset, until=RunState.IDLE)
    shown.snapshots.clear()
    opened: list[Opened] = []
    shown.run.opened.connect(opened.append)
    shown.do(lambda: shown.run.open_run(run.run_id))
    assert shown.run.carried.step == first.step
    assert opened[0].lost is not None
    assert opened[0].lost.step == last.step
    assert shown.told[-1].step == first.step
    assert shown.run.start is Start.CONTINUE


def test_a_file_with_a_state_is_continued(window, tmp_path: Path, store: RunStore) -> None:
    trainer, path = straight(3), tmp_path / "network.safetensors"
    save_weights(path, trainer.experiment, trainer.network.state_dict(), trainer.figures, trainer.state())
    shown = window(trainer.experiment)
    shown.do(lambda: shown.run.open(path))
    assert shown.run.start is Start.CONTINUE
    shown.do(shown.run.train)
    assert same(shown.weights(), straight(6))
    assert shown.began == [trainer.experiment.with_(recipe=trainer.experiment.recipe.with_(epochs=6))]
    assert store.flush(WITHIN)
    assert len(store.runs()) == 1


def test_a_file_without_a_state_is_trained_from_its_weights(window, tmp_path: Path) -> None:
    trainer, path = straight(3), tmp_path / "network.safetensors"
    save_weights(path, trainer.experiment, trainer.network.state_dict(), trainer.figures)
    shown = window(trainer.experiment)
    shown.do(lambda: shown.run.open(path))
    assert shown.run.start is Start.WEIGHTS
    shown.set("optimizer", SGD(lr=1e-6))
    assert shown.run.start is Start.WEIGHTS
    shown.do(shown.run.train)
    expected = trainer.network.state_dict()
    assert all(torch.allclose(tensor, expected[name], atol=1e-3) for name, tensor in shown.weights().items())


def test_what_is_dropped_in_the_middle_of_a_run_is_kept(window, store: RunStore) -> None:
    shown = window(EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(epochs=10_000)))
    shown.do(shown.run.train, until=RunState.TRAINING)
    shown.qtbot.waitUntil(lambda: any(isinstance(item, Epoch) for item in shown.snapshots), timeout=LOAD)
    shown.do(shown.run.reset, until=RunState.IDLE)
    shown.do(shown.run.step, until=RunState.PAUSED)  # the worker has dropped the first by now
    assert store.flush(WITHIN)
    row, _ = store.runs()
    assert row.ended is not None
    run = store.open(row.run_id)
    last = run.checkpoints()[-1]
    assert last.step == run.record.figures.step == run.curves()[-1].step
    assert load(run.checkpoint_file(last)).state is not None


def test_continue_pressed_twice_continues_once(window) -> None:
    shown = window()
    shown.do(shown.run.train)

    def twice() -> None:
        shown.run.train()
        shown.run.train()

    shown.do(twice)
    assert shown.failures == []
    assert shown.document.experiment.recipe.epochs == 8
    assert same(shown.weights(), straight(8))

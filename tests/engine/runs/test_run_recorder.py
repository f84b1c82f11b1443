"""A run is stored as it was trained, and its last checkpoint continues it with the same bits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from playground.engine.data.fingerprint import fingerprint
from playground.engine.data.in_memory import Data, load
from playground.engine.runs.run_record import RunError
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.runs.stored_run import StoredRun
from playground.engine.training.snapshots import Diverged, Epoch, Evaluating, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load as load_network
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping
from tests.engine.training.experiments import changed

WITHIN = 30.0


class Clock:
    """Time that goes on when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    store = RunStore(tmp_path / "runs")
    yield store
    assert store.close(WITHIN)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def train(trainer: Trainer, recorder: RunRecorder, until: int | None = None) -> list[Snapshot]:
    """What happens until so many steps were made, or to the end."""
    found = []
    for snapshot in trainer:
        found.append(snapshot)
        recorder.take(snapshot)
        if trainer.step == until:
            break
    return found


def reread(store: RunStore, recorder: RunRecorder) -> StoredRun:
    """The stored run as another process sees it."""
    assert store.flush(WITHIN)
    assert store.problem is None
    assert recorder.run_id is not None
    with_own_thread = RunStore(store.folder)
    run = with_own_thread.open(recorder.run_id)
    assert with_own_thread.close(WITHIN)
    return run


def bits(network: torch.nn.Module) -> list[bytes]:
    return [tensor.numpy().tobytes() for tensor in network.state_dict().values()]


def test_a_whole_run_is_stored(dense: Experiment, digits: Data, store: RunStore, clock: Clock) -> None:
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, parent="20260101-000000-00000000", clock=clock)
    told = train(trainer, recorder)
    run = reread(store, recorder)
    assert list(run.curves()) == [item for item in told if not isinstance(item, Evaluating)]
    assert isinstance(told[-1], Finished)
    assert run.record.figures == trainer.figures
    assert run.record.figures.test_loss == told[-1].test_loss
    assert run.record.ended is not None
    assert run.record.parameters == told[-1].parameters
    assert run.record.fingerprint == fingerprint(digits)
    assert run.record.parent == "20260101-000000-00000000"
    trained = load_network(run.checkpoint_file(run.checkpoints()[-1]))
    assert bits(trained.network) == bits(trainer.network)
    assert trained.figures == trainer.figures


def test_nothing_is_stored_before_the_first_step(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    recorder.close()
    assert store.flush(WITHIN)
    assert recorder.run_id is None
    assert store.runs() == []


@pytest.mark.parametrize("steps", [1, 6, 8, 11])
def test_a_run_that_was_closed_continues(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock, steps: int
) -> None:
    straight = Trainer(dense, digits)
    expected = [item for item in straight if isinstance(item, Step | Epoch)]
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    train(trainer, recorder, steps)
    recorder.close()
    run = reread(store, recorder)
    assert run.record.ended is not None
    state = load_network(run.checkpoint_file(run.checkpoints()[-1])).state
    assert state is not None
    second = Trainer(dense, digits, state=state)
    recorder = RunRecorder(store, second, digits, continued=run.run_id, clock=clock)
    train(second, recorder)
    assert bits(second.network) == bits(straight.network)
    run = reread(store, recorder)
    stored = [item for item in run.curves() if isinstance(item, Step | Epoch)]
    assert [item._replace(seconds=0.0) if isinstance(item, Epoch) else item for item in stored] == [
        item._replace(seconds=0.0) if isinstance(item, Epoch) else item for item in expected
    ]
    assert run.record.figures._replace(seconds=0.0) == straight.figures._replace(seconds=0.0)


@pytest.mark.parametrize("steps", [5, 11])
def test_the_test_of_a_run_that_goes_on_is_forgotten(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock, steps: int
) -> None:
    """Stopped in its first epoch or later, tested, and continued for a few steps."""
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    train(trainer, recorder, steps)
    trainer.stop()
    train(trainer, recorder)
    assert reread(store, recorder).record.figures.test_score is not None
    second = Trainer(dense, digits, state=trainer.state())
    recorder = RunRecorder(store, second, digits, continued=recorder.run_id, clock=clock)
    figures = reread(store, recorder).record.figures
    assert (figures.step, figures.test_loss, figures.test_score) == (steps, None, None)


def test_checkpoints_come_with_epochs_but_not_more_than_one_a_second(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    trainer = Trainer(changed(dense, epochs=4), digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    for snapshot in trainer:
        clock.now += 0.6 if isinstance(snapshot, Epoch) else 0.0
        recorder.take(snapshot)
        assert store.flush(WITHIN)
    steps = [item.step for item in reread(store, recorder).checkpoints()]
    per_epoch = trainer.step // 4
    assert [step for step in steps if step >= per_epoch] == [2 * per_epoch, 4 * per_epoch]


def test_a_long_epoch_is_checkpointed_every_thirty_seconds(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    for snapshot in trainer:
        clock.now += 11.0
        recorder.take(snapshot)
        assert store.flush(WITHIN)
        if trainer.step == 3:
            break
    assert [item.step for item in reread(store, recorder).checkpoints()] == [1, 3]  # the first is an early one
    recorder.close()


def test_a_run_that_diverges_ends_with_the_weights_that_were_kept(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    trainer = Trainer(changed(dense, optimizer=SGD(lr=100.0, momentum=0.9), loss=MSE(), epochs=40), digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    told = train(trainer, recorder)
    assert isinstance(told[-1], Diverged)
    run = reread(store, recorder)
    assert run.record.ended is not None
    trained = load_network(run.checkpoint_file(run.checkpoints()[-1]))
    assert bits(trained.network) == bits(trainer.network)
    assert trained.state is None


def test_weights_that_early_stopping_restored_are_stored(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    recipe = {"optimizer": SGD(lr=3.0), "loss": MSE(), "epochs": 30, "stopping": EarlyStopping(patience=1)}
    trainer = Trainer(changed(dense, **recipe), digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    for snapshot in trainer:
        clock.now += 2.0 if isinstance(snapshot, Epoch) else 0.0
        recorder.take(snapshot)
        assert store.flush(WITHIN)  # writing takes no time by this clock
    figures = trainer.figures
    assert figures.weights_step is not None
    assert figures.weights_step < figures.step
    run = reread(store, recorder)
    trained = load_network(run.checkpoint_file(run.checkpoints()[-1]))
    assert bits(trained.network) == bits(trainer.network)
    assert trained.figures == figures
    assert trained.state is not None
    assert Trainer(trainer.experiment, digits, state=trained.state).exhausted


def test_what_an_abandoned_run_told_is_kept(dense: Experiment, digits: Data, store: RunStore, clock: Clock) -> None:
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    told = train(trainer, recorder, 5)
    recorder.abandon()
    recorder.close()
    run = reread(store, recorder)
    assert list(run.curves()) == told
    assert run.record.ended is not None
    assert [item.step for item in run.checkpoints()] == [1, 4]  # early ones, and none of its end


def test_a_fingerprint_tells_data_apart() -> None:
    points = load(Points())
    assert fingerprint(points) == fingerprint(load(Points()))
    assert fingerprint(points) is fingerprint(points)  # computed once
    assert fingerprint(points) != fingerprint(load(Points(noise=0.3)))
    turned = Data(points.validation, points.train, points.test)
    assert fingerprint(turned) != fingerprint(points)


def test_a_run_that_has_gone_on_is_not_continued_from_before(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    trainer = Trainer(dense, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)
    train(trainer, recorder, 3)
    earlier = trainer.state()
    train(trainer, recorder)
    assert store.flush(WITHIN)
    assert recorder.run_id is not None
    with pytest.raises(RunError, match="has gone on"):
        RunRecorder(store, Trainer(dense, digits, state=earlier), digits, continued=recorder.run_id, clock=clock)
    steps = [item.step for item in reread(store, recorder).checkpoints()]
    assert steps == [1, 4, trainer.step]


def test_the_first_steps_are_kept_densely_however_slow_the_disk(
    dense: Experiment, digits: Data, store: RunStore, clock: Clock
) -> None:
    experiment = changed(dense, batch_size=2, epochs=2)
    trainer = Trainer(experiment, digits)
    recorder = RunRecorder(store, trainer, digits, clock=clock)  # no time passes: no checkpoint but early ones
    copies = {0: bits(trainer.network)}
    for snapshot in trainer:
        recorder.take(snapshot)
        copies[trainer.step] = bits(trainer.network)
    run = reread(store, recorder)
    per_epoch = trainer.step // 2
    early = [4**power for power in range(4) if 4**power < per_epoch]
    assert [item.step for item in run.checkpoints()] == [*early, trainer.step]
    for checkpoint in run.checkpoints()[:-1]:
        assert bits(load_network(run.checkpoint_file(checkpoint)).network) == copies[checkpoint.step]

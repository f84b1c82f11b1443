"""What a state holds, when it can be taken, and what it does not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from playground.engine.data.in_memory import Data, load
from playground.engine.training import stateful_parts
from playground.engine.training.snapshots import Change, Diverged, Epoch, Evaluating, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.engine.training.training_state import StateError, TrainingState
from playground.spec.datasets.points import Classed, Points
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Shift
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import EMA, EarlyStopping
from playground.spec.recipe.regularizers import L2
from playground.spec.recipe.schedules import Plateau
from tests.engine.training.experiments import changed, stored


def timeless(snapshots: list[Snapshot]) -> list[Snapshot]:
    """Without seconds, and without how far evaluations are."""
    told = [item for item in snapshots if not isinstance(item, Evaluating)]
    return [item._replace(seconds=0.0) if isinstance(item, Epoch | Finished) else item for item in told]


def bits(trainer: Trainer) -> list[bytes]:
    return [tensor.numpy().tobytes() for tensor in trainer.network.state_dict().values()]


def steps(trainer: Trainer, count: int) -> list[Snapshot]:
    """What is told until so many more steps were made."""
    found, until = [], trainer.step + count
    while trainer.step < until:
        found.append(next(trainer))
    return found


def state_bits(state: TrainingState) -> tuple[str, dict[str, bytes]]:
    plain = repr((state.experiment, state.epoch_data, state.progress, state.parts))
    return plain, {name: tensor.numpy().tobytes() for name, tensor in state.tensors.items()}


@pytest.fixture
def eventful(chancy: Experiment) -> Experiment:
    """Everything that remembers something, at once: four epochs of four steps."""
    return changed(
        chancy,
        optimizer=SGD(lr=0.2, momentum=0.9),
        schedule=Plateau(patience=0, threshold=0.2),
        regularizer=L2(),
        augmentations=(Shift(),),
        averaging=EMA(decay=0.7),
        stopping=EarlyStopping(patience=2),
        epochs=4,
    )


@pytest.mark.parametrize("count", [1, 4, 6, 8, 11])
def test_everything_at_once_continues(eventful: Experiment, digits: Data, count: int) -> None:
    straight, first = Trainer(eventful, digits), Trainer(eventful, digits)
    expected = list(straight)
    told = steps(first, count)
    second = Trainer(eventful, digits, state=stored(first))
    assert timeless(told + list(second)) == timeless(expected)
    assert bits(second) == bits(straight)


def test_to_take_a_state_changes_nothing_and_it_stays_as_it_is(eventful: Experiment, digits: Data) -> None:
    straight, watched, told, states = Trainer(eventful, digits), Trainer(eventful, digits), [], []
    for snapshot in watched:
        told.append(snapshot)
        state = watched.state()
        states.append((state, state_bits(state)))
    assert timeless(told) == timeless(list(straight))
    assert bits(watched) == bits(straight)
    for state, before in states:
        assert state_bits(state) == before


def test_a_state_taken_while_something_is_evaluated(eventful: Experiment, digits: Data) -> None:
    straight = Trainer(changed(eventful, epochs=1), digits)
    expected = timeless(list(straight))
    for what in ("validation", "test"):
        first, told = Trainer(changed(eventful, epochs=1), digits), list[Snapshot]()
        for snapshot in first:
            told.append(snapshot)
            if isinstance(snapshot, Evaluating) and snapshot.what == what:
                break
        second = Trainer(first.experiment, digits, state=stored(first))
        assert timeless(told + list(second)) == expected
        assert bits(second) == bits(straight)


def test_the_time_of_a_test_is_not_counted_when_the_run_goes_on(eventful: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(eventful, epochs=1), digits)
    *_, end = trainer
    assert isinstance(end, Finished)
    state = trainer.state()
    assert state.progress.seconds == end.seconds
    longer = Trainer(changed(eventful, epochs=2), digits, state=state)
    *_, end = told = list(longer)
    assert isinstance(end, Finished)
    added = [item.seconds for item in told if isinstance(item, Epoch)]
    assert end.seconds - state.progress.seconds == pytest.approx(sum(added), abs=0.01)


def test_a_finished_run_goes_on_for_more_epochs(eventful: Experiment, digits: Data) -> None:
    """From the weights of its last step, also where those of an earlier epoch were given back to the network."""
    patient = changed(eventful, stopping=EarlyStopping(patience=9))
    straight, short = Trainer(patient, digits), Trainer(changed(patient, epochs=2), digits)
    expected, told = timeless(list(straight)), timeless(list(short))
    longer = Trainer(patient, digits, state=stored(short))
    change, *more = timeless(list(longer))
    assert isinstance(change, Change)
    assert change.new == 4
    assert told[:-1] + more == expected
    assert bits(longer) == bits(straight)


def test_a_run_that_was_stopped_goes_on(eventful: Experiment, digits: Data) -> None:
    straight, stopped = Trainer(eventful, digits), Trainer(eventful, digits)
    expected, told = timeless(list(straight)), timeless(steps(stopped, 6))
    stopped.stop()
    list(stopped)
    assert stopped.figures.test_loss is not None
    second = Trainer(eventful, digits, state=stored(stopped))
    assert second.figures.test_loss is None
    assert told + timeless(list(second)) == expected
    assert bits(second) == bits(straight)


@pytest.mark.parametrize("momentum", [(0.0, 0.9), (0.9, 0.0)])
def test_live_changes_before_and_behind_an_interruption(
    dense: Experiment, digits: Data, momentum: tuple[float, float]
) -> None:
    """A momentum that begins, or is forgotten; what was changed, but not told yet, is told by the continued run."""
    before, after = (changed(dense, optimizer=SGD(lr=0.1, momentum=item)) for item in momentum)
    straight, first = Trainer(before, digits), Trainer(before, digits)
    expected, told = steps(straight, 3), steps(first, 3)
    straight.change(after)
    first.change(after)
    second = Trainer(after, digits, state=stored(first))
    assert timeless(told + list(second)) == timeless(expected + list(straight))
    assert bits(second) == bits(straight)


def test_an_epoch_goes_on_with_the_points_that_it_began_with() -> None:
    preset = next(item.experiment for item in presets() if isinstance(item.experiment.data, Points))
    old = changed(preset, epochs=3)
    new = old.with_(data=old.data.with_(added=(Classed(x=0.5, y=0.25, value=1),) * 20))
    straight, first = (Trainer(old, load(old.data)) for _ in range(2))
    expected, told = steps(straight, 7), steps(first, 7)
    for trainer, heard in ((straight, expected), (first, told)):
        trainer.change(new)
        heard += steps(trainer, 2)
    assert first.state().epoch_data == old.data
    second = Trainer(new, load(new.data), state=stored(first))
    assert timeless(told + list(second)) == timeless(expected + list(straight))
    assert bits(second) == bits(straight)


def test_a_run_that_diverges_after_it_continued_says_the_same(dense: Experiment, digits: Data) -> None:
    stack = Stack(layers=(Flatten(), Linear(out_features=10)))
    wild = changed(dense.with_(stack=stack), optimizer=SGD(lr=5.0, momentum=0.5), loss=MSE(), epochs=9)
    straight = Trainer(wild, digits)
    expected = list(straight)
    assert isinstance(expected[-1], Diverged)
    assert straight.step > 10
    for count in range(1, straight.step + 1):
        first = Trainer(wild, digits)
        told = steps(first, count)
        second = Trainer(wild, digits, state=stored(first))
        assert timeless(told + list(second)) == timeless(expected)
        assert bits(second) == bits(straight)
    with pytest.raises(StateError, match="diverged"):
        straight.state()


def test_the_threads_are_part_of_it(dense: Experiment, digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as there are as many here: the number decides the last bits."""
    state = Trainer(dense, digits).state()
    assert (state.parts.declared_threads, state.parts.threads) == (1, 1)
    more = replace(state, parts=state.parts._replace(declared_threads=4, threads=3))
    assert Trainer(dense, digits, state=more).state().parts.threads == 1
    monkeypatch.setattr(stateful_parts, "threads", lambda _: 2)
    for declared, threads in ((1, 1), (2, 1), (2, 2)):
        state = replace(state, parts=state.parts._replace(declared_threads=declared, threads=threads))
        found = Trainer(dense, digits, state=state).state().parts
        assert (found.declared_threads, found.threads) == (declared, threads)


def test_what_does_not_fit_is_one_error(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    steps(trainer, 3)
    state = trainer.state()
    for name in state.tensors:
        less = {other: tensor for other, tensor in state.tensors.items() if other != name}
        for tensors, why in (
            (less, "is missing"),
            ({**less, name: torch.zeros(7, 7)}, "should be"),
            ({**less, name: state.tensors[name].to(torch.float64)}, "should be"),
        ):
            with pytest.raises(StateError, match=name) as refused:
                Trainer(dense, digits, state=replace(state, tensors=tensors))
            assert why in str(refused.value)
    with pytest.raises(StateError, match="is unknown"):
        Trainer(dense, digits, state=replace(state, tensors={**state.tensors, "more": torch.zeros(1)}))
    with pytest.raises(StateError, match=r"recipe\.optimizer"):
        Trainer(changed(dense, optimizer=Adam()), digits, state=state)
    noise = {**state.tensors, "random.shuffling": torch.full((5056,), 255, dtype=torch.uint8)}
    with pytest.raises(StateError, match="random numbers"):
        Trainer(dense, digits, state=replace(state, tensors=noise))


def test_a_state_before_the_first_step(dense: Experiment, digits: Data) -> None:
    straight = Trainer(dense, digits)
    second = Trainer(dense, digits, state=stored(Trainer(dense, digits)))
    assert timeless(list(second)) == timeless(list(straight))
    assert isinstance(next(Trainer(dense, digits, state=stored(Trainer(dense, digits)))), Step)

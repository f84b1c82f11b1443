"""A run: what it yields, that it gives the same bits however it is driven, and how it changes, stops and diverges."""

from __future__ import annotations

import gc
from dataclasses import replace
from math import isfinite
from weakref import ref

import numpy as np
import pytest
import torch

from playground.engine.build import BuildError, build
from playground.engine.data.in_memory import Data, InputTargetPairs, load, pixels
from playground.engine.runtime.device import DeviceError
from playground.engine.training.snapshots import Diverged, Epoch, Evaluating, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.augmentations import Rotate, Shift
from playground.spec.recipe.losses import MSE, CrossEntropy
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L2
from playground.spec.recipe.schedules import Schedule, StepDecay
from tests.engine.training.experiments import changed


def bits(trainer: Trainer) -> list[bytes]:
    return [tensor.numpy().tobytes() for tensor in trainer.network.state_dict().values()]


def timeless(snapshots: list[Snapshot]) -> list[Snapshot]:
    return [item._replace(seconds=0.0) if isinstance(item, Epoch | Finished) else item for item in snapshots]


def test_yields_steps_epochs_evaluations_and_an_end(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    snapshots = list(trainer)
    steps = [item for item in snapshots if isinstance(item, Step)]
    assert [step.step for step in steps] == list(range(1, 17))
    assert [step.epochs for step in steps] == [i / 8 for i in range(1, 17)]
    assert {step.samples for step in steps} == {25}
    assert {step.learning_rate for step in steps} == {0.1}
    epochs = [item for item in snapshots if isinstance(item, Epoch)]
    assert [(epoch.epoch, epoch.step) for epoch in epochs] == [(1, 8), (2, 16)]
    assert epochs[0].train_loss == pytest.approx(sum(step.loss for step in steps[:8]) / 8)
    assert epochs[0].train_score == pytest.approx(sum(step.score for step in steps[:8]) / 8)
    assert epochs[1].train_loss < epochs[0].train_loss
    assert epochs[0].validation_loss is not None
    assert all(epoch.seconds > 0 for epoch in epochs)
    assert {(item.what, item.total) for item in snapshots if isinstance(item, Evaluating)} == {
        ("validation", 60),
        ("test", 100),
    }
    last = snapshots[-1]
    assert isinstance(last, Finished)
    assert (last.epochs, last.step, last.parameters) == (2, 16, 784 * 16 + 16 + 160 + 10)
    assert "Not fit to deploy" in str(last.verdict)
    assert trainer.finished is last
    assert trainer.figures.test_score == last.test_score
    assert trainer.figures.validation_loss == epochs[1].validation_loss
    assert list(trainer) == []


def test_the_train_loss_of_an_epoch_counts_classes_by_their_weights(dense: Experiment, digits: Data) -> None:
    """With weights that hardly change it is the loss of all samples at once, whatever batches they came in."""
    weights = (50.0, *[1.0] * 9)
    still = changed(dense, optimizer=SGD(lr=1e-8), loss=CrossEntropy(class_weights=weights), epochs=1, batch_size=15)
    trainer = Trainer(still, digits)
    (epoch,) = [item for item in trainer if isinstance(item, Epoch)]
    outputs = trainer.network.eval()(pixels(digits.train.inputs))
    right = torch.nn.functional.cross_entropy(outputs, digits.train.targets, torch.tensor(weights))
    assert epoch.train_loss == pytest.approx(float(right.detach()), rel=1e-4)


def test_without_held_out_data_nothing_is_validated(dense: Experiment, digits: Data) -> None:
    none = replace(digits, validation=InputTargetPairs(digits.validation.inputs[:0], digits.validation.targets[:0]))
    snapshots = list(Trainer(dense, none))
    assert all(item.validation_loss is None for item in snapshots if isinstance(item, Epoch))
    assert isinstance(snapshots[-1], Finished)


def test_without_data_to_test_with_nothing_is_tested(dense: Experiment, digits: Data) -> None:
    none = replace(digits, test=InputTargetPairs(digits.test.inputs[:0], digits.test.targets[:0]))
    last = list(Trainer(dense, none))[-1]
    assert isinstance(last, Finished)
    assert (last.test_loss, last.test_score, last.baseline_score) == (None, None, None)
    assert str(last.verdict) == "Nothing was tested: the 10,000 test images were left alone."


def test_a_network_that_answers_the_same_to_everything_is_told_so(dense: Experiment, digits: Data) -> None:
    network = build(dense)
    with torch.no_grad():
        network[-1].weight.zero_()
        network[-1].bias.copy_(torch.arange(10.0))
    still = changed(dense, optimizer=SGD(lr=1e-8), epochs=1)
    last = list(Trainer(still, digits, network=network))[-1]
    assert isinstance(last, Finished)
    assert last.test_score == pytest.approx((digits.test.targets == 9).float().mean().item())
    assert str(last.verdict).startswith("The network answers “9” for each of the 100 test images. That is right for")


def test_steps_tell_what_their_scores_are_made_of(dense: Experiment, digits: Data) -> None:
    snapshots = list(Trainer(changed(dense, batch_size=60, epochs=1), digits))
    steps = [item for item in snapshots if isinstance(item, Step)]
    (epoch,) = (item for item in snapshots if isinstance(item, Epoch))
    assert epoch.train_score == pytest.approx(sum(step.sums[0] for step in steps) / 200)
    assert epoch.train_loss == pytest.approx(sum(step.loss * step.samples for step in steps) / 200)


def test_errors_of_a_number_are_told_in_its_own_unit() -> None:
    table = Table(target="petal length", asks="number")
    experiment = Experiment(
        data=table, stack=Stack(layers=(Linear(out_features=1),)), recipe=Recipe(loss=MSE(), epochs=40, batch_size=10)
    )
    data = load(table)
    trainer = Trainer(experiment, data)
    last = list(trainer)[-1]
    assert isinstance(last, Finished)
    inputs, targets = data.test.cut(0, len(data.test))
    with torch.inference_mode():
        off = (trainer.network.eval()(inputs) - targets).double().numpy() * data.unit
    assert last.test_rmse == pytest.approx(np.sqrt((off**2).mean()), rel=1e-5)
    assert last.test_mae == pytest.approx(np.abs(off).mean(), rel=1e-5)
    assert 0.1 < last.test_mae < 1.0  # centimetres
    assert "“petal length” is off by" in str(last.verdict)


def test_the_last_batch_may_be_smaller(dense: Experiment, digits: Data) -> None:
    steps = [item for item in Trainer(changed(dense, batch_size=60, epochs=1), digits) if isinstance(item, Step)]
    assert [step.samples for step in steps] == [60, 60, 60, 20]


@pytest.mark.parametrize("augmentations", [(), (Shift(pixels=2.0), Rotate(degrees=10.0))], ids=["plain", "augmented"])
def test_the_same_seed_gives_the_same_bits_however_it_is_driven(
    chancy: Experiment, digits: Data, augmentations: tuple[object, ...]
) -> None:
    experiment = changed(chancy, augmentations=augmentations)
    straight = Trainer(experiment, digits)
    expected = timeless(list(straight))
    driven, disturbing = Trainer(experiment, digits), Trainer(experiment.with_(seed=9), digits)
    found = []
    for snapshot in driven:
        found.append(snapshot)
        next(disturbing, None)
        torch.rand(3)
        torch.manual_seed(len(found))
    assert timeless(found) == expected
    assert bits(driven) == bits(straight)
    assert bits(disturbing) != bits(straight)


def test_every_epoch_is_shuffled_anew(dense: Experiment, digits: Data) -> None:
    still = changed(dense, optimizer=SGD(lr=1e-8))
    losses = [item.loss for item in Trainer(still, digits) if isinstance(item, Step)]
    assert losses[:8] != pytest.approx(losses[8:], rel=1e-3)
    assert sorted(losses[:8]) != pytest.approx(sorted(losses[8:]), rel=1e-3)


@pytest.mark.parametrize("schedule", Schedule.members(), ids=lambda member: member.id)
def test_follows_the_schedule(schedule: type[Schedule], dense: Experiment, digits: Data) -> None:
    declared = schedule()
    rates = [
        item.learning_rate for item in Trainer(changed(dense, schedule=declared), digits) if isinstance(item, Step)
    ]
    assert rates == [0.1 * declared.factor(step, 16, 8) for step in range(16)]


def test_too_high_a_rate_ends_the_run_with_finite_weights(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(changed(dense, optimizer=SGD(lr=100.0), loss=MSE(), epochs=100), digits)
    steps = []
    for last in trainer:
        steps += [last] if isinstance(last, Step) else []
    assert isinstance(last, Diverged)
    assert trainer.finished is last
    assert (last.step, last.learning_rate) == (steps[-1].step + 1, 100.0)
    assert str(last.step) in str(last.message)
    assert all(isfinite(step.loss) for step in steps)
    assert all(tensor.isfinite().all() for tensor in trainer.network.state_dict().values())


def test_trains_a_given_network_further(dense: Experiment, digits: Data) -> None:
    network = build(dense.with_(seed=77))
    before = network[1].weight.detach().clone()
    trainer = Trainer(dense, digits, network=network)
    assert trainer.network is network
    next(trainer)
    assert not torch.equal(network[1].weight, before)


def test_what_cannot_be_built_or_computed_is_said_at_once(dense: Experiment, digits: Data) -> None:
    with pytest.raises(BuildError):
        Trainer(dense.with_(stack=Stack(layers=(Linear(),))), digits)
    missing = next((name for name in ("mps", "cuda") if not getattr(torch, name).is_available()), None)
    if missing:
        with pytest.raises(DeviceError, match=missing):
            Trainer(changed(dense, device=missing), digits)


def test_pauses_do_not_count(dense: Experiment, digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock that moves by one at each look, and far whenever the run waits, only the work is measured."""
    now = [0.0]

    def clock() -> float:
        now[0] += 1.0
        return now[0]

    monkeypatch.setattr("playground.engine.training.trainer.perf_counter", clock)
    trainer = Trainer(dense, digits)
    for snapshot in trainer:
        now[0] += 1e6
        if isinstance(snapshot, Epoch):
            assert snapshot.seconds < 1000


def test_the_networks_mode_between_snapshots_is_training(chancy: Experiment, digits: Data) -> None:
    trainer = Trainer(chancy, digits)
    assert all(trainer.network.training for _ in trainer)


def test_a_closed_run_lets_go_of_everything_at_once(dense: Experiment, digits: Data) -> None:
    trainer = Trainer(dense, digits)
    next(trainer)
    trainer.close()
    assert next(trainer, None) is None
    gone = ref(trainer.network)
    assert not gc.isenabled()  # what would wait for the collector would be a second network in memory for a while
    del trainer
    assert gone() is None


def test_where_a_run_meets_a_number_that_is_none_is_told(dense: Experiment, digits: Data) -> None:
    """A step fails before it is made; a validation, a test and the weights after the last one, at its rate."""
    falling = changed(dense, schedule=StepDecay(step_size=1, gamma=0.1))
    poison = InputTargetPairs(torch.full((3, 1, 28, 28), 3e38), torch.zeros(3, dtype=torch.int64))
    for part, step, rate in (("validation", 8, 0.1), ("test", 16, 0.01)):
        *_, last = Trainer(falling, replace(digits, **{part: poison}))
        assert isinstance(last, Diverged)
        assert (last.step, last.learning_rate) == (step, pytest.approx(rate))
        assert f"After step {step} the {part} loss was NaN" in str(last.message)
    *_, last = Trainer(falling, replace(digits, train=InputTargetPairs(poison.inputs * torch.nan, poison.targets)))
    assert isinstance(last, Diverged)
    assert "The loss became NaN at step 1," in str(last.message)
    trainer = Trainer(falling, digits)
    for item in trainer:
        if isinstance(item, Step) and item.step == 8:
            next(trainer.network.parameters()).data[0, 0] = float("inf")
    assert isinstance(trainer.finished, Diverged)
    assert "By step 8 weights had become NaN or infinite, with a learning rate of 0.1." in str(trainer.finished.message)


def test_a_step_tells_how_much_its_loss_counts(dense: Experiment, digits: Data) -> None:
    weighted = changed(dense, loss=CrossEntropy(class_weights=(50.0, *[1.0] * 9)), epochs=1)
    steps = [item for item in Trainer(weighted, digits) if isinstance(item, Step)]
    zeros = int((digits.train.targets == 0).sum())
    assert sum(step.counts for step in steps) == pytest.approx(50.0 * zeros + 200 - zeros)


def test_what_is_added_to_the_loss_is_told_for_an_epoch_as_the_mean_over_its_samples(
    dense: Experiment, digits: Data
) -> None:
    decayed = changed(dense, batch_size=60, epochs=1, regularizer=L2(l2=0.1))
    snapshots = list(Trainer(decayed, digits))
    steps = [item for item in snapshots if isinstance(item, Step)]
    (epoch,) = (item for item in snapshots if isinstance(item, Epoch))
    assert [step.samples for step in steps] == [60, 60, 60, 20]
    assert epoch.terms.penalty == pytest.approx(sum(step.terms.penalty * step.samples for step in steps) / 200)

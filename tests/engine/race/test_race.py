"""The fair race: same samples in the same order, same budget, same bits as alone, and nobody stops the others."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from math import ceil
from pathlib import Path

import pytest
import torch
from torch import Tensor

from playground.engine.data.in_memory import load
from playground.engine.race.budget import Budget, BudgetError, BudgetKind, Used, budget, training_flops
from playground.engine.race.entries import entries
from playground.engine.race.race import Advanced, Out, Over, Race, RaceProgress, race_name
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Change, Epoch, Finished, Snapshot, Step
from playground.engine.training.stateful_parts import Parts
from playground.engine.training.trainer import Trainer
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping, Recipe
from playground.spec.recipe.schedules import Cosine
from tests.engine.training.experiments import changed

SMALL = Experiment(
    name="Small",
    data=MNIST(train_limit=400, validation_share=0.01),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(batch_size=50, epochs=3, device="cpu"),
    seed=3,
)
WIDE = SMALL.with_(
    name="Wide", stack=Stack(layers=(Flatten(), Linear(out_features=32), ReLU(), Dropout(), Linear(out_features=10)))
)
TRAIN, PER_EPOCH = 400, 8  # samples and steps


def raced(
    racing: tuple[Experiment, ...], limit: Budget, *, store: RunStore | None = None, group: str = ""
) -> list[RaceProgress]:
    """All that happens in a race."""
    return list(Race(racing, load(racing[0].data), limit, store=store, group=group))


def over(seen: list[RaceProgress]) -> Over:
    """Its end."""
    end = seen[-1]
    assert isinstance(end, Over)
    return end


def steps_of(seen: list[RaceProgress], contestant: int) -> list[Step]:
    """The steps of a contestant."""
    found = [item for item in seen if isinstance(item, Advanced) and item.contestant == contestant]
    return [item.snapshot for item in found if isinstance(item.snapshot, Step)]


def test_all_learn_from_the_same_samples_in_the_same_order_whatever_their_network_and_batch_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fed: dict[int, list[Tensor]] = defaultdict(list)
    learn = Parts.learn

    def noting(self: Parts, inputs: Tensor, targets: Tensor, rate: float, number: int, epochs: float) -> Step:
        fed[id(self)].append(inputs.clone())
        return learn(self, inputs, targets, rate, number, epochs)

    monkeypatch.setattr(Parts, "learn", noting)
    racing = entries((SMALL, WIDE, changed(WIDE, batch_size=20)), seed=11)
    seen = raced(racing, budget(BudgetKind.STEPS, 40))
    small, wide, cut = (torch.cat(batches) for batches in fed.values())
    assert len(small) == 5 * TRAIN
    assert torch.equal(small, wide)
    assert torch.equal(small[: len(cut)], cut)
    data = load(SMALL.data).train
    known = {row.numpy().tobytes(): number for number, row in enumerate(data.cut(0, TRAIN)[0])}
    numbers = [known[row.numpy().tobytes()] for row in small]
    epochs = [numbers[i : i + TRAIN] for i in range(0, len(numbers), TRAIN)]
    assert all(len(set(epoch)) > TRAIN - 3 for epoch in epochs)  # nearly all are different pictures
    assert epochs[0] != epochs[1]
    assert over(seen).table[0].steps == 40


def test_equals_are_equal_bit_for_bit_and_to_an_undisturbed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = changed(WIDE, schedule=Cosine())
    trainers: list[Trainer] = []
    advance = Trainer.__next__

    def noting(self: Trainer) -> Snapshot:
        if self not in trainers:
            trainers.append(self)
        return advance(self)

    monkeypatch.setattr(Trainer, "__next__", noting)
    seen = raced(entries((experiment, experiment, SMALL), seed=5), budget(BudgetKind.STEPS, 4 * PER_EPOCH))
    monkeypatch.undo()
    one, other, _ = trainers
    alone = Trainer(changed(experiment, epochs=4).with_(seed=5), load(experiment.data))
    snapshots = list(alone)
    for name, tensor in alone.network.state_dict().items():
        assert torch.equal(tensor, one.network.state_dict()[name])
        assert torch.equal(tensor, other.network.state_dict()[name])
    assert steps_of(seen, 0) == steps_of(seen, 1) == [item for item in snapshots if isinstance(item, Step)]
    first, second, _ = sorted(over(seen).table, key=lambda item: item.name == "Small")
    assert (first.loss, first.score) == (second.loss, second.score) == alone.figures[5:7]
    assert first.scored_on == "validation"
    assert {first.name, second.name} == {"Wide", "Wide 2"}


@pytest.mark.parametrize("kind", BudgetKind)
def test_budgets_are_used_up_to_the_step_and_the_curves_grow_together(kind: BudgetKind) -> None:
    racing = entries((SMALL, WIDE, changed(SMALL, batch_size=30)))
    amount = {"steps": 40, "flops": 40 * 50 * training_flops(WIDE), "seconds": 0.15}[kind]
    seen = raced(racing, limit := budget(kind, amount))
    steps = [item for item in seen if isinstance(item, Advanced) and isinstance(item.snapshot, Step)]
    largest = [0.0] * 3  # share of the largest step of each
    shares = [0.0] * 3
    for item in steps:
        number, share = item.contestant, item.share
        if share - shares[number] > 0:
            others = [other for i, other in enumerate(shares) if i != number]
            assert shares[number] <= min(others) + 0.001 + max(largest)
        largest[number] = max(largest[number], share - shares[number])
        shares[number] = share
    for share, step in zip(shares, largest, strict=True):
        assert 1 <= share < 1 + step
    table = over(seen).table
    spent = [limit.share(Used(line.steps, line.flops, line.seconds)) for line in table]
    assert max(spent) - min(spent) <= max(largest)
    assert sorted(spent) == pytest.approx(sorted(shares))
    assert not any(line.out or line.early for line in table)
    assert all(line.score is not None for line in table)


def test_flops_are_three_forward_passes_of_the_samples_learned_from() -> None:
    assert training_flops(SMALL) == 3 * 2 * 784 * 10
    table = over(raced(entries((SMALL, WIDE)), budget(BudgetKind.STEPS, PER_EPOCH + 1))).table
    assert {line.name: line.flops for line in table} == {
        entry.name: 450 * training_flops(entry) for entry in entries((SMALL, WIDE))
    }


def test_one_that_diverges_is_out_and_the_others_go_on() -> None:
    wild = changed(SMALL, loss=MSE(), optimizer=SGD(lr=100.0)).with_(name="Wild")
    broken = changed(SMALL, device="mps" if not torch.backends.mps.is_available() else "cuda").with_(name="Broken")
    seen = raced(entries((wild, SMALL, broken)), budget(BudgetKind.STEPS, 40))
    out = {item.contestant: item.reason for item in seen if isinstance(item, Out)}
    assert sorted(out) == [0, 2]
    first, *others = over(seen).table
    assert (first.name, first.steps, first.out) == ("Small", 40, None)
    assert {line.name: line.out for line in others} == {"Wild": out[0], "Broken": out[2]}
    assert [line.score for line in others] == [None, None]
    assert "on this machine" in str(out[2])


def test_a_bug_in_one_is_said_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    learn = Parts.learn

    def failing(self: Parts, inputs: Tensor, targets: Tensor, rate: float, number: int, epochs: float) -> Step:
        if len(self.network) > 2:
            raise ArithmeticError("odd")
        return learn(self, inputs, targets, rate, number, epochs)

    monkeypatch.setattr(Parts, "learn", failing)
    first, second = over(raced(entries((WIDE, SMALL)), budget(BudgetKind.STEPS, 7))).table
    assert (first.name, first.steps) == ("Small", 7)
    assert str(second.out) == "An unexpected error occurred: ArithmeticError: odd."


def test_without_validation_data_it_is_scored_on_test_data_and_says_so() -> None:
    plain = SMALL.with_(data=MNIST(train_limit=400))
    table = over(raced(entries((plain, plain)), budget(BudgetKind.STEPS, 12))).table
    assert [line.scored_on for line in table] == ["test", "test"]
    alone = list(Trainer(changed(plain, epochs=2), load(plain.data)))
    assert len(load(plain.data).train) == 400
    steps = [item for item in alone if isinstance(item, Step)]
    assert steps[11].step == 12


def test_no_test_data_are_looked_at_where_others_are_held_out() -> None:
    seen = raced(entries((SMALL, WIDE)), budget(BudgetKind.STEPS, 10))
    ends = [item.snapshot for item in seen if isinstance(item, Advanced) and isinstance(item.snapshot, Finished)]
    assert [end.test_loss for end in ends] == [None, None]
    table = over(seen).table
    alone = Trainer(changed(SMALL, epochs=ceil(10 / PER_EPOCH)), load(SMALL.data))
    while alone.step < 10:
        next(alone)
    inputs, targets = load(SMALL.data).validation.cut(0, 600)
    right = (alone.network(inputs).argmax(1) == targets).sum().item() / 600
    assert next(line.score for line in table if line.name == "Small") == pytest.approx(right)


def test_stopped_it_is_scored_as_it_is() -> None:
    race = Race(entries((SMALL, WIDE)), load(SMALL.data), budget(BudgetKind.STEPS, 1000))
    for progress in race:
        if isinstance(progress, Advanced) and progress.contestant == 1 and isinstance(progress.snapshot, Epoch):
            race.stop()
    assert isinstance(progress, Over)
    assert all(0 < line.steps < 40 for line in progress.table)
    assert all(line.score is not None for line in progress.table)
    assert {str(line.early) for line in progress.table} == {"It was stopped."}


def test_stopped_before_it_began_there_is_no_score() -> None:
    race = Race(entries((SMALL, WIDE)), load(SMALL.data), budget(BudgetKind.STEPS, 10))
    race.stop()
    *_, end = race
    assert isinstance(end, Over)
    assert [(line.score, str(line.out)) for line in end.table] == [(None, "It was stopped before its first step.")] * 2


def test_early_stopping_ends_one_with_less_than_its_budget() -> None:
    patient = changed(SMALL, stopping=EarlyStopping(patience=1), optimizer=SGD(lr=1e-8)).with_(name="Patient")
    table = over(raced(entries((patient, SMALL)), budget(BudgetKind.STEPS, 60))).table
    line = next(line for line in table if line.name == "Patient")
    assert str(line.early) == "Early stopping ended it."
    assert line.steps < 60


def test_a_schedule_extends_over_the_budget() -> None:
    seen = raced(entries((changed(SMALL, schedule=Cosine(), epochs=1), SMALL)), budget(BudgetKind.STEPS, 32))
    rates = [step.learning_rate for step in steps_of(seen, 0)]
    assert rates == sorted(rates, reverse=True)
    assert rates[16] == pytest.approx(rates[0] / 2)


def test_seconds_suffice_for_more_epochs_than_the_experiment_says() -> None:
    seen = raced(entries((changed(SMALL, epochs=1), WIDE)), budget(BudgetKind.SECONDS, 0.3))
    changes = [item for item in seen if isinstance(item, Advanced) and isinstance(item.snapshot, Change)]
    assert any(item.contestant == 0 for item in changes)
    assert steps_of(seen, 0)[-1].epochs > 1


def test_each_is_stored_as_a_run_of_the_race(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    group = race_name(racing := entries((SMALL, WIDE)), datetime(2026, 1, 31, 14, 2, 11))
    table = over(raced(racing, budget(BudgetKind.STEPS, 8), store=store, group=group)).table
    assert store.flush(10)
    rows = {row.run_id: row for row in store.runs()}
    assert {row.group for row in rows.values()} == {group} == {"Race of 2 · 2026-01-31 14:02:11"}
    for line in table:
        assert line.run_id is not None
        run = store.open(line.run_id)
        assert (rows[line.run_id].name, run.record.figures.step) == (line.name, 8)
        assert run.record.ended is not None
        assert [item.step for item in run.checkpoints()] == [1, 4, 8]  # the first two are early ones
    assert len({run.record.fingerprint for run in map(store.open, rows)}) == 1
    store.close(10)


def test_dropped_in_the_middle_what_was_trained_is_stored(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    race = Race(entries((SMALL, WIDE)), load(SMALL.data), budget(BudgetKind.STEPS, 100), store=store)
    for _ in range(9):
        next(race)
    race.close()
    assert store.flush(10)
    assert {row.name for row in store.runs()} == {"Small", "Wide"}
    for row in store.runs():
        run = store.open(row.run_id)
        assert run.checkpoints()[-1].step == run.record.figures.step
    assert next(race, None) is None
    store.close(10)


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf")])
def test_a_budget_that_nobody_can_use_up_is_refused(amount: float) -> None:
    with pytest.raises(BudgetError, match="above 0"):
        budget(BudgetKind.SECONDS, amount)


def test_half_a_step_is_refused() -> None:
    with pytest.raises(BudgetError, match="whole number"):
        budget(BudgetKind.STEPS, 1.5)

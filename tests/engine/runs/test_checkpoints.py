"""When a checkpoint is due, and that one is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engine.runs.checkpoints import CheckpointRule, checkpoints_in, verified, write_checkpoint
from playground.engine.runs.run_record import RunError
from tests.engine.runs.stored import content


def test_one_is_due_at_an_epochs_end_but_no_two_within_a_second() -> None:
    rule = CheckpointRule(now=100.0)
    assert not rule.due(100.9, epoch_ended=True)
    assert rule.due(101.0, epoch_ended=True)
    assert not rule.due(101.5, epoch_ended=True)
    assert not rule.due(103.0, epoch_ended=False)
    assert rule.due(103.0, epoch_ended=True)


def test_those_that_take_long_are_rare() -> None:
    rule = CheckpointRule(now=0.0)
    rule.cost = 0.3  # 20 s are 1.5 % of it
    due = [tick for tick in range(2, 70, 2) if rule.due(tick, epoch_ended=True)]
    assert due == [20, 40, 60]
    rule.cost = 10.0
    assert [tick for tick in range(70, 130) if rule.due(tick, epoch_ended=True)] == [90, 120]


def test_one_is_due_every_thirty_seconds_within_an_epoch() -> None:
    rule = CheckpointRule(now=0.0)
    due = [tick / 10 for tick in range(1000) if rule.due(tick / 10, epoch_ended=False)]
    assert due == [30.0, 60.0, 90.0]


def test_many_short_epochs_give_one_a_second() -> None:
    rule = CheckpointRule(now=0.0)
    assert sum(rule.due(tick / 100, epoch_ended=True) for tick in range(1001)) == 10


def test_the_first_epoch_has_early_ones_whose_steps_grow_fourfold() -> None:
    rule = CheckpointRule(now=0.0, early=True)
    assert [step for step in range(1, 1000) if rule.early(step)] == [1, 4, 16, 64, 256]
    rule.due(0.1, epoch_ended=True)
    assert not any(rule.early(step) for step in range(1000, 5000))
    assert not any(CheckpointRule(now=0.0).early(step) for step in range(1, 100))


def test_early_ones_follow_the_steps_that_are_reported() -> None:
    rule = CheckpointRule(now=0.0, early=True)
    assert [step for step in range(10, 1000, 10) if rule.early(step)] == [10, 20, 70, 260]


def test_it_is_found_by_its_name(tmp_path: Path) -> None:
    for step in (10, 2):
        write_checkpoint(tmp_path, step, step // 2, content(b"%d" % step))
    (tmp_path / "checkpoint-1-1-x.safetensors").write_text("another's")
    found = checkpoints_in(tmp_path)
    assert [(item.step, item.epoch, item.size) for item in found] == [(2, 1, 1), (10, 5, 2)]
    assert verified(tmp_path, found[1]).read_bytes() == b"10"


def test_the_same_step_again_replaces_it(tmp_path: Path) -> None:
    for data in (b"one", b"two", b"two"):
        write_checkpoint(tmp_path, 3, 1, content(data))
    (found,) = checkpoints_in(tmp_path)
    assert verified(tmp_path, found).read_bytes() == b"two"


def test_one_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        write_checkpoint(tmp_path, 1, 0, write)
    assert list(tmp_path.iterdir()) == []


def test_one_that_changed_or_is_gone_is_refused(tmp_path: Path) -> None:
    found = write_checkpoint(tmp_path, 1, 0, content())
    (tmp_path / found.name).write_bytes(b"weighty")
    with pytest.raises(RunError, match="damaged"):
        verified(tmp_path, found)
    (tmp_path / found.name).unlink()
    with pytest.raises(RunError, match="cannot be read"):
        verified(tmp_path, found)

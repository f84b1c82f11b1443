"""Runs come back from the store as they were, and what goes wrong with a disk reaches nobody who trains."""

from __future__ import annotations

import math
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from playground.engine.runs.run_record import RunError
from playground.engine.runs.store import TRASH, TRASH_DAYS, RunStore
from playground.spec.messages import Message
from tests.engine.runs.stored import EXPERIMENT, FIGURES, WITHIN, content, epoch, everything, opened, step, stored


def test_a_run_comes_back(tmp_path: Path) -> None:
    with opened(tmp_path / "new" / "runs") as store:
        run = store.begin(EXPERIMENT, device="cuda", threads=3, fingerprint="abc", parent="other", flops=5, group="g")
        run.append(everything())
        run.checkpoint(3, 1, content())
        run.finish(FIGURES)
        assert store.flush(WITHIN)
        assert store.problem is None
        assert not run.live
    with opened(tmp_path / "new" / "runs") as store:
        again = store.open(run.run_id)
        assert again.experiment == EXPERIMENT
        record = again.record
        assert record == run.record
        assert (record.device, record.threads, record.parent, record.flops) == ("cuda", 3, "other", 5)
        assert (record.seed, record.data, record.fingerprint, record.group) == (7, EXPERIMENT.data.id, "abc", "g")
        assert set(record.versions) == {"playground", "torch", "python"}
        assert record.figures == FIGURES
        assert repr(again.curves()) == repr(tuple(item for item in everything() if "Evaluating" not in repr(item)))
        (checkpoint,) = again.checkpoints()
        assert again.checkpoint_file(checkpoint).read_bytes() == b"weights"


def test_the_record_says_nothing_of_the_machine(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run = stored(store)
    assert str(tmp_path) not in (tmp_path / run.run_id / "run.json").read_text("utf-8")


def test_rows_show_what_is_on_disk(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run = stored(store)
        (row,) = store.runs()
        assert (row.run_id, row.name, row.score, row.loss, row.epochs) == (run.run_id, "stored", 0.9, 0.25, 2)
        run.set_note("good")
        run.set_star(True)
        run.set_group("those")
        assert store.flush(WITHIN)
        (row,) = store.runs()
        assert (row.note, row.star, row.group) == ("good", True, "those")


def test_a_run_that_goes_on_shows_how_far_it_came(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run = store.begin(EXPERIMENT)
        run.append((step(1), epoch(1, 1, 0.5), step(2), epoch(2, 2, 0.25)))
        run.checkpoint(2, 2, content())
        assert store.flush(WITHIN)
        (row,) = store.runs()
        assert (row.ended, row.step, row.epochs, row.loss, row.seconds) == (None, 2, 2, 0.25, 3.0)
        assert run.record.best_step == 2
        assert store.interrupted() == []
        assert store.open(run.run_id) is run


def test_the_best_checkpoint_has_a_loss_that_is_a_number(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run = store.begin(EXPERIMENT)
        best = []
        for at, loss in enumerate((None, math.nan, math.inf, 0.5, math.nan, 0.75, 0.25), 1):
            run.append((epoch(at, at, loss),))
            run.checkpoint(at, at, content())
            assert store.flush(WITHIN)
            best.append(run.record.best_step)
        assert best == [None, None, None, 4, 4, 4, 7]
        run.finish(FIGURES)
        assert store.flush(WITHIN)
        assert store.resume(run.run_id, 6).run_id == run.run_id
        assert store.flush(WITHIN)
        assert run.folder.read_record().best_step == 4


def test_a_deleted_run_can_be_restored(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run, other = stored(store), stored(store)
        store.delete(run.run_id)
        assert store.flush(WITHIN)
        assert [row.run_id for row in store.runs()] == [other.run_id]
        with pytest.raises(RunError):
            store.open(run.run_id)
        store.restore(run.run_id)
        assert store.flush(WITHIN)
        assert len(store.open(run.run_id).checkpoints()) == 2
        assert len(store.runs()) == 2
        store.delete(run.run_id)
        store.empty_trash()
        store.restore(run.run_id)
        assert store.flush(WITHIN)
        assert "no longer there" in str(store.problem)


def test_the_trash_is_emptied_after_a_week(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        old, young = stored(store), stored(store)
        store.delete(old.run_id)
        store.delete(young.run_id)
    before = time.time() - TRASH_DAYS * 86400 - 60
    os.utime(tmp_path / TRASH / old.run_id, (before, before))
    with opened(tmp_path) as store:
        assert store.flush(WITHIN)
    assert os.listdir(tmp_path / TRASH) == [young.run_id]


def test_a_run_goes_on_from_a_checkpoint_again_and_again(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run_id = stored(store, 4).run_id
        for _ in range(2):
            run = store.resume(run_id, 4)
            assert store.flush(WITHIN)
            assert [item.step for item in run.curves()] == [1, 2, 2, 3, 4, 4]
            assert [item.step for item in run.checkpoints()] == [2, 4]
            assert (run.record.best_step, run.record.figures.epochs, run.record.figures.seconds) == (4, 2, 3.0)
            with pytest.raises(RunError):
                store.resume(run_id, 2)
            run.append((step(5), step(6), epoch(3, 6, 0.125)))
            run.checkpoint(6, 3, content(b"another"))
            run.finish(FIGURES)
            assert store.flush(WITHIN)
            again = store.open(run_id)
            assert [item.step for item in again.curves()] == [1, 2, 2, 3, 4, 4, 5, 6, 6]
            assert (again.record.best_step, [item.step for item in again.checkpoints()]) == (6, [2, 4, 6])
        assert store.problem is None


def test_checkpoints_are_thinned_but_not_of_a_starred_run(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for star in (False, True):
            run = store.begin(EXPERIMENT)
            run.set_star(star)
            for at in range(100, 112):
                run.append((epoch(at, at, float(at)),))
                run.checkpoint(at, at, content())
                assert store.flush(WITHIN)
            steps = [item.step for item in run.checkpoints()]
            assert steps == (list(range(100, 112)) if star else [100, 108, 110, 111])


def test_the_budget_is_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        starred, plain = stored(store, 3), stored(store, 3)
        starred.set_star(True)
        trashed = stored(store)
        store.delete(trashed.run_id)
    with opened(tmp_path, budget=1000) as store:
        assert store.flush(WITHIN)
        assert [item.step for item in store.open(plain.run_id).checkpoints()] == [6]
        assert len(store.open(starred.run_id).checkpoints()) == 3
        assert os.listdir(tmp_path / TRASH) == []
        usage = store.usage()
        assert (usage.runs, usage.budget) == (2, 1000)
        assert usage.size > 1000  # what remains is never thinned


def test_two_stores_share_a_folder(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as other:
        run = one.begin(EXPERIMENT)
        assert one.flush(WITHIN)
        assert other.interrupted() == []
        other.open(run.run_id).set_note("mine")
        other.delete(run.run_id)
        assert other.flush(WITHIN)
        assert "another window" in str(other.problem)
        with pytest.raises(RunError, match="still running"):
            other.resume(run.run_id, 0)
        run.finish(FIGURES)
        assert one.flush(WITHIN)
        other.open(run.run_id).set_note("mine")
        assert other.flush(WITHIN)
        assert one.open(run.run_id).record.note == "mine"


def test_a_store_that_went_away_is_awaited(tmp_path: Path) -> None:
    told: list[Message | None] = []
    failed = threading.Event()

    def hear(problem: Message | None) -> None:
        told.append(problem)
        failed.set()

    folder = tmp_path / "runs"
    with opened(folder, told=hear) as store:
        run = store.begin(EXPERIMENT)
        run.append((step(1),))
        assert store.flush(WITHIN)
        folder.rename(tmp_path / "away")
        run.append((step(2),))
        run.checkpoint(2, 0, content())
        assert failed.wait(WITHIN)
        assert store.problem is not None
        (tmp_path / "away").rename(folder)
        assert store.flush(WITHIN)
        assert told[-1] is None
        assert [item.step for item in run.curves()] == [1, 2]
        assert len(run.checkpoints()) == 1


def test_nobody_waits_for_a_disk_that_refuses_and_the_end_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    store = RunStore(folder)
    run = store.begin(EXPERIMENT)
    assert store.flush(WITHIN)
    folder.rename(tmp_path / "away")
    run.checkpoint(2, 0, content())
    began = time.monotonic()
    for _ in range(10):  # the pauses between attempts would take minutes
        assert not store.flush(WITHIN)
    (tmp_path / "away").rename(folder)
    assert store.close(WITHIN)
    assert time.monotonic() - began < WITHIN
    assert len(run.checkpoints()) == 1


def test_a_run_whose_folder_was_deleted_goes_on_in_a_new_one(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        run = store.begin(EXPERIMENT)
        run.append((step(1),))
        assert store.flush(WITHIN)
        shutil.rmtree(tmp_path / run.run_id)
        run.append((step(2),))
        run.checkpoint(2, 0, content())
        run.finish(FIGURES)
        assert store.flush(WITHIN)
        again = store.open(run.run_id)
        assert [item.step for item in again.curves()] == [2]
        assert len(again.checkpoints()) == 1


def test_a_checkpoint_that_fails_is_tried_again(tmp_path: Path) -> None:
    attempts: list[Path] = []

    def write(path: Path) -> None:
        attempts.append(path)
        path.write_bytes(b"half")
        if len(attempts) == 1:
            raise OSError(28, "No space left on device")

    with opened(tmp_path) as store:
        run = store.begin(EXPERIMENT)
        run.checkpoint(1, 0, write)
        assert not store.flush(WITHIN)
        assert store.flush(WITHIN)
        assert len(run.checkpoints()) == 1
        assert not list((tmp_path / run.run_id).glob(".*"))


def test_a_fault_in_writing_a_checkpoint_is_told_and_given_up(tmp_path: Path) -> None:
    def wrong(path: Path) -> None:
        raise ZeroDivisionError(path)

    told: list[Message | None] = []
    with opened(tmp_path, told=told.append) as store:
        run = store.begin(EXPERIMENT)
        run.checkpoint(1, 0, wrong)
        run.finish(FIGURES)
        assert store.flush(WITHIN)
        assert "ZeroDivisionError" in str(told[0])
        assert not run.live


def test_nothing_is_written_where_a_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with opened(tmp_path / "file" / "runs") as store:
        run = store.begin(EXPERIMENT)
        run.append((step(1),))
        assert not store.flush(0.1)
        assert store.runs() == []
        assert not store.close(WITHIN)


@pytest.mark.parametrize("run_id", ["../x", "", "trash", "20260101-000000-00000000"])
def test_only_ids_of_runs_are_opened(tmp_path: Path, run_id: str) -> None:
    with opened(tmp_path) as store, pytest.raises(RunError):
        store.open(run_id)


def test_a_closed_store_writes_all_and_lets_go(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.begin(EXPERIMENT)
    run.append((step(1),))
    assert store.close(WITHIN)
    with opened(tmp_path) as other:
        assert [row.run_id for row in other.interrupted()] == [run.run_id]
        assert [item.step for item in other.open(run.run_id).curves()] == [1]


def test_runs_that_begin_in_the_same_second_are_listed_in_their_order(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    begun = [store.begin(EXPERIMENT).run_id for _ in range(20)]
    assert store.flush(WITHIN)
    assert [row.run_id for row in store.runs()] == begun
    assert store.close(WITHIN)


def test_a_pinned_checkpoint_is_written_although_a_later_one_waits(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.begin(EXPERIMENT)
    ready = threading.Event()
    run.set_fingerprint(lambda: str(ready.wait(WITHIN)))  # keeps the store's thread
    for step_number in (1, 2, 3, 4):
        run.checkpoint(step_number, 0, lambda path: path.write_bytes(b"weights"))  # type: ignore[arg-type, return-value]
        if step_number == 2:
            run.pin(2)
    ready.set()
    assert store.flush(WITHIN)
    assert [item.step for item in run.checkpoints()] == [2, 4]
    assert run.record.pinned == (2,)
    assert store.close(WITHIN)

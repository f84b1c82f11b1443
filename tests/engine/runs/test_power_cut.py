"""A power cut at any moment costs at most what nobody was told to be on disk."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from playground.engine.data.in_memory import load
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_move import move_store
from playground.engine.training.snapshots import Epoch
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load as load_network
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.presets import preset
from playground.spec.files.storage import FileError, read_bounded, write_atomically
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from tests.engine.runs.power_cut import Disk, Recording, Tree, restore
from tests.engine.runs.stored import WITHIN, opened

EXPERIMENT = preset("xor").experiment.with_(name="first", recipe=Recipe(optimizer=SGD(lr=0.1), batch_size=60, epochs=3))
OTHER = EXPERIMENT.with_(name="other")
LEAST = 60  # cuts that a test of a run makes
STORE, MOVED, CHOICE = Path("data", "runs"), Path("elsewhere", "deep", "runs"), Path("choice")
DOCUMENTS = Path("documents")


class Promise(NamedTuple):
    """What must be on the disk after a cut; where it is being changed, either of several."""

    steps: dict[str, int]  # of the last checkpoint of each run
    names: frozenset[str] = frozenset({EXPERIMENT.name})  # of each run
    in_trash: frozenset[bool] = frozenset({False})
    documents: tuple[Experiment | None, ...] = (None,)  # contents of each file in their folder


class Life:
    """What a person does while a recording goes on."""

    def __init__(self, root: Path, recording: Recording) -> None:
        self.root, self._recording = root, recording
        self.store = RunStore(root / STORE)
        self._now, self.promised = 0.0, Promise({})
        self.data = load(EXPERIMENT.data)

    def change(self, change: Callable[[], object], between: Promise, then: Promise) -> None:
        """Say what may be found while something changes, change it, and say what must be found then."""
        self._recording.say(between)
        change()
        assert self.store.flush(WITHIN)
        assert self.store.problem is None
        self._recording.say(then)
        self.promised = then

    def train(self, trainer: Trainer, recorder: RunRecorder, epochs: int) -> str:
        """Train some epochs; a checkpoint at the end of each is promised once it is written."""
        for snapshot in trainer:
            self._now += 2.0 * isinstance(snapshot, Epoch)
            recorder.take(snapshot)
            assert self.store.flush(WITHIN)
            if isinstance(snapshot, Epoch):
                assert recorder.run_id is not None
                self.promise(recorder.run_id, trainer.step)
            if trainer.epochs == epochs and isinstance(snapshot, Epoch):
                break
        assert recorder.run_id is not None
        return recorder.run_id

    def promise(self, run_id: str, step: int) -> None:
        """Promise the checkpoint of a step."""
        self.promised = self.promised._replace(steps={**self.promised.steps, run_id: step})
        self._recording.say(self.promised)

    def clock(self) -> float:
        """Time that goes on by two seconds an epoch, so that each ends in a checkpoint."""
        return self._now


def check(root: Path, promise: Promise) -> None:
    """Open the store that a cut has left, and look for all that was promised."""
    with opened(root / STORE) as store:
        assert store.flush(WITHIN)
        assert store.problem is None
        rows = {row.run_id: row for row in store.runs()}
        assert not any(row.damaged for row in rows.values())
        deleted = set(store.deleted())
        found = {*rows, *deleted}
        assert promise.steps.keys() <= found
        assert {run_id in deleted for run_id in promise.steps} <= promise.in_trash
        for run_id in deleted:
            store.restore(run_id)
        assert store.flush(WITHIN)
        for run_id in found:
            check_run(store, run_id, promise)
    assert not list((root / STORE).rglob("*.part"))


def check_run(store: RunStore, run_id: str, promise: Promise) -> None:
    """A run is whole up to its last checkpoint, and can be continued from there."""
    run = store.open(run_id)
    assert run.record.name in promise.names
    assert run.experiment == EXPERIMENT
    steps = [item.step for item in run.checkpoints()]
    files = [run.checkpoint_file(item) for item in run.checkpoints()]
    last, per_epoch = max(steps, default=0), EXPERIMENT.recipe.steps_per_epoch(EXPERIMENT.data.train_count)
    assert not files or load_network(files[-1]).figures.step == last
    assert last >= promise.steps.get(run_id, 0)
    told = len([item for item in run.curves() if isinstance(item, Epoch) and item.step <= last])
    assert told in (last // per_epoch, (last - 1) // per_epoch)  # an early checkpoint may come just before the epoch
    if run.record.ended is None:
        store.resume(run_id, last)
        assert store.flush(WITHIN)
        assert store.problem is None


def check_documents(root: Path, promise: Promise) -> None:
    """Each file that was saved is whole, or a new one beside it is that has not taken its place yet."""
    folder = root / DOCUMENTS
    new = [found for path in folder.glob("*.part") if (found := read(path)) in promise.documents]
    files = list(folder.glob("*.playground"))
    assert files or None in promise.documents
    for path in files:
        assert read(path) in promise.documents or new


def read(path: Path) -> Experiment | FileError:
    """The experiment in a file, or why there is none."""
    try:
        return read_experiment(path)
    except FileError as error:
        return error


def cut(
    recording: Recording, folder: Path, patch: pytest.MonkeyPatch, check_promise: Callable[[Path, Promise], None]
) -> int:
    """Cut the power after each event, in all ways that a disk knows; return how many cuts there were."""
    patch.undo()
    patch.setattr(os, "fsync", lambda _: None)  # it would take most of the time
    disk, chance, seen, numbers = Disk(recording), random.Random(0), set(), count()
    for event in recording.events:
        disk.take(event)
        for tree in disk.after_cut(chance):
            key = digest(tree, disk.said)
            if disk.said is None or key in seen:
                continue
            seen.add(key)
            place = folder / f"{next(numbers)}"
            restore(tree, place)
            check_promise(place, disk.said)
            shutil.rmtree(place)
    return len(seen)


def digest(tree: Tree, said: object) -> str:
    return sha256(repr((sorted(tree.items()), said)).encode()).hexdigest()


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Recording, Life]:
    """A recording of a folder with a place for data, and one for documents, and what is done in it."""
    root = tmp_path / "disk"
    (root / DOCUMENTS).mkdir(parents=True)
    recording = Recording(root, monkeypatch)
    recording.say(Promise({}))
    return recording, Life(root, recording)


def test_a_run_survives(life: tuple[Recording, Life], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording, person = life
    trainer = Trainer(EXPERIMENT, person.data)
    recorder = RunRecorder(person.store, trainer, person.data, clock=person.clock)
    run_id = person.train(trainer, recorder, 2)
    assert person.store.close(WITHIN)
    person.store = RunStore(person.root / STORE)
    run = person.store.open(run_id)
    again = Trainer(EXPERIMENT, person.data, state=load_network(run.checkpoint_file(run.checkpoints()[-1])).state)
    recorder = RunRecorder(person.store, again, person.data, continued=run_id, clock=person.clock)
    person.train(again, recorder, 3)
    recorder.close()
    person.store.runs()
    assert person.store.close(WITHIN)
    assert cut(recording, tmp_path, monkeypatch, check) > LEAST


def test_a_run_survives_being_renamed_deleted_and_restored(
    life: tuple[Recording, Life], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, person = life
    trainer = Trainer(EXPERIMENT, person.data)
    recorder = RunRecorder(person.store, trainer, person.data, clock=person.clock)
    run_id = person.train(trainer, recorder, 1)
    recorder.close()
    store, before = person.store, person.promised
    renamed = before._replace(names=frozenset({"second"}))
    both = before._replace(names=before.names | renamed.names)
    person.change(lambda: store.open(run_id).set_name("second"), both, renamed)
    deleted = renamed._replace(in_trash=frozenset({True}))
    moving = renamed._replace(in_trash=frozenset({True, False}))
    person.change(lambda: store.delete(run_id), moving, deleted)
    person.change(lambda: store.restore(run_id), moving, renamed)
    person.change(lambda: store.delete(run_id), moving, deleted)
    assert store.close(WITHIN)
    assert cut(recording, tmp_path, monkeypatch, check) > LEAST


@pytest.mark.parametrize("names", [1, 2])
def test_a_saved_experiment_survives(
    life: tuple[Recording, Life], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: int
) -> None:
    """With two names (hard links) it is overwritten in place: then the new contents may be in a file of their own."""
    recording, person = life
    nothing, file = Promise({}), person.root / DOCUMENTS / "mine.playground"
    saved = nothing._replace(documents=(EXPERIMENT,))
    person.change(lambda: write_experiment(EXPERIMENT, file), nothing._replace(documents=(None, EXPERIMENT)), saved)
    if names == 2:
        person.change(lambda: file.with_name("same.playground").hardlink_to(file), saved, saved)
    between, then = (saved._replace(documents=items) for items in ((EXPERIMENT, OTHER), (OTHER,)))
    person.change(lambda: write_experiment(OTHER, file), between, then)
    assert person.store.close(WITHIN)
    assert cut(recording, tmp_path, monkeypatch, check_documents) > 10


def test_a_store_survives_being_moved(
    life: tuple[Recording, Life], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, person = life
    trainer = Trainer(EXPERIMENT, person.data)
    recorder = RunRecorder(person.store, trainer, person.data, clock=person.clock)
    person.train(trainer, recorder, 1)
    recorder.close()
    assert person.store.close(WITHIN)
    choice = person.root / CHOICE
    write_atomically(choice, bytes(STORE))
    recording.say(person.promised)
    move_store(person.root / STORE, person.root / MOVED, lambda: write_atomically(choice, bytes(MOVED)))

    def check_chosen(root: Path, promise: Promise) -> None:
        used = root / read_bounded(root / CHOICE, 100).decode() if (root / CHOICE).exists() else root / STORE
        with opened(used) as store:
            assert store.flush(WITHIN)
            for run_id, step in promise.steps.items():
                assert max(item.step for item in store.open(run_id).checkpoints()) >= step

    assert cut(recording, tmp_path, monkeypatch, check_chosen) > LEAST

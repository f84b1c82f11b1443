"""The store of runs: every run that was trained, each in a folder of its own.

In the store's folder are a folder for each run, named by its id; `trash`, with the folders of deleted runs; and
`index.sqlite`, which can be deleted at any time; searches keep their database there, too. Whoever trains begins a run
and hands on what happens; all writing happens in the store's thread. Several processes may use one store: each run is
written by the one that holds its lock.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from playground.engine.runs.index import NAME, Index, RunRow, read_row
from playground.engine.runs.run_folder import EXPERIMENT, RunFolder
from playground.engine.runs.run_record import RunError, RunRecord
from playground.engine.runs.store_files import entries, new_id, size, versions
from playground.engine.runs.store_settings import BUDGET
from playground.engine.runs.store_thread import StoreThread
from playground.engine.runs.stored_run import StoredRun
from playground.engine.runs.thinning import Holding, above_budget
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import RUN_ID
from playground.spec.files.storage import make_folder, sync_folder
from playground.spec.messages import Message, message

TRASH = "trash"
TRASH_DAYS = 7  # that a deleted run can be restored, at least until the next start, if the budget allows it
_log = logging.getLogger(__name__)
_BETWEEN = 30.0  # seconds at least between two looks at how much the whole store takes


class Usage(NamedTuple):
    """Disk usage of the store in bytes, deleted runs included."""

    runs: int
    size: int
    budget: int


class DeletedRun(NamedTuple):
    """A run in the trash."""

    row: RunRow
    deleted: datetime  # UTC, as is the next
    kept_until: datetime  # it goes when a store is opened after that; earlier, if the budget is used up


class RunStore:
    """All stored runs. Methods that write return at once; `problem` holds the last failure."""

    def __init__(
        self, folder: Path, budget: int = BUDGET, told: Callable[[Message | None], None] | None = None
    ) -> None:
        """Open a store, and clean up in it what a killed process left half-written.

        Args:
            folder: is made if need be.
            budget: bytes that it may take, see `thinning`.
            told: is called in the store's thread with what went wrong, and with None when it has succeeded after all.
        """
        self.folder, self.budget = folder, budget
        self._index = Index(folder, folder / NAME)
        self._live: dict[str, StoredRun] = {}
        self._looked = 0.0  # when it was last known how much all runs take
        self._thread = StoreThread(told)
        self._thread.put(self._start)

    @property
    def problem(self) -> Message | None:
        """The reason why a write failed: until it succeeds, or until the next one if it is not retried."""
        return self._thread.problem

    @property
    def closed(self) -> bool:
        """Whether `close` was called: nothing is written any more."""
        return self._thread.ending

    def begin(
        self,
        experiment: Experiment,
        *,
        name: str = "",
        device: str = "cpu",
        threads: int = 1,
        fingerprint: str = "",
        parent: str | None = None,
        parameters: int | None = None,
        flops: int | None = None,
        group: str = "",
    ) -> StoredRun:
        """Start storing a run; see `RunRecord`. The default name is the experiment's."""
        now = datetime.now(UTC)
        record = RunRecord(
            run_id=new_id(now),
            name=name or experiment.name,
            created=now,
            seed=experiment.seed,
            data=experiment.data.id,
            fingerprint=fingerprint,
            versions=versions(),
            device=device,
            threads=threads,
            parent=parent,
            parameters=parameters,
            flops=flops,
            group=group,
        )
        run = StoredRun(self._folder(record.run_id), record, experiment, self._thread, self._grown)
        self._live[record.run_id] = run
        self._thread.put(run.begin)
        return run

    def resume(self, run_id: str, step: int) -> StoredRun:
        """Continue a run that is over or was interrupted. Reports after that step are dropped.

        A run that has just been finished counts as over once its end is written, see `flush`.

        Raises:
            RunError: it is damaged, missing, or goes on now, here or in another process.
        """
        run = self.open(run_id)
        if run.live or self._folder(run_id).in_use:
            raise RunError(message("The run is still running: it cannot be continued twice."))
        run.curves()
        self._live[run_id] = run
        self._thread.put(lambda: run.resume(step))
        return run

    def open(self, run_id: str) -> StoredRun:
        """A stored run, finished or still running.

        Raises:
            RunError: there is none of that id, or its record or experiment is damaged.
        """
        if live := self._live.get(run_id):
            return live
        folder = self._folder(run_id)
        return StoredRun(folder, folder.read_record(), folder.read_experiment(), self._thread, self._grown)

    def keeps(self, run_id: str, step: int) -> bool:
        """Whether the checkpoint of a step is on disk, and kept for good; see `StoredRun.pin`."""
        folder = self._folder(run_id)
        try:
            return step in folder.read_record().pinned and any(item.step == step for item in folder.checkpoints())
        except RunError:
            return False

    def changed_at(self, run_id: str) -> float:
        """The time at which the experiment of a run was written last, in seconds; 0 if it cannot be told."""
        try:
            return (self._folder(run_id).path / EXPERIMENT).stat().st_mtime
        except OSError:
            return 0.0

    def in_use_elsewhere(self, run_id: str) -> bool:
        """Whether another process is writing the run; it takes up to 0.1 s to find out."""
        return run_id not in self._live and self._folder(run_id).in_use

    def runs(self) -> list[RunRow]:
        """A row for each run, the oldest first. Recent changes may be missing until they are written, see `flush`."""
        rows, stamps = self._index.rows()
        if stamps:
            present = {row.run_id for row in rows}
            self._thread.put(lambda: self._index.store(rows, stamps, present))
        return rows

    def interrupted(self) -> list[RunRow]:
        """Runs that did not finish and are not running in any process, after a kill or a power cut."""
        going_on = [row for row in self.runs() if row.ended is None and not row.damaged]
        return [row for row in going_on if not self._folder(row.run_id).in_use]

    def interrupted_runs(self) -> list[StoredRun]:
        """Interrupted runs that can be read, the latest first."""
        found = []
        for row in reversed(self.interrupted()):
            with suppress(RunError):  # it has just been damaged or deleted
                found.append(self.open(row.run_id))
        return found

    def has_network(self, run_id: str) -> bool:
        """Whether there is a checkpoint of a run."""
        try:
            return bool(self._folder(run_id).checkpoints())
        except RunError:
            return False

    def settle(self, run_id: str) -> None:
        """Count an interrupted run as over, from its last change on: somebody has decided what to do about it."""
        with suppress(RunError):
            self.open(run_id).settle()

    def delete(self, run_id: str) -> None:
        """Move a run to the trash, from which `restore` returns it. A run that is still running is no longer stored."""
        self._thread.put(lambda: self._move(run_id, self.folder, self.folder / TRASH))

    def restore(self, run_id: str) -> None:
        """Return a deleted run from the trash."""
        self._thread.put(lambda: self._move(run_id, self.folder / TRASH, self.folder))

    def deleted(self) -> list[str]:
        """The ids of the runs in the trash, the longest deleted first."""
        found = [entry for entry in entries(self.folder / TRASH) if RUN_ID.fullmatch(entry.name)]
        return [entry.name for entry in sorted(found, key=lambda entry: entry.stat().st_mtime_ns)]

    def deleted_runs(self) -> list[DeletedRun]:
        """The runs in the trash with what is known of them, the longest deleted first."""
        found = []
        for run_id in self.deleted():
            folder = self.folder / TRASH / run_id
            with suppress(FileNotFoundError):  # it was restored, or removed for good, meanwhile
                deleted = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
                found.append(DeletedRun(read_row(folder), deleted, deleted + timedelta(days=TRASH_DAYS)))
        return found

    def empty_trash(self) -> None:
        """Delete the runs in the trash permanently.

        It happens by itself, when a store is opened, to runs that were deleted more than a week ago, and to the longest
        deleted where the budget is used up.
        """
        self._thread.put(lambda: self._empty_trash(0.0))

    def usage(self) -> Usage:
        """The disk usage; computing it for 1,000 runs takes some hundredths of a second."""
        runs = [entry for entry in entries(self.folder) if RUN_ID.fullmatch(entry.name)]
        taken = sum(size(folder) for folder in (*runs, *entries(self.folder / TRASH)))
        return Usage(len(runs), taken, self.budget)

    def set_budget(self, budget: int) -> None:
        """Set how many bytes the store may take, and delete checkpoints by the rule of `thinning` if it takes more."""
        self.budget = budget
        self._thread.put(self._keep_budget)

    def flush(self, within: float) -> bool:
        """Wait at most `within` seconds until all changes are on disk, or one fails; return whether all are."""
        return self._thread.flush(within)

    def close(self, within: float) -> bool:
        """End the thread once all changes are on disk, or at the first failure; return whether all are by then."""
        done = self._thread.end(within)
        if done:
            for run in self._live.values():
                run.release()
        return done

    def _folder(self, run_id: str) -> RunFolder:
        if not RUN_ID.fullmatch(run_id):
            raise RunError(message("“{run}” is no id of a run.", run=run_id[:60]))
        return RunFolder(self.folder / run_id)

    # The methods below are called by the store's thread alone.

    def _start(self) -> None:
        make_folder(self.folder)
        for path in entries(self.folder):
            if RUN_ID.fullmatch(path.name):
                with _logged():
                    RunFolder(path).clean()
        with _logged():
            self._empty_trash(TRASH_DAYS * 86400.0)
        with _logged():
            self._keep_budget()

    def _grown(self, run: StoredRun) -> None:
        if not run.live:
            self._live.pop(run.run_id, None)
        if not run.live or time.monotonic() - self._looked >= _BETWEEN:
            with _logged():
                self._keep_budget()

    def _keep_budget(self) -> None:
        """Delete checkpoints by the rule of `thinning` if the store exceeds its budget."""
        self._looked = time.monotonic()
        excess = self.usage().size - self.budget
        if excess <= 0:
            return
        for path in sorted(entries(self.folder / TRASH), key=lambda path: path.stat().st_mtime):
            if excess > 0:
                excess -= size(path)
                shutil.rmtree(path)
        for run_id, checkpoint in above_budget(self._holdings(), excess):
            folder = self._live[run_id].folder if run_id in self._live else self._folder(run_id)
            with suppress(RunError), folder.locked():  # it goes on in another process
                folder.remove(checkpoint)

    def _holdings(self) -> list[Holding]:
        """The runs whose checkpoints may be deleted: those that ended first come first, running ones last."""
        found = []
        for row in self._index.rows()[0]:
            with suppress(RunError):  # of a damaged run everything is kept
                folder = self._folder(row.run_id)
                record = folder.read_record()
                if not record.star:
                    order = record.ended is None, record.latest
                    found.append((order, Holding(row.run_id, folder.checkpoints(), record.best_step, record.pinned)))
        return [holding for _, holding in sorted(found, key=lambda item: item[0])]

    def _move(self, run_id: str, source: Path, target: Path) -> None:
        if live := self._live.pop(run_id, None):
            live.release()
        folder = RunFolder(source / self._folder(run_id).path.name)
        if not folder.path.is_dir():
            raise RunError(message("The run is no longer there: it was deleted for good, or moved."))
        with folder.locked():  # no other process writes it
            now = time.time_ns()  # more exact than the time that the system sets by itself
            os.utime(folder.path, ns=(now, now))  # the trash is sorted and emptied by the time of deletion
        make_folder(target)
        os.rename(folder.path, target / run_id)
        sync_folder(target)
        sync_folder(source)

    def _empty_trash(self, age: float) -> None:
        for path in entries(self.folder / TRASH):
            if time.time() - path.stat().st_mtime >= age:
                shutil.rmtree(path)


@contextmanager
def _logged() -> Iterator[None]:
    """Log a failed deletion instead of raising: it must not prevent runs from being stored."""
    try:
        yield
    except OSError:
        _log.warning("the store of runs was not cleaned up", exc_info=True)

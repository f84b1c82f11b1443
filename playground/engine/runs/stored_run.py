"""One stored run: its record, curves and checkpoints, and the methods that extend them while it is running."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import inf, isfinite
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from playground.engine.runs import curves
from playground.engine.runs.checkpoints import Checkpoint, Write, write_checkpoint
from playground.engine.runs.curves import step_of
from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.run_record import RunError, RunRecord
from playground.engine.runs.store_thread import StoreThread
from playground.engine.runs.thinning import thinned
from playground.engine.training.snapshots import Epoch, Figures, Snapshot
from playground.spec.experiment import Experiment


class _Asked(NamedTuple):
    """A checkpoint waiting to be written."""

    step: int
    epoch: int
    write: Write
    lasting: bool


class StoredRun:
    """A run on disk. Methods that write return at once and raise nothing: the store's thread writes.

    A running one holds the lock of its folder until `finish`; only a running one may grow.
    """

    def __init__(
        self,
        folder: RunFolder,
        record: RunRecord,
        experiment: Experiment,
        thread: StoreThread,
        grown: Callable[[StoredRun], None],
    ) -> None:
        """`grown` is called in the store's thread after each checkpoint, and at the end of the run."""
        self.experiment = experiment
        self._grown = grown
        self.folder, self._record, self._thread = folder, record, thread
        self._live = False
        self._snapshots: deque[Snapshot] = deque()
        self._asked: list[_Asked] = []  # on a slow disk the latest counts, and memory does not grow
        self._pins: set[int] = set()  # steps of checkpoints that are written in any case
        self._asking = Lock()  # guards `_asked`
        self._unwritten = b""  # lines of the curves
        self._size = 0  # of the curves on disk
        self._epoch: Epoch | None = None  # the last one
        self._seconds = 0.0  # of all epochs

    @property
    def run_id(self) -> str:
        """The run's id, which is its folder's name."""
        return self.folder.path.name

    @property
    def record(self) -> RunRecord:
        """The record as it is on disk, or will be once pending changes are written."""
        return self._record

    @property
    def live(self) -> bool:
        """Whether it is running in this process."""
        return self._live

    def curves(self) -> tuple[Snapshot, ...]:
        """The snapshots of the run, without those dropped by continuing from an earlier step.

        Raises:
            RunError: the file is damaged or missing.
        """
        return self.folder.read_curves(self.folder.read_record().curves_size).snapshots

    def checkpoints(self) -> list[Checkpoint]:
        """The complete checkpoints, in order of their steps.

        Raises:
            RunError: its folder cannot be read.
        """
        return self.folder.checkpoints()

    def latest_figures(self, figures: Figures) -> Figures:
        """The figures of a checkpoint; those of the end of the run, with its test, where its weights are the same."""
        final = self._record.figures
        return final if (final.step, final.weights_step) == (figures.step, figures.weights_step) else figures

    def checkpoint_file(self, checkpoint: Checkpoint) -> Path:
        """The file of a checkpoint, after verifying its checksum.

        Raises:
            RunError: it is missing or damaged.
        """
        return self.folder.verified(checkpoint)

    def append(self, snapshots: Iterable[Snapshot]) -> None:
        """Append snapshots to the curves; they are on disk within about half a second."""
        self._snapshots.extend(snapshots)
        self._thread.put_later(self._write_curves)

    def checkpoint(self, step: int, epoch: int, write: Write, *, lasting: bool = False) -> None:
        """Store a checkpoint.

        Args:
            step: batches learned from.
            epoch: completed epochs.
            write: writes the file to the path it gets, in the store's thread, again if that failed; it holds a copy of
                the state.
            lasting: whether it is written in any case. Another one that still waits is given up for a later one, unless
                it is pinned.
        """
        with self._asking:
            self._asked = [item for item in self._asked if item.lasting or item.step in self._pins]
            self._asked.append(_Asked(step, epoch, write, lasting))
        self._thread.put(self._write_checkpoint)

    def finish(self, figures: Figures) -> None:
        """Record the end of the run and its final figures."""
        self._thread.put(lambda: self._end(figures))

    def set_experiment(self, experiment: Experiment) -> None:
        """Replace the stored experiment: live fields were changed during the run, such as the number of epochs."""
        self.experiment = experiment
        self._thread.put(lambda: self.folder.write_experiment(experiment) if self._live else None)

    def set_fingerprint(self, compute: Callable[[], str]) -> None:
        """Record the fingerprint of the data, which is computed in the store's thread."""
        self._thread.put(lambda: self._change(fingerprint=compute()))

    def pin(self, step: int) -> None:
        """Keep the latest checkpoint, that of this step, for good: a saved experiment refers to it."""
        self._pins.add(step)
        self._thread.put(lambda: self._pin(step))

    def set_name(self, name: str) -> None:
        """Rename the run; its experiment keeps its own name."""
        self._thread.put(lambda: self._change(name=name))

    def set_note(self, note: str) -> None:
        """Replace the note."""
        self._thread.put(lambda: self._change(note=note))

    def set_star(self, star: bool) -> None:
        """Set or remove the star. Checkpoints of a starred run are never thinned."""
        self._thread.put(lambda: self._change(star=star))

    def set_group(self, group: str) -> None:
        """Put the run into a group; an empty name removes it from its group."""
        self._thread.put(lambda: self._change(group=group))

    def settle(self) -> None:
        """Record that a run ended when it was interrupted."""
        self._thread.put(self._settle)

    # The methods below are called by the store's thread alone.

    def begin(self) -> None:
        """Create the folder, or reopen it, ready to append after the last complete line of the curves."""
        self.folder.create(self._record, self.experiment)
        self._size = self.folder.read_curves().size
        self._live = True

    def resume(self, step: int) -> None:
        """Drop all reports after a step, and continue from there."""
        self.begin()
        kept = [item for item in self.folder.read_curves().snapshots if step_of(item) <= step]
        self._seconds, self._epoch = 0.0, None
        self._note_epochs(kept)
        for checkpoint in self.folder.checkpoints():
            if checkpoint.step > step:
                self.folder.remove(checkpoint)
        steps = {item.step for item in self.folder.checkpoints()}
        losses = [(_loss(item), item.step) for item in kept if isinstance(item, Epoch) and item.step in steps]
        best = min((found for found in losses if found[0] < inf), default=(None, None))
        self._record = self.folder.read_record().with_(
            ended=None, curves_size=None, best_loss=best[0], best_step=best[1]
        )
        self._record = self._known_at(step)
        self.folder.write_record(self._record)
        self._unwritten = curves.resumed_line(step)
        self._write_curves(sync=True)

    def release(self) -> None:
        """Release the folder; later changes are dropped."""
        self._live = False
        self.folder.unlock()

    def _write_curves(self, sync: bool = False) -> None:
        taken = []
        while self._snapshots:
            taken.append(self._snapshots.popleft())
        if not self._live:
            return
        self._unwritten += curves.snapshot_line(taken)
        self._note_epochs(taken)
        if self._unwritten or sync:
            self._require_folder()
            self._size = self.folder.append(self._size, self._unwritten, sync)
            self._unwritten = b""

    def _note_epochs(self, snapshots: Sequence[Snapshot]) -> None:
        epochs = [item for item in snapshots if isinstance(item, Epoch)]
        self._seconds += sum(item.seconds for item in epochs)
        self._epoch = epochs[-1] if epochs else self._epoch

    def _require_folder(self) -> None:
        """Create the folder again if somebody deleted it; earlier reports are lost.

        Raises:
            OSError: the whole store went away.
        """
        if not self.folder.is_whole:
            self.folder.unlock()  # of the folder that is gone
            self.begin()
        self.folder.lock()

    def _write_checkpoint(self) -> None:
        with self._asking:
            if not self._asked or not self._live:
                return
            asked = self._asked[0]
        self._write_curves(sync=True)
        self._require_folder()
        write_checkpoint(self.folder.path, asked.step, asked.epoch, asked.write)
        self._record = self._known_at(asked.step)
        self.folder.write_record(self._record)
        self._thin()
        with self._asking, suppress(ValueError):  # a later one took its place
            self._asked.remove(asked)
        self._grown(self)

    def _known_at(self, step: int) -> RunRecord:
        """The record with the figures of the last epoch, and whether the checkpoint of a step is the best."""
        epoch, record = self._epoch, self._record
        if epoch is None:
            return record.with_(figures=Figures(step=step, seconds=record.figures.seconds))
        figures = Figures(
            epochs=epoch.epoch,
            step=step,
            seconds=self._seconds,
            train_loss=epoch.train_loss,
            train_score=epoch.train_score,
            validation_loss=epoch.validation_loss,
            validation_score=epoch.validation_score,
        )
        loss = _loss(epoch)
        if epoch.step == step and loss < (inf if record.best_loss is None else record.best_loss):
            record = record.with_(best_step=step, best_loss=loss)
        return record.with_(figures=figures)

    def _thin(self) -> None:
        if not self._record.star:
            found = self.folder.checkpoints()
            for checkpoint in set(found) - thinned(found, self._record.best_step, self._record.pinned):
                self.folder.remove(checkpoint)

    def _end(self, figures: Figures) -> None:
        if not self._live:
            return
        self._write_curves(sync=True)
        self._change(figures=figures, ended=datetime.now(UTC), curves_size=self._size)
        self.release()
        self._grown(self)

    def _settle(self) -> None:
        with suppress(RunError):  # it goes on, here or in another process
            if not self._live and self.folder.read_record().ended is None:
                self._change(ended=self.folder.changed)

    def _pin(self, step: int) -> None:
        current = self._record if self._live else self.folder.read_record()
        self._change(pinned=tuple(sorted({*current.pinned, step})))

    def _change(self, **changes: Any) -> None:
        """Change the record on disk; if the run is not running, another window may have changed the record before."""
        with self.folder.locked():
            current = self._record if self._live else self.folder.read_record()
            self.folder.write_record(current.with_(**changes))
            self._record = current.with_(**changes)


def _loss(epoch: Epoch) -> float:
    """The loss by which checkpoints are compared; infinite if it is NaN."""
    loss = epoch.validation_loss
    return loss if loss is not None and isfinite(loss) else inf

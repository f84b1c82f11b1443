"""Writes a run for TensorBoard: its scalars by step, and its experiment as text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from playground.engine.training.snapshots import Epoch, Finished, Snapshot, Step
from playground.spec.component import fields_of
from playground.spec.experiment import Experiment
from playground.spec.files.storage import file_name, writing_error
from playground.spec.messages import PlaygroundError, message, tr_noop

Scalars = Iterator[tuple[str, float | None]]


class EventFile:
    """An event file in a folder of its own, which TensorBoard shows as one run; a context manager that closes it.

    Steps are batches since the beginning of the run. Tags:

    - `train/loss`, `train/accuracy` (or the task's score), `train/learning_rate`, and terms other than 0: each batch
    - `epoch/train_loss`, `epoch/validation_loss`, `epoch/train_accuracy`, `epoch/validation_accuracy`: each epoch
    - `test/loss`, `test/accuracy`: the test
    - `experiment`: data, layers and recipe as text, without paths
    """

    def __init__(self, folder: Path, experiment: Experiment) -> None:
        """Create the run's folder in `folder`, which is created too, and begin the file.

        Raises:
            PlaygroundError: tensorboardX is not installed.
            FileError: the file cannot be written.
        """
        try:
            from tensorboardX.proto.event_pb2 import Event
            from tensorboardX.proto.summary_pb2 import Summary
            from tensorboardX.record_writer import RecordWriter
            from tensorboardX.summary import text
        except ImportError as error:
            words = tr_noop("Files for TensorBoard need a package that is not installed: {command}")
            raise PlaygroundError(message(words, command="pip install tensorboardX")) from error
        self._event, self._summary = Event, Summary
        self._score = experiment.data.task.score.key
        now = time.time()
        begun = datetime.fromtimestamp(now).strftime("%Y-%m-%d %H.%M.%S.%f")[:-3]
        self.path = folder / f"{file_name(experiment.name)} {begun}"
        file = self.path / f"events.out.tfevents.{int(now)}"  # TensorBoard finds it by its second part
        try:
            self.path.mkdir(parents=True)
            self._writer = RecordWriter(str(file.absolute()))
        except OSError as error:
            raise writing_error(self.path, error) from error
        self._write(Event(wall_time=now, file_version="brain.Event:2"))
        self._write(Event(wall_time=now, summary=text("experiment", _described(experiment))))

    def __enter__(self) -> EventFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def add(self, snapshot: Snapshot, when: float | None = None) -> None:
        """Write what is new in a snapshot; `when` is its time in seconds since 1970, None now.

        Raises:
            FileError: it cannot be written.
        """
        values = [(tag, value) for tag, value in self._scalars(snapshot) if value is not None]
        if not values:
            return
        summary = self._summary(value=[self._summary.Value(tag=tag, simple_value=value) for tag, value in values])
        when = time.time() if when is None else when
        assert isinstance(snapshot, Step | Epoch | Finished)
        self._write(self._event(wall_time=when, step=snapshot.step, summary=summary))
        if isinstance(snapshot, Epoch):
            self._flush()

    def close(self) -> None:
        """Write what is pending, and close the file.

        Raises:
            FileError: it cannot be written.
        """
        try:
            self._writer.close()
        except OSError as error:
            raise writing_error(self.path, error) from error

    def _scalars(self, snapshot: Snapshot) -> Scalars:
        score = self._score
        match snapshot:
            case Step():
                yield "train/loss", snapshot.loss
                yield f"train/{score}", snapshot.score
                yield "train/learning_rate", snapshot.learning_rate
                yield from ((f"train/{name}", value) for name, value in snapshot.terms._asdict().items() if value)
            case Epoch():
                yield "epoch/train_loss", snapshot.train_loss
                yield f"epoch/train_{score}", snapshot.train_score
                yield "epoch/validation_loss", snapshot.validation_loss
                yield f"epoch/validation_{score}", snapshot.validation_score
            case Finished():
                yield "test/loss", snapshot.test_loss
                yield f"test/{score}", snapshot.test_score

    def _write(self, event: Any) -> None:
        try:
            self._writer.write(event.SerializeToString())
        except OSError as error:
            raise writing_error(self.path, error) from error

    def _flush(self) -> None:
        try:
            self._writer.flush()
        except OSError as error:
            raise writing_error(self.path, error) from error


def _described(experiment: Experiment) -> str:
    """The experiment in Markdown; data are named by their title, for their declaration may hold a path."""
    recipe = experiment.recipe
    lines = [
        f"name: {experiment.name}",
        f"data: {experiment.data.title}",
        f"seed: {experiment.seed}",
        "layers:",
        *(f"  {layer!r}" for layer in experiment.stack.layers),
        "recipe:",
        *(f"  {field.name}: {getattr(recipe, field.name)!r}" for field in fields_of(type(recipe))),
    ]
    return "\n".join(["```", *lines, "```"])

"""Brings data that is not there yet: downloads, files on disk, a table, a folder or a teacher that a person chooses.

Nothing is downloaded unasked. It has a thread of its own, so that no save waits for a download.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.gui.session.background import Background, Job
from playground.gui.session.document import Document
from playground.gui.session.run import Run, RunState
from playground.gui.style.dialogs import Ask
from playground.gui.style.settings import Settings
from playground.gui.style.translation import translated
from playground.spec.cancelling import cancellable
from playground.spec.data.dataset import Dataset, dataset_of
from playground.spec.data.skipped import Counts, Skipped
from playground.spec.data.source_choice import Inspected, SourceChoice
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.storage import ensure_namable, shown
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:  # connections and certificates are imported when something is to be downloaded
    from playground.engine.data.download.fetch import Fetch

_EVERY = 200  # milliseconds between two looks at how far a download is


@dataclass(frozen=True, slots=True)
class State:
    """What can be said of the document's data."""

    data: Dataset
    lacking: int = 0  # bytes still to be downloaded
    done: int = 0  # of `total` bytes; while something is being brought
    total: int = 0
    busy: bool = False
    looking: int | None = None  # pictures seen so far, while a folder or a table is looked at
    training: bool = False  # whether a run goes on that needs the data as it is
    failure: Message | None = None
    choice: SourceChoice | None = None  # what can be chosen: for this data, or instead of what could not be looked at
    skipped: tuple[Skipped, ...] = ()  # of the file that was chosen last
    skips: Counts = ()  # how many of each kind there were, listed or not


class DataSource(QObject):
    """`changed` comes with every new State."""

    changed = Signal(object)  # State
    found = Signal(object)  # Message: data has come, a file has been looked at, or will be soon

    def __init__(
        self, document: Document, run: Run, settings: Settings, ask: Ask, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._run, self._settings, self._ask = document, run, settings, ask
        self._background = Background(self)
        self._fetch: Fetch | None = None
        self._job: Job | None = None  # the looking at something
        self._stop_looking: Event | None = None
        self._next: Callable[[], None] | None = None  # looks at a file once PyTorch is loaded
        self._inspected: type[Dataset] | None = None  # what the thing looked at last is to become
        self._seen = 0
        self._failure: Message | None = None
        self._skipped: tuple[object, tuple[Skipped, ...], Counts] = (None, (), ())  # of which source
        self._clock = QTimer(self)
        self._clock.setInterval(_EVERY)
        self._clock.timeout.connect(self._tell)
        self._shown: type[Dataset] | None = None
        document.changed.connect(self._follow)
        document.replaced.connect(self._give_up_looking)
        run.state_changed.connect(self._look_at_next)
        run.state_changed.connect(self._tell)
        self._follow(document.experiment)

    @property
    def state(self) -> State:
        """What is known now."""
        data = self._document.experiment.data
        fetch = self._fetch
        source, skipped, skips = self._skipped
        same = data.source_choice is not None and source == getattr(data, data.source_choice.field)
        kind = self._choosable()
        return State(
            data,
            lacking=_lacking(type(data)),
            done=fetch.done if fetch else 0,
            total=fetch.total if fetch else 0,
            busy=fetch is not None,
            looking=self._seen if self._stop_looking is not None else None,
            training=self._run.state is RunState.TRAINING,
            failure=self._failure,
            choice=kind.source_choice if kind else None,
            skipped=skipped if same else (),
            skips=skips if same else (),
        )

    @property
    def background(self) -> Background:
        """The thread in which data are brought and looked at."""
        return self._background

    def stop(self) -> None:
        """Give up what is going on, and say no more of it."""
        self.cancel()
        self._clock.stop()

    @Slot()
    def download(self) -> None:
        """Download what is lacking of the document's data; a part that came before is gone on from."""
        self._bring(None)

    @Slot()
    def take_from_disk(self) -> None:
        """Ask for the folder, or the file, that has what is lacking, and copy it."""
        data = self._document.experiment.data
        one = len(data.remotes) == 1
        filters = self.tr("{0} ({0})").format(data.remotes[0].name) if one else ""
        title = self.tr("Where are the files of {0}?").format(translated(data.label))
        place = self._ask.source_path(title, self._settings.folder, filters)
        if place is not None:
            self._bring(place)

    @Slot()
    def cancel(self) -> None:
        """End a download, or the looking at something; what has arrived is kept."""
        if self._fetch is not None:
            self._fetch.cancel()
        self._give_up_looking()

    @Slot()
    def choose(self) -> None:
        """Ask for the file or folder that the data is read from, and look at it."""
        kind = self._choosable()
        if kind is None or kind.source_choice is None:
            return
        title, filters = translated(kind.source_choice.title), translated(kind.source_choice.filters)
        path = self._ask.source_path(title, self._settings.folder, filters)
        if path is not None:
            self._settings.folder = path if path.is_dir() else path.parent
            self._look(path, kind)

    def _choosable(self) -> type[Dataset] | None:
        """For which data a file or folder can be chosen: the document's, or those of what could not be looked at."""
        data = self._document.experiment.data
        return type(data) if data.source_choice else self._inspected if self._failure else None

    @Slot()
    def take_bundled(self) -> None:
        """Go back to what comes with the program."""
        data = self._document.experiment.data
        choice = data.source_choice
        if choice is not None and choice.bundled is not None:
            self._failure = None
            usual = type(data)().values()[choice.field]
            self._document.do(Set(("data",), data.with_(**{choice.field: usual}), message(choice.bundled[1])))

    @Slot(object)
    def inspect(self, path: Path) -> None:
        """Look at a file or a folder; if something can be learned from it, it becomes the document's data.

        Where another is being looked at, that is given up; where PyTorch is being loaded, this one waits for it.
        """
        kind = dataset_of(path)
        if kind is not None:
            self._look(path, kind)
            return
        self._failure = message("“{name}” is not there any more.", name=shown(Path(path.name)))
        self._tell()

    def _look(self, path: Path, kind: type[Dataset]) -> None:
        self._give_up_looking()
        self._inspected = kind
        if self._run.state is RunState.LOADING:  # two threads must not import torch at a time
            self._next = partial(self._look, path, kind)
            self.found.emit(message("“{name}” is looked at once PyTorch is loaded.", name=shown(Path(path.name))))
            return
        if self._run.state is RunState.BROKEN:
            words = tr_noop(
                "“{name}” was not looked at: PyTorch could not be loaded, without which nothing is learned."
            )
            self._failure = message(words, name=shown(Path(path.name)))
            self._tell()
            return
        stop = self._stop_looking = Event()
        self._seen, self._failure = 0, None

        def note(count: int) -> None:
            self._seen = count  # an int: the window's thread reads it as it is

        def looked() -> tuple[type[Dataset], str, Inspected]:
            from playground.engine.build import run

            assert kind.source_choice is not None
            ensure_namable(path.absolute())
            with cancellable(stop.is_set):
                return kind, path.name, run(kind.source_choice.inspect, str(path.absolute()), note)

        self._job = self._work(looked, self._looked, self._not_looked)

    def _bring(self, place: Path | None) -> None:
        if self._fetch is not None:
            return
        from playground.engine.data.download.fetch import Fetch

        fetch = self._fetch = Fetch(type(self._document.experiment.data), place)
        self._failure = None
        self._work(fetch.run, self._brought, self._not_brought)

    def _work(self, work: Callable[[], Any], done: Callable[..., None], failed: Callable[..., None]) -> Job:
        job = self._background.do(work)
        job.done.connect(done)
        job.failed.connect(failed)
        self._clock.start()
        self._tell()
        return job

    @Slot(object)
    def _brought(self, _nothing: object) -> None:
        assert self._fetch is not None
        label = self._fetch.data.label
        self._fetch = None
        self._over()
        self.found.emit(message("{data} is on this machine now.", data=message(label)))

    @Slot(object)
    def _looked(self, looked: tuple[type[Dataset], str, Inspected]) -> None:
        kind, name, found = looked
        cancelled = self._stop_looking is None or self._stop_looking.is_set()  # in the moment in which it ended
        self._forget_looking()
        if cancelled:
            return
        self._skipped = (found.source, found.skipped, found.skips)
        data = kind.of_source(found.source, self._document.experiment.data)
        self._document.do(Set(("data",), data, message("Choose {name}", name=name)))
        self.found.emit(data.account(found.skips))

    @Slot()
    def _give_up_looking(self) -> None:
        """Let what is being looked at, or was to be, become no one's data."""
        self._next = None
        self._forget_looking()

    @Slot()
    def _look_at_next(self) -> None:
        """Look at what had to wait, unless it still has to."""
        if self._next is not None and self._run.state is not RunState.LOADING:
            inspect, self._next = self._next, None
            inspect()

    @Slot(object)
    def _not_brought(self, message: Message) -> None:
        self._failure, self._fetch = message, None
        self._over()

    @Slot(object)
    def _not_looked(self, message: Message) -> None:
        self._failure = message
        self._forget_looking()

    def _forget_looking(self) -> None:
        """Listen no more to the looking at something, which ends by itself, or has ended."""
        if self._stop_looking is not None:
            self._stop_looking.set()
        if self._job is not None:
            self._job.done.disconnect()
            self._job.failed.disconnect()
        self._stop_looking = self._job = None
        self._over()

    def _over(self) -> None:
        if self._fetch is None and self._stop_looking is None:
            self._clock.stop()
        self._tell()

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        kind = type(experiment.data)
        if kind is not self._shown and self._fetch is None:
            self._failure = None
            self._give_up_looking()  # else what is found would take the place of what was chosen since
        self._shown = kind
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.state)


def _lacking(data: type[Dataset]) -> int:
    """Bytes that are still to be downloaded."""
    if not data.remotes:
        return 0
    from playground.engine.data.dataset_cache import left

    return left(data)

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
from playground.spec.data.dataset import Dataset
from playground.spec.data.skipped import Counts, Skipped, counted
from playground.spec.data.text_summary import TextFile
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText, Text
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.storage import ensure_namable, shown
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:  # connections and certificates are imported when something is to be downloaded
    from playground.engine.data.download.fetch import Fetch

_TABLES = (".csv", ".tsv")
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
        same = source is not None and source == getattr(data, "source", None)
        return State(
            data,
            lacking=_lacking(type(data)),
            done=fetch.done if fetch else 0,
            total=fetch.total if fetch else 0,
            busy=fetch is not None,
            looking=self._seen if self._stop_looking is not None else None,
            training=self._run.state is RunState.TRAINING,
            failure=self._failure,
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
        """Ask for a table, a text, a folder of pictures or a teacher, whichever the data needs, and look at it."""
        data = self._document.experiment.data
        title, filters = self.tr("Choose a table"), self.tr("Tables (*.csv *.tsv *.txt);;All files (*)")
        if isinstance(data, OwnPictures):
            title, filters = self.tr("A folder with a folder of pictures for each class"), ""
        elif isinstance(data, OwnText):
            title, filters = self.tr("Choose a text"), self.tr("Texts (*.txt);;All files (*)")
        elif isinstance(data, DistilledMNIST):
            title, filters = self.tr("Choose a teacher"), self.tr("Trained networks (*.safetensors);;All files (*)")
        path = self._ask.source_path(title, self._settings.folder, filters)
        if path is None:
            return
        self._settings.folder = path if path.is_dir() else path.parent
        if isinstance(data, DistilledMNIST):
            self._look(path, _look_at_teacher, self._found_teacher)
        else:
            self._look_at(path, table=not isinstance(data, Text))

    @Slot()
    def take_reader(self) -> None:
        """Let the reader that comes with the program teach again."""
        self._failure = None
        self._teach("", message("Choose the bundled reader"))

    @Slot(object)
    def inspect(self, path: Path) -> None:
        """Look at a table, a text or a folder; if something can be learned from it, it becomes the document's data.

        Where another is being looked at, that is given up; where PyTorch is being loaded, this one waits for it.
        """
        self._look_at(path, table=path.suffix.lower() in _TABLES)

    def _look_at(self, path: Path, *, table: bool) -> None:
        file = _look_at_table if table else _look_at_text
        self._look(path, _look_at_folder if path.is_dir() else file, self._looked)

    def _look(self, path: Path, work: Callable[..., Any], done: Callable[..., None]) -> None:
        self._give_up_looking()
        if self._run.state is RunState.LOADING:  # two threads must not import torch at a time
            self._next = partial(self._look, path, work, done)
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

        def looked() -> Any:
            ensure_namable(path.absolute())
            with cancellable(stop.is_set):
                return work(str(path.absolute()), note)

        self._job = self._work(looked, done, self._not_looked)

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
    def _looked(self, looked: Any) -> None:
        if self._comes_too_late():
            return
        source = getattr(looked, "file", None) or looked.folder
        self._skipped = (source, looked.skipped, looked.skips)
        data = _with_source(self._document.experiment.data, source)
        self._document.do(Set(("data",), data, message("Choose {name}", name=source.name)))
        self.found.emit(_account(source.name, data, looked.skips))

    @Slot(object)
    def _found_teacher(self, path: str) -> None:
        if self._comes_too_late():
            return
        name = Path(path).name
        self._teach(path, message("Choose {name}", name=name))
        self.found.emit(message("{name} is the teacher.", name=name))

    def _comes_too_late(self) -> bool:
        """Note that the looking has ended; return whether it was cancelled in the moment in which it did."""
        cancelled = self._stop_looking is None or self._stop_looking.is_set()
        self._forget_looking()
        return cancelled

    def _teach(self, path: str, done: Message) -> None:
        data = self._document.experiment.data
        if isinstance(data, DistilledMNIST):  # else another was chosen meanwhile
            self._document.do(Set(("data",), data.with_(teacher=path), done))

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


def _with_source(before: Dataset, source: Any) -> Dataset:
    """The data that a file becomes: settings that there are stay as they are."""
    if isinstance(source, TextFile):
        shared = {"asked": before.asked, "context": before.context} if isinstance(before, Text) else {}
        text = before if isinstance(before, OwnText) else OwnText(**shared)
        return text.with_(source=source)
    kind = Table if hasattr(source, "columns") else OwnPictures
    data = before if isinstance(before, kind) else kind()
    if isinstance(data, Table):
        kept = data.target if source.column(data.target) else source.usable[-1].name
        return data.with_(source=source, target=kept, asks="auto")
    return data.with_(source=source)


def _account(name: str, data: Dataset, skips: Counts) -> Message:
    count = data.available + data.test_count
    if skips:
        words = tr_noop("{name}: {count:,} {samples}. Left out: {skips} (see Data).")
        return message(words, name=name, count=count, samples=message(data.samples), skips=counted(skips))
    return message("{name}: {count:,} {samples}.", name=name, count=count, samples=message(data.samples))


def _look_at_table(path: str, _told: Callable[[int], None]) -> Any:
    from playground.engine.data.sources.table import inspect

    return inspect(path)


def _look_at_teacher(path: str, _told: Callable[[int], None]) -> str:
    from playground.engine.data.sources.distillation import teacher_of

    teacher_of(path)
    return path


def _look_at_text(path: str, _told: Callable[[int], None]) -> Any:
    from playground.engine.data.sources.text import inspect

    return inspect(path)


def _look_at_folder(path: str, told: Callable[[int], None]) -> Any:
    from playground.engine.data.sources.picture_folder import inspect

    return inspect(path, told)

"""Obtains missing data: downloads, files on disk, or a table, a folder or a teacher that the user chooses.

Nothing is downloaded without a request. It has its own thread, so that saving never waits for a download.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.gui.data_source.adoption import adopt
from playground.gui.data_source.state import State, lacking
from playground.gui.session.background import Background, Job
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.style.dialogs import Ask
from playground.gui.style.settings import Settings
from playground.gui.style.translation import translated
from playground.spec.cancelling import cancellable
from playground.spec.data.dataset import Dataset, dataset_of
from playground.spec.data.source_choice import Inspected
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.data.text_summary import TextChoice
from playground.spec.datasets.text import OwnText
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.storage import ensure_namable, shown
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:  # connections and certificates are imported only for a download
    from playground.engine.data.download.fetch import Fetch

_UPDATE_INTERVAL = 200  # milliseconds between updates of the progress


class _Inspection(NamedTuple):
    """The findings in a file or a folder that was chosen for the present data, or opened."""

    kind: type[Dataset]
    found: Inspected
    name: str
    opened: bool
    before: Dataset | None  # whose settings stay; None for the document's


class DataSource(QObject):
    """Emits `changed` with every new State."""

    changed = Signal(object)  # State
    found = Signal(object)  # Message: data has arrived, or a source has been inspected or will be soon
    look_requested = Signal()  # the person wants to see how the document's table is read

    def __init__(
        self, document: Document, run: Run, settings: Settings, ask: Ask, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._run, self._settings, self._ask = document, run, settings, ask
        self._background = Background(self)
        self._fetch: Fetch | None = None
        self._job: Job | None = None  # the current inspection
        self._stop_inspection: Event | None = None
        self._next: Callable[[], None] | None = None  # starts the inspection of a source once PyTorch is loaded
        self._inspected: type[Dataset] | None = None  # the class of data set for the source inspected last
        self._count = 0
        self._failure: Message | None = None
        self._inspection: Inspected = Inspected(None)  # the last one
        self._clock = QTimer(self)
        self._clock.setInterval(_UPDATE_INTERVAL)
        self._clock.timeout.connect(self._emit_state)
        self._shown: type[Dataset] | None = None
        document.changed.connect(self._follow)
        document.replaced.connect(self._cancel_inspection)
        run.state_changed.connect(self._inspect_next)
        run.state_changed.connect(self._emit_state)
        self._follow(document.experiment)

    @property
    def state(self) -> State:
        """The current state."""
        data = self._document.experiment.data
        fetch = self._fetch
        last = self._inspection
        same = data.source_choice is not None and last.source == getattr(data, data.source_choice.field)
        kind = self._choosable()
        return State(
            data,
            lacking=lacking(type(data)),
            done=fetch.done if fetch else 0,
            total=fetch.total if fetch else 0,
            busy=fetch is not None,
            looking=self._count if self._stop_inspection is not None else None,
            training=self._run.state is RunState.TRAINING,
            failure=self._failure,
            choice=kind.source_choice if kind else None,
            skipped=last.skipped if same else (),
            skips=last.skips if same else (),
            remarks=last.remarks if same else (),
        )

    @property
    def background(self) -> Background:
        """The thread in which data is fetched and inspected."""
        return self._background

    def stop(self) -> None:
        """Cancel all work and emit nothing more."""
        self.cancel()
        self._clock.stop()

    @Slot()
    def download(self) -> None:
        """Download the missing data of the document; a partial download is continued."""
        self._start_fetch(None)

    @Slot()
    def take_from_disk(self) -> None:
        """Ask for the folder or the file with the missing data, and copy it."""
        data = self._document.experiment.data
        one = len(data.remotes) == 1
        filters = self.tr("{0} ({0})").format(data.remotes[0].name) if one else ""
        title = self.tr("Where are the files of {0}?").format(translated(data.label))
        source = self._ask.source_path(title, self._settings.folder, filters)
        if source is not None:
            self._start_fetch(source)

    @Slot()
    def cancel(self) -> None:
        """Cancel a download or an inspection; the part that has arrived is kept."""
        if self._fetch is not None:
            self._fetch.cancel()
        self._cancel_inspection()

    @Slot()
    def choose(self) -> None:
        """Ask for the file or folder to read the data from, and inspect it."""
        kind = self._choosable()
        if kind is None or kind.source_choice is None:
            return
        title, filters = translated(kind.source_choice.title), translated(kind.source_choice.filters)
        if kind.source_choice.several:
            self._take(self._ask.source_paths(title, self._settings.folder, filters), kind)
        else:
            path = self._ask.source_path(title, self._settings.folder, filters)
            self._take((path,) if path is not None else (), kind)

    @Slot()
    def choose_folder(self) -> None:
        """Ask for a folder of the files that can be chosen, and inspect them as one source."""
        kind = self._choosable()
        if kind is not None and kind.source_choice is not None:
            path = self._ask.source_path(translated(kind.source_choice.title), self._settings.folder, "")
            self._take((path,) if path is not None else (), kind)

    def inspect_several(self, paths: tuple[Path, ...]) -> None:
        """Inspect several files of one folder as one source, which becomes the document's data like one file."""
        kind = dataset_of(paths[0])
        assert kind is not None
        self._inspect(paths[0].parent, kind, opened=True, choice=_choice_of(paths))

    def reread(self, **changed: object) -> None:
        """Read the document's text again, with other values in its `TextChoice`."""
        data = self._document.experiment.data
        if isinstance(data, OwnText) and data.known:
            choice = data.source.choice.with_(**changed)
            self._inspect(Path(data.source.path), type(data), choice=choice)

    def use(self, found: Inspected, data: Dataset, name: str) -> None:
        """Make data that was inspected elsewhere the document's, with a first network where the stack does not suit."""
        self._cancel_inspection()
        self._failure, self._inspection = None, found
        told = adopt(self._document, data, name, found, opened=True)
        self._emit_state()
        self.found.emit(told)

    def _take(self, paths: tuple[Path, ...], kind: type[Dataset]) -> None:
        """Inspect what was chosen in a dialog."""
        if paths:
            several, folder = len(paths) > 1, paths[0].parent
            self._settings.folder = paths[0] if paths[0].is_dir() else folder
            self._inspect(folder if several else paths[0], kind, choice=_choice_of(paths) if several else None)

    def _choosable(self) -> type[Dataset] | None:
        """The class of data for which a source can be chosen: the document's, or that of the failed inspection."""
        data = self._document.experiment.data
        return type(data) if data.source_choice else self._inspected if self._failure else None

    @Slot()
    def take_bundled(self) -> None:
        """Return to the bundled data."""
        data = self._document.experiment.data
        choice = data.source_choice
        if choice is not None and choice.bundled is not None:
            self._failure = None
            usual = type(data)().values()[choice.field]
            self._document.do(Set(("data",), data.with_(**{choice.field: usual}), message(choice.bundled[1])))

    @Slot(object)
    def inspect(self, path: Path) -> None:
        """Inspect a file or a folder; if it is suitable for training, it becomes the document's data.

        A stack that does not suit it is replaced by a first network for it, in the same undoable edit.
        This cancels a current inspection; while PyTorch is being loaded, the inspection is postponed.
        """
        kind = dataset_of(path)
        if kind is not None:
            self._inspect(path, kind, opened=True)
            return
        self._failure = message("“{name}” no longer exists.", name=shown(Path(path.name)))
        self._emit_state()

    def inspect_as(self, path: Path, before: Dataset, choice: ReadingChoice) -> None:
        """Inspect a file as data like `before`, read as decided; they become the document's like an opened file."""
        self._inspect(path, type(before), opened=True, choice=choice, before=before)

    def _inspect(
        self,
        path: Path,
        kind: type[Dataset],
        *,
        opened: bool = False,
        choice: ReadingChoice | TextChoice | None = None,
        before: Dataset | None = None,
    ) -> None:
        self._cancel_inspection()
        self._inspected = kind
        if self._run.state is RunState.LOADING:  # two threads must not import torch at the same time
            self._next = partial(self._inspect, path, kind, opened=opened, choice=choice, before=before)
            self.found.emit(message("“{name}” will be inspected once PyTorch is loaded.", name=shown(Path(path.name))))
            return
        if self._run.state is RunState.BROKEN:
            words = tr_noop(
                "“{name}” was not inspected: PyTorch, without which nothing can be trained, could not be loaded."
            )
            self._failure = message(words, name=shown(Path(path.name)))
            self._emit_state()
            return
        stop = self._stop_inspection = Event()
        self._count, self._failure = 0, None

        def note(count: int) -> None:
            self._count = count  # assigning an int is atomic: the window's thread reads it without a lock

        def inspected() -> _Inspection:
            from playground.engine.data.opening import inspected_as

            ensure_namable(path.absolute())
            with cancellable(stop.is_set):
                found = inspected_as(kind, path, note, choice, exactly=not opened)
            return _Inspection(*found, path.name, opened, before)

        self._job = self._work(inspected, self._inspection_done, self._inspection_failed)

    def _start_fetch(self, source: Path | None) -> None:
        if self._fetch is not None:
            return
        from playground.engine.data.download.fetch import Fetch

        fetch = self._fetch = Fetch(type(self._document.experiment.data), source)
        self._failure = None
        self._work(fetch.run, self._fetch_done, self._fetch_failed)

    def _work(self, work: Callable[[], Any], done: Callable[..., None], failed: Callable[..., None]) -> Job:
        job = self._background.do(work)
        job.done.connect(done)
        job.failed.connect(failed)
        self._clock.start()
        self._emit_state()
        return job

    @Slot(object)
    def _fetch_done(self, _nothing: object) -> None:
        assert self._fetch is not None
        label = self._fetch.data.label
        self._fetch = None
        self._work_ended()
        self.found.emit(message("{data} is on this machine now.", data=message(label)))

    @Slot(object)
    def _inspection_done(self, inspection: _Inspection) -> None:
        cancelled = self._stop_inspection is None or self._stop_inspection.is_set()  # in the moment of its end
        self._end_inspection()
        if cancelled:
            return
        found = inspection.found
        self._inspection = found
        data = inspection.kind.of_source(found.source, inspection.before or self._document.experiment.data)
        told = adopt(self._document, data, inspection.name, found, opened=inspection.opened)
        self.found.emit(told)

    @Slot()
    def _cancel_inspection(self) -> None:
        """Cancel a current or postponed inspection."""
        self._next = None
        self._end_inspection()

    @Slot()
    def _inspect_next(self) -> None:
        """Start a postponed inspection unless it must still wait."""
        if self._next is not None and self._run.state is not RunState.LOADING:
            inspect, self._next = self._next, None
            inspect()

    @Slot(object)
    def _fetch_failed(self, message: Message) -> None:
        self._failure, self._fetch = message, None
        self._work_ended()

    @Slot(object)
    def _inspection_failed(self, message: Message) -> None:
        self._failure = message
        self._end_inspection()

    def _end_inspection(self) -> None:
        """Disconnect from the inspection, which ends by itself or has ended."""
        if self._stop_inspection is not None:
            self._stop_inspection.set()
        if self._job is not None:
            self._job.done.disconnect()
            self._job.failed.disconnect()
        self._stop_inspection = self._job = None
        self._work_ended()

    def _work_ended(self) -> None:
        if self._fetch is None and self._stop_inspection is None:
            self._clock.stop()
        self._emit_state()

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        kind = type(experiment.data)
        if kind is not self._shown and self._fetch is None:
            self._failure = None
            self._cancel_inspection()  # otherwise its result would replace the data chosen since
        self._shown = kind
        self._emit_state()

    @Slot()
    def _emit_state(self) -> None:
        self.changed.emit(self.state)


def _choice_of(paths: tuple[Path, ...]) -> TextChoice:
    return TextChoice(files=tuple(sorted(path.name for path in paths)))

"""Opens the window of a search, and owns the process that searches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Slot

from playground.gui.session.search_process import SearchPhase, SearchProcess
from playground.gui.session.thread_shutdown import Thread
from playground.gui.start.process_folder import process_folder
from playground.gui.start.program_parts import ProgramParts
from playground.spec.files.storage import FileError
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

if TYPE_CHECKING:
    from playground.engine.search.earlier import WarmStart
    from playground.engine.search.outcome import TrialRow
    from playground.engine.search.plan import Plan
    from playground.engine.search.study import DeletedStudy
    from playground.gui.runs.panel import RunsPanel
    from playground.gui.search.window import SearchWindow

_FILE = "search.playground"
_T = TypeVar("_T")


class Searches(QObject):
    """At most one window of a search at a time; a process that is still ending may be left from the one before."""

    def __init__(self, program: ProgramParts, runs: RunsPanel) -> None:
        super().__init__(program)
        self._program, self._runs = program, runs
        self.window: SearchWindow | None = None
        self._processes: list[SearchProcess] = []
        self._opening: TrialRow | None = None  # whose run is being opened
        program.files.opened.connect(self._tell_opened)
        for failing in (program.files.failed, program.run.failed):
            failing.connect(self._tell_refused)
        self._gone: DeletedStudy | None = None  # the last one that was deleted
        self._folder: TemporaryDirectory[str] | None = None
        self._counted = 0  # how often earlier runs were counted

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The threads that end with the window."""
        return tuple(self._processes)

    @Slot()
    def open(self) -> None:
        """Show the window of the search; a new one is about the experiment as it is now."""
        from playground.gui.search.window import SearchWindow

        if self.window is None:
            process = SearchProcess(self)
            process.changed.connect(self._follow)
            self._processes.append(process)
            self.window = SearchWindow(self._program.document.experiment, process, self._program.window)
            self.window.start_requested.connect(self._start)
            self.window.open_requested.connect(self._open_trial)
            self.window.report_requested.connect(self._report)
            self.window.delete_requested.connect(self._delete)
            self.window.restore_requested.connect(self._restore)
            self.window.stored_requested.connect(self._list)
            self.window.reopen_requested.connect(self._reopen)
            self.window.choices.earlier.requested.connect(self._count_earlier)
            self.window.finished.connect(self._tell_end)
            self.window.destroyed.connect(self._forget)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    @Slot()
    def _tell_end(self) -> None:
        """The window was closed: of a search that went on, say that it ends and where it goes on."""
        if self.window is not None and self.window.process.phase is SearchPhase.STOPPING:
            words = tr_noop("The search was paused with its window: it goes on from Search…, Stored searches.")
            self._program.notifications.tell(message(words))

    @Slot(object, object)
    def _start(self, plan: Plan, options: tuple[str, ...]) -> None:
        from playground.spec.files.experiment_file import write_experiment

        assert self.window is not None
        try:
            if self._folder is None:
                self._folder = process_folder("search")
            file = Path(self._folder.name) / _FILE
            write_experiment(plan.experiment, file)
        except FileError as error:
            self.window.process.refuse(error.message)
            return
        self.window.process.start(file, options)

    @Slot(object, object)
    def _open_trial(self, plan: Plan, row: TrialRow) -> None:
        """Show the run of a trial; one that is not stored has its experiment alone."""
        files, document = self._program.files, self._program.document

        def begin() -> None:
            self._opening = row

        if row.run_ids and self._program.runs.store is not None:
            files.open_run(row.run_ids[0], begin)  # unless unsaved changes are to stay
            return
        experiment = plan.space.apply(plan.experiment, row.params)

        def load() -> None:
            document.load(experiment, None)
            if self.window is not None:
                self.window.trial.note_opened(row.number)

        files.leave(lambda: files.restore(load))

    @Slot()
    def _tell_opened(self) -> None:
        """Say that a trial is shown: the main window stays behind that of the search."""
        row, self._opening = self._opening, None  # also where something else was opened in its place
        if self.window is not None and row is not None and self._program.run.run_id in row.run_ids:
            self.window.trial.note_opened(row.number)

    @Slot(object)
    def _tell_refused(self, why: Message) -> None:
        """Say why a trial is not shown: the message of the main window is behind that of the search."""
        row, self._opening = self._opening, None
        if self.window is not None and row is not None:
            self.window.trial.note_refused(row.number, why)

    @Slot()
    def _count_earlier(self) -> None:
        """Count the stored runs that the search would begin with, as it is chosen now."""
        window, store = self.window, self._program.runs.store
        if window is None:
            return
        self._counted += 1
        number = self._counted
        try:
            plan = window.choices.plan
        except PlaygroundError as error:
            window.choices.earlier.refuse(error.message)
            return
        if store is None:
            window.choices.earlier.refuse(message("No runs are stored."))
            return
        same = window.plan is not None and window.plan.digest == plan.digest
        known = [row.params for row in window.model.trials] if same else []

        def count() -> WarmStart:
            from playground.engine.search.earlier import usable_runs
            from playground.gui.search.earlier_runs import MOST

            return usable_runs(plan, store, known, MOST)

        def if_latest(show: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda found: show(found) if self.window is window and number == self._counted else None

        job = self._program.background.do(count)
        job.done.connect(if_latest(window.choices.earlier.show_found))
        job.failed.connect(if_latest(window.choices.earlier.refuse))

    @Slot(str)
    def _report(self, suffix: str) -> None:
        from playground.engine.search.report import csv, markdown
        from playground.gui.style.translation import translated
        from playground.spec.files.storage import write_atomically

        window = self.window
        if window is None or window.plan is None:
            return
        plan, trials = window.plan, tuple(window.model.trials)
        text = csv(plan, trials) if suffix == "csv" else markdown(plan, trials, window.importances, translated)
        filters = self.tr("CSV (*.csv)") if suffix == "csv" else self.tr("Markdown (*.md)")
        name = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in plan.experiment.name)
        suggestion = self._program.settings.folder / f"{name.strip() or 'search'}.{suffix}"
        path = self._program.ask.save_path(self.tr("Save the report of the search"), suggestion, filters)
        if path is not None:
            job = self._program.saving.do(lambda: write_atomically(path, text.encode("utf-8")))
            for tell in (window.show_problem, self._program.notifications.complain):
                job.failed.connect(tell)

    @Slot(str)
    def _delete(self, name: str) -> None:
        from playground.engine.search.study import delete_study

        def show(window: SearchWindow, study: DeletedStudy | None) -> None:
            self._gone = study
            window.forget(restorable=study is not None)

        self._change(lambda url: delete_study(url, name), show)

    @Slot()
    def _restore(self) -> None:
        from playground.engine.search.study import restore_study

        gone = self._gone

        def show(window: SearchWindow, _: None) -> None:
            self._gone = None
            window.restored()

        if gone is not None:
            self._change(lambda url: restore_study(url, gone), show)

    @Slot(str)
    def _reopen(self, name: str) -> None:
        from playground.engine.search.stored import open_stored

        self._change(lambda url: open_stored(url, name), lambda window, search: window.show_search(search))

    @Slot()
    def _list(self) -> None:
        from playground.engine.search.stored import stored_searches

        self._ask(
            stored_searches,
            lambda window, searches: window.stored.show_searches(searches),
            lambda window, problem: window.stored.show_problem(problem),
        )

    def _change(self, work: Callable[[str], _T], then: Callable[[SearchWindow, _T], None]) -> None:
        """Ask for what changes the search that is shown, one thing at a time: the window waits for it."""

        def show(window: SearchWindow, found: _T) -> None:
            window.wait_for_storage(waiting=False)
            then(window, found)

        def fail(window: SearchWindow, problem: Message) -> None:
            window.wait_for_storage(waiting=False)
            window.show_problem(problem)

        if self.window is not None:
            self.window.wait_for_storage(waiting=True)
            self._ask(work, show, fail)

    def _ask(
        self,
        work: Callable[[str], _T],
        then: Callable[[SearchWindow, _T], None],
        fail: Callable[[SearchWindow, Message], None],
    ) -> None:
        """Work with the storage of searches in the background; the window that asked shows what comes of it.

        work: takes the URL of the storage.
        """
        asked = self.window

        def do() -> _T:
            from playground.engine.search.storage_url import default_storage

            return work(default_storage())

        def if_shown(show: Callable[[SearchWindow, Any], None]) -> Callable[[Any], None]:
            return lambda found: show(asked, found) if asked is not None and asked is self.window else None

        job = self._program.background.do(do)
        job.done.connect(if_shown(then))
        job.failed.connect(if_shown(fail))

    @Slot()
    def _follow(self) -> None:
        """Show the runs that were stored, and forget processes that have ended and belong to no window."""
        self._runs.refresh_written()
        mine = self.window.process if self.window is not None else None
        if self.window is not None and mine is not None and not mine.running:
            self.window.choices.earlier.ask()  # its trials are runs by now
        for process in [item for item in self._processes if item is not mine and not item.running]:
            self._processes.remove(process)
            process.deleteLater()

    @Slot()
    def _forget(self) -> None:
        self.window = None
        self._follow()

"""Creates the pages of the results pane, curves and runs, and connects them with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from playground.gui.session.run_state import RunState
from playground.gui.session.seed_series import SeedSeries
from playground.gui.session.time_machine import Moment, TimeMachine
from playground.gui.start.program_parts import ProgramParts
from playground.gui.window.main_window import Region
from playground.gui.window.results_pane import ResultsPane
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    from playground.gui.curves.panel import CurvesPanel
    from playground.gui.panels.panel import TaskPane
    from playground.gui.runs.panel import RunsPanel
    from playground.gui.session.thread_shutdown import Thread
    from playground.gui.start.evaluation_pages import EvaluationPages
    from playground.gui.start.explanation_page import ExplanationPage
    from playground.gui.start.races import Races
    from playground.gui.start.searches import Searches


_TABLE = "runs"  # in the settings
_PAST = "past"  # the key of a message
REFRESH = 2000  # milliseconds between two readings of the table of runs


class Results(QObject):
    """The pane and its pages; a page is None until it is made."""

    def __init__(self, program: ProgramParts) -> None:
        super().__init__(program)
        self._program = program
        self.pane = ResultsPane(program.window)
        self.curves: CurvesPanel | None = None
        self.runs: RunsPanel | None = None
        self.races: Races | None = None
        self.searches: Searches | None = None
        self.evaluation: EvaluationPages | None = None
        self.explanation: ExplanationPage | None = None
        self.machine = TimeMachine(program.run, program.background, self)
        program.document.changed.connect(self.machine.follow_document)
        self._timer = QTimer(self)  # runs while the table is shown: other processes change runs, too
        self._timer.setInterval(REFRESH)
        self._timer.timeout.connect(self._refresh)

    def add_curves(self) -> None:
        """Make the pane with the curves of the run."""
        from playground.gui.curves.panel import CurvesPanel

        program, run = self._program, self._program.run
        curves = CurvesPanel(program.window, program.ask, program.background, program.saving)
        curves.failed.connect(program.notifications.complain)
        run.snapshots.connect(self._identify)
        run.snapshots.connect(curves.add)
        run.began.connect(self._begin_curves)
        run.cleared.connect(curves.reset)
        run.stale_changed.connect(curves.outdate)
        run.series_grew.connect(self._show_group)
        program.inference.touched.connect(curves.hold)
        program.file_menu.add_curves(curves.export_menu)
        program.view_menu.add_curves(curves.header)
        self.pane.add(self.tr("Curves"), curves.header, curves)
        program.view_menu.add_page(self.tr("Show Cur&ves"), "Alt+1", lambda: self.pane.show_page(curves))
        program.window.put(Region.CURVES, self.pane)
        self.pane.size_toggled.connect(program.window.toggle_results)
        self.curves = curves
        self._add_time_bar()

    def _add_time_bar(self) -> None:
        """Add the row that goes back to earlier moments of the run."""
        from playground.gui.curves.time_bar import TimeBar
        from playground.gui.start.film import Film

        program, machine = self._program, self.machine
        bar = TimeBar(machine, self.pane)
        machine.failed.connect(program.notifications.complain)
        machine.shown_changed.connect(self._mark_moment)
        program.runs.opened.connect(machine.set_store)
        machine.set_store(program.runs.store)
        bar.continue_requested.connect(program.files.go_back)
        film = Film(machine, program.window, program.saving, program.ask, bar)
        bar.film_requested.connect(film.ask_where_to_save)
        film.saved.connect(program.files.told)
        film.failed.connect(program.notifications.complain)
        program.run_menu.addMenu(bar.menu)
        self.pane.set_footer(bar)

    def add_evaluation(self, task: TaskPane | None) -> None:
        """Add the tabs about what the network learned; `task` shows the example that they mark, if it could be made."""
        from playground.gui.start.evaluation_pages import EvaluationPages
        from playground.gui.start.layer_marks import LayerMarks

        self.evaluation = EvaluationPages(self._program, self.pane, task)
        LayerMarks(self._program, self.evaluation.probes)
        if task is not None:
            task.example_changed.connect(self.evaluation.follow_example)
            self.evaluation.follow_example(task.example)

    def add_explanation(self, task: TaskPane | None) -> None:
        """Add the tab that says why the network answers as it does to what a panel shows; without panels nothing."""
        from playground.gui.start.explanation_page import ExplanationPage

        if task is not None:
            self.explanation = ExplanationPage(self._program, self.pane, task)

    def add_runs(self) -> None:
        """Add the table of stored runs."""
        from playground.gui.runs.panel import RunsPanel
        from playground.gui.start.races import Races
        from playground.gui.start.searches import Searches
        from playground.gui.start.store_menu import StoreMenu

        program, run = self._program, self._program.run
        runs = RunsPanel(program.runs.store, program.background, program.saving, program.ask, program.window)
        runs.failed.connect(program.notifications.complain)
        runs.open_requested.connect(program.files.open_run)
        self.races = Races(program, runs)
        runs.commands.race_requested.connect(self.races.open)
        self.searches = Searches(program, runs)
        program.run_menu.search_requested.connect(self.searches.open)
        program.runs.opened.connect(runs.set_store)
        if (curves := self.curves) is not None:
            curves.overlays.set_store(program.runs.store)
            program.runs.opened.connect(curves.overlays.set_store)
            runs.overlay_changed.connect(curves.overlays.show)
            runs.commands.band_requested.connect(curves.overlays.show_group)
            runs.commands.band_requested.connect(self._show_curves)
            curves.hide_requested.connect(runs.hide_curves)
        for moment in (run.state_changed, run.cleared, run.opened):
            moment.connect(self._mark_current)
        run.snapshots.connect(self._mark_new)
        runs.table.arrange(program.settings.columns(_TABLE))
        runs.table.arranged.connect(self._store_columns)
        program.view_menu.layout_reset.connect(runs.table.arrange_as_usual)
        runs.set_store_menu(StoreMenu(program.runs, program.ask, runs))
        program.runs.failed.connect(program.notifications.complain)
        self.pane.add(self.tr("Runs"), runs.header, runs)
        runs.order_tabs(self.pane.tabs)
        program.view_menu.add_page(self.tr("Show R&uns"), "Alt+2", lambda: self.pane.show_page(runs))
        self.pane.tabs.currentChanged.connect(self._refresh)
        self.runs = runs

    @property
    def threads(self) -> tuple[Thread, ...]:
        """Threads of races that have not ended, of the tabs, and the process of a search."""
        races = self.races.threads if self.races else []
        searches = self.searches.threads if self.searches else ()
        return (*races, *searches, *(self.evaluation.threads if self.evaluation is not None else ()))

    def stop(self) -> None:
        """Stop reading the table of runs, evaluating and explaining."""
        self._timer.stop()
        if self.evaluation is not None:
            self.evaluation.stop()
        if self.explanation is not None:
            self.explanation.stop()

    def _begin_curves(self, experiment: Experiment) -> None:
        if self.curves is not None:
            self.curves.begin(experiment, experiment.recipe.steps_per_epoch(experiment.data.train_count))

    def _store_columns(self, arrangement: str) -> None:
        self._program.settings.set_columns(_TABLE, arrangement)

    def _show_curves(self) -> None:
        if self.curves is not None:
            self.pane.show_page(self.curves)

    def _mark_moment(self, moment: Moment | None) -> None:
        if self.curves is not None:
            self.curves.mark(None if moment is None else moment.step)
        messages = self._program.window.messages
        if moment is None:
            messages.dismiss(_PAST)
            return
        words = self.tr(
            "Views and answers are those of the network after step {0}. Training and saving use the latest."
        )
        choices = [(self.tr("Show the latest"), lambda: self.machine.show(None))]
        messages.show_message(_PAST, "hint", words.format(f"{moment.step:,}"), choices)

    def _show_group(self, series: SeedSeries) -> None:
        if self.curves is not None and series.number > 1:
            self.curves.overlays.show_group(series.group)

    def _identify(self) -> None:
        if self.curves is not None:
            self.curves.identify(self._program.run.run_id or "")

    def _mark_current(self) -> None:
        run, runs = self._program.run, self.runs
        if runs is not None:
            runs.set_current(run.run_id or "", run.state in (RunState.TRAINING, RunState.PAUSED))
            self._refresh()

    def _mark_new(self) -> None:
        """A run gets its id with its first step."""
        if self.runs is not None and self.runs.model.current != (self._program.run.run_id or ""):
            self._mark_current()

    def _refresh(self) -> None:
        """Read the rows again if they are shown, and from time to time while a run changes them."""
        shown = self.runs is not None and self.pane.page is self.runs
        if shown and self.runs is not None:
            self.runs.refresh_written()
        if shown and not self._timer.isActive():
            self._timer.start()
        elif not shown:
            self._timer.stop()

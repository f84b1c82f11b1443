"""The window of a search: choose what is searched, watch the trials, open one, and read what won."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QEvent, QModelIndex, QSortFilterProxyModel, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from playground.engine.search.event_lines import Event, Importances, Progressed, Trial
from playground.engine.search.goals import GOALS
from playground.engine.search.importance import LEAST
from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.engine.search.stored import OpenedSearch
from playground.gui.search.choices import SearchChoices
from playground.gui.search.layout import arrange, fit_columns, scrolled, trials_table, widen_last
from playground.gui.search.model import SORTING, TrialsModel
from playground.gui.search.plots import FrontPlot
from playground.gui.search.progress_text import phase_text
from playground.gui.search.report_menu import ReportButton
from playground.gui.search.stored_menu import StoredSearches
from playground.gui.search.trial_row import TrialBar
from playground.gui.search.views import Views
from playground.gui.session.search_process import SearchPhase, SearchProcess
from playground.gui.style.labels import text_label
from playground.gui.style.share_bars import ShareBars
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message
from playground.spec.number_text import fixed_text
from playground.spec.search.narrowing import narrowed

_FRAME = 250  # milliseconds between two updates, at least
_REST = 8  # times as long as an update takes until the next one


class SearchWindow(QDialog):
    """Shows one experiment's searches; the process belongs to whoever makes the window."""

    start_requested = Signal(object, object)  # Plan, and the options of the command
    open_requested = Signal(object, object)  # Plan, TrialRow
    report_requested = Signal(str)  # "md" or "csv"
    delete_requested = Signal(str)  # name of the study
    stored_requested = Signal()  # the list of stored searches
    reopen_requested = Signal(str)  # name of a stored study
    restore_requested = Signal()  # of the one that was deleted

    def __init__(self, experiment: Experiment, process: SearchProcess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Search: {0}").format(experiment.name))
        self.process = process
        self.importances: dict[str, float] = {}
        self._waiting: dict[int, TrialRow] = {}  # trials that were told since the last update
        self._progress: Progressed | None = None
        self._deleted: tuple[tuple[TrialRow, ...], dict[str, float]] | None = None  # trials and importances, to restore
        self._ended_before = 0  # trials when the search began or went on
        self._refused: Message | None = None  # why what was asked for last was not done
        self._storage_busy = False  # whether the storage deletes, restores or opens a search for this window
        self.choices = SearchChoices(experiment, self)
        self.model = TrialsModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORTING)
        self.table = trials_table(self, self._sorted)
        self.table.setAccessibleName(self.tr("Trials"))
        self.trial = TrialBar(self)
        self.front = FrontPlot(self.tr("Front"), self)
        self.views = Views(self)
        self.plots = (self.front, *self.views.all)
        self.matter_title = text_label(self, self.tr("What mattered"), "muted")
        self.bars = ShareBars(self.tr("Importance of each range"), lambda share: fixed_text(share, 2), self)
        self.words = text_label(self, "", "muted")
        self.words.setWordWrap(True)
        self.start_button = QPushButton(self)
        set_look(self.start_button, "go")
        self.pause_button = QPushButton(self.tr("&Pause"), self)
        self.delete_button = QPushButton(self)  # deletes the search, or restores it
        self.close_button = QPushButton(self.tr("Close"), self)
        self.report_button, self.stored = ReportButton(self), StoredSearches(self)
        self._study: str | None = None  # name of the study of a stored search; None: the plan's own
        for button in (self.start_button, self.pause_button, self.delete_button, self.close_button):
            button.setAutoDefault(False)
        trials = self.table, self.trial, self.matter_title, scrolled(self.bars, self)
        buttons = (
            (self.stored, self.report_button, self.delete_button),
            (self.pause_button, self.start_button, self.close_button),
        )
        arrange(self, self.choices, (self.front, self.views), trials, self.words, buttons)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.update_now)
        self._connect()
        self.front.hide()
        self.model.theme = theme_of(self)
        self._show_phase()

    def _connect(self) -> None:
        self.start_button.clicked.connect(self._start)
        self.pause_button.clicked.connect(self.process.stop)
        self.close_button.clicked.connect(self.close)
        self.delete_button.clicked.connect(self._delete)
        self.report_button.chosen.connect(self.report_requested)
        self.stored.requested.connect(self.stored_requested)
        self.stored.chosen.connect(self.reopen_requested)
        self.choices.changed.connect(self._show_phase)
        self.process.changed.connect(self._show_phase)
        self.process.told.connect(self.take)
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.table.activated.connect(self._open)
        self.trial.open_requested.connect(self._open)
        self.trial.around_requested.connect(self._narrow)
        for plot in self.plots:
            plot.clicked.connect(self.choose)

    def done(self, result: int) -> None:
        """Close, and end a search that goes on; its trials are kept."""
        self._timer.stop()
        self.process.stop()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "model"):
            self.model.theme = theme_of(self)

    @property
    def plan(self) -> Plan | None:
        """The plan of the trials that are shown."""
        return self.model.plan

    # what is told

    @Slot(object)
    def take(self, event: Event) -> None:
        """Note what the process told; it is shown with the next update."""
        if isinstance(event, Trial):
            self._waiting[event.number] = event.row
        elif isinstance(event, Progressed):
            if self._progress is None:  # what is there by now was there before: earlier runs, too
                known = {row.number: row for row in self.model.trials} | self._waiting
                self._ended_before = sum(row.counted for row in known.values())
            self._progress = event
        elif isinstance(event, Importances):
            self.importances = dict(event.shares)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def update_now(self) -> None:
        """Show what was told."""
        plan, began = self.plan, perf_counter()
        if plan is None:
            return
        if self._waiting:
            new, self._waiting = list(self._waiting.values()), {}
            self.model.put(new)
            widen_last(self.table)
            self._draw()
            self._show_chosen()
        names = self.model.names
        largest_first = sorted(self.importances.items(), key=lambda item: -item[1])
        self.bars.show_rows([(names.get(key, key), share) for key, share in largest_first])
        self._show_matter_title(plan)
        self._show_words()
        taken = 1000.0 * (perf_counter() - began)
        self._timer.setInterval(max(_FRAME, round(_REST * taken)))  # thousands of trials take longer to draw

    def _show_matter_title(self, plan: Plan) -> None:
        words = message("What mattered for: {goal}", goal=translated(message(GOALS[plan.goals[0]].label)))
        if not self.importances:
            words = message("{words} (told after {count} trials to the end)", words=words, count=LEAST)
        self.matter_title.setText(translated(words))

    def _draw(self) -> None:
        self.front.show_trials(self.model.trials)
        self.views.show_trials(self.model.trials)

    # the search

    @Slot()
    def _start(self) -> None:
        plan, self._deleted = self.choices.plan, None
        if self.plan is None or plan.default_name != self.plan.default_name:
            self._study = None
            self._begin(plan)
        # The choices do not say the pruner: a search that goes on keeps its own, also where its sampler is another.
        shown = self.model.plan = plan.model_copy(update={"pruner": (self.plan or plan).pruner})
        self._progress = self._refused = None
        options = (
            *self.choices.budget.options,
            *("--goal", ",".join(plan.goals), "--sampler", plan.sampler, "--study", self._study or plan.default_name),
            *("--seeds", str(plan.seeds), "--pruner", shown.pruner),
            *("--workers", str(self.choices.workers.value()), *self.choices.earlier.options),
        )
        self.start_requested.emit(plan, options)

    def _begin(self, plan: Plan) -> None:
        self.importances, self._waiting = {}, {}
        self.model.begin(plan)
        fit_columns(self.table, self.model.longest_state)
        for plot in self.plots:
            plot.begin(plan)
            plot.choose(None)
        self._show_matter_title(plan)
        self._draw()

    def show_search(self, search: OpenedSearch) -> None:
        """Show a stored search, which can then be continued, reported or deleted."""
        if self.process.running:
            return
        self.process.forget_end()
        self.setWindowTitle(self.tr("Search: {0}").format(search.plan.experiment.name))
        self._study, self._deleted = search.name, None
        self.choices.show_plan(search.plan)
        self._begin(search.plan)
        self.importances, self._waiting = dict(search.importances), {row.number: row for row in search.trials}
        self.update_now()
        self._show_phase()

    def wait_for_storage(self, *, waiting: bool) -> None:
        """Let nothing that another answer of the storage would contradict begin meanwhile."""
        self._storage_busy, self._refused = waiting, None
        self._show_phase()

    @Slot(object)
    def show_problem(self, problem: Message) -> None:
        """Say why something was not done, until something else is asked for."""
        self._refused = problem
        self._show_words()

    @Slot()
    def _delete(self) -> None:
        if self._deleted is not None:
            self.restore_requested.emit()
        elif self.plan is not None:
            self.delete_requested.emit(self._study or self.plan.default_name)

    def forget(self, *, restorable: bool) -> None:
        """Show that the search was deleted, and offer to restore it until another begins."""
        if self.plan is not None:
            self._deleted = (tuple(self.model.trials), self.importances) if restorable else None
            self.process.forget_end()
            self._begin(self.plan)
            self.bars.show_rows(())
        self._show_phase()

    def restored(self) -> None:
        """Show the trials of the search that was deleted again."""
        if self.plan is not None and self._deleted is not None:
            trials, self.importances = self._deleted
            self._waiting = {row.number: row for row in trials}
            self._deleted = None
            self.update_now()
        self._show_phase()

    # the trial

    @property
    def chosen(self) -> TrialRow | None:
        """The trial that is selected in the table."""
        index = self._sorted.mapToSource(self.table.currentIndex())
        return self.model.trials[index.row()] if index.isValid() else None

    @Slot(int)
    def choose(self, number: int) -> None:
        """Select a trial in the table."""
        place = self.model.place_of(number)
        if place is not None:
            index = self._sorted.mapFromSource(self.model.index(place, 0))
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)

    @Slot()
    @Slot(QModelIndex, QModelIndex)
    def _show_chosen(self, *_indexes: QModelIndex) -> None:
        row = self.chosen
        state = self.model.state_text(row) if row else ""
        settings = self.model.settings_text(row) if row else ""
        self.trial.show_trial(self.plan, row, state, settings, busy=self.process.running)
        for plot in self.plots:
            plot.choose(row.number if row else None)

    @Slot()
    @Slot(QModelIndex)
    def _open(self, _index: QModelIndex | None = None) -> None:
        row = self.chosen
        if row is not None and self.trial.open_button.isEnabled():
            self.open_requested.emit(self.plan, row)

    @Slot()
    def _narrow(self) -> None:
        plan, row = self.plan, self.chosen
        if plan is not None and row is not None:
            space = narrowed(plan.space, plan.experiment, row.params)
            name = self.tr("Around trial {0}").format(row.number)
            self.choices.narrow(plan, space, name)
            self.start_button.setFocus()

    # words and buttons

    @Slot()
    def _show_phase(self) -> None:
        """Enable what is possible now, and say where the search is."""
        if self.process.phase in (SearchPhase.PAUSED, SearchPhase.DONE, SearchPhase.FAILED):
            self.update_now()
        running, busy = self.process.running, self.process.running or self._storage_busy
        going = running and self.process.phase is not SearchPhase.STOPPING
        self.pause_button.setEnabled(self.pause_button.isEnabled() or going)
        if going and self.start_button.hasFocus():  # else a second Return would close the window
            self.pause_button.setFocus()
        self.choices.setEnabled(not busy)
        same, problem = False, None
        try:
            plan = self.choices.plan
            same = self.plan is not None and plan.default_name == self.plan.default_name and bool(self.model.trials)
        except PlaygroundError as error:
            problem = error.message
        self.start_button.setText(self.tr("&Continue") if same else self.tr("&Start"))
        self.start_button.setEnabled(not busy and problem is None)
        self.stored.setEnabled(not busy)
        self.pause_button.setEnabled(going)
        self.report_button.setEnabled(bool(self.model.trials))
        self.delete_button.setEnabled(not busy and (bool(self.model.trials) or self._deleted is not None))
        self.delete_button.setText(self.tr("&Delete search") if self._deleted is None else self.tr("R&estore search"))
        self._show_chosen()
        self._show_words(problem)

    def _show_words(self, problem: Message | None = None) -> None:
        process = self.process
        failed = process.phase is SearchPhase.FAILED and process.problem is not None
        wrong = problem or self._refused
        words = wrong
        if words is None and self._deleted is not None:
            words = message("The search was deleted; the runs of its trials are still in the list of runs.")
        elif words is None:
            budget, before = self.choices.budget, self._ended_before
            words = phase_text(process, self.plan, self.model.trials, self._progress, budget, before)
        self.words.setText("" if words is None else translated(words))
        set_look(self.words, "error" if wrong is not None or failed else "muted")

"""The running program: creates all parts of the window and connects them, from the first paint to the last join."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from playground.engine.network_description import Description
from playground.gui.data_source.data_source import DataSource
from playground.gui.panels.broken_part import BrokenPart, discard_new_widgets
from playground.gui.session.document import Document
from playground.gui.session.dropped_files import DroppedFiles
from playground.gui.session.files import Files
from playground.gui.session.guarded_dialogs import GuardedDialogs
from playground.gui.session.inference_thread import InferenceThread
from playground.gui.session.recovery import DocumentRecovery
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.session.sleep_inhibition import SleepInhibition
from playground.gui.session.thread_shutdown import ended
from playground.gui.stack.block import DATA
from playground.gui.stack.view import StackView
from playground.gui.start.chunked_work import ChunkedWork, Portion
from playground.gui.start.program_dialogs import ProgramDialogs
from playground.gui.start.program_drawings import ProgramDrawings
from playground.gui.start.program_exports import ProgramExports
from playground.gui.start.program_import import ProgramImport
from playground.gui.start.program_notifications import connect_recovery, notifications_of
from playground.gui.start.program_outputs import connect_view, fill_blocks, put_pages
from playground.gui.start.program_parts import ProgramParts
from playground.gui.start.program_predictions import ProgramPredictions
from playground.gui.start.program_serving import ProgramServing
from playground.gui.start.program_store import ProgramStore
from playground.gui.start.recipe_previews import RecipePreviews
from playground.gui.start.results import Results
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.dialogs import Ask, Dialogs
from playground.gui.window.main_window import Region
from playground.gui.window.menus.edit import EditMenu
from playground.gui.window.menus.file import FileMenu
from playground.gui.window.menus.help import HelpMenu
from playground.gui.window.menus.run import RunMenu
from playground.gui.window.menus.view import ViewMenu
from playground.gui.window.note import Note
from playground.gui.window.recovery_offers import RecoveryOffers
from playground.gui.window.statusbar import StatusLine
from playground.gui.window.suggestions import Suggestions
from playground.gui.window.toolbar import TopBar
from playground.spec.files.presets import FIRST, preset
from playground.spec.messages import Message

if TYPE_CHECKING:  # imported in portions
    from playground.gui.forms.layer_panel import LayerPanel
    from playground.gui.panels.panel import TaskPane
    from playground.gui.recipe.strip import RecipeStrip
    from playground.gui.stack.palette import Palette

_log = logging.getLogger(__name__)

READER = "reader"  # id of the bundled trained preset


class Program(ProgramParts):
    """Creates the parts in the order of their dependencies; `close` ends their threads."""

    def __init__(
        self, shell: WindowShell, log_folder: Path, ask: Ask | None = None, first: Description | None = None
    ) -> None:
        """`ask` answers blocking questions; None uses dialogs. `first` is the experiment shown first."""
        super().__init__()
        self._shell = shell
        self.window, self.appearance = shell.window, shell.appearance
        self.background, self.saving = shell.background, shell.saving
        self.settings, self.unexpected = shell.settings, shell.unexpected
        self.document = Document(first.experiment if first else preset(FIRST).experiment, self)
        self.run = Run(self.document, self)
        self.awake = SleepInhibition(self.run, self)
        self.runs = ProgramStore(shell.runs_folder, self.run, shell.saving, self)
        self.inference = InferenceThread(self)
        self.ask = GuardedDialogs(ask or Dialogs(self.window), self.document, self)
        self.files = Files(self.document, self.run, self.settings, shell.reading, shell.saving, self.ask, self)
        self.data_source = DataSource(self.document, self.run, self.settings, self.ask, self)
        self.recovery = DocumentRecovery(self.document, shell.recovery_folder, self)
        self.offers = RecoveryOffers(self.recovery, self.files, self.window, self)
        self.dialogs = ProgramDialogs(self.document, self.files, self.run, self.window, self)
        self.predictions = ProgramPredictions(self.document, self.run, self.settings, self.ask, self.window, self)
        self.drawings, self.exports, self.serving = ProgramDrawings(self), ProgramExports(self), ProgramServing(self)
        self.importing = ProgramImport(self.document, self.run, self.data_source, self.settings, self.ask, self.window)
        self.recipe: RecipeStrip | None = None
        self.palette: Palette | None = None
        self.form: LayerPanel | None = None
        self.task: TaskPane | None = None
        self.results = Results(self)
        self._parts = self._later_parts()
        self._portions = ChunkedWork(self._complete(), self.background, self)
        self._fill_window(log_folder)
        self._connect()

    def _fill_window(self, log_folder: Path) -> None:
        window, document, run = self.window, self.document, self.run
        self.stack = StackView(document, window)
        self.stack.setObjectName("stack")
        self.file_menu = FileMenu(self.files, run, self.settings, window)
        self.edit_menu = EditMenu(document.undo_stack, self.stack.commands, window)
        self.run_menu = RunMenu(run, document, window)
        self.view_menu = ViewMenu(self.appearance, window)
        self.view_menu.set_panes(self.panes)
        self.help_menu = HelpMenu(log_folder, window)
        window.set_menus((self.file_menu, self.edit_menu, self.run_menu, self.view_menu, self.help_menu))
        self.top = TopBar(
            document,
            run,
            reset=self.run_menu.reset,
            train=self.run_menu.train,
            starts=self.run_menu.starts,
            stop=self.run_menu.stop,
            steps=self.run_menu.steps,
            exports=self.file_menu.exports,
            parent=window,
        )
        self.status = StatusLine(document, run, window)
        window.put(Region.TOP, self.top)
        window.put(Region.STACK, self.stack)
        self.stack.lie_under(window.messages)
        self.note = Note(document, self.settings, window)
        window.put_above_stack(self.note)
        self.files.opened.connect(self.note.show_attempt)
        window.put(Region.STATUS, self.status)
        window.follow(document)

    def _connect(self) -> None:
        window, files, run = self.window, self.files, self.run
        window.closing.connect(self._leave)
        window.dropped.connect(self._take_dropped)
        files.source_found.connect(self.data_source.inspect)
        run.state_changed.connect(self._begin_inference)
        self.inference.caught_up.connect(run.go_ahead)
        self.inference.touched.connect(run.give_way)
        run.state_changed.connect(self._shell.collector.start)  # torch has been imported, or cannot be
        self.suggestions = Suggestions(window.messages, self.document, self.data_source, self)
        self.notifications = notifications_of(self)
        connect_recovery(self)
        for leaving in (self.document.replaced, window.messages.left, self.top.left):
            leaving.connect(self._focus_stack)
        self.top.problem_pressed.connect(self._show_problem)
        connect_view(self)
        self.file_menu.reader_requested.connect(self.open_reader)
        for part in (self.predictions, self.exports, self.serving):
            part.follow(self.file_menu)
        self.dialogs.open_from(self.file_menu, self.run_menu, self.help_menu)
        self.predictions.failed.connect(self.notifications.complain)
        self.predictions.learn_requested.connect(self.data_source.inspect)
        self.file_menu.drawings.triggered.connect(self.drawings.open)

    def start(self, path: Path | None) -> None:
        """Show the window, and begin."""
        self.window.show()
        self.begin(path)

    def begin(self, path: Path | None, found: Description | Message | None = None) -> None:
        """Show the file if there is one, add the remaining parts in portions, and load torch.

        `found`: its contents if already read, or the reason why it could not be read.
        """
        self.stack.setFocus()
        self._portions.start()
        if isinstance(found, Message):
            self.files.failed.emit(found)
        elif path is not None and found is not None:
            self.files.show(path, found)
        elif path is not None:
            self.files.open(path)

    def _complete(self) -> Iterator[Portion]:
        yield from self._parts
        self.runs.open()
        self.recovery.look(self.runs.store)
        yield None
        self.run.load_torch()

    def fill(self) -> None:
        """Add all remaining parts at once."""
        for background_work in filter(None, self._parts):
            background_work()

    def _later_parts(self) -> Iterator[Portion]:
        """Import and create the remaining parts, in the order in which users look for them."""
        self._add(Region.RECIPE, self._add_recipe)
        yield None
        self._add(Region.PALETTE, self._add_palette)
        yield None
        self._add(Region.FORM, self._add_form)
        yield lambda: import_module("playground.engine.inference.pictures")  # with libraries that the panes need
        self._add(Region.DRAWING, self._add_task)
        yield None
        self._add(Region.CURVES, self.results.add_curves)
        yield None
        self.results.add_evaluation(self.task)
        self.results.add_explanation(self.task)
        self.results.add_runs()

    def _add(self, region: Region, make: Callable[[], None]) -> None:
        """Create a part; a failure is shown in its region and does not affect the other parts."""
        before = self.window.children()
        try:
            make()
        except Exception:  # whatever it is, the rest of the window works without this part
            _log.exception("a part of the window could not be made: %s", region.name)
            broken = BrokenPart(self.window)
            broken.log_requested.connect(self.help_menu.open_log)
            self.window.put(region, broken)
            discard_new_widgets(self.window, [*before, broken])

    def _add_recipe(self) -> None:
        from playground.gui.recipe.strip import RecipeStrip

        recipe = RecipeStrip(self.document, self.window)
        previews = RecipePreviews(self.document, self.run, self.data_source)
        recipe.set_preview("augmentations", previews.make_augmented)
        recipe.set_preview("schedule", previews.make_rates)
        recipe.set_preview("optimizer", previews.make_rate_finder)
        recipe.set_preview("data", previews.make_data_source)
        self.run.state_changed.connect(self._show_running)
        self.window.put(Region.RECIPE, recipe)
        self.recipe = recipe

    def _add_palette(self) -> None:
        from playground.gui.stack.palette import Palette

        palette = Palette(self.window)
        palette.chosen.connect(self.stack.insert)
        self.stack.selection_changed.connect(self._show_fitting)
        self.document.changed.connect(self._show_fitting)
        self.edit_menu.find_requested.connect(palette.focus_search)
        self.palette = palette
        self._show_fitting()
        self.window.put(Region.PALETTE, palette)

    def _add_form(self) -> None:
        from playground.gui.forms.layer_panel import LayerPanel

        form = LayerPanel(self.document, self.window)
        self.stack.selection_changed.connect(form.show_selection)
        form.left.connect(self._focus_stack)
        put_pages(self, form)
        self.form = form

    def _add_task(self) -> None:
        from playground.gui.panels.panel import Surroundings, TaskPane

        task = TaskPane(Surroundings(self.document, self.run, self.inference, self.background, self.window))
        task.made.connect(self.edit_menu.add_panel)
        self.edit_menu.add_panel(task.panel)
        task.reader_requested.connect(self.open_reader)
        task.taken.connect(self.notifications.note_rest)
        task.asked_about.connect(self.predictions.predict)
        self.drawings.follow(task)
        fill_blocks(self, task)
        task.log_requested.connect(self.help_menu.open_log)
        self.window.put(Region.DRAWING, task)
        self.task = task

    def panes(self) -> tuple[QWidget, ...]:
        """The widgets of the regions that focus moves through, the message area last."""
        parts = (self.window.part(region) for region in Region if region is not Region.STATUS)
        messages = self.window.messages
        return *parts, *([messages] if messages.isVisible() else [])

    def close(self, within: int | None = None) -> bool:
        """End all threads and drop their work, except saves; see `ended`."""
        self._portions.stop()
        self.data_source.stop()
        self.results.stop()
        self.run.stop_listening()
        self._shell.collector.close()
        own = (self.run.worker, self.data_source.background, self.inference, self.recovery, self.awake)
        files = (*self.exports.threads, *self.serving.threads, *self.predictions.threads)
        try:
            return ended((*own, *files, *self.results.threads, *self._shell.threads), within)
        finally:
            self.runs.close()
            self.serving.remove_files()

    @Slot()
    def open_reader(self) -> None:
        """Show the trained reader."""
        self.files.new(preset(READER))

    @Slot()
    def _leave(self) -> None:
        self.files.leave(self.offers.close_window)

    @Slot()
    def _show_fitting(self) -> None:
        if self.palette is not None:
            self.palette.show_suiting(self.document.experiment.data.sample_shape)
            self.palette.show_fitting(self.stack.insertion_point())

    @Slot(object)
    def _begin_inference(self, state: RunState) -> None:
        """Start answering once torch is imported; only one thread imports it."""
        if state not in (RunState.LOADING, RunState.BROKEN):
            self.inference.start()

    @Slot(object)
    def _show_running(self, state: RunState) -> None:
        if self.recipe is not None:
            self.recipe.set_running(state in (RunState.TRAINING, RunState.PAUSED))
            self.recipe.set_training(state is RunState.TRAINING)
        if self.form is not None:
            self.form.set_training(state is RunState.TRAINING)

    @Slot()
    def _show_problem(self) -> None:
        """Bring the first problem into view."""
        if (problem := next(iter(self.document.problems), None)) is None:
            return
        if problem.part == "recipe":
            self.suggestions.say_again()
        else:
            self.stack.select_path(problem.layer or DATA)
            self._focus_stack()

    @Slot()
    def _focus_stack(self) -> None:
        """Give keyboard focus to the stack: the focused widget has gone, or the contents are new."""
        self.stack.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _take_dropped(self, arrival: DroppedFiles) -> None:
        """Open dropped files, and report those that were not opened."""
        path, refusal = arrival.first, arrival.refusal
        if refusal is not None:
            self.notifications.complain(refusal)
        if arrival.are_one_source:
            self.data_source.inspect_several(arrival.paths)
            return
        if path is not None:
            self.files.open(path)
        self.notifications.note_rest(arrival.rest)

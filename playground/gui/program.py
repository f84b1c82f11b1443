"""The running program: every part of the window, wired to the others, from the first paint to the last join."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from playground.engine.snapshots import Diverged, Finished, Snapshot
from playground.gui.dialogs import Ask, Dialogs
from playground.gui.document import Document
from playground.gui.files import Files
from playground.gui.frame import Frame
from playground.gui.main_window import Place
from playground.gui.menus.edit import EditMenu
from playground.gui.menus.file import FileMenu
from playground.gui.menus.help import HelpMenu
from playground.gui.menus.run import RunMenu
from playground.gui.menus.view import ViewMenu
from playground.gui.portions import Portion, Portions
from playground.gui.run import Run, RunState
from playground.gui.stack.view import StackView
from playground.gui.statusbar import StatusLine
from playground.gui.supply.supply import State, Supply, is_source
from playground.gui.toolbar import TopBar
from playground.gui.words import translated
from playground.spec.adapt import adaptation
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.text import OwnText
from playground.spec.experiment import Experiment
from playground.spec.presets import FIRST, preset, presets
from playground.spec.storage import size_text
from playground.spec.words import Message

if TYPE_CHECKING:  # what is imported in portions
    from playground.gui.curves.panel import CurvesPanel
    from playground.gui.forms.layer_panel import LayerPanel
    from playground.gui.panel import TaskPane
    from playground.gui.recipe.strip import RecipeStrip
    from playground.gui.stack.palette import Palette

READER = "reader"  # the preset that is bundled trained


class Program(QObject):
    """Makes the parts in the order in which they need one another; `close` ends their threads."""

    def __init__(self, frame: Frame, log_folder: Path, ask: Ask | None = None) -> None:
        """`ask` answers the questions that have to be answered; None asks with dialogs."""
        super().__init__()
        self._frame = frame
        self.window, self.background, self.appearance = frame.window, frame.background, frame.appearance
        self.settings, self.unexpected = frame.settings, frame.unexpected
        self.document = Document(preset(FIRST).experiment, self)
        self.run = Run(self.document, self)
        self.ask = ask or Dialogs(self.window)
        self.files = Files(self.document, self.run, self.settings, self.background, self.ask, self)
        self.supply = Supply(self.document, self.run, self.settings, self.ask, self)
        self.recipe: RecipeStrip | None = None
        self.palette: Palette | None = None
        self.form: LayerPanel | None = None
        self.task: TaskPane | None = None
        self.curves: CurvesPanel | None = None
        self._fitted_data = type(self.document.experiment.data)
        self._offered: object = None  # of what data was said that it is not there, or how far it has come
        self._parts = self._later_parts()
        self._portions = Portions(self._complete(), self.background, self)
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
            stop=self.run_menu.stop,
            steps=self.run_menu.steps,
            exports=self.file_menu.exports,
            parent=window,
        )
        self.status = StatusLine(document, run, window)
        window.put(Place.TOP, self.top)
        window.put(Place.STACK, self.stack)
        window.put(Place.STATUS, self.status)
        window.follow(document)

    def _connect(self) -> None:
        window, files, run = self.window, self.files, self.run
        window.closing.connect(self._leave)
        window.dropped.connect(self._take_dropped)
        files.opened.connect(self._forget_messages)
        files.told.connect(self._tell)
        run.preparing.connect(self._tell)
        files.failed.connect(self._complain)
        run.failed.connect(self._complain)
        run.crashed.connect(self._offer_log)
        run.began.connect(self._forget_messages)
        run.state_changed.connect(self._frame.collector.start)  # torch has been imported, or cannot be
        self.supply.changed.connect(self._offer_data)
        self.supply.found.connect(self._tell)
        self._offer_data(self.supply.state)
        self.stack.refused.connect(self._complain)
        self.run.snapshots.connect(self._show_end)
        self.document.changed.connect(self._offer_adaptation)
        self.top.mend_requested.connect(self._show_problem)
        self.unexpected.happened.connect(self._unexpected)
        self.view_menu.layout_reset.connect(window.reset_layout)
        self.file_menu.new_requested.connect(self.show_gallery)
        self.file_menu.reader_requested.connect(self.open_reader)
        self.help_menu.shortcuts_requested.connect(self.show_shortcuts)
        self.help_menu.about_requested.connect(self.show_about)

    def start(self, path: Path | None) -> None:
        """Show the window, and begin."""
        self.window.show()
        self.begin(path)

    def begin(self, path: Path | None) -> None:
        """Open the file if there is one, add in portions what is still missing of the window, and load torch."""
        self.stack.setFocus()
        self._portions.start()
        if path is not None:
            self.files.open(path)

    def _complete(self) -> Iterator[Portion]:
        yield from self._parts
        self.run.load_torch()

    def fill(self) -> None:
        """Add at once what is still missing of the window."""
        for beside in self._parts:
            if beside is not None:
                beside()

    def _later_parts(self) -> Iterator[Portion]:
        """Import and make the remaining parts, in the order in which a person looks for them."""
        self._add_recipe()
        yield None
        self._add_palette()
        yield None
        self._add_form()
        yield _import_arithmetic
        self._add_task()
        yield None
        self._add_curves()

    def _add_recipe(self) -> None:
        from playground.gui.recipe.strip import RecipeStrip

        self.recipe = RecipeStrip(self.document, self.window)
        self.recipe.set_preview("augmentations", self._make_preview)
        self.recipe.set_preview("schedule", self._make_rates)
        self.recipe.set_preview("data", self._make_supply)
        self.run.state_changed.connect(self._show_running)
        self.window.put(Place.RECIPE, self.recipe)

    def _add_palette(self) -> None:
        from playground.gui.stack.palette import Palette

        self.palette = Palette(self.window)
        self.palette.chosen.connect(self.stack.insert)
        self.stack.selection_changed.connect(self._show_fitting)
        self.document.changed.connect(self._show_fitting)
        self.edit_menu.find_requested.connect(self.palette.focus_search)
        self._show_fitting()
        self.window.put(Place.PALETTE, self.palette)

    def _add_form(self) -> None:
        from playground.gui.forms.layer_panel import LayerPanel

        self.form = LayerPanel(self.document, self.window)
        self.stack.selection_changed.connect(self.form.show_selection)
        self.stack.form_requested.connect(self.form.focus_form)
        self.window.put(Place.FORM, self.form)

    def _add_task(self) -> None:
        from playground.gui.panel import Surroundings, TaskPane

        self.task = TaskPane(Surroundings(self.document, self.run, self.background, self.window))
        self.task.made.connect(self.edit_menu.add_panel)
        self.edit_menu.add_panel(self.task.panel)
        self.task.reader_requested.connect(self.open_reader)
        self.task.thumbnails.connect(self.stack.show_thumbnails)
        self.window.put(Place.DRAWING, self.task)

    def _add_curves(self) -> None:
        from playground.gui.curves.panel import CurvesPanel

        assert self.task is not None
        self.curves = CurvesPanel(self.window, self.ask, self.background)
        self.curves.failed.connect(self._complain)
        self.run.snapshots.connect(self.curves.add)
        self.run.began.connect(self._begin_curves)
        self.run.cleared.connect(self.curves.reset)
        self.task.used.connect(self.curves.hold)
        self.file_menu.add_curves(self.curves.export_menu)
        self.view_menu.add_curves(self.curves.header)
        self.window.put(Place.CURVES, self.curves)

    def collect_garbage(self) -> None:
        """Collect now what would be collected within a second or some."""
        self._frame.collector.collect()

    def panes(self) -> tuple[QWidget, ...]:
        """The parts of the window that the focus goes through."""
        return tuple(self.window.part(place) for place in Place if place is not Place.STATUS)

    def close(self) -> None:
        """End all threads and wait for them."""
        self._portions.stop()
        self.supply.close()
        self.background.close()
        if self.task is not None:
            self.task.close_panels()
        self.run.close()
        self._frame.close()

    @Slot()
    def show_gallery(self) -> None:
        """Offer the presets."""
        from playground.gui.gallery.dialog import Gallery

        gallery = Gallery(presets(), self.window)
        gallery.chosen.connect(self.files.new)
        gallery.open()

    @Slot()
    def open_reader(self) -> None:
        """Show the trained reader."""
        self.files.new(preset(READER))

    @Slot()
    def show_shortcuts(self) -> None:
        """List the keys."""
        from playground.gui.shortcuts import Shortcuts

        Shortcuts(self.window.menuBar(), self.window).show()

    @Slot()
    def show_about(self) -> None:
        """Show the versions."""
        from playground.gui.about import About

        About(self.window).show()

    def _make_rates(self) -> QWidget:
        from playground.gui.recipe.rate import RatePreview

        return RatePreview(self.document)

    def _make_supply(self) -> QWidget | None:
        from playground.gui.supply.pane import SupplyPane, has_pane

        return SupplyPane(self.supply) if has_pane(self.document.experiment.data) else None

    def _make_preview(self) -> QWidget:
        from playground.gui.recipe.preview import AugmentationPreview

        return AugmentationPreview(self.document, self.run)

    @Slot()
    def _leave(self) -> None:
        self.files.leave(self.window.allow_close)

    @Slot()
    def _forget_messages(self) -> None:
        """What was said of the experiment before, or to begin with, no longer helps."""
        for key in ("hint", "failure", "verdict"):
            self.window.messages.dismiss(key)

    @Slot(object)
    def _begin_curves(self, experiment: Experiment) -> None:
        if self.curves is not None:
            self.curves.begin(experiment, experiment.recipe.steps_per_epoch(experiment.data.train_count))

    @Slot()
    def _show_fitting(self) -> None:
        if self.palette is not None:
            self.palette.show_suiting(self.document.experiment.data.sample_shape)
            self.palette.show_fitting(self.stack.insertion_shape())

    @Slot(object)
    def _show_running(self, state: RunState) -> None:
        if self.recipe is not None:
            self.recipe.set_running(state in (RunState.TRAINING, RunState.PAUSED))

    @Slot(object)
    def _show_end(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Say how the run ended: calmly where it was tested, in the way where it went wrong."""
        last = snapshots[-1]
        if isinstance(last, Finished):
            self.window.messages.show_message("verdict", "hint", translated(last.verdict))
        elif isinstance(last, Diverged):
            self.window.messages.show_message("verdict", "warning", translated(last.message))

    @Slot()
    def _show_problem(self) -> None:
        """Bring the first problem into view."""
        problem = next(iter(self.document.problems), None)
        if problem is not None and problem.layer is not None:
            self.stack.select_path(problem.layer)
            self.stack.setFocus()

    @Slot(object)
    def _offer_adaptation(self, experiment: Experiment) -> None:
        """Where the data was exchanged and the network does not fit it, offer to adapt it, until it does."""
        exchanged = type(experiment.data) is not self._fitted_data
        if not self.document.problems:
            self._fitted_data = type(experiment.data)
        fix = adaptation(experiment) if exchanged and self.document.problems else None
        if fix is None:
            self.window.messages.dismiss("adapt")
            return
        text = self.tr("This network was made for other data than {0}.").format(translated(experiment.data.label))
        choices = [(translated(fix.label), self._adapt)]
        self.window.messages.show_message("adapt", "warning", text, choices)

    @Slot(object)
    def _offer_data(self, state: State) -> None:
        """Say where the data is not there yet, and offer to bring it; while it comes, how far it has come."""
        messages, name = self.window.messages, translated(state.data.label)
        chosen = isinstance(state.data, OwnPictures) and bool(state.data.source.path)
        kind = (type(state.data), chosen, state.busy, state.lacking, state.failure, state.looking is None)
        if kind == self._offered:
            if state.busy:
                messages.change_text("data", self._coming(state))
            return
        self._offered = kind
        failure = translated(state.failure) + " " if state.failure else ""
        if state.busy:
            messages.show_message("data", "hint", self._coming(state), [(self.tr("Cancel"), self.supply.cancel)])
        elif state.lacking:
            size = self.tr("Download {0}").format(size_text(state.lacking))
            choices = [(size, self.supply.download), (self.tr("From disk…"), self._take_from_disk)]
            text = failure or self.tr("{0} is not on this machine.").format(name)
            messages.show_message("data", "warning", text.strip(), choices)
        elif isinstance(state.data, OwnPictures) and (failure or not chosen):
            text = failure or self.tr("Choose a folder that holds a folder of pictures for each class.")
            choices = [(self.tr("Choose a folder…"), self._choose_source)] if state.looking is None else []
            messages.show_message("data", "warning", text.strip(), choices)
        elif isinstance(state.data, OwnText) and (failure or not state.data.source.path):
            text = failure or self.tr("Choose a text file to learn from.")
            choices = [(self.tr("Choose a file…"), self._choose_source)] if state.looking is None else []
            messages.show_message("data", "warning", text.strip(), choices)
        elif failure:
            messages.show_message("data", "error", failure.strip(), [(self.tr("Choose a file…"), self._choose_source)])
        else:
            messages.dismiss("data")

    @Slot(object)
    def _take_dropped(self, path: Path) -> None:
        """Open an experiment or a network; let a table or a folder of pictures become the data."""
        if is_source(path):
            self.supply.look(path)
        else:
            self.files.open(path)

    def _take_from_disk(self) -> None:
        self.supply.take_from_disk()
        self._offer_again()

    def _choose_source(self) -> None:
        self.supply.choose()
        self._offer_again()

    def _offer_again(self) -> None:
        """Pressing a button took the message away; it still stands where the person chose nothing."""
        self._offered = None
        self._offer_data(self.supply.state)

    def _coming(self, state: State) -> str:
        words = self.tr("{0}: {1} of {2}")
        return words.format(translated(state.data.label), size_text(state.done), size_text(state.total))

    @Slot()
    def _adapt(self) -> None:
        fix = adaptation(self.document.experiment)
        if fix is not None:
            self.document.mend(fix)

    @Slot(object)
    def _tell(self, message: Message) -> None:
        self.window.messages.dismiss("failure")
        self.status.tell(translated(message))

    @Slot(object)
    @Slot(str)
    def _complain(self, message: Message | str) -> None:
        text = translated(message) if isinstance(message, Message) else message
        self.window.messages.show_message("failure", "error", text)

    @Slot(object)
    def _offer_log(self, message: Message) -> None:
        choices = [(self.tr("Open log"), self.help_menu.open_log)]
        self.window.messages.show_message("failure", "error", translated(message), choices)

    @Slot(str)
    def _unexpected(self, error: str) -> None:
        text = self.tr("Something went wrong: {0}. The log says more; what you do next should work.").format(error)
        choices = [(self.tr("Open log"), self.help_menu.open_log)]
        self.window.messages.show_message("unexpected", "error", text, choices)


def _import_arithmetic() -> None:
    """Import the libraries that the panes stand on, so that the window's thread finds them imported."""
    import playground.engine.pictures  # noqa: F401

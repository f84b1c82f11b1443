"""Adds the tabs about what the network learned, which are imported and made when they are first shown."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Slot

from playground.gui.session.background import Background, Job
from playground.gui.session.previous_network import PreviousNetwork
from playground.gui.session.probe_history import ProbeHistory
from playground.gui.session.run_state import RunState
from playground.gui.start.page_place import PagePlace
from playground.gui.start.program_parts import ProgramParts
from playground.gui.window.results_pane import ResultsPane
from playground.spec.edits import LayerPath

if TYPE_CHECKING:
    from playground.engine.probes.interventions import Intervention
    from playground.gui.evaluation.evaluator import Evaluator
    from playground.gui.evaluation.exported_page import ExportedPage
    from playground.gui.evaluation.map_watch import MapWatch
    from playground.gui.evaluation.weights_watch import WeightsWatch
    from playground.gui.panels.panel import TaskPane
    from playground.gui.robustness.page import Put
    from playground.gui.robustness.watch import RobustnessWatch


_BROKEN = "broken"  # the key of a message


class _Tab(NamedTuple):
    """A tab, and where its page is."""

    title: str
    menu: str
    keys: str
    module: str
    name: str
    room: str = "evaluation"


class EvaluationPages(QObject):
    """The tabs and what they share."""

    def __init__(self, program: ProgramParts, pane: ResultsPane, task: TaskPane | None) -> None:
        """`task` has the example that they show or mark, if it could be made."""
        super().__init__(program)
        self._program, self._task = program, task
        self._evaluator: Evaluator | None = None
        self._weights: WeightsWatch | None = None
        self._map: MapWatch | None = None
        self._robustness: RobustnessWatch | None = None
        self._previous = PreviousNetwork(program.run, self)  # from the first run on, whenever a tab is opened
        self.probes = ProbeHistory(program.run, self)  # from the first step on, whenever a tab is opened
        self.example: Any = None  # of the visible panel
        self.places: dict[str, PagePlace[ExportedPage]] = {}
        self._jobs: dict[str, Job] = {}  # of pages whose modules are imported, which takes up to seconds
        for tab in self._tabs():
            place: PagePlace[ExportedPage] = PagePlace(lambda place, tab=tab: self._make(tab, place), pane)  # type: ignore[misc]
            self.places[tab.name] = place
            pane.add(tab.title, place.header, place)
            program.view_menu.add_page(tab.menu, tab.keys, lambda place=place: pane.show_page(place))  # type: ignore[misc]
        program.run.state_changed.connect(self._note_state)
        program.run.intervention_changed.connect(self._note_broken)

    def stop(self) -> None:
        """Stop evaluating, because the program ends."""
        if self._evaluator is not None:
            self._evaluator.stop()
        if self._weights is not None:
            self._weights.stop()
        if self._map is not None:
            self._map.stop()
        if self._robustness is not None:
            self._robustness.stop()

    @property
    def threads(self) -> tuple[Background, ...]:
        """The threads that wait for work of these tabs."""
        return (self._map.neighbours.thread_of_work,) if self._map is not None else ()

    def _tabs(self) -> tuple[_Tab, ...]:
        return (
            _Tab(self.tr("Confusion"), self.tr("Show Con&fusion"), "Alt+3", "confusion_page", "ConfusionPage"),
            _Tab(self.tr("Mistakes"), self.tr("Show &Mistakes"), "Alt+4", "mistakes_page", "MistakesPage"),
            _Tab(self.tr("Trust"), self.tr("Show &Trust"), "Alt+5", "trust_page", "TrustPage"),
            _Tab(self.tr("Break it"), self.tr("&Break the network"), "Alt+6", "break_page", "BreakPage"),
            _Tab(self.tr("Weights"), self.tr("Show &Weights"), "Alt+7", "weights_page", "WeightsPage"),
            _Tab(self.tr("Map"), self.tr("Sh&ow Map"), "Alt+8", "map_page", "MapPage"),
            _Tab(self.tr("Robustness"), self.tr("&Show Robustness"), "Alt+0", "page", "RobustnessPage", "robustness"),
        )

    def _make(self, tab: _Tab, place: PagePlace[ExportedPage]) -> None:
        """Make a page; not before torch is imported, which two threads must not do at the same time."""
        program = self._program
        if program.run.state is RunState.BROKEN:
            place.explain(self.tr("Nothing can be evaluated: PyTorch could not be loaded."))
        if program.run.state in (RunState.LOADING, RunState.BROKEN) or tab.name in self._jobs:
            return
        place.explain(self.tr("one moment…"))
        job = program.background.do(lambda: (tab, import_module(f"playground.gui.{tab.room}.{tab.module}")))
        job.done.connect(self._fill)
        job.failed.connect(program.notifications.complain)
        self._jobs[tab.name] = job

    @Slot(object)
    def _fill(self, imported: tuple[_Tab, ModuleType]) -> None:
        (tab, module), program = imported, self._program
        place = self.places[tab.name]
        page: ExportedPage
        if tab.name == "WeightsPage":
            page = module.WeightsPage(self._weights_watch(), program.saving, program.ask, place)
        elif tab.name == "MapPage":
            evaluator, watch = self._shared_evaluator(), self._map_watch()
            page = module.MapPage(evaluator, watch, program.saving, program.ask, program.background, place)
        elif tab.name == "RobustnessPage":
            page = module.RobustnessPage(self._robustness_watch(), self._put, program.saving, program.ask, place)
        else:
            page = getattr(module, tab.name)(self._shared_evaluator(), program.saving, program.ask, place)
        page.failed.connect(program.notifications.complain)
        place.fill(page, page.header)

    def _shared_evaluator(self) -> Evaluator:
        """The evaluator of all tabs that show figures of data."""
        if self._evaluator is None:
            from playground.gui.evaluation.evaluator import Evaluator

            program = self._program
            self._evaluator = Evaluator(program.document, program.run, program.inference, program.background, self)
        return self._evaluator

    def _weights_watch(self) -> WeightsWatch:
        from playground.gui.evaluation.weights_watch import WeightsWatch

        program = self._program
        self._weights = WeightsWatch(program.document, program.run, program.inference, self.probes, self)
        program.stack.selection_changed.connect(self._follow_selection)
        return self._weights

    def _map_watch(self) -> MapWatch:
        from playground.gui.evaluation.map_watch import MapWatch

        program = self._program
        self._map = MapWatch(program.document, program.run, program.inference, program.background, self)
        self._map.show_example(self.example)
        return self._map

    def _robustness_watch(self) -> RobustnessWatch:
        from playground.gui.robustness.watch import RobustnessWatch

        program = self._program
        self._robustness = RobustnessWatch(
            program.document, program.run, program.inference, program.background, self._previous, self
        )
        self._robustness.show_example(self.example)
        return self._robustness

    def _put(self) -> Put | None:
        """The function that puts a picture on the visible panel; None where that takes none."""
        panel = None if self._task is None else self._task.panel
        return panel.show_changed if panel is not None and panel.takes_changes else None

    @Slot(object)
    def follow_example(self, example: Any) -> None:
        """Show the example of the visible panel; nothing is computed for a tab that is hidden."""
        self.example = example
        if self._map is not None:
            self._map.show_example(example)
        if self._robustness is not None:
            self._robustness.show_example(example)

    @Slot(object)
    def _follow_selection(self, paths: tuple[LayerPath, ...]) -> None:
        """Show the weights of the layer that was selected in the stack."""
        from playground.gui.evaluation.weights_page import WeightsPage

        page = self.places["WeightsPage"].page
        if paths and isinstance(page, WeightsPage) and page.isVisible():
            page.choose_layer(paths[0])

    @Slot(object)
    def _note_broken(self, intervention: Intervention | None) -> None:
        """Say, whatever page is shown, that all views show a network that was broken on purpose."""
        messages = self._program.window.messages
        if intervention is None:
            messages.dismiss(_BROKEN)
        else:
            words = self.tr(
                "The network is broken on purpose: answers and figures are those of the broken copy. Weights, and"
                " predictions for files, are those of the network as it was trained."
            )
            messages.show_message(_BROKEN, "hint", words, [(self.tr("Restore everything"), self._restore)])

    def _restore(self) -> None:
        self._program.run.show_broken(None)

    @Slot()
    def _note_state(self) -> None:
        """Make the page that is shown, if it waited."""
        for tab in self._tabs():
            place = self.places[tab.name]
            if place.isVisible() and place.page is None:
                self._make(tab, place)

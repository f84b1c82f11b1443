"""Adds the tabs about what the network learned, which are imported and made when they are first shown."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Slot

from playground.gui.session.background import Job
from playground.gui.session.run_state import RunState
from playground.gui.start.page_place import PagePlace
from playground.gui.start.program_parts import ProgramParts
from playground.gui.window.results_pane import ResultsPane

if TYPE_CHECKING:
    from playground.engine.probes.interventions import Intervention
    from playground.gui.evaluation.evaluator import Evaluator
    from playground.gui.evaluation.page import EvaluationPage


_BROKEN = "broken"  # the key of a message


class _Tab(NamedTuple):
    """A tab, and where its page is."""

    title: str
    menu: str
    keys: str
    module: str
    name: str


class EvaluationPages(QObject):
    """The tabs and what they share."""

    def __init__(self, program: ProgramParts, pane: ResultsPane) -> None:
        super().__init__(program)
        self._program = program
        self._evaluator: Evaluator | None = None
        self.places: dict[str, PagePlace[EvaluationPage]] = {}
        self._jobs: dict[str, Job] = {}  # of pages whose modules are imported, which takes up to seconds
        for tab in self._tabs():
            place: PagePlace[EvaluationPage] = PagePlace(lambda place, tab=tab: self._make(tab, place), pane)  # type: ignore[misc]
            self.places[tab.name] = place
            pane.add(tab.title, place.header, place)
            program.view_menu.add_page(tab.menu, tab.keys, lambda place=place: pane.show_page(place))  # type: ignore[misc]
        program.run.state_changed.connect(self._note_state)
        program.run.intervention_changed.connect(self._note_broken)

    def stop(self) -> None:
        """Evaluate nothing more; the program ends."""
        if self._evaluator is not None:
            self._evaluator.stop()

    def _tabs(self) -> tuple[_Tab, ...]:
        return (
            _Tab(self.tr("Confusion"), self.tr("Show Con&fusion"), "Alt+3", "confusion_page", "ConfusionPage"),
            _Tab(self.tr("Mistakes"), self.tr("Show &Mistakes"), "Alt+4", "mistakes_page", "MistakesPage"),
            _Tab(self.tr("Trust"), self.tr("Show &Trust"), "Alt+5", "trust_page", "TrustPage"),
            _Tab(self.tr("Break it"), self.tr("&Break the network"), "Alt+6", "break_page", "BreakPage"),
        )

    def _make(self, tab: _Tab, place: PagePlace[EvaluationPage]) -> None:
        """Make a page; not before torch is imported, which two threads must not do at the same time."""
        program = self._program
        if program.run.state is RunState.BROKEN:
            place.explain(self.tr("Nothing can be evaluated: PyTorch could not be loaded."))
        if program.run.state in (RunState.LOADING, RunState.BROKEN) or tab.name in self._jobs:
            return
        place.explain(self.tr("one moment…"))
        job = program.background.do(lambda: (tab, import_module(f"playground.gui.evaluation.{tab.module}")))
        job.done.connect(self._fill)
        job.failed.connect(program.notifications.complain)
        self._jobs[tab.name] = job

    @Slot(object)
    def _fill(self, imported: tuple[_Tab, ModuleType]) -> None:
        (tab, module), program = imported, self._program
        place = self.places[tab.name]
        if self._evaluator is None:
            from playground.gui.evaluation.evaluator import Evaluator

            self._evaluator = Evaluator(program.document, program.run, program.inference, program.background, self)
        page: EvaluationPage = getattr(module, tab.name)(self._evaluator, program.saving, program.ask, place)
        page.failed.connect(program.notifications.complain)
        place.fill(page, page.header)

    @Slot(object)
    def _note_broken(self, intervention: Intervention | None) -> None:
        """Say, whatever page is shown, that all views show a network that was broken on purpose."""
        messages = self._program.window.messages
        if intervention is None:
            messages.dismiss(_BROKEN)
        else:
            words = self.tr("The network is broken on purpose: answers and figures are those of the broken copy.")
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

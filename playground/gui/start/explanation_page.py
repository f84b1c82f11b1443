"""Adds the tab Why, which is imported and made when it is first shown, and opens it from the panels."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.gui.panels.panel import TaskPane
from playground.gui.panels.why_menu import CHANGE, LATEST
from playground.gui.session.background import Job
from playground.gui.session.run_state import RunState
from playground.gui.start.page_place import PagePlace
from playground.gui.start.program_parts import ProgramParts
from playground.gui.window.results_pane import ResultsPane
from playground.spec.attribution_methods import method_named

if TYPE_CHECKING:
    from playground.gui.explanation.page import WhyPage


class ExplanationPage(QObject):
    """The tab; `place` holds its page."""

    def __init__(self, program: ProgramParts, pane: ResultsPane, task: TaskPane) -> None:
        super().__init__(program)
        self._program, self._pane, self._task = program, pane, task
        self._job: Job | None = None  # the import, which takes up to seconds
        self._requested = LATEST  # what the page is to show once it is made
        self.place: PagePlace[WhyPage] = PagePlace(self._make, pane)
        pane.add(self.tr("Why"), self.place.header, self.place)
        program.view_menu.add_page(self.tr("S&how Why"), "Alt+9", lambda: pane.show_page(self.place))
        program.run.state_changed.connect(self._note_state)
        task.why_requested.connect(self.open)

    def stop(self) -> None:
        """Stop explaining, because the program ends."""
        if self.place.page is not None:
            self.place.page.explainer.stop()

    @Slot(str)
    def open(self, requested: str) -> None:
        """Show the page with a method, or with what would change the answer."""
        self._requested = requested
        self._pane.show_page(self.place)
        self._show_requested()

    def _show_requested(self) -> None:
        page, requested = self.place.page, self._requested
        if page is None:
            return
        self._requested = LATEST
        if requested == CHANGE:
            page.choose_change()
        elif requested != LATEST:
            page.choose(method_named(requested))

    def _make(self, place: PagePlace[WhyPage]) -> None:
        """Make the page; not before torch is imported, which two threads must not do at the same time."""
        state = self._program.run.state
        if state is RunState.BROKEN:
            place.explain(self.tr("Nothing can be explained: PyTorch could not be loaded."))
        if state in (RunState.LOADING, RunState.BROKEN) or self._job is not None:
            return
        place.explain(self.tr("one moment…"))
        self._job = self._program.background.do(lambda: import_module("playground.gui.explanation.page"))
        self._job.done.connect(self._fill)
        self._job.failed.connect(self._program.notifications.complain)

    @Slot(object)
    def _fill(self, _module: object) -> None:
        from playground.gui.explanation.explainer import Explainer
        from playground.gui.explanation.page import WhyPage

        program = self._program
        explainer = Explainer(program.document, program.run, program.inference, self._task, self)
        page = WhyPage(explainer, self.place)
        self.place.fill(page, page.header)
        self._show_requested()

    @Slot()
    def _note_state(self) -> None:
        """Make the page if it waited."""
        if self.place.isVisible() and self.place.page is None:
            self._make(self.place)

"""Says what has no block to stand on, and offers what would mend it.

The data is not there, the network was made for other data, or the recipe does not go with both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Slot

from playground.gui.data_source.data_source import DataSource, State
from playground.gui.session.document import Document
from playground.gui.style.translation import explained, translated
from playground.gui.window.message_bar import MessageArea
from playground.spec.adapt import adaptation
from playground.spec.check.problem import Problem
from playground.spec.experiment import Experiment
from playground.spec.number_text import bytes_text


class Suggestions(QObject):
    """Listens to the document and to the source of its data; each has one message at a time."""

    def __init__(self, messages: MessageArea, document: Document, data_source: DataSource, parent: QObject) -> None:
        super().__init__(parent)
        self._messages, self._document, self._data_source = messages, document, data_source
        self._fitted = document.experiment.data  # what the network was made for
        self._offered: object = None  # of what data was said that it is not there, or how far it has come
        self._complaint: Problem | None = None  # what was said of the recipe
        data_source.changed.connect(self._offer_data)
        document.changed.connect(self._offer_adaptation)
        document.changed.connect(self._offer_remedy)
        self._offer_data(data_source.state)

    @Slot(object)
    def _offer_adaptation(self, experiment: Experiment) -> None:
        """Where the data was exchanged and the network does not fit it, offer to adapt it, until it does."""
        exchanged = type(experiment.data) is not type(self._fitted)
        if not self._document.problems:
            self._fitted = experiment.data
        fix = adaptation(experiment, self._fitted) if exchanged and self._document.problems else None
        if fix is None:
            self._messages.dismiss("adapt")
            return
        text = self.tr("This network was made for other data than {0}.").format(translated(experiment.data.label))
        choices = [(translated(fix.label), self._adapt)]
        self._messages.show_message("adapt", "warning", text, choices)

    @Slot()
    def _offer_remedy(self) -> None:
        """Say what is wrong with the recipe, one thing at a time; adapting the network mends it too."""
        problem = None if self._messages.says("adapt") else _of_recipe(self._document.problems)
        if problem != self._complaint:
            self._complain(problem)

    def say_again(self) -> None:
        """Say what is wrong with the recipe, also to who has taken the message away, or the offer to adapt."""
        self._complain(_of_recipe(self._document.problems))

    def _complain(self, problem: Problem | None) -> None:
        self._complaint = problem
        if problem is None:
            self._messages.dismiss("recipe")
            return
        fix = problem.fix
        choices = [] if fix is None else [(translated(fix.label), partial(self._document.mend, fix))]
        self._messages.show_message("recipe", "warning", explained(problem), choices)

    @Slot(object)
    def _offer_data(self, state: State) -> None:
        """Say where the data is not there yet, and offer to bring it; while it comes, how far it has come."""
        messages, name = self._messages, translated(state.data.label)
        known, choice = state.data.known, state.choice
        kind = (type(state.data), known, choice, state.busy, state.lacking, state.failure, state.looking is None)
        if kind == self._offered:
            if state.busy:
                messages.change_text("data", self._coming(state))
            return
        self._offered = kind
        failure = translated(state.failure) + " " if state.failure else ""
        if state.busy:
            messages.show_message("data", "hint", self._coming(state), [(self.tr("Cancel"), self._data_source.cancel)])
        elif state.lacking:
            size = self.tr("Download {0}").format(bytes_text(state.lacking))
            choices = [(size, self._data_source.download), (self.tr("From disk…"), self._take_from_disk)]
            text = failure or self.tr("{0} is not on this machine.").format(name)
            messages.show_message("data", "warning", text.strip(), choices)
        elif state.failure or (choice is not None and choice.prompt and not known):
            self._offer_choice(state)
        else:
            messages.dismiss("data")

    def _offer_choice(self, state: State) -> None:
        """Say what went wrong with a file or a folder, or that one has to be chosen, and offer to choose one."""
        choice, choices = state.choice, []
        if choice is not None and state.looking is None:
            words = self.tr("Choose a folder…") if choice.folder else self.tr("Choose a file…")
            choices = [(words, self._choose_source)]
        text = translated(state.failure or (choice.prompt if choice else ""))
        self._messages.show_message("data", "error" if state.data.known else "warning", text, choices)

    def _take_from_disk(self) -> None:
        self._data_source.take_from_disk()
        self._offer_again()

    def _choose_source(self) -> None:
        self._data_source.choose()
        self._offer_again()

    def _offer_again(self) -> None:
        """Pressing a button took the message away; it still stands where the person chose nothing."""
        self._offered = None
        self._offer_data(self._data_source.state)

    def _coming(self, state: State) -> str:
        words = self.tr("{0}: {1} of {2}")
        return words.format(translated(state.data.label), bytes_text(state.done), bytes_text(state.total))

    @Slot()
    def _adapt(self) -> None:
        fix = adaptation(self._document.experiment, self._fitted)
        if fix is not None:
            self._document.depart(fix)


def _of_recipe(problems: Sequence[Problem]) -> Problem | None:
    """The first of them that is one of the recipe."""
    return next((problem for problem in problems if problem.part == "recipe"), None)

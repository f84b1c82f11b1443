"""Shows problems that belong to no block, and offers a fix.

The data are missing, the network was made for other data, or the recipe does not fit network or data.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Slot

from playground.gui.data_source.data_source import DataSource
from playground.gui.data_source.state import State
from playground.gui.session.document import Document
from playground.gui.style.translation import explained, translated
from playground.gui.window.message_bar import MessageArea
from playground.spec.adapt import adaptation
from playground.spec.check.problem import Problem
from playground.spec.experiment import Experiment
from playground.spec.number_text import bytes_text


class Suggestions(QObject):
    """Follows the document and the data source; each has at most one message."""

    def __init__(self, messages: MessageArea, document: Document, data_source: DataSource, parent: QObject) -> None:
        super().__init__(parent)
        self._messages, self._document, self._data_source = messages, document, data_source
        self._fitted = document.experiment.data  # the data that the network was made for
        self._offered: object = None  # data and download progress of the current message
        self._complaint: Problem | None = None  # the recipe's problem in the current message
        data_source.changed.connect(self._offer_data)
        document.changed.connect(self._offer_adaptation)
        document.changed.connect(self._offer_remedy)
        self._offer_data(data_source.state)

    @Slot(object)
    def _offer_adaptation(self, experiment: Experiment) -> None:
        """If the data were changed and the network does not fit them, offer to adapt it, until it does."""
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
        """Show the first problem of the recipe, unless adapting the network would solve it."""
        problem = None if self._messages.has_message("adapt") else _of_recipe(self._document.problems)
        if problem != self._complaint:
            self._complain(problem)

    def say_again(self) -> None:
        """Show the recipe's problem, or the offer to adapt, again after it was dismissed."""
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
        """If data are missing, offer to download them; during the download, show its progress."""
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
        """Report a failure with a file or folder, or that one has to be chosen, and offer to choose one."""
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
        """Show the offer again if the user chose nothing: pressing its button removed the message."""
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
    """The first problem that belongs to the recipe."""
    return next((problem for problem in problems if problem.part == "recipe"), None)

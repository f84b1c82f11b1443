"""Opens the dialog “Prune”, measures the network for it in the inference thread, and prunes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.thread_shutdown import Thread
from playground.gui.session.worker_mailbox import SharedData
from playground.gui.start.changed_network import ChangedNetwork
from playground.gui.start.program_parts import ProgramParts
from playground.gui.style.action import allow, untrained
from playground.gui.window.menus.file import FileMenu
from playground.spec.datasets.changeable import OTHER_SAMPLES, same_samples
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import percent_text

if TYPE_CHECKING:
    from torch import nn

    from playground.engine.data.in_memory import Data
    from playground.engine.evaluation.data_part import EvaluatedPart
    from playground.gui.pruning.dialog import PruningDialog
    from playground.gui.pruning.inference import PruningAnswer
    from playground.gui.pruning.teaching import Taught
    from playground.gui.start.pruned_lesson import PrunedLesson


class ProgramPruning(QObject):
    """One dialog at a time, about the network that was shown when it was opened."""

    def __init__(self, program: ProgramParts, changes: list[ChangedNetwork]) -> None:
        """`changes`: which undo and redo go through."""
        super().__init__(program)
        self._program, self._changes = program, changes
        self.dialog: PruningDialog | None = None
        self._source: NetworkSource | None = None  # the network that is measured
        self._data: tuple[Data, EvaluatedPart] | None = None
        self._client: InferenceClient | None = None  # while the dialog is open
        self._lesson: PrunedLesson | None = None  # made with the first one
        self._action: QAction | None = None
        for signal in (program.run.weights_changed, program.document.changed):
            signal.connect(self._enable)
        program.run.data_shared.connect(self._take_data)

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The threads that end with the window."""
        return () if self._lesson is None else (self._lesson.background,)

    def follow(self, menu: FileMenu) -> None:
        """Open the dialog from a menu."""
        self._action = menu.prune
        menu.prune.triggered.connect(self.open)
        self._enable()

    @Slot()
    def open(self) -> None:
        """Show the dialog; a new one measures the network as it is now."""
        if self.dialog is None:
            self._make()
        if self.dialog is not None:
            self.dialog.show()
            self.dialog.raise_()
            self.dialog.activateWindow()

    def _make(self) -> None:
        weights, experiment = self._program.run.weights, self._program.document.experiment
        if weights is None:
            self._program.notifications.complain(message("There is no trained network."))
            return
        from playground.gui.pruning.dialog import PruningDialog
        from playground.gui.pruning.inference import PruningMeasurer

        self.dialog = PruningDialog(experiment, self._program.window)
        self.dialog.changed.connect(self._ask)
        self.dialog.prune_requested.connect(self.prune)
        self.dialog.distill_requested.connect(self.distill)
        self.dialog.stop_requested.connect(self._stop_lesson)
        self.dialog.destroyed.connect(self._forget)
        self._data = None
        if not same_samples(weights.experiment.data, experiment.data):
            self.dialog.show_problem(message(OTHER_SAMPLES))
            return
        self._source = replace(NetworkSource.of(weights), experiment=experiment)
        measure = PruningMeasurer().measure
        self._client = InferenceClient(self._program.inference, measure, Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        self._client.set_network(self._source)
        self.dialog.show_work(self.tr("Reading the data…"))
        self._program.run.share_data()

    @Slot(object)
    def _take_data(self, shared: SharedData) -> None:
        if self._data is not None or self._source is None or shared.dataset != self._source.experiment.data:
            return
        if shared.data is None:
            self._show_problem(shared.problem or message("The data cannot be read."))
            return
        from playground.engine.data.in_memory import DataError
        from playground.engine.evaluation.data_part import default_part, part_of
        from playground.gui.pruning.inference import MOST

        try:
            part = part_of(shared.data, shared.dataset, default_part(shared.data), MOST)
        except DataError as error:  # there is nothing to measure with
            self._show_problem(error.message)
            return
        self._data = shared.data, part
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Ask about what is chosen."""
        from playground.gui.pruning.inference import PruningQuestion

        dialog, source = self.dialog, self._source
        if dialog is None or self._data is None or self._client is None or source is None:
            return
        if dialog.answer is None:
            dialog.show_work(self.tr("The network is measured…"))
        question = PruningQuestion(*self._data, dialog.by, dialog.chosen_criterion, dialog.sparsity)
        self._client.ask(BoundQuestion(question, source.experiment.data))

    @Slot(object)
    def _take(self, answer: PruningAnswer | InferenceError) -> None:
        dialog = self.dialog
        if dialog is None or not shiboken6.isValid(dialog):
            return
        if isinstance(answer, InferenceError):
            dialog.show_problem(answer.message)
            return
        asked = answer.question
        if (asked.by, asked.criterion, asked.sparsity) == (dialog.by, dialog.chosen_criterion, dialog.sparsity):
            dialog.show_answer(answer)

    @Slot()
    def prune(self) -> None:
        """Put the network that was measured into the document, unless that shows something else by now."""
        if (answer := self._ready()) is not None:
            self._replace(answer, answer.made.network, message("Prune"), _said(answer))

    @Slot()
    def distill(self) -> None:
        """Train the pruned network from the whole one, then put it into the document."""
        answer, data = self._ready(), self._data
        if answer is None or data is None or self.dialog is None:
            return
        if self._lesson is None:
            from playground.gui.start.pruned_lesson import PrunedLesson

            self._lesson = PrunedLesson(self)
            self._lesson.told.connect(self._tell_lesson)
            self._lesson.taught.connect(self._take_taught)
            self._lesson.failed.connect(self._refuse)
        self._lesson.begin(answer, data[0])

    def _ready(self) -> PruningAnswer | None:
        """The answer about the chosen network; None where that cannot be made now, of which the dialog says why."""
        dialog = self.dialog
        answer = dialog.answer if dialog is not None else None
        if dialog is None or answer is None or answer.question.sparsity != dialog.sparsity:
            return None
        if self._program.run.busy:
            dialog.refuse(message("A run goes on: end it first, then the network can be pruned."))
            return None
        if (why := self._changed(answer.source)) is not None:
            dialog.refuse(why)
            return None
        return answer

    def _replace(
        self,
        answer: PruningAnswer,
        network: nn.Sequential,
        label: Message,
        words: Message,
        taught: Taught | None = None,
    ) -> None:
        """Put a network in place of the one that was measured; it may have been taught."""
        from playground.engine.pruning.distillation import TEMPERATURE
        from playground.engine.pruning.prune import Plan
        from playground.engine.pruning.pruned_from import pruned_from
        from playground.engine.training.snapshots import Figures

        asked, source = answer.question, answer.source
        plan, sizes = Plan(asked.by, asked.criterion, 1.0 - asked.sparsity), (answer.curve[0].size, answer.chosen.size)
        if taught is not None:
            plan = plan._replace(epochs=taught.made.figures.epochs, temperature=TEMPERATURE)
        made = pruned_from(source.experiment.name, None, plan, sizes, Figures(step=source.version))
        rest = (answer.made.edits, label, words, made, self._changes)
        changed = ChangedNetwork(self._program, source, network, *rest)
        if self.dialog is not None:
            changed.made.connect(self.dialog.close)
            changed.failed.connect(self.dialog.refuse)
        changed.start()

    @Slot(object)
    def _tell_lesson(self, words: Message) -> None:
        if self.dialog is not None:
            self.dialog.show_lesson(words)

    @Slot(object, object)
    def _take_taught(self, answer: PruningAnswer, found: Taught) -> None:
        """Put the pruned network that has learned into the document, unless that shows another one by now."""
        if self._program.run.busy:
            self._refuse(message("Another run was begun meanwhile: what was learned is dropped."))
        elif (why := self._changed(answer.source)) is not None:
            self._refuse(why)
        else:
            words = _said_taught(answer, found)
            self._replace(answer, found.made.network, message("Prune and distill"), words, found)

    @Slot()
    def _stop_lesson(self) -> None:
        if self._lesson is not None:
            self._lesson.stop()

    @Slot(object)
    def _refuse(self, why: Message) -> None:
        if self.dialog is not None:
            self.dialog.refuse(why)

    def _changed(self, measured: NetworkSource) -> Message | None:
        """Why the network that was measured is not the one that is shown."""
        experiment, weights = self._program.document.experiment, self._program.run.weights
        if experiment is not measured.experiment:
            return message("The experiment was changed. Close this window and open it again, to measure what is shown.")
        if weights is None or not replace(NetworkSource.of(weights), experiment=experiment).is_network_of(measured):
            return message(
                "The network was measured after step {step:,}, and another one is shown now. Close this window and "
                "open it again, to measure that.",
                step=measured.version,
            )
        return None

    def _show_problem(self, problem: Message) -> None:
        if self.dialog is not None:
            self.dialog.show_problem(problem)

    @Slot()
    def _forget(self) -> None:
        """The dialog has gone: what is being measured for it is dropped."""
        self.dialog = self._source = self._data = None
        if self._lesson is not None:
            self._lesson.drop()
        if self._client is not None:
            self._client.close()
            self._client.deleteLater()
            self._client = None

    @Slot()
    def _enable(self) -> None:
        if self._action is not None:
            allow(self._action, self._program.run.can_be_asked, untrained())


def _said(answer: PruningAnswer) -> Message:
    """The report of a pruning, with the next step."""
    return message("{done} Train a few epochs to recover.", done=_done(answer, answer.chosen.score))


def _done(answer: PruningAnswer, now: float) -> Message:
    """The pruned parts, and the score, which is `now`, beside that before."""
    from playground.engine.pruning.prune import By

    before, after = answer.curve[0], answer.chosen
    score = message(answer.question.part.dataset.task.score.word)
    values = {
        "score": score,
        "before": percent_text(before.score),
        "after": percent_text(now),
        "samples": answer.question.part.words,
    }
    if answer.question.by is By.WEIGHT:
        words = tr_noop(
            "{share} of the weights are zero now, and stay zero: {score} {after}, before {before}, on {samples}."
        )
        return message(words, share=percent_text(after.sparsity, 0), **values)
    words = tr_noop(
        "The network has {now:,} parameters now, before {then:,}, and {share} of the FLOPs: {score} {after}, before "
        "{before}, on {samples}."
    )
    share = percent_text(after.size.flops / max(1, before.size.flops), 0)
    return message(words, now=after.size.parameters, then=before.size.parameters, share=share, **values)


def _said_taught(answer: PruningAnswer, found: Taught) -> Message:
    """The report of a lesson: the score after it, and that before it."""
    words = tr_noop("{done} Before it learned from the whole network, for {epochs}, that was {value}.")
    epochs = plural("{count:,} epochs", "1 epoch", found.made.figures.epochs)
    value = percent_text(answer.chosen.score)
    return message(words, done=_done(answer, found.score), epochs=epochs, value=value)

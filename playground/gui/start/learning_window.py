"""Opens the window in which a network learns from corrections, and reports the result in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.gui.start.correction_learning import CorrectionLearning, Stage
from playground.gui.start.program_parts import ProgramParts
from playground.spec.data.corrections import Correction, Corrections
from playground.spec.datasets.mnist import Correctable
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

if TYPE_CHECKING:
    from playground.gui.drawings.learning_inference import LearningFigures


def learnable(program: ProgramParts) -> tuple[Correction, ...]:
    """The corrections that the present network could learn from.

    Raises:
        PlaygroundError: it cannot now; the message says why.
    """
    from playground.engine.data.corrections import stored_corrections

    run, data = program.run, program.document.experiment.data
    if not isinstance(data, Correctable):
        words = tr_noop(
            "A network of one's own drawings learns from corrections that are stored with them: open “My drawings” and "
            "train with these."
        )
        raise PlaygroundError(message(words))
    items = stored_corrections(data)
    if not items:
        raise PlaygroundError(message("There are no corrections yet: draw something that is misread, and correct it."))
    if run.busy:
        raise PlaygroundError(message("A run goes on: end it first, then the network can learn from corrections."))
    if not (run.can_be_asked and run.can_use_weights) or run.past is not None or run.intervention is not None:
        words = tr_noop(
            "Train the network, or open a trained one, and show it as it is: then it can learn from corrections."
        )
        raise PlaygroundError(message(words))
    if run.weights is None or not _alike(run.weights.experiment, program.document.experiment):
        words = tr_noop(
            "This network learned from other data, or from another split of them. Train it with these data first."
        )
        raise PlaygroundError(message(words))
    return items


def _alike(one: Experiment, other: Experiment) -> bool:
    """Whether the data are the same but for corrections."""
    a, b = one.data, other.data
    return isinstance(a, Correctable) and isinstance(b, Correctable) and a == b.with_(corrections=a.corrections)


class LearningWindow(QObject):
    """Owns one dialog; learning can be tried in it until it succeeds."""

    def __init__(self, program: ProgramParts, items: tuple[Correction, ...]) -> None:
        from playground.gui.drawings.learning_dialog import LearningDialog

        super().__init__(program)
        self._program = program
        self.learning: CorrectionLearning | None = None
        self.dialog = LearningDialog(program.document.experiment, items, program.window)
        self.dialog.chosen.connect(self._begin)
        self.dialog.back_requested.connect(self._go_back)
        self.dialog.show()

    def close(self) -> None:
        """Stop measuring, because the dialog is closed."""
        self._drop()
        self.deleteLater()

    def _drop(self) -> None:
        if self.learning is not None:
            self.learning.close()
            self.learning = None

    @Slot(object, int)
    def _begin(self, corrections: Corrections, epochs: int) -> None:
        self._drop()
        try:
            items = learnable(self._program)  # the window may show something else by now
        except PlaygroundError as error:
            self.dialog.show_problem(error.message)
            return
        if items != corrections.items:
            self.dialog.show_problem(message("The corrections have changed. Close this window, and open it again."))
            return
        self.learning = CorrectionLearning(self._program, corrections, epochs)
        self.learning.advanced.connect(self._show_stage)
        self.learning.failed.connect(self.dialog.show_problem)
        self.learning.measured.connect(self._show)
        self.learning.start()

    @Slot(object)
    def _show_stage(self, stage: Stage) -> None:
        words = {
            Stage.DATA: self.tr("Reading the data…"),
            Stage.BEFORE: self.tr("Measuring the network as it is…"),
            Stage.KEEPING: self.tr("Storing the network as it is…"),
            Stage.TRAINING: self.tr("Training: the curves show how far it is…"),
            Stage.AFTER: self.tr("Measuring the network again…"),
        }
        if stage in words:
            self.dialog.show_work(words[stage])

    @Slot(object, object)
    def _show(self, before: LearningFigures, after: LearningFigures) -> None:
        from playground.engine.evaluation.correction_figures import change

        assert self.learning is not None
        held_out = change(before.figures.held_out, after.figures.held_out)
        corrections = change(before.figures.corrections, after.figures.corrections)
        back = self.learning.can_go_back
        self.dialog.show_result(after.question.part, held_out, corrections, can_go_back=back)

    @Slot()
    def _go_back(self) -> None:
        if self.learning is not None and self.learning.can_go_back:
            self.learning.go_back()
            self.dialog.close()
        else:
            self.dialog.show_problem(self._elsewhere())

    def _elsewhere(self) -> Message:
        return message("Another experiment is shown now. The network before is in the table of runs.")

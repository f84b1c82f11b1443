"""Has the network learn from corrections, and measures it before and after on the same samples."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Kept, SharedData
from playground.gui.start.program_parts import ProgramParts
from playground.spec.data.corrections import Corrections
from playground.spec.datasets.mnist import Correctable
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import RunLink
from playground.spec.messages import Message, PlaygroundError, message

if TYPE_CHECKING:
    from playground.gui.drawings.learning_inference import LearningFigures, LearningQuestion


class Stage(Enum):
    """The stages of learning from corrections, in order."""

    DATA = auto()  # the held-out samples are being read
    BEFORE = auto()  # the present network is being measured
    KEEPING = auto()  # the present network is being stored, so that it can be brought back
    TRAINING = auto()
    AFTER = auto()  # the new network is being measured
    DONE = auto()


class CorrectionLearning(QObject):
    """One attempt: `measured` is emitted at the end, or `failed` once."""

    advanced = Signal(object)  # Stage
    measured = Signal(object, object)  # LearningFigures before and after
    failed = Signal(object)  # Message

    def __init__(self, program: ProgramParts, corrections: Corrections, epochs: int) -> None:
        """`corrections` are mixed in from now on; `epochs` is how many more are trained."""
        from playground.gui.drawings.learning_inference import measure

        super().__init__(program)
        self._program, self._corrections, self._epochs = program, corrections, epochs
        self._before: LearningFigures | None = None
        self._question: LearningQuestion | None = None
        self._experiment = program.document.experiment  # before
        self._learning: Experiment | None = None  # what is trained
        self.link: RunLink | None = None  # of the network before, if it is stored
        self.stage = Stage.DATA
        self._over = False
        self._client = InferenceClient(program.inference, measure, Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        run = program.run
        run.data_shared.connect(self._take_data)
        run.kept.connect(self._take_kept)
        run.state_changed.connect(self._note_state)
        run.failed.connect(self._note_failure)
        run.opened.connect(self._note_other)
        program.document.changed.connect(self._note_document)

    def start(self) -> None:
        """Begin with the network as it is."""
        self._enter(Stage.DATA)
        self._program.run.share_data()

    def close(self) -> None:
        """Stop measuring; training goes on."""
        self._over = True
        self._client.close()
        self.deleteLater()

    @property
    def can_go_back(self) -> bool:
        """Whether the network before can be brought back: it is stored, and what was trained since is shown."""
        shown = self._program.document.experiment
        return self.link is not None and self._learning is not None and shown.data == self._learning.data

    def go_back(self) -> None:
        """Bring back the network before, and the experiment that it was trained with."""
        assert self.link is not None
        words = message("Take the corrections out again")
        self._set(self._experiment, words)
        self._program.files.go_back(self.link.run_id, self.link.step)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.advanced.emit(stage)

    @Slot(object)
    def _take_data(self, shared: SharedData) -> None:
        if self._over or self.stage is not Stage.DATA or shared.dataset != self._experiment.data:
            return
        if shared.data is None:
            self._fail(shared.problem or message("The data cannot be read."))
            return
        from playground.engine.data.sources.corrections import corrected_pairs
        from playground.engine.evaluation.data_part import default_part, part_of
        from playground.gui.drawings.learning_inference import LearningQuestion

        try:
            part = part_of(shared.data, shared.dataset, default_part(shared.data))
        except PlaygroundError as error:  # there is nothing to measure with
            self._fail(error.message)
            return
        items = [(item.number, item.picture) for item in self._corrections.items]
        self._question = LearningQuestion(part, corrected_pairs(items))
        self._enter(Stage.BEFORE)
        self._ask(self._question)

    def _ask(self, question: LearningQuestion) -> None:
        weights = self._program.run.weights
        if weights is None:
            self._fail(message("There is no trained network any more."))
            return
        self._client.ask(BoundQuestion(question, self._experiment.data))
        self._client.set_network(NetworkSource.of(weights))

    @Slot(object)
    def _take(self, answer: LearningFigures | InferenceError) -> None:
        if self._over:
            return
        self._client.ask(None)
        self._client.forget_network()
        if isinstance(answer, InferenceError):
            self._fail(answer.message)
        elif self.stage is Stage.BEFORE:
            self._before = answer
            self._enter(Stage.KEEPING)
            self._program.run.keep()
        elif self.stage is Stage.AFTER:
            self._over = True
            self._enter(Stage.DONE)
            self.measured.emit(self._before, answer)

    @Slot(object)
    def _take_kept(self, kept: Kept) -> None:
        """Train once the present network is stored; where runs are not stored, without that."""
        if self._over or self.stage is not Stage.KEEPING:
            return
        self.link = kept.link
        data = self._experiment.data
        assert isinstance(data, Correctable)
        mixed = self._experiment.with_(
            data=data.with_(corrections=self._corrections),
            recipe=self._experiment.recipe.with_(epochs=self._epochs),
        )
        self._learning = mixed
        self._set(mixed, message("Mix corrections in"))
        self._enter(Stage.TRAINING)
        self._program.run.train_from_weights()

    def _set(self, experiment: Experiment, words: Message) -> None:
        fields = (("data",), experiment.data), (("recipe", "epochs"), experiment.recipe.epochs)
        self._program.document.do_all(words, [Set(path, value, words) for path, value in fields])

    @Slot(object)
    def _note_state(self, state: RunState) -> None:
        if self._over or self.stage is not Stage.TRAINING:
            return
        if state is RunState.FINISHED and self._question is not None:
            self._enter(Stage.AFTER)
            self._ask(self._question)
        elif state is RunState.DIVERGED:
            self._fail(message("The run diverged: the network was not measured again."))
        elif state is RunState.IDLE:
            self._fail(message("The run was dropped: the network was not measured again."))

    @Slot(object)
    def _note_document(self, experiment: Experiment) -> None:
        """Give up where the document shows other data or another stack than the question was about."""
        shown = self._learning or self._experiment
        if not self._over and (experiment.data, experiment.stack) != (shown.data, shown.stack):
            self._fail(message("The experiment was changed: the network is not measured again."))

    @Slot()
    def _note_other(self) -> None:
        if not self._over:
            self._fail(message("Another network was opened: the network is not measured again."))

    @Slot(object)
    def _note_failure(self, problem: Message) -> None:
        """The worker could not do what was asked of it; a run that fails is dropped as well."""
        if self.stage in (Stage.DATA, Stage.KEEPING):
            self._fail(problem)

    @Slot(object)
    def _fail(self, problem: Message) -> None:
        if not self._over:
            self._over = True
            self._client.ask(None)
            self.failed.emit(problem)

"""Opens the page “Fit to deploy”, measures the network for it in the background, and applies its remedies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from playground.gui.session.background import Background
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.thread_shutdown import Thread
from playground.gui.session.worker_mailbox import SharedData, Weights
from playground.gui.start.changed_network import ChangedNetwork
from playground.gui.start.program_parts import ProgramParts
from playground.gui.start.weights_comparison import WeightsComparison
from playground.gui.style.action import allow, untrained
from playground.gui.window.menus.file import FileMenu
from playground.spec.datasets.changeable import OTHER_SAMPLES, same_samples
from playground.spec.files.storage import file_name, shown, write_atomically
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    from torch import nn

    from playground.engine.fitness.item import Item
    from playground.engine.fitness.remedy import DivideLogits, RefuseBelow, Remedy
    from playground.gui.fitness.dialog import FitnessDialog
    from playground.gui.fitness.steps import FitnessSteps, Unmeasured
    from playground.spec.edits import Edit

_CHANGED = tr_noop("The network is no longer the one that was measured: measure it again.")
_DIVIDED_TOO = tr_noop(
    "Its logits are divided now: the same answers, with other confidences. It answers always again: the threshold that "
    "was set belongs to the confidences before."
)
_PAST = tr_noop("An earlier moment of the run is shown. Show the latest network, and measure it then.")
_BUSY = tr_noop("A run went on meanwhile: alone, the network answers faster than the speed above.")


class ProgramFitness(QObject):
    """Owns one page at a time, about the network that was shown when the page, or a new measurement, was requested."""

    def __init__(self, program: ProgramParts, changes: list[ChangedNetwork]) -> None:
        """`changes`: which undo and redo go through."""
        super().__init__(program)
        self._program, self._changes = program, changes
        self.dialog: FitnessDialog | None = None
        self._background: Background | None = None  # measuring takes seconds to minutes
        self._comparison: WeightsComparison | None = None  # made with it
        self._weights: Weights | None = None  # that are measured
        self._steps: FitnessSteps | None = None  # while they are
        self._waiting = False  # for the data
        self._busy = False  # whether a run went on while they were
        self._mended = False  # whether the network that comes next was made here, and is to be measured
        self._action: QAction | None = None
        for signal in (program.run.weights_changed, program.document.changed):
            signal.connect(self._follow)
        program.run.data_shared.connect(self._take_data)

    @property
    def threads(self) -> tuple[Thread, ...]:
        """The threads that end with the window."""
        return (self._background,) if self._background is not None else ()

    def follow(self, menu: FileMenu) -> None:
        """Open the page from a menu, and from the message at the end of a run."""
        self._action = menu.fitness
        menu.fitness.triggered.connect(self.open)
        self._program.notifications.why_requested.connect(self.open)
        self._follow()

    @Slot()
    def open(self) -> None:
        """Show the page; a new one measures the network as it is now."""
        if self.dialog is None:
            if self._program.run.weights is None:
                self._program.notifications.complain(message("There is no trained network."))
                return
            from playground.gui.fitness.dialog import FitnessDialog

            self.dialog = FitnessDialog(self._program.window)
            self.dialog.again_requested.connect(self.measure)
            self.dialog.remedy_requested.connect(self._mend)
            self.dialog.export_requested.connect(self._export)
            self.dialog.destroyed.connect(self._forget)
            self.measure()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot()
    def measure(self) -> None:
        """Measure the network as it is now."""
        self._drop()
        dialog, run = self.dialog, self._program.run
        self._weights = weights = run.weights
        if dialog is None:
            return
        if weights is None:
            dialog.show_problem(message("There is no trained network."))
            return
        dialog.begin(weights.experiment, weights.step)
        experiment = self._program.document.experiment
        if not same_samples(weights.experiment.data, experiment.data):
            dialog.show_problem(message(OTHER_SAMPLES))
            return
        dialog.show_work(message("The data are read…"))
        self._waiting = True
        run.share_data(experiment.with_(data=weights.experiment.data))  # as it learned them, before labels were changed

    @Slot(object)
    def _take_data(self, shared: SharedData) -> None:
        dialog, weights = self.dialog, self._weights
        if not self._waiting or dialog is None or weights is None or shared.dataset != weights.experiment.data:
            return
        self._waiting = False
        if shared.data is None:
            dialog.show_problem(shared.problem or message("The data cannot be read."))
            return
        from playground.gui.fitness.steps import FitnessSteps

        if self._background is None:
            self._background = Background(self)
            self._comparison = WeightsComparison(self._background)
        self._steps, self._busy = FitnessSteps(weights, shared.data), False
        self._advance(self._steps)

    def _advance(self, steps: FitnessSteps) -> None:
        assert self._background is not None
        job = self._background.do(steps.advance)
        job.done.connect(lambda found: self._take(steps, found))
        job.failed.connect(lambda problem: self._fail(steps, problem))

    def _take(self, steps: FitnessSteps, found: Message | Item | Unmeasured | None) -> None:
        from playground.gui.fitness.steps import Unmeasured

        if steps is not self._steps or self.dialog is None:
            return
        self._busy |= self._program.run.busy
        if isinstance(found, Unmeasured):
            self._fail(steps, found.problem)
            return
        if found is None:
            self._steps = None
            self.dialog.show_end(message(_BUSY) if self._busy else None)
            self._follow()
            return
        if isinstance(found, Message):
            self.dialog.show_work(found)
        else:
            self.dialog.show_item(found)
        self._advance(steps)

    def _fail(self, steps: FitnessSteps, problem: Message) -> None:
        if steps is self._steps and self.dialog is not None:
            self._steps = None
            self.dialog.show_problem(problem)

    # what mends it

    @Slot(object)
    def _mend(self, remedy: Remedy) -> None:
        from playground.engine.fitness.remedy import RefuseBelow, TrainWith

        dialog, weights = self.dialog, self._weights
        if dialog is None or weights is None or dialog.report is None:
            return
        document = self._program.document
        if isinstance(remedy, RefuseBelow):
            self._refuse(dialog, remedy)
        elif not isinstance(remedy, TrainWith):
            self._divide(dialog, weights, remedy)
        elif not same_samples(document.experiment.data, weights.experiment.data):
            dialog.refuse(message("Another experiment is shown: its recipe was not changed."))
        elif edits := remedy.edits(document.experiment):
            document.do_all(remedy.label, edits)
            names = {"name": message(remedy.augmentation.label), "strength": remedy.strength}
            words = tr_noop("The recipe has {name} {strength} now. Train again, then measure again.")
            dialog.tell(message(words, **names))
        else:
            dialog.tell(message("The recipe has it already: train again, then measure again."))

    def _refuse(self, dialog: FitnessDialog, remedy: RefuseBelow) -> None:
        """Set from which confidence on the network answers; the weights stay."""
        document = self._program.document

        def set_threshold(same: bool) -> None:
            if dialog is not self.dialog:
                return
            if not same:
                dialog.refuse(message(_CHANGED))
                return
            document.do_all(remedy.label, remedy.edits(document.experiment))
            self.measure()

        self._compare(set_threshold)

    def _divide(self, dialog: FitnessDialog, weights: Weights, remedy: DivideLogits) -> None:
        """Put the network with that temperature into the document, unless that shows something else by now."""
        from playground.engine.fitness.folding import with_temperature
        from playground.engine.weights import network_with

        def divided() -> nn.Sequential:
            network = network_with(weights.experiment, weights.tensors)
            return with_temperature(network, weights.experiment, remedy.temperature)

        def make(same: bool) -> None:
            if dialog is self.dialog and self._background is not None:
                if (why := self._hindrance(same=same)) is not None:
                    dialog.refuse(why)
                    return
                job = self._background.do(divided)
                job.done.connect(lambda network: self._compare(lambda same: put(network, same=same)))
                job.failed.connect(lambda why: dialog.refuse(why) if dialog is self.dialog else None)

        def put(network: nn.Sequential, *, same: bool) -> None:
            if dialog is self.dialog and weights is self._weights:
                if (why := self._hindrance(same=same)) is not None:
                    dialog.refuse(why)
                else:
                    self._put(dialog, weights, network, remedy.temperature)

        self._compare(make)

    def _hindrance(self, *, same: bool) -> Message | None:
        """The reason why the measured network cannot be replaced now, if any; `same`: whether it is still shown."""
        run = self._program.run
        if run.busy:
            return message("A run goes on: end it first, then the network can be changed.")
        if run.past is not None:
            return message(_PAST)
        return None if same else message(_CHANGED)

    def _put(self, dialog: FitnessDialog, weights: Weights, network: nn.Sequential, temperature: float) -> None:
        """Put the network whose logits are divided into the document."""
        from playground.engine.fitness.calibrated import divided_from
        from playground.engine.fitness.remedy import RefuseBelow
        from playground.engine.training.snapshots import Figures

        program = self._program
        words = message("Its logits are divided now: the same answers, with other confidences.")
        source, label = NetworkSource.of(weights), message("Calibrate")
        edits: tuple[Edit, ...] = ()
        if program.document.experiment.refuse_below:  # a threshold of other confidences
            edits = RefuseBelow(0.0).edits(program.document.experiment)
            words = message(_DIVIDED_TOO)
        made = divided_from(weights.experiment.name, None, temperature, Figures(step=weights.step))
        changed = ChangedNetwork(program, source, network, edits, label, words, made, self._changes)
        changed.made.connect(self._note_made)
        changed.failed.connect(dialog.refuse)
        changed.start()

    @Slot()
    def _note_made(self) -> None:
        self._mended = True

    def _compare(self, then: Callable[[bool], None]) -> None:
        """Call `then` with whether the measured network is still shown, with the same loss and refusal."""
        now, measured = self._program.run.weights, self._weights
        if measured is None or not self._alike(measured) or self._comparison is None:
            then(False)
        else:
            self._comparison.ask(now, measured, lambda same: then(same and self._alike(measured)))

    def _alike(self, measured: Weights) -> bool:
        """Whether the experiment that is shown has the loss and the refusal of the measured one."""
        shown, then = self._program.document.experiment, measured.experiment
        return shown.recipe.loss == then.recipe.loss and shown.refuse_below == then.refuse_below

    @Slot()
    def _export(self) -> None:
        dialog, weights, settings = self.dialog, self._weights, self._program.settings
        if dialog is None or weights is None or dialog.report is None:
            return
        from playground.engine.fitness.fitness import as_values
        from playground.engine.fitness.markdown import as_markdown
        from playground.spec.json_text import json_text

        filters = ";;".join((self.tr("Markdown (*.md)"), self.tr("JSON (*.json)")))
        suggestion = settings.folder / f"{file_name(weights.experiment.name)}-fitness.md"
        path = self._program.ask.save_path(self.tr("Export the report"), suggestion, filters)
        if path is None:
            return
        settings.folder = path.parent
        if path.suffix.lower() == ".json":
            text = json_text(as_values(weights.experiment, dialog.report))
        else:
            text = as_markdown(weights.experiment, dialog.report)
        words = message("{name} was written.", name=shown(path.name))
        job = self._program.saving.do(lambda: write_atomically(path, text.encode()))
        job.done.connect(lambda _: dialog.tell(words) if dialog is self.dialog else None)
        job.failed.connect(lambda why: self._refuse_export(dialog, why))

    def _refuse_export(self, dialog: FitnessDialog, why: Message) -> None:
        """Say why a report was not written, also where its page has gone."""
        if dialog is self.dialog:
            dialog.refuse(why)
        else:
            self._program.notifications.complain(why)

    # what changes meanwhile

    @Slot()
    def _follow(self) -> None:
        run, dialog = self._program.run, self.dialog
        if self._action is not None:
            allow(self._action, run.can_be_asked, untrained())
        if dialog is None:
            return
        if self._mended and run.weights is not None and run.experiment is self._program.document.experiment:
            self._mended = False
            self.measure()
        elif dialog.report is not None and not self._mended:
            self._compare(self._note_same)

    def _note_same(self, same: bool) -> None:
        if not same and self.dialog is not None and self.dialog.report is not None and not self._mended:
            self.dialog.tell(message(_CHANGED))

    def _drop(self) -> None:
        self._waiting = False
        if self._steps is not None:
            self._steps.drop()
            self._steps = None

    @Slot()
    def _forget(self) -> None:
        """The page has gone: what is being measured for it is dropped."""
        self._drop()
        self.dialog = self._weights = None
        self._mended = False

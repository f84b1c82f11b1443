"""The dialog “Prune”: what a smaller network would answer and cost, before the network is changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.engine.pruning.importance import Criterion
from playground.engine.pruning.prune import By
from playground.engine.pruning.study import LayerScore, Point
from playground.gui.pruning.figures_table import FiguresTable
from playground.gui.pruning.inference import PruningAnswer
from playground.gui.pruning.plot import PruningPlot
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import text_label
from playground.gui.style.share_bars import ShareBars
from playground.gui.style.slider import Slider
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.edits import layer_at
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message
from playground.spec.number_text import percent_text

_USUAL = 50  # percent


class PruningDialog(QDialog):
    """It is not modal: the network is measured in another thread, and training may go on meanwhile."""

    changed = Signal()  # another kind, criterion or sparsity was chosen
    prune_requested = Signal()
    distill_requested = Signal()  # prune it, and train it from the whole network
    stop_requested = Signal()  # end that training

    def __init__(self, experiment: Experiment, parent: QWidget) -> None:
        """`experiment`: of the network that is to be pruned."""
        super().__init__(parent)
        self._experiment = experiment
        self._score = translated(experiment.data.task.score.value)
        self._teaching = False  # whether the pruned network learns from the whole one
        self.answer: PruningAnswer | None = None  # to what is chosen, as far as it is known
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Prune"))
        self.kind = self._choice(
            (self.tr("Single weights, which become zero"), By.WEIGHT),
            (self.tr("Whole units and filters, which are cut out"), By.GROUP),
            (self.tr("Layers, which become two of lower rank"), By.RANK),
        )
        self.criterion = self._choice(
            (self.tr("Magnitude"), Criterion.MAGNITUDE),
            (self.tr("Taylor"), Criterion.TAYLOR),
            (self.tr("Movement"), Criterion.MOVEMENT),
        )
        self.help = self._wrapped("muted")
        self.plot = PruningPlot(self.tr("Score over the share that is pruned"), self)
        self.slider = Slider(self)
        self.slider.setRange(1, 99)
        self.slider.setValue(_USUAL)
        self.slider.setAccessibleName(self.tr("Share that is pruned"))
        self.share = text_label(self, "", "")
        self.layers_title = text_label(self, "", "muted")
        self.layers_title.setWordWrap(True)
        self.layers = ShareBars(self.tr("Score with one layer alone pruned"), percent_text, self)
        self.table = FiguresTable(self._score, self)
        self.status = self._wrapped("muted")
        self._make_buttons()
        self._arrange()
        self.kind.currentIndexChanged.connect(self._choose)
        self.criterion.currentIndexChanged.connect(self._choose)
        self.slider.valueChanged.connect(self._move)
        self.plot.chosen.connect(self._click)
        self._forget()
        self._explain()

    @property
    def by(self) -> By:
        """The parts that are pruned."""
        return By(self.kind.currentData())

    @property
    def chosen_criterion(self) -> Criterion:
        """The criterion by which weights or units go; of ranks it is the singular values."""
        return Criterion.MAGNITUDE if self.by is By.RANK else Criterion(self.criterion.currentData())

    @property
    def sparsity(self) -> float:
        """The chosen share, in (0, 1)."""
        return self.slider.value() / 100

    def show_lesson(self, words: Message) -> None:
        """Say how far the pruned network has learned; nothing else can be begun meanwhile."""
        self._set_teaching(True)
        self._say(translated(words), "muted")

    def show_work(self, words: str) -> None:
        """Say what is waited for."""
        self._say(words, "muted")

    def show_problem(self, problem: Message) -> None:
        """Say why nothing can be measured or pruned; another choice may work."""
        self._forget()
        self._say(translated(problem), "error")

    def refuse(self, problem: Message) -> None:
        """Say why it was not pruned; what was measured stays."""
        self._set_teaching(False)
        self._say(translated(problem), "error")

    def show_answer(self, answer: PruningAnswer) -> None:
        """Show what is known so far."""
        self.answer = answer
        whole = answer.curve[0]
        self.plot.show_points(
            [(self._gone(point, whole), point.score) for point in answer.curve], self._gone(answer.chosen, whole)
        )
        self.table.show_points(whole, answer.chosen)
        self.layers.show_rows([(self._name(item), item.score) for item in answer.layers], whole.score)
        self._allow(True)
        if not self._teaching:
            self._say(self._words(answer), "muted")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self.plot.redraw)  # the plot has the colours only after the dialog has

    # what is shown

    def _gone(self, point: Point, whole: Point) -> float:
        """The share that went: of units what they really cost, because some have to stay."""
        return point.sparsity if self.by is By.WEIGHT else 1.0 - point.size.flops / max(1, whole.size.flops)

    def _words(self, answer: PruningAnswer) -> str:
        part = answer.question.part
        words = message(
            "Measured on {samples}, with the network after step {step:,}.", samples=part.words, step=answer.step
        )
        said = [translated(words)]
        said += [translated(note) for note in (part.caution, part.remark) if note is not None]
        if not answer.complete:
            said.append(self.tr("Measuring goes on…"))
        elif self.by is By.WEIGHT:
            said.append(self.tr("Zeros are computed like other numbers: smaller when compressed, not faster."))
        elif self._gone(answer.chosen, answer.curve[0]) < self.sparsity - 0.01:
            said.append(self._limit())
        return " ".join(said)

    def _limit(self) -> str:
        """Why no more can go."""
        if self.by is By.RANK:
            return self.tr("No more can go: every layer that can be two is of rank 1.")
        return self.tr("No more can go: a tenth of the units of each layer stays, and all outputs.")

    def _name(self, item: LayerScore) -> str:
        """A layer by its place in the stack, counted from 1, and the tensor where it has several."""
        place = ".".join(str(index + 1) for index in item.path)
        name = f"{place}  {translated(message(layer_at(self._experiment.stack, item.path).label))}"
        return name if item.tensor in ("", "weight") else f"{name} · {item.tensor}"

    def _forget(self) -> None:
        """Nothing is known of what is chosen now."""
        self.answer = None
        self.plot.show_points((), self.sparsity)
        self.layers.show_rows((), 1.0)
        self.table.forget()
        self._allow(False)

    def _allow(self, known: bool) -> None:
        """Buttons work where it is known what the chosen network answers; one of them also ends a lesson."""
        self.prune.setEnabled(known and not self._teaching)
        self.distill.setEnabled(known or self._teaching)

    def _set_teaching(self, teaching: bool) -> None:
        if teaching is self._teaching:
            return
        self._teaching = teaching
        self.distill.setText(self.tr("&Stop") if teaching else self._distill_text)
        for widget in (self.kind, self.slider, self.plot.plot.widget):
            widget.setEnabled(not teaching)
        self.criterion.setEnabled(not teaching and self.by is not By.RANK)
        self._allow(self.answer is not None and self.answer.question.sparsity == self.sparsity)

    def _explain(self) -> None:
        weights, share = self.by is By.WEIGHT, percent_text(self.sparsity, 0)
        self.share.setText((self.tr("{0} of the weights") if weights else self.tr("{0} of the FLOPs")).format(share))
        self.plot.label(
            self._score, self.tr("share of the weights set to zero") if weights else self.tr("share of the FLOPs cut")
        )
        self.plot.redraw()
        title = {
            By.WEIGHT: self.tr("{0} with only this layer pruned, by {1} of its weights"),
            By.GROUP: self.tr("{0} with only this layer pruned, by {1} of its units"),
            By.RANK: self.tr("{0} with only this layer of lower rank, by {1} of its weights"),
        }[self.by]
        self.layers_title.setText(title.format(self._score, share))
        self.criterion.setEnabled(self.by is not By.RANK)
        by_rank = self.tr(
            "First go the smallest singular values, as shares of their layer, for each FLOP: no other layers of such "
            "ranks are nearer to the weights."
        )
        self.help.setText(
            by_rank
            if self.by is By.RANK
            else {
                Criterion.MAGNITUDE: self.tr("The smallest weights go first; of units, those of the smallest norm."),
                Criterion.TAYLOR: self.tr(
                    "First goes what changes the loss least without it: |gradient · weight|, on training samples."
                ),
                Criterion.MOVEMENT: self.tr(
                    "First goes what training moves towards zero: −gradient · weight. The method sums it over the "
                    "steps of a fine-tuning; here it is measured on training samples at the weights as they are, "
                    "which tells less once training has settled."
                ),
            }[self.chosen_criterion]
        )

    def _say(self, words: str, look: str) -> None:
        set_look(self.status, look)
        self.status.setText(words)

    # what is chosen

    @Slot()
    def _choose(self) -> None:
        self._forget()
        self._explain()
        self.changed.emit()

    @Slot()
    def _move(self) -> None:
        """Another share of what was measured: the curve stays, and what is known of the share is shown at once."""
        answer, known = self.answer, None
        self._explain()
        self._allow(False)
        self.layers.show_rows((), 1.0)
        if answer is not None:
            whole = answer.curve[0]
            known = next((point for point in answer.curve if point.sparsity == self.sparsity), None)
            self.table.show_points(whole, known)
            self.plot.show_points(self.plot.points, self.sparsity if known is None else self._gone(known, whole))
        self.changed.emit()

    @Slot()
    def _press_distill(self) -> None:
        if self._teaching:
            self.stop_requested.emit()
        else:
            self.distill_requested.emit()

    @Slot(float)
    def _click(self, share: float) -> None:
        self.slider.setValue(round(100 * share))

    # how it is arranged

    def _choice(self, *entries: tuple[str, object]) -> ComboBox:
        box = ComboBox(self)
        for text, value in entries:
            box.addItem(text, str(value))
        return box

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.prune = self.buttons.addButton(self.tr("&Prune"), QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.prune.setDefault(True)
        self.prune.clicked.connect(self.prune_requested)
        self._distill_text = self.tr("Prune and &distill")
        self.distill = self.buttons.addButton(self._distill_text, QDialogButtonBox.ButtonRole.ActionRole)
        tip = self.tr("Trains the pruned network with its own recipe, on what the whole network answers and the labels")
        self.distill.setToolTip(tip)
        self.distill.setAutoDefault(False)
        self.distill.clicked.connect(self._press_distill)
        self.buttons.rejected.connect(self.close)

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(self.tr("&What goes"), self.kind)
        form.addRow(self.tr("&Criterion"), self.criterion)
        strip = QHBoxLayout()
        strip.addWidget(self.slider, 1)
        strip.addWidget(self.share)
        left = QVBoxLayout()
        left.addWidget(self.plot.plot.title)
        left.addWidget(self.plot.plot.widget, 1)
        left.addLayout(strip)
        scrolled = QScrollArea(self)
        scrolled.setFrameShape(QScrollArea.Shape.NoFrame)
        scrolled.setWidgetResizable(True)
        scrolled.setWidget(self.layers)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        right = QVBoxLayout()
        right.addWidget(self.table)
        right.addSpacing(8)
        right.addWidget(self.layers_title)
        right.addWidget(scrolled, 1)
        middle = QHBoxLayout()
        middle.setSpacing(24)
        middle.addLayout(left, 3)
        middle.addLayout(right, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.help)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        column.addWidget(self.buttons)
        self.resize(860, 600)

    def _wrapped(self, look: str) -> QLabel:
        """A label that has room for two lines, so that nothing moves when its text changes."""
        label = text_label(self, "", look)
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setMinimumHeight(2 * label.fontMetrics().lineSpacing() + 2)
        return label

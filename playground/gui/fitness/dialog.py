"""The page “Fit to deploy”: line after line as it is measured, the conclusion, and an export."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from playground.engine.fitness.fitness import COUNT, Fitness, conclusion
from playground.engine.fitness.item import Item
from playground.gui.fitness.line import FitnessLine
from playground.gui.style.labels import text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message


class FitnessDialog(QDialog):
    """It is not modal: the network is measured in another thread, and training may go on meanwhile."""

    again_requested = Signal()
    remedy_requested = Signal(object)  # Remedy
    export_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[FitnessLine] = []
        self.report: Fitness | None = None  # once all is measured
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Fit to Deploy"))
        self.title = text_label(self, "", "", size=self.font().pointSizeF() + 3)
        self.title.setWordWrap(True)
        self.about = text_label(self, "", "muted")
        self.about.setWordWrap(True)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, COUNT)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(4)
        self.progress.setAccessibleName(self.tr("What has been measured"))
        self.status = text_label(self, "", "muted")
        self.status.setWordWrap(True)
        self.status.setMinimumHeight(2 * self.status.fontMetrics().lineSpacing() + 2)  # so that nothing moves
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._page = QWidget(self)
        self._column = QVBoxLayout(self._page)
        self._make_buttons()
        self._arrange()

    # what is shown

    def begin(self, experiment: Experiment, step: int) -> None:
        """Forget what was measured; another network is being measured, as it was after that step."""
        for line in self.lines:
            line.setParent(None)
            line.deleteLater()
        self.lines, self.report = [], None
        values = {"name": experiment.name, "data": experiment.data.title, "step": step}
        words = message("{name}, on {data}, after step {step:,}", **values)
        self.about.setText(translated(words))
        self.title.setText(self.tr("Is it fit to deploy?"))
        self.progress.setValue(0)
        self._allow()

    def show_work(self, words: Message) -> None:
        """Say what is being measured."""
        self.tell(message("{number} of {count}: {words}", number=len(self.lines) + 1, count=COUNT, words=words))

    def show_item(self, item: Item) -> None:
        """Add a line."""
        line = FitnessLine(item, self._page)
        line.requested.connect(self.remedy_requested)
        line.set_possible(False)
        self._column.insertWidget(self._column.count() - 1, line)
        self.lines.append(line)
        self.progress.setValue(len(self.lines))

    def show_end(self, remark: Message | None) -> None:
        """All is measured; a remark is about the figures."""
        self.report = Fitness(tuple(line.item for line in self.lines))
        self.title.setText(translated(conclusion(self.report.items)))
        self.tell(remark)
        self._allow()

    def show_problem(self, problem: Message) -> None:
        """Say why nothing, or nothing more, can be measured."""
        self.refuse(problem)
        self.progress.hide()
        self.again.setEnabled(True)

    def tell(self, words: Message | None) -> None:
        """Say something about what is being done, or was."""
        self._say(words, "muted")

    def refuse(self, problem: Message) -> None:
        """Say why something was not done; what was measured stays."""
        self._say(problem, "error")

    def _say(self, words: Message | None, look: str) -> None:
        set_look(self.status, look)
        self.status.setText("" if words is None else translated(words))

    def _allow(self) -> None:
        """Buttons work once all is measured."""
        complete = self.report is not None
        self.progress.setVisible(not complete)
        self.again.setEnabled(complete)
        self.export.setEnabled(complete)
        for line in self.lines:
            line.set_possible(complete)

    # how it is arranged

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.again = self.buttons.addButton(self.tr("&Measure again"), role)
        self.export = self.buttons.addButton(self.tr("&Export…"), role)
        self.export.setToolTip(self.tr("As a Markdown page, or as JSON for other programs"))
        for button in (self.again, self.export, self.buttons.button(QDialogButtonBox.StandardButton.Close)):
            button.setAutoDefault(False)
        self.again.clicked.connect(self.again_requested)
        self.export.clicked.connect(self.export_requested)
        self.buttons.rejected.connect(self.close)

    def _arrange(self) -> None:
        self._column.setContentsMargins(0, 0, 10, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        scrolled = QScrollArea(self)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidgetResizable(True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(6)
        for part in (self.title, self.about, self.progress):
            column.addWidget(part)
        column.addWidget(scrolled, 1)
        column.addWidget(self.status)
        column.addWidget(self.buttons)
        self.resize(860, 640)

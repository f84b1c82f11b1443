"""The dialog that asks with how many seeds an experiment is trained."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from playground.gui.session.seed_series import FEWEST, most_seeds
from playground.gui.style.spin_boxes import inset
from playground.spec.experiment import Experiment

_USUAL = 5


class SeedsDialog(QDialog):
    """A number of runs, 2 to 20, and the seeds that they get."""

    chosen = Signal(int)  # number of runs to train

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = experiment.seed
        self.setWindowTitle(self.tr("Train with Several Seeds"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.runs = QSpinBox(self)
        self.runs.setRange(FEWEST, most_seeds(experiment))
        self.runs.setValue(_USUAL)
        self.runs.setFixedWidth(64)
        inset(self.runs)
        self.seeds = QLabel(self)
        words = QLabel(
            self.tr(
                "Trains this experiment anew with each seed, one run after another, and stores the runs as one group. "
                "Mean and band of the group appear in the curves."
            ),
            self,
        )
        words.setProperty("look", "muted")
        words.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        train = self.buttons.addButton(self.tr("Train"), QDialogButtonBox.ButtonRole.AcceptRole)
        train.setDefault(True)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.runs.valueChanged.connect(self._show)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(self.tr("&Runs"), self.runs)
        form.addRow(self.tr("Seeds"), self.seeds)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(words)
        column.addLayout(form)
        column.addWidget(self.buttons)
        self.setMinimumWidth(380)
        self._show()

    @Slot()
    def _show(self) -> None:
        last = self._first + self.runs.value() - 1
        self.seeds.setText(self.tr("{0} to {1}").format(self._first, last))

    @Slot()
    def _accept(self) -> None:
        self.chosen.emit(self.runs.value())
        self.accept()

"""The window “Learn from my corrections”: how they are mixed in, and what the network answers before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import text_label
from playground.gui.style.spin_boxes import inset
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.corrections import Correction, Corrections, copies_for
from playground.spec.datasets.mnist import Correctable
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from playground.spec.number_text import part_text, percent_text, setting_text

if TYPE_CHECKING:
    from playground.engine.evaluation.correction_figures import Change
    from playground.engine.evaluation.data_part import EvaluatedPart

_SHARES = 4, 8, 16, 32  # one in so many samples is a correction
_USUAL = 8
_MOST_EPOCHS = 50


class LearningDialog(QDialog):
    """It is not modal: the curves can be watched meanwhile."""

    chosen = Signal(object, int)  # Corrections to mix in, and how many epochs to train
    back_requested = Signal()  # to the network before

    def __init__(self, experiment: Experiment, items: tuple[Correction, ...], parent: QWidget) -> None:
        """`items`: the corrections, at least one; `experiment`: of data that they are of."""
        super().__init__(parent)
        assert isinstance(experiment.data, Correctable)
        self._items, self._samples = items, experiment.data.own_train_count
        self._batch = experiment.recipe.batch_size
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Learn from My Corrections"))
        self.share = ComboBox(self)
        for number in _SHARES:
            self.share.addItem(self.tr("one in {0}").format(number), number)
        self.share.setCurrentIndex(_SHARES.index(_USUAL))
        self.epochs = QSpinBox(self)
        self.epochs.setRange(1, _MOST_EPOCHS)
        self.epochs.setFixedWidth(64)
        inset(self.epochs)
        self.mixture = self._wrapped("muted")
        self.status = self._wrapped("muted")
        self.notes = self._wrapped("muted")
        self.warning = self._wrapped("error")
        self.cells: list[list[QLabel]] = []  # of the table: a row of titles, then held-out samples and corrections
        self._make_buttons()
        self._arrange()
        self.share.currentIndexChanged.connect(self._show_mixture)
        self._show_mixture()

    @property
    def corrections(self) -> Corrections:
        """The samples that are mixed in, as chosen."""
        copies = copies_for(1 / self.share.currentData(), len(self._items), self._samples)
        return Corrections(items=self._items, copies=copies)

    def show_work(self, words: str) -> None:
        """Say what is being done; nothing can be chosen meanwhile."""
        self._set_choosing(False)
        self.status.setText(words)

    def show_problem(self, problem: Message) -> None:
        """Say why it ended; it can be tried again."""
        self._set_choosing(True)
        set_look(self.status, "error")
        self.status.setText(translated(problem))

    def show_result(self, part: EvaluatedPart, held_out: Change, corrections: Change, *, can_go_back: bool) -> None:
        """Show the figures, and what they are worth."""
        from playground.engine.evaluation.data_part import Part
        from playground.engine.evaluation.seed_comparison import p_text

        self.status.hide()
        words = translated(part.words)
        one, many = self.tr("{0} correction, trained on"), self.tr("{0} corrections, trained on")
        count = f"{corrections.samples:,}"
        of = [self.tr("{0} of {1}").format(f"{right:,}", count) for right in corrections[:2]]
        shares = [percent_text(right / held_out.samples) for right in held_out[:2]]
        self._fill(1, words, *shares)
        self._fill(2, (one if corrections.samples == 1 else many).format(count), *of)
        self._table.show()
        notes = [
            self.tr(
                "It learned from the corrections: their figure says what it remembers, not how it reads new drawings. "
                "The further epochs change the figures as well."
            )
        ]
        if part.part is Part.TEST:
            notes.append(self.tr("There is no validation part, so test images are counted here."))
        if not can_go_back:
            notes.append(self.tr("The network before was not stored: it cannot be brought back."))
        self.notes.setText(" ".join(notes))
        self.notes.show()
        if held_out.fell:
            told = self.tr(
                "{0}: {2} right answers after {1} before, which chance hardly explains ({3}). "
                "A smaller share of corrections or fewer epochs may help."
            )
            self.warning.setText(
                told.format(words, f"{held_out.before:,}", f"{held_out.after:,}", p_text(held_out.chance))
            )
            self.warning.show()
        self.back.setVisible(can_go_back)
        close = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setDefault(True)
        close.setFocus()
        self.adjustSize()

    def _fill(self, row: int, *texts: str) -> None:
        for cell, text in zip(self.cells[row], texts, strict=True):
            cell.setText(text)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.learn = self.buttons.addButton(self.tr("&Learn"), QDialogButtonBox.ButtonRole.ActionRole)
        self.learn.setDefault(True)
        self.back = self.buttons.addButton(
            self.tr("&Bring back the network before"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.back.setAutoDefault(False)
        self.back.hide()
        self.learn.clicked.connect(self._choose)
        self.back.clicked.connect(self.back_requested)
        self.buttons.rejected.connect(self.close)

    def _arrange(self) -> None:
        words = self.tr(
            "Training goes on from the present weights, with a fresh optimizer and the recipe as it is. "
            "Corrections are mixed into the training data, never into what the network is tested with."
        )
        about = self._wrapped("muted", words)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(self.tr("Corrections"), QLabel(f"{len(self._items):,}", self))
        form.addRow(self.tr("&Share of the samples"), self.share)
        form.addRow(self.tr("&Epochs"), self.epochs)
        self._table = self._made_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(about)
        column.addLayout(form)
        for widget in (self.mixture, self._table, self.status, self.warning, self.notes):
            column.addWidget(widget)
        for hidden in (self._table, self.warning, self.notes):
            hidden.hide()
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.setMinimumWidth(460)

    def _made_table(self) -> QWidget:
        table = QWidget(self)
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(0, 1)
        for row, titles in enumerate(
            ((self.tr("Right answers"), self.tr("before"), self.tr("after")), ("",) * 3, ("",) * 3)
        ):
            self.cells.append([text_label(table, title, "" if row else "muted") for title in titles])
            for column, cell in enumerate(self.cells[-1]):
                cell.setAlignment(Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(cell, row, column)
        return table

    def _wrapped(self, look: str, words: str = "") -> QLabel:
        label = text_label(self, words, look)
        label.setWordWrap(True)
        return label

    def _set_choosing(self, choosing: bool) -> None:
        for widget in (self.share, self.epochs, self.learn):
            widget.setEnabled(choosing)
        set_look(self.status, "muted")
        self.status.show()

    @Slot()
    def _show_mixture(self) -> None:
        corrections = self.corrections
        whole = self._samples + corrections.count
        words = self.tr(
            "Each comes {0} times in an epoch: they are {1} of its {2} samples, about {3} of each batch of {4}."
        )
        share = corrections.count / whole
        self.mixture.setText(
            words.format(
                f"{corrections.copies:,}",
                part_text(share),
                f"{whole:,}",
                setting_text(share * self._batch, 2),
                self._batch,
            )
        )

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.corrections, self.epochs.value())

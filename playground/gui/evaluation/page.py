"""The base of the tabs of an evaluation: which data, of how many samples, what is shown, and its export."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from playground.engine.evaluation.data_part import Part
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.session.background import Background
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.elided_label import Elided
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.gui.style.widget_picture import png, svg
from playground.spec.files.storage import write_atomically
from playground.spec.messages import Message, message
from playground.spec.number_text import loss_text, percent_text

# The panels that take an example, by `Dataset.panel`.
TAKING = frozenset({"digits", "picture", "segmentation", "distillation", "reconstruction", "table", "labelled"})


class EvaluationHeader(QWidget):
    """The choice of the data, and export; stands beside the tabs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.parts = ComboBox(self)
        self.parts.setAccessibleName(self.tr("Data that are evaluated"))
        for part, words in (
            (Part.VALIDATION, self.tr("Validation")),
            (Part.TRAIN, self.tr("Training sample")),
            (Part.TEST, self.tr("Test")),
        ):
            self.parts.addItem(words, part)
        self.menu = QMenu(self)
        self.export = QToolButton(self)
        self.export.setText(self.tr("Export ▾"))
        self.export.setAccessibleName(self.tr("Export these figures"))
        self.export.setMenu(self.menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_look(self.export, "flat")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(6)
        row.addStretch(1)
        row.addWidget(self.parts)
        row.addWidget(self.export)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(0, super().minimumSizeHint().height())


class EvaluationPage(QWidget):
    """A tab that shows one result of the evaluator; `content` is what is exported as a picture."""

    failed = Signal(object)  # Message: a file could not be written

    def __init__(self, name: str, evaluator: Evaluator, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._evaluator, self._saving, self._ask = name, evaluator, saving, ask
        self.result: Result | None = None
        self.header = EvaluationHeader(self)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(12)
        set_look(self.note, "muted")
        self.subject = Elided(self)  # of what the figures are
        set_look(self.subject, "muted")
        self._controls = QHBoxLayout()
        self._controls.setSpacing(6)
        self._controls.addWidget(self.subject, 1)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.setContentsMargins(12, 0, 8, 4)
        column.addLayout(self._controls)
        column.addWidget(self.pages, 1)
        self.setAccessibleName(name)
        self.setMinimumHeight(120)
        for text, slot in (
            (self.tr("Save as PNG…"), self.save_png),
            (self.tr("Save as SVG…"), self.save_svg),
            (self.tr("Save as CSV…"), self.save_csv),
        ):
            self.header.menu.addAction(text).triggered.connect(slot)
        self.header.parts.activated.connect(self._choose_part)
        evaluator.evaluated.connect(self._take)
        evaluator.refused.connect(self._refuse)
        evaluator.part_changed.connect(self._show_part)
        self._show_part()
        self._refuse(message("Nothing is evaluated yet."))

    # for subclasses

    def add_control(self, control: QWidget) -> None:
        """Add a control beside the subject."""
        self._controls.addWidget(control)

    @abstractmethod
    def show_result(self, result: Result) -> None:
        """Show figures."""

    @abstractmethod
    def table(self) -> str:
        """What is shown, as CSV."""

    def explain(self, words: str) -> None:
        """Show a sentence in place of figures."""
        self.note.setText(words)
        self.pages.setCurrentWidget(self.note)

    # reactions

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        known = self._evaluator.result
        if known is not None and known is not self.result:
            self._take(known)
        self._evaluator.watch(self, visible=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._evaluator.watch(self, visible=False)

    @Slot(object)
    def _take(self, result: Result) -> None:
        if not self.isVisible():
            return
        self.result = result
        evaluated, score = result.evaluated, result.part.dataset.task.score
        found = evaluated.answers.evaluation
        words = message(
            "{samples} · step {step:,} · {score} {value} · loss {loss}",
            samples=result.part.words,
            step=evaluated.step,
            score=message(score.word),
            value=percent_text(found.score),
            loss=loss_text(found.loss),
        )
        self.subject.setText(self._with_breaks(translated(words)) if evaluated.broken else translated(words))
        self.subject.explain(self._remark(result))
        self.header.export.setEnabled(True)
        self.show_result(result)

    def _with_breaks(self, words: str) -> str:
        """Say that the figures are those of a network that was broken on purpose."""
        return self.tr("broken on purpose · {0}").format(words)

    def _remark(self, result: Result) -> str:
        """What to know of the samples."""
        if result.part.part is Part.TRAIN:
            said = self.tr("The network was trained with these samples: on others it is worse.")
            against = result.part.against
            compared = self.tr("Compared with: {0}").format(translated(against)) if against else ""
            return f"{said} {compared}".rstrip()
        return ""

    @Slot(object)
    def _refuse(self, reason: Message) -> None:
        self.result = None
        self.subject.setText("")
        self.header.export.setEnabled(False)
        self.explain(translated(reason))

    @Slot()
    def _show_part(self) -> None:
        parts = self.header.parts
        parts.setCurrentIndex(parts.findData(self._evaluator.part))
        item = parts.model().index(parts.findData(Part.TEST), 0)
        enabled = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        parts.model().setData(item, enabled if self._evaluator.can_test else Qt.ItemFlag.NoItemFlags, _FLAGS)
        why = "" if self._evaluator.can_test else self.tr("Test data are looked at once training is over.")
        parts.model().setData(item, why, Qt.ItemDataRole.ToolTipRole)

    @Slot(int)
    def _choose_part(self, index: int) -> None:
        part: Part = Part(self.header.parts.itemData(index))
        if part is not self._evaluator.part:
            self._evaluator.choose(part)

    # files

    @Slot()
    def save_png(self) -> None:
        """Save the figures as a PNG image."""
        if path := self._path(self.tr("PNG pictures (*.png)"), ".png"):
            self._write(path, png(self.pages))

    @Slot()
    def save_svg(self) -> None:
        """Save the figures as an SVG drawing."""
        if path := self._path(self.tr("SVG drawings (*.svg)"), ".svg"):
            self._write(path, svg(self.pages, f"{self._name}: {self.subject.whole}"))

    @Slot()
    def save_csv(self) -> None:
        """Save the figures as a table."""
        if self.result is not None and (path := self._path(self.tr("CSV tables (*.csv)"), ".csv")):
            self._write(path, self.table().encode())

    def _path(self, filters: str, ending: str) -> Path | None:
        return self._ask.save_path(self.tr("Export figures"), Path(f"{self._name.lower()}{ending}"), filters)

    def _write(self, path: Path, data: bytes) -> None:
        job = self._saving.do(lambda: write_atomically(path, data))
        job.failed.connect(self.failed)


_FLAGS = Qt.ItemDataRole.UserRole - 1  # the role under which `QComboBox` keeps whether an item can be chosen

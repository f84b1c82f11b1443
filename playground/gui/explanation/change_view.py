"""The change that would make it another class: the ink to add and to erase, in a picture and in words."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from playground.engine.probes.smallest_change import SmallestChange
from playground.gui.explanation.inference import ChangeAnswer
from playground.gui.explanation.pictures import ADDED, ERASED, change_image
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.explanation.square import Square
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message
from playground.spec.number_text import BRIEF, fixed_text, percent_text


class Swatch(QWidget):
    """A square of one colour before a word."""

    def __init__(self, color: tuple[int, int, int], parent: QWidget) -> None:
        super().__init__(parent)
        self._color = QColor(*color)
        self.setFixedSize(10, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._color)
        painter.end()


class ChangeView(QWidget):
    """Nothing is searched until a class is chosen."""

    wanted = Signal(object)  # int, or None for nothing
    put_requested = Signal(object)  # ChangeAnswer: put its picture on the pad

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answer: ChangeAnswer | None = None
        self.picture = Square(self.tr("Ink to add and to erase"), self)
        self.classes = ComboBox(self)
        self.classes.setAccessibleName(self.tr("Class that it shall become"))
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.classes.setMinimumContentsLength(4)
        self.words = text_label(self, "", "muted", smaller=1.0)
        self.words.setWordWrap(True)
        self.button = QPushButton(self.tr("Apply"), self)
        self.button.setToolTip(self.tr("Put the changed drawing on the pad; Undo brings the present one back"))
        self._colors = self._key()
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(text_label(self, self.tr("What would make it"), "heading"))
        head.addWidget(self.classes, 1)
        foot.addWidget(self._colors, 1)
        foot.addWidget(self.button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.picture, 1)
        row.addWidget(Scrolled(head, self.words, foot, parent=self), 1)
        self.classes.activated.connect(self._choose)
        self.button.clicked.connect(self._put)
        self.clear()

    def _key(self) -> QWidget:
        key = QWidget(self)
        row = QHBoxLayout(key)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for color, words in ((ADDED, self.tr("add")), (ERASED, self.tr("erase"))):
            row.addWidget(Swatch(color, key))
            row.addWidget(text_label(key, words, "muted"))
            row.addSpacing(6)
        row.addStretch(1)
        key.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return key

    def show_classes(self, names: tuple[str, ...], wanted: int | None) -> None:
        """Offer the classes, none first."""
        offered = (self.tr("choose a class…"), *names)
        if offered != tuple(self.classes.itemText(i) for i in range(self.classes.count())):
            self.classes.clear()
            self.classes.addItems(offered)
        self.classes.setCurrentIndex(0 if wanted is None else wanted + 1)
        if wanted is None:
            self.clear()
        elif self.answer is None:
            set_text(self.words, self.tr("searching…"))

    def outdate(self) -> None:
        """Another drawing is on the pad: the change is not of it."""
        self.button.setEnabled(False)
        set_text(self.words, self.tr("searching…"))

    def clear(self, words: str = "") -> None:
        """Show no change, and say why."""
        self.answer = None
        self.picture.clear()
        self.picture.hide()
        self._colors.hide()
        self.button.hide()
        set_text(self.words, words)

    def show_answer(self, answer: ChangeAnswer, names: tuple[str, ...], *, takes: bool) -> None:
        """Show a change; `takes`: whether the panel can show the changed picture."""
        self.answer = answer
        picture, found = answer.picture, answer.found
        self.picture.show_picture(
            lambda: change_image(picture, found), lambda row, column: self._told(found, row, column)
        )
        self.picture.show()
        self._colors.setVisible(found is not None)
        self.button.setVisible(found is not None and takes)
        self.button.setEnabled(True)
        set_text(self.words, translated(change_words(answer, names)))

    def _told(self, found: SmallestChange | None, row: int, column: int) -> str:
        if found is None:
            return ""
        words = message(
            "Row {row}, column {column}: add {added}, erase {erased}",
            row=row + 1,
            column=column + 1,
            added=fixed_text(float(found.added[row, column]), 2),
            erased=fixed_text(float(found.erased[row, column]), 2),
        )
        return translated(words)

    @Slot(int)
    def _choose(self, index: int) -> None:
        self.clear()
        self.wanted.emit(index - 1 if index else None)

    @Slot()
    def _put(self) -> None:
        if self.answer is not None:
            self.put_requested.emit(self.answer)


def change_words(answer: ChangeAnswer, names: tuple[str, ...]) -> Message:
    """How much ink, or why there is none."""
    name, found = names[answer.question.wanted], answer.found
    if answer.answer == answer.question.wanted:
        return message("It is read as {name} already.", name=name)
    if found is None:
        return message("No change was found that makes it {name}.", name=name)
    return message(
        "Add {added} and erase {erased} pixels of full brightness, together {share} of the ink: then it is read as "
        "{name}.",
        added=fixed_text(float(found.added.sum()), 1),
        erased=fixed_text(float(found.erased.sum()), 1),
        share=percent_text(found.ink / float(answer.picture.sum()), BRIEF),
        name=name,
    )

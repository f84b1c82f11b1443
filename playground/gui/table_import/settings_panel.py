"""The right side of the import view: what is asked, how rows are split, and what the network gets."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.gui.forms.choices import Choices
from playground.gui.forms.component_editors import editor_for
from playground.gui.forms.field_column import EDITOR_WIDTH, FieldColumn
from playground.gui.forms.field_editor import Proposal, fixed_words
from playground.gui.style.labels import plain_tip, set_text, text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import counted, explained, translated
from playground.spec.check.problem import Problem
from playground.spec.component import fields_of
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table
from playground.spec.messages import message

_WIDTH = 296  # pixels
_PAD = 16
_CHOOSE = object()  # the entry that asks for a file
_ASKED = ("target", "asks")
_SPLIT = ("test_share", "validation_share", "split_by", "split_seed")


class SettingsPanel(QFrame):
    """Emits `set_requested` with the name and value of a setting of `Table`, and `groups_requested` with a column.

    `test_file_requested` comes with the path of a test file, or empty for none; `other_test_file` if one is to be
    chosen.
    """

    set_requested = Signal(str, object)
    groups_requested = Signal(str)
    test_file_requested = Signal(str)
    other_test_file = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._test_file = ""
        self.asked, self.split = self._fields(_ASKED), self._fields(_SPLIT)
        self.groups = Choices((), self)
        self.groups.setAccessibleName(self.tr("Group column"))
        self.groups.setFixedWidth(EDITOR_WIDTH)
        self.groups.activated.connect(self._grouped)
        self.tested = Choices((), self)
        self.tested.setAccessibleName(self.tr("Test file"))
        self.tested.setFixedWidth(EDITOR_WIDTH)
        self.tested.activated.connect(self._tested)
        self.rows, self.inputs = (text_label(self, "", "muted") for _ in range(2))
        self.objection = text_label(self, "", "error")
        for label in (self.rows, self.inputs, self.objection):
            label.setWordWrap(True)
        self.use = QPushButton(self.tr("Use these data"), self)
        set_look(self.use, "go")
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self._build()

    def _fields(self, names: tuple[str, ...]) -> FieldColumn:
        known = {field.name: field for field in fields_of(Table)}
        column = FieldColumn([known[name] for name in names], editor_for, self)
        column.edited.connect(self._edited)
        return column

    def _build(self) -> None:
        together = self.tr("Rows with the same value in this column stay together, such as those of one patient.")
        apart = self.tr("A second table with the same columns, whose rows are used for the test only.")
        grouping = self._row(self.tr("Group column"), self.groups, together)
        testing = self._row(self.tr("Test file"), self.tested, apart)
        inner = QWidget(self)
        inner.setAutoFillBackground(False)
        column = QVBoxLayout(inner)
        column.setContentsMargins(_PAD, 14, _PAD, 8)
        column.setSpacing(8)
        column.addWidget(text_label(inner, self.tr("What is asked"), "heading"))
        column.addWidget(self.asked)
        column.addWidget(self._line())
        column.addWidget(text_label(inner, self.tr("Split"), "heading"))
        column.addWidget(self.split)
        column.addLayout(grouping)
        column.addLayout(testing)
        column.addWidget(self.rows)
        column.addWidget(self._line())
        column.addWidget(text_label(inner, self.tr("What the network gets"), "heading"))
        column.addWidget(self.inputs)
        column.addWidget(self.objection)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(_PAD, 8, _PAD, 14)
        buttons.setSpacing(8)
        buttons.addWidget(self.use)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(buttons)

    def _row(self, words: str, box: Choices, tip: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        label = QLabel(words, self)
        label.setBuddy(box)
        label.setToolTip(tip)
        row.addWidget(label, 1)
        row.addWidget(box)
        return row

    def _line(self) -> QFrame:
        line = QFrame(self)
        set_look(line, "line")
        return line

    def show_data(self, data: Table, choice: ReadingChoice) -> None:
        """Show the settings of a data set, and what follows from them."""
        from playground.engine.data.table_overview import network_inputs

        self.asked.show_values(data)
        self.split.show_values(data)
        names = [item.name for item in data.source.columns]
        if choice.groups and choice.groups not in names:
            names.append(choice.groups)
        self.groups.offer([("", self.tr("None")), *((name, name) for name in names)])
        self.groups.choose(choice.groups)
        self._show_test_file(choice.test_file)
        unused = [translated(data.notice)] if data.notice is not None else []
        set_text(self.rows, " ".join([counted(data) + ".", *unused]))
        kept = message("{inputs} The scaling is kept in the network's file.", inputs=network_inputs(data))
        set_text(self.inputs, translated(kept))
        objection = next(iter(data.objections()), None)
        words = ""
        if objection is not None:
            problem = Problem(objection.what, objection.expected)
            words = explained(problem)
        set_text(self.objection, words)
        self.objection.setVisible(bool(words))

    def _show_test_file(self, path: str) -> None:
        self._test_file = path
        chosen = [(path, PurePath(path).name)] if path else []
        self.tested.offer([("", self.tr("None")), *chosen, (_CHOOSE, self.tr("Choose a file…"))])
        self.tested.choose(path)
        self.tested.setToolTip(plain_tip(path))

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets in tab order."""
        return (*self.asked.stops, *self.split.stops, self.groups, self.tested, self.use, self.cancel)

    @property
    def sound(self) -> bool:
        """Whether the data set that is shown can be learned from."""
        return not self.objection.text()

    def lock(self, *, training: bool, read: bool, usable: bool) -> None:
        """Let the settings be changed once a table was read, and used where its last reading is up to date.

        While something trains on other data, these cannot be used.
        """
        for widget in (self.asked, self.split, self.groups, self.tested):
            widget.setEnabled(read)
        self.use.setEnabled(usable and self.sound and not training)
        self.use.setToolTip(fixed_words() if training else "")

    @Slot(object)
    def _edited(self, proposal: Proposal) -> None:
        self.set_requested.emit(proposal.field_path[0], proposal.value)

    @Slot(int)
    def _grouped(self, index: int) -> None:
        self.groups_requested.emit(self.groups.value_at(index))

    @Slot(int)
    def _tested(self, index: int) -> None:
        path = self.tested.value_at(index)
        if path is not _CHOOSE:
            self.test_file_requested.emit(path)
            return
        self.tested.choose(self._test_file)
        self.other_test_file.emit()

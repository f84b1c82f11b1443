"""The window in which a person sees how a table is read, decides otherwise, and takes it as the data."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from playground.gui.forms.choices import Choices
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.gui.table_import.column_menu import column_menu
from playground.gui.table_import.decisions import with_choice, with_groups, with_part, with_setting, with_test_file
from playground.gui.table_import.first_rows_view import FirstRowsView
from playground.gui.table_import.header import KIND
from playground.gui.table_import.notes import Notes, WarningBar
from playground.gui.table_import.reader import Draft, Reading, TableReader
from playground.gui.table_import.settings_panel import SettingsPanel
from playground.gui.table_import.switches import Switches
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.messages import Message, message, plural

_SIZE = (1200, 660)  # pixels
_READ_AGAIN = ("target", "asks")  # settings on which the overview depends
_ON_GROUPS = {"name", "count", "most"}  # values in a remark on the column that groups the rows


class TableImport(QDialog):
    """Shows one file at a time; not modal. What is not read yet leaves the last reading in place."""

    used = Signal(object)  # Reading: its data are to be learned from
    texts_requested = Signal(object, str)  # Draft, the column: its texts are to be learned from
    other_requested = Signal()  # another file is to be chosen
    test_file_requested = Signal()  # a file with the rows for the test is to be chosen

    def __init__(self, reader: TableReader, draft: Draft, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("The table as it is read"))
        self.reader, self.draft = reader, draft
        self.reading: Reading | None = None
        self._training = False
        self.decided = False  # whether the person has decided anything that is not used yet
        reader.setParent(self)
        self.name, self.facts = text_label(self, "", "heading", size=13.0), Elided(self)
        self.other = QPushButton(self.tr("Another file…"), self)
        self.progress = QProgressBar(self)
        self.switches = Switches(self)
        self.warning = WarningBar(self)
        self.failure = text_label(self, "", "refusal")
        self.table = FirstRowsView(self)
        self.notes = Notes(self)
        self.panel = SettingsPanel(self)
        self._build()
        self._connect()
        self.resize(*_SIZE)
        self.show_file(draft)

    def _build(self) -> None:
        self.failure.setWordWrap(True)
        self.failure.hide()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(90)
        self.progress.setAccessibleName(self.tr("Reading"))
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        for kept in (self.table, self.notes):
            policy = kept.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            kept.setSizePolicy(policy)
        self.facts.setProperty("look", "muted")
        for button in (self.other, self.panel.use, self.panel.cancel):  # Enter in a box must not press one
            button.setAutoDefault(False)
        top = QHBoxLayout()
        top.setSpacing(12)
        for widget, stretch in ((self.name, 0), (self.facts, 1), (self.progress, 0), (self.other, 0)):
            top.addWidget(widget, stretch)
        stage = QFrame(self)
        set_look(stage, "stage")
        left = QVBoxLayout(stage)
        left.setContentsMargins(18, 14, 18, 12)
        left.setSpacing(10)
        left.addLayout(top)
        left.addWidget(self.switches)
        left.addWidget(self.failure)
        left.addWidget(self.warning)
        left.addWidget(self.table, 1)
        left.addWidget(self.notes)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        line = QFrame(self)
        set_look(line, "upright")
        row.addWidget(stage, 1)
        row.addWidget(line)
        row.addWidget(self.panel)

    def _connect(self) -> None:
        self.reader.read.connect(self._show_reading)
        self.reader.failed.connect(self._show_failure)
        self.reader.busy_changed.connect(self._show_busy)
        self.switches.changed.connect(self._choose)
        self.warning.pressed.connect(self._read_otherwise)
        self.table.menu_requested.connect(self.show_menu)
        self.panel.set_requested.connect(self._set)
        self.panel.groups_requested.connect(self._group)
        self.panel.test_file_requested.connect(self.open_test_file)
        self.panel.other_test_file.connect(self.test_file_requested)
        self.panel.use.clicked.connect(self._use)
        self.panel.cancel.clicked.connect(self.reject)
        self.other.clicked.connect(self.other_requested)
        stops = (self.other, *self.switches.stops, self.warning.button, self.table, *self.panel.stops)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def show_file(self, draft: Draft) -> None:
        """Show another file, or the same one from the beginning."""
        if draft.path != self.draft.path:
            self.reading = None
            self.failure.hide()
            self.warning.hide()
            self.facts.setText("")
        self.name.setText(PurePath(draft.path).name)
        self._change(draft)
        self.decided = False

    def open_file(self, path: Path) -> None:
        """Show another file, read as it suggests."""
        self.show_file(Draft(str(path), ReadingChoice(), self.draft.data))
        self.decided = True

    def set_training(self, training: bool) -> None:
        """While something trains, no other data can be used."""
        self._training = training
        self._lock()

    def done(self, result: int) -> None:
        """Close it; what is being read is dropped."""
        self.reader.stop()
        super().done(result)

    # decisions

    def _change(self, draft: Draft) -> None:
        """Take a decision; the table is read again where it depends on it."""
        before, self.draft, self.decided = self.draft, draft, True
        read_again = (
            self.reading is None
            or self.reader.busy
            or (draft.path, draft.choice) != (before.path, before.choice)
            or any(getattr(draft.data, name) != getattr(before.data, name) for name in _READ_AGAIN)
        )
        self._show_switches()
        if read_again:
            self.reader.request(draft)
        elif self.reading is not None:
            self.reading = replace(self.reading, data=draft.data)
            self.panel.show_data(draft.data, draft.choice)
        self._lock()

    @Slot(object)
    def _choose(self, choice: ReadingChoice) -> None:
        shown = self.reading.found.source.reading.sheet if self.reading is not None else ""
        self._change(with_choice(self.draft, choice, shown))

    @Slot(str, object)
    def _set(self, name: str, value: Any) -> None:
        if name == "target":
            self._change(with_part(self.draft, value, "role", "target"))
        else:
            self._change(with_setting(self.draft, name, value))

    @Slot(str)
    def _group(self, name: str) -> None:
        self._change(with_groups(self.draft, name))

    @Slot(str)
    def open_test_file(self, path: str) -> None:
        """Take the rows for the test from another file; empty for none."""
        self._change(with_test_file(self.draft, path))

    @Slot(int, str, QPoint)
    def show_menu(self, section: int, part: str, where: QPoint) -> None:
        """Open the menu of a column, or of its role or kind."""
        if self.reading is None:
            return
        item = self.reading.overview.columns[section]
        name = item.column.name

        def decide(what: str, value: Any) -> None:
            if (what, value) == (KIND, "text"):
                self._use_texts(name)
            else:
                self._change(with_part(self.draft, name, what, value))

        menu = column_menu(item, self.draft.choice.column(name), part, decide, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    @Slot()
    def _read_otherwise(self) -> None:
        """Leave out a column that gives the target away, or go to the switch that a remark is about."""
        if self.reading is None:
            return
        if given := self.reading.overview.giveaways:
            self._change(with_part(self.draft, str(dict(given[0].values)["name"]), "role", "left out"))
            return
        values = dict(self.reading.found.remarks[0].values)
        columns = self.reading.overview.columns
        name = values.get("column", values.get("name"))
        named = [index for index, item in enumerate(columns) if item.column.name == name]
        if named and not values.keys() & {"sign", "tested"} and values.keys() - _ON_GROUPS:
            self.table.go_to(named[0])
            self.table.ask_for_menu()
            return
        box = self._switch_of(values)
        box.setFocus(Qt.FocusReason.OtherFocusReason)
        box.showPopup()

    def _switch_of(self, values: dict[str, Any]) -> Choices:
        """The box for the decision that a remark is about, which the values in its words tell."""
        if "tested" in values:  # the test file
            return self.panel.tested
        if "share" in values:  # of rows that lack values
            return self.switches.box("missing")
        if "sign" in values:  # that may be decimal or separate thousands
            return self.switches.box("decimal")
        return self.panel.groups if "name" in values else self.switches.box("header")

    @Slot()
    def _use(self) -> None:
        if self.reading is not None:
            self.used.emit(self.reading)
            self.accept()

    def _use_texts(self, name: str) -> None:
        """Learn from the texts of a column, unless something trains: no other data can be used then."""
        if not self._training:
            self.texts_requested.emit(self.draft, name)
            self.accept()

    # what was read

    @Slot(object)
    def _show_reading(self, reading: Reading) -> None:
        first = self.reading is None
        self.reading, self.draft = reading, replace(self.draft, data=reading.data)
        self.failure.hide()
        file = reading.found.source
        rows = plural("{count:,} rows", "1 row", file.rows)
        columns = plural("{count:,} columns", "1 column", len(file.columns))
        self.facts.setText(translated(message("{rows}, {columns}", rows=rows, columns=columns)))
        self.warning.show_warnings(reading)
        self.table.show_reading(reading)
        self.notes.show_reading(reading)
        self.panel.show_data(reading.data, self.draft.choice)
        self._show_switches()
        self._lock()
        if first:  # it was hidden
            self.table.setFocus()

    @Slot(object)
    def _show_failure(self, why: Message) -> None:
        if self.reading is not None:
            self.panel.show_data(self.reading.data, self.draft.choice)
            self.facts.setText("")
            why = message("{why} What is shown below was read before.", why=why)
        self.failure.setText(translated(why))
        self.failure.show()
        self.warning.hide()
        self._lock()

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self._lock()

    def _show_switches(self) -> None:
        found = self.reading.found if self.reading is not None else None
        sheets = found.sheets if found is not None else ()
        self.switches.show_choice(self.draft.choice, found.source.reading if found is not None else None, sheets)

    def _lock(self) -> None:
        there = self.reading is not None and not self.reader.busy and self.failure.isHidden()
        for shown in (self.table, self.notes):
            shown.setVisible(self.reading is not None)
        self.panel.lock(training=self._training, read=self.reading is not None, usable=there)

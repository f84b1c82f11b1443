"""Opens the view in which a person decides how a table is read, and takes what it decides into the document."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.gui.data_source.data_source import DataSource
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.style.dialogs import Ask
from playground.gui.style.settings import Settings
from playground.gui.style.translation import translated
from playground.gui.window.main_window import MainWindow
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.messages import Message

if TYPE_CHECKING:  # imported with the first look at a table
    from playground.gui.table_import.dialog import TableImport
    from playground.gui.table_import.reader import Draft, Reading

_OFFER = "table"  # the key of the message that offers a look
_KEPT = "table draft"  # that of the message that offers to go on with decisions that were not used


class ProgramImport(QObject):
    """Opens it on request, and offers it when a table has become the data."""

    def __init__(
        self,
        document: Document,
        run: Run,
        data_source: DataSource,
        settings: Settings,
        ask: Ask,
        window: MainWindow,
    ) -> None:
        """`window` is the parent of the view and of this."""
        super().__init__(window)
        self._document, self._run, self._data_source = document, run, data_source
        self._settings, self._ask, self._window = settings, ask, window
        self._dialog: TableImport | None = None
        self._offered: Table | None = None
        self._kept: Draft | None = None  # decisions in a view that was closed without using them
        run.state_changed.connect(self._note_state)
        run.began.connect(self._take_back)
        document.changed.connect(self._follow)
        data_source.found.connect(self._offer)
        data_source.look_requested.connect(self.look)

    @property
    def dialog(self) -> TableImport | None:
        """The open view."""
        return self._dialog

    @Slot()
    def look(self) -> None:
        """Show how the document's table is read; an open view begins again with it."""
        data = self._document.experiment.data
        if isinstance(data, Table):
            from playground.gui.table_import.reader import Draft

            self._show(Draft(data.source.path, data.source.choice, data))

    @Slot()
    def _go_on(self) -> None:
        """Show the decisions that were not used when the view was closed."""
        if (draft := self._kept) is not None:
            self._show(draft).decided = True

    def _show(self, draft: Draft) -> TableImport:
        from playground.gui.table_import.dialog import TableImport
        from playground.gui.table_import.reader import TableReader

        self._take_back()
        self._drop()
        dialog = self.dialog
        if dialog is None:
            reader = TableReader(self._data_source.background, self._run, self)
            dialog = self._dialog = TableImport(reader, draft, self._window)
            dialog.finished.connect(self._forget)
            dialog.used.connect(self._use)
            dialog.texts_requested.connect(self._use_texts)
            dialog.other_requested.connect(self._choose)
            dialog.test_file_requested.connect(self._choose_test_file)
            self._note_state_in(dialog)
        else:
            dialog.show_file(draft)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    @Slot(object)
    def _use(self, reading: Reading) -> None:
        self._data_source.use(reading.found, reading.data, PurePath(reading.found.source.path).name)

    @Slot(int)
    def _forget(self, result: int) -> None:
        """The view was closed: decisions that it did not use can be taken up again."""
        dialog, self._dialog = self._dialog, None
        if dialog is None or result or not dialog.decided:
            return
        self._kept = dialog.draft
        words = self.tr("Your decisions on {0} were not used.").format(PurePath(dialog.draft.path).name)
        choices = [(self.tr("Go on deciding…"), self._go_on)]
        self._window.messages.show_message(_KEPT, "hint", words, choices, stays=True)

    def _drop(self) -> None:
        if self._kept is not None:
            self._kept = None
            self._window.messages.dismiss(_KEPT)

    @Slot(object, str)
    def _use_texts(self, draft: Draft, text: str) -> None:
        """Make labelled texts of the table, with its target as their label."""
        label = draft.data.target_column.name
        before = LabelledTexts(text_column=text, label_column=label if label != text else "")
        choice = draft.choice.with_(columns=(), groups="")
        self._data_source.inspect_as(Path(draft.path), before, choice)

    @Slot(object)
    def _offer(self, told: Message) -> None:
        """Offer a look at a table that has just become the data."""
        data = self._document.experiment.data
        if self._run.state is RunState.LOADING:  # it was only said that the table will be inspected
            return
        if (
            self._dialog is None
            and isinstance(data, Table)
            and data.own_path
            and self._data_source.state.looking is None
        ):
            self._offered = data
            choices = [(self.tr("Look at the table…"), self.look)]
            self._window.messages.show_message(_OFFER, "hint", translated(told), choices)

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        if self._offered is not None and experiment.data != self._offered:
            self._take_back()

    @Slot()
    def _take_back(self) -> None:
        if self._offered is not None:
            self._offered = None
            self._window.messages.dismiss(_OFFER)

    @Slot()
    def _choose(self) -> None:
        choice = Table.source_choice
        assert choice is not None
        path = self._asked_path(translated(choice.title))
        if path is not None and self.dialog is not None:
            self.dialog.open_file(path)

    @Slot()
    def _choose_test_file(self) -> None:
        path = self._asked_path(self.tr("Choose a table with the rows to test with"))
        if path is not None and self.dialog is not None:
            self.dialog.open_test_file(str(path))

    def _asked_path(self, title: str) -> Path | None:
        """The absolute path of a table that the user chooses."""
        choice = Table.source_choice
        assert choice is not None
        path = self._ask.source_path(title, self._settings.folder, translated(choice.filters))
        if path is not None:
            self._settings.folder = path.parent
        return None if path is None else path.absolute()

    @Slot()
    def _note_state(self) -> None:
        if self.dialog is not None:
            self._note_state_in(self.dialog)

    def _note_state_in(self, dialog: TableImport) -> None:
        dialog.set_training(self._run.state is RunState.TRAINING)

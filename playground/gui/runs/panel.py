"""The room of stored runs: search, table, comparison of two, and what the store takes of the disk."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QStackedWidget, QVBoxLayout, QWidget

from playground.engine.runs.store import RunStore, Usage
from playground.engine.runs.table import runs_table
from playground.gui.runs.background_comparison import Comparing
from playground.gui.runs.bars import RunsFooter, RunsHeader
from playground.gui.runs.columns import date_text
from playground.gui.runs.commands import RunCommands
from playground.gui.runs.comparison_view import ComparisonView
from playground.gui.runs.deleted_view import DeletedView
from playground.gui.runs.model import RunsModel
from playground.gui.runs.reading import Listing, RunReader
from playground.gui.runs.run_changes import Changing
from playground.gui.runs.side_by_side import SideBySide
from playground.gui.runs.table_view import RunsTable
from playground.gui.runs.undo_bar import UndoBar
from playground.gui.session.background import Background
from playground.gui.style.dialogs import Ask, Dialogs
from playground.gui.style.run_colors import OverlaidRun
from playground.spec.files.storage import write_atomically
from playground.spec.messages import Message


class RunsPanel(QWidget):
    """All stored runs.

    Rows and experiments are read in `background`. Tables are exported in `saving`, or else also there; `ask` chooses
    the path (None: Qt's dialogs).
    """

    open_requested = Signal(str)  # id of a run to open as an experiment
    overlay_changed = Signal(object)  # tuple[OverlaidRun, ...]: the runs whose curves are shown, the oldest first
    failed = Signal(object)  # Message
    listed = Signal(int)  # the rows were read again: number of runs

    def __init__(
        self,
        store: RunStore | None,
        background: Background,
        saving: Background | None = None,
        ask: Ask | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background, self._saving = background, saving or background
        self._ask: Ask = ask or Dialogs(self)
        self._store: RunStore | None = None
        self._reader: RunReader | None = None
        self._usage = Usage(0, 0, 0)
        self._reading = self._again = self._changed = False
        self._store_menu: QMenu | None = None
        self.model = RunsModel(self)
        self.table = RunsTable(self.model, self)
        self.commands = RunCommands(self.model, self.table)
        self._menu = QMenu(self)
        self.header = RunsHeader(self.commands, self._menu, self)
        self.footer = RunsFooter(self)
        self.undo_bar = UndoBar(self)
        self.changing = Changing(self.model, self.table, self.undo_bar, background)
        self.comparison = ComparisonView(self)
        self.deleted = DeletedView(background, self)
        self.side_by_side = SideBySide(self.model, self.comparison, background)
        self.comparing = Comparing(self.model, self.table, background)
        self.table.undoes = self.undo_bar.can_undo
        self._arrange()
        self._connect()
        self.set_store(store)

    # what others call

    def set_store(self, store: RunStore | None) -> None:
        """Show the runs of another store; None: runs are not stored."""
        self._store = store
        self._reader = RunReader(store) if store else None
        self.comparing.set_reader(self._reader)
        self.side_by_side.reader = self.deleted.reader = self._reader
        self.changing.set_store(store, self._reader)
        self.model.show_listing(Listing([], {}))
        self.footer.setVisible(store is not None)
        self.footer.show_folder(store.folder if store else None)
        self._reading = self._again = False
        self._show_page()
        self.refresh()

    def set_store_menu(self, menu: QMenu) -> None:
        """Add a menu with the settings of the store to that of the header."""
        self._store_menu = menu

    @Slot()
    def refresh(self) -> None:
        """Read all rows again; the selection, the scroll position and cells that are being edited stay."""
        if self._reader is None:
            return
        if self._reading:
            self._again = True
            return
        self._reading, changed, self._changed = True, self._changed, False
        reader = self._reader
        job = self._background.do(lambda: (reader, reader.listing(changed)))
        job.done.connect(self._show_listing)
        job.failed.connect(self._fail_listing)

    @Slot()
    def refresh_written(self) -> None:
        """Read the rows again after a change; results of a reading that began before are older and are dropped."""
        self._changed = True
        self.refresh()

    def set_current(self, run_id: str, running: bool = False) -> None:
        """Mark the run that the window shows; empty for none. A running one is not deleted."""
        self.changing.running = running
        self.model.set_current(run_id)
        if not self.table.selected_ids:
            self.comparing.follow()

    @property
    def overlaid(self) -> tuple[OverlaidRun, ...]:
        """The runs whose curves are to be shown, the oldest first; of equal names, each also says when it began."""
        every = (self.model.row(number) for number in range(self.model.rowCount()))
        rows = [row for row in every if row.run_id in self.model.shown]
        count = Counter(row.name for row in rows)
        names = (row.name if count[row.name] == 1 else f"{row.name} {date_text(row)}" for row in rows)
        return tuple(
            OverlaidRun(row.run_id, name, self.model.color(row.run_id)) for row, name in zip(rows, names, strict=True)
        )

    @Slot(object)
    def hide_curves(self, run_ids: tuple[str, ...]) -> None:
        """Show the curves of these runs no more."""
        self.model.show_curves(run_ids, on=False)

    # rows

    @Slot(object)
    def _show_listing(self, result: tuple[RunReader, Listing]) -> None:
        reader, listing = result
        if reader is not self._reader:
            return
        self._reading = False
        if not self._changed:  # otherwise the rows are older than what the person sees
            self.model.show_listing(listing)
            self._show_page()
            self.comparing.follow()
            self.changing.select_changed()
            self.commands.follow()
            self._background.do(reader.usage).done.connect(self._show_usage)
            self.listed.emit(len(listing.rows))
        if self._again or self._changed:
            self._again = False
            self.refresh()

    @Slot(object)
    def _show_usage(self, usage: Usage) -> None:
        self._usage = usage
        self._show_page()

    @Slot(object)
    def _fail_listing(self, problem: Message) -> None:
        self._reading = self._again = False
        self.failed.emit(problem)

    @Slot()
    def _show_page(self) -> None:
        """Show the table, or why it is empty."""
        rows, found = self.model.rowCount(), self.table.sorted.rowCount()
        searched = bool(self.header.search.text().strip())
        if self._store is None:
            words = self.tr("Runs are not stored: this is switched off")
        elif not rows:
            words = self.tr("No runs yet: train something, and it is kept here")
        else:
            words = self.tr("No run contains “{0}”").format(self.header.search.text().strip())
        self._nothing.setText(words)
        self.header.set_listed(bool(rows))
        page = self.pages.currentWidget()
        if self._store is None or not (page is self.deleted or (page is self.comparison and rows)):
            self.pages.setCurrentWidget(self.table if found else self._nothing)
        self.header.setVisible(self.pages.currentWidget() in (self.table, self._nothing))
        self.footer.show_usage(self._usage, found if searched and rows else None)

    # pages that take the place of the table

    @Slot()
    def _show_comparison(self) -> None:
        self._turn_to(self.comparison)

    @Slot()
    def _show_deleted(self) -> None:
        self.undo_bar.hide()
        self._turn_to(self.deleted)

    def _turn_to(self, page: QWidget) -> None:
        if self.pages.currentWidget() is not page:
            self.pages.setCurrentWidget(page)
            self._show_page()
            page.setFocus()

    @Slot()
    def _close_page(self) -> None:
        self.pages.setCurrentWidget(self.table)
        self._show_page()
        self.table.setFocus()

    # files

    @Slot()
    def export_table(self) -> None:
        """Save the table as CSV: the runs that the search finds, in their order."""
        proxy = self.table.sorted
        numbers = (proxy.mapToSource(proxy.index(row, 0)).row() for row in range(proxy.rowCount()))
        rows = [self.model.row(number) for number in numbers]
        path = self._ask.save_path(
            self.tr("Export runs"), Path(self.tr("runs") + ".csv"), self.tr("CSV tables (*.csv)")
        )
        if path is not None:
            job = self._saving.do(lambda: write_atomically(path, runs_table(rows).encode()))
            job.failed.connect(self.failed)

    @Slot()
    def _open_folder(self) -> None:
        if self._store is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._store.folder)))

    # setup

    @Slot()
    def _find(self) -> None:
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    @Slot(str)
    def _search(self, text: str) -> None:
        self.table.sorted.search(text)
        self.commands.follow()
        self._show_page()

    @Slot()
    def _leave_search(self) -> None:
        """Go from the search to the runs that it found."""
        if self.table.sorted.rowCount():
            if not self.table.selected_ids:
                self.table.select_row(0)
            self.table.setFocus()

    @Slot()
    def _tell_overlay(self) -> None:
        self.overlay_changed.emit(self.overlaid)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        if not self.table.indexAt(position).isValid():  # by key, or below the rows
            position = self.table.visualRect(self.table.currentIndex()).bottomLeft()
        if self.table.selected_ids:
            menu = self.commands.menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.table.viewport().mapToGlobal(position))

    @Slot()
    def _fill_menu(self) -> None:
        """The menu of the header: the commands of the selection, those of the table, and its columns."""
        self._menu.clear()
        for action in self.commands.menu().actions():
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(self.tr("Recently De&leted…"), self.deleted.open).setEnabled(self._store is not None)
        self._menu.addAction(self.tr("&Export Table as CSV…"), self.export_table)
        self._menu.addMenu(self.table.header_menu())
        if self._store_menu is not None:
            self._menu.addMenu(self._store_menu)

    def _arrange(self) -> None:
        self._nothing = QLabel(self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setProperty("look", "muted")
        self.pages = QStackedWidget(self)
        for page in (self._nothing, self.table, self.comparison, self.deleted):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.pages, 1)
        column.addWidget(self.undo_bar)
        column.addWidget(self.footer)
        self.setAccessibleName(self.tr("Runs"))
        self.setMinimumHeight(120)
        self.setFocusProxy(self.table)
        self.order_tabs()

    def order_tabs(self, first: QWidget | None = None) -> None:
        """Let the Tab key go from a widget to the search, the commands and the table, wherever these are placed."""
        header, bar = self.header, self.undo_bar
        order = (
            *([first] if first else []),
            header.search,
            *header.buttons,
            header.more,
            self.table,
            bar.undo,
            bar.close_button,
            self.footer.button,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.header.search.textChanged.connect(self._search)
        self.header.search.returnPressed.connect(self._leave_search)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.open_requested.connect(self.commands.open.trigger)
        self.model.shown_changed.connect(self._tell_overlay)
        self.comparing.failed.connect(self.failed)
        self.changing.failed.connect(self.failed)
        self.changing.changed.connect(self.refresh_written)
        self.commands.open_requested.connect(self.open_requested)
        self.commands.compare_requested.connect(self.side_by_side.compare_runs)
        self.commands.groups_requested.connect(self.side_by_side.compare_groups)
        self.side_by_side.shown.connect(self._show_comparison)
        self.side_by_side.failed.connect(self.failed)
        self.commands.delete_requested.connect(self.changing.delete)
        self.comparison.closed.connect(self._close_page)
        self.deleted.closed.connect(self._close_page)
        self.deleted.opened.connect(self._show_deleted)
        self.deleted.restore_requested.connect(self.changing.restore)
        self.deleted.failed.connect(self.failed)
        self.listed.connect(self.deleted.refresh)
        self.footer.open_folder.triggered.connect(self._open_folder)
        self.table.undo_requested.connect(self._undo)

    @Slot()
    def _undo(self) -> None:
        self.undo_bar.undo.click()

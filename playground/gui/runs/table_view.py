"""The table of runs: which columns fit, what the keys do, and the menus of the header."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from playground.gui.runs.cells import RunCells
from playground.gui.runs.columns import COLUMNS, Column
from playground.gui.runs.model import DAMAGED, RUN_ID, RunsModel
from playground.gui.runs.sorting import SortedRuns
from playground.gui.runs.table_layout import TableLayout, parsed
from playground.gui.style.translation import translated

_ICONS = 28  # pixels, width of a column that shows an icon
_PADDING = 14  # pixels
_ALWAYS = (Column.CURVE, Column.STAR, Column.NAME)
_FIRST = (  # the columns that are added while there is room for them
    Column.SCORE,
    Column.DIFFERENCES,
    Column.LOSS,
    Column.DATE,
    Column.TIME,
    Column.NOTE,
    Column.PARAMETERS,
    Column.DATA,
    Column.EPOCHS,
)
_NARROW = _FIRST[:3]
_RESERVE = 160  # pixels that stay for names and differences when further columns are added
_STRETCHED = Column.DIFFERENCES


class RunsTable(QTableView):
    """Shows `RunsModel` sorted; as many columns as fit, until the person chooses them in the header's menu."""

    selected = Signal()  # the selection or the current row is another
    undo_requested = Signal()  # the key for Undo was pressed while `undoes`
    arranged = Signal(str)  # the person chose, widened, moved or sorted columns: a text for the settings
    open_requested = Signal()  # a cell of the current run was double-clicked that is not edited then

    def __init__(self, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self.sorted = SortedRuns(runs, self)
        self._chosen: set[Column] | None = None  # by the person
        self._widths: dict[Column, int] = {}  # by the person
        self._placing = False  # whether the program changes columns, and not the person
        self.undoes: Callable[[], bool] = lambda: False  # whether there is something to be undone
        self.setModel(self.sorted)
        self.setItemDelegate(RunCells(self))
        self.setAccessibleName(self.tr("Runs"))
        self._set_up()
        self._set_up_header()
        self.selectionModel().selectionChanged.connect(self.selected)
        self._spanning = QTimer(self)
        self._spanning.setSingleShot(True)
        self._spanning.timeout.connect(self._span_problems)
        for changed in ("layoutChanged", "rowsInserted", "rowsRemoved", "modelReset", "dataChanged"):
            getattr(self.sorted, changed).connect(self._span_soon)

    # selection

    @property
    def selected_ids(self) -> tuple[str, ...]:
        """The ids of the selected runs, from top to bottom, the current one first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        ids = [str(self.sorted.index(row, 0).data(RUN_ID)) for row in rows]
        current = str(self.currentIndex().data(RUN_ID))
        return tuple(sorted(ids, key=lambda run_id: run_id != current))

    def select(self, run_id: str) -> None:
        """Select one run and scroll to it, if it is shown."""
        number = self._runs.number_of(run_id)
        if number is not None:
            column = self.currentIndex().column() if self.currentIndex().isValid() else Column.NAME
            index = self.sorted.mapFromSource(self._runs.index(number, column))
            if index.isValid():
                self.setCurrentIndex(index)

    def select_row(self, row: int) -> None:
        """Select the run in that row, or the last one."""
        row = min(row, self.sorted.rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self.sorted.index(row, max(self.currentIndex().column(), Column.NAME)))

    def edit_cell(self, column: Column) -> None:
        """Edit the name, the note or the group of the current run; its column is shown for that."""
        if self.isColumnHidden(column):
            self._choose(self.shown_columns | {column})
        index = self.sorted.index(self.currentIndex().row(), column)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.edit(index)

    def event(self, event: QEvent) -> bool:
        """Take the key for Undo from the document while something can be undone."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo) and self.undoes():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.undo_requested.emit()
                return True
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Open the run, or edit its note or group; stars and lines take single clicks."""
        column = self.indexAt(event.position().toPoint()).column()
        if column in (-1, Column.CURVE, Column.STAR, Column.NOTE, Column.GROUP):
            super().mouseDoubleClickEvent(event)
        else:
            self.open_requested.emit()

    # columns

    @property
    def shown_columns(self) -> set[Column]:
        """The columns that are shown."""
        return {column for column in Column if not self.isColumnHidden(column)}

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._fit()

    def width_of(self, column: Column) -> int:
        """The width that the person gave a column, or else that of its usual text, in pixels."""
        if column in self._widths:
            return self._widths[column]
        info = COLUMNS[column]
        if not info.sample:
            return _ICONS
        metrics = QFontMetrics(self.font())
        texts = (translated(info.label) + " ▾", info.sample)  # room for the arrow of the sorted column
        return max(map(metrics.horizontalAdvance, texts)) + _PADDING

    def _fit(self) -> None:
        if self._chosen is not None:
            return
        shown, room = set(_ALWAYS), self.viewport().width() - sum(map(self.width_of, _ALWAYS))
        for column in _FIRST:
            if room < self.width_of(column) + (0 if column in _NARROW else _RESERVE):
                break
            room -= self.width_of(column)
            shown.add(column)
        spare = 0 if Column.NAME in self._widths else max(room, 0) // 2
        self._show_columns(shown, spare)

    @Slot()
    def _span_soon(self) -> None:
        self._spanning.start()

    @Slot()
    def _span_problems(self) -> None:
        """Let the sentence about a damaged run take the place of its figures."""
        self.clearSpans()
        for row in range(self.sorted.rowCount()):
            if self.sorted.index(row, 0).data(DAMAGED):
                self.setSpan(row, Column.DIFFERENCES, 1, len(Column) - Column.DIFFERENCES)

    def _choose(self, columns: Iterable[Column]) -> None:
        self._chosen = {*columns, Column.NAME}
        self._show_columns(self._chosen)  # the differences get what is left
        self._note_arrangement()

    def _show_columns(self, columns: set[Column], spare: int = 0) -> None:
        """Show these columns, with `spare` pixels more for the name."""
        self._placing = True
        for column in Column:
            if self.isColumnHidden(column) == (column in columns):
                self.setColumnHidden(column, column not in columns)
            if column in columns and column is not _STRETCHED:
                self.setColumnWidth(column, self.width_of(column) + (spare if column is Column.NAME else 0))
        self._placing = False

    @Slot(str)
    def arrange(self, text: str) -> None:
        """Arrange the columns as the settings say, or as usual if these say nothing."""
        layout, header = parsed(text), self.horizontalHeader()
        self._placing = True
        for place, column in enumerate((*layout.order, *(item for item in Column if item not in layout.order))):
            header.moveSection(header.visualIndex(column), place)
        self.sortByColumn(
            layout.sorted_by, Qt.SortOrder.DescendingOrder if layout.descending else Qt.SortOrder.AscendingOrder
        )
        self._widths = dict(layout.widths)
        self._chosen = None if layout.shown is None else {*layout.shown, Column.NAME}
        if self._chosen is None:
            self._fit()
        else:
            self._show_columns(self._chosen)
        self._placing = False

    @Slot()
    def arrange_as_usual(self) -> None:
        """Forget how the person has arranged the columns."""
        self.arrange("")

    @Slot(int, int, int)
    def _note_width(self, column: int, _old: int, new: int) -> None:
        if not self._placing and column != _STRETCHED and new:
            self._widths[Column(column)] = new
            self._note_arrangement()

    @Slot()
    def _note_arrangement(self) -> None:
        header = self.horizontalHeader()
        if self._placing:
            return
        order = tuple(Column(header.logicalIndex(place)) for place in range(len(Column)))
        descending = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        layout = TableLayout(
            Column(header.sortIndicatorSection()),
            descending,
            None if self._chosen is None else frozenset(self._chosen),
            self._widths,
            () if order == tuple(Column) else order,
        )
        self.arranged.emit(layout.text)

    @Slot(QPoint)
    def _show_header_menu(self, position: QPoint) -> None:
        menu = self.header_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(position))

    def header_menu(self) -> QMenu:
        """A menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setTitle(self.tr("Columns"))
        for column in Column:
            action = menu.addAction(translated(COLUMNS[column].label))
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setEnabled(column is not Column.NAME)
            action.setData(int(column))
        menu.addSeparator()
        menu.addAction(self.tr("As Many as Fit")).setEnabled(self._chosen is not None or bool(self._widths))
        menu.triggered.connect(self._column_chosen)
        return menu

    @Slot(QAction)
    def _column_chosen(self, action: QAction) -> None:
        if action.data() is None:
            self._chosen = None
            self._widths.clear()
            self._fit()
            self._note_arrangement()
        else:
            self._choose(self.shown_columns ^ {Column(action.data())})

    # setup

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(QFontMetrics(self.font()).height() + 10)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(_ICONS)
        header.setSectionsMovable(True)
        for column in Column:
            self.setColumnWidth(column, self.width_of(column))
            fixed = column in (Column.CURVE, Column.STAR)
            header.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Interactive
            )
        header.setSectionResizeMode(_STRETCHED, QHeaderView.ResizeMode.Stretch)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.DATE, Qt.SortOrder.DescendingOrder)
        header.sectionResized.connect(self._note_width)
        header.sectionMoved.connect(self._note_arrangement)
        header.sortIndicatorChanged.connect(self._note_arrangement)

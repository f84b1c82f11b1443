"""The list of recently deleted runs, which can be restored."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.engine.runs.store import TRASH_DAYS, DeletedRun
from playground.gui.runs.columns import Column, cell_text
from playground.gui.runs.reading import RunReader
from playground.gui.session.background import Background
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import flat_button, plain_tip
from playground.gui.style.theme import theme_of

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DeletedView(QWidget):
    """Takes the place of the table until it is closed."""

    opened = Signal()  # the list is read, and is to be shown
    closed = Signal()
    restore_requested = Signal(object)  # tuple of ids
    failed = Signal(object)  # Message

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self.reader: RunReader | None = None
        self.title = Elided(self)
        self.title.setProperty("look", "muted")
        self.lines = QTreeWidget(self)
        self._close = self._action(self.tr("‹ All Runs"), "Escape")
        self._close.triggered.connect(self.closed)
        self.restore = self._action(self.tr("Restore"), "Return")
        self.restore.triggered.connect(self._restore)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        """Mark selected rows as the table of runs does."""
        palette, theme = self.palette(), theme_of(self)
        palette.setColor(QPalette.ColorRole.Highlight, theme.color("hover"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.color("text"))
        self.lines.setPalette(palette)

    @Slot()
    def open(self) -> None:
        """Read the list, then show it."""
        if (reader := self.reader) is not None:
            job = self._background.do(lambda: (reader, reader.deleted()))
            job.done.connect(self._show)
            job.failed.connect(self.failed)

    @Slot()
    def refresh(self) -> None:
        """Read the list again if it is shown."""
        if self.isVisible():
            self.open()

    @Slot(object)
    def _show(self, result: tuple[RunReader, list[DeletedRun]]) -> None:
        reader, runs = result
        if reader is not self.reader:
            return
        chosen = set(self._chosen())
        words = self.tr("Deleted runs are kept for {0} days, or less if the disk budget is used up")
        self.title.setText(words.format(TRASH_DAYS) if runs else self.tr("No deleted run is kept"))
        self.lines.clear()
        for run in runs:
            item = QTreeWidgetItem(self.lines, self._texts(run))
            item.setData(0, Qt.ItemDataRole.UserRole, run.row.run_id)
            item.setTextAlignment(2, _RIGHT)
            item.setToolTip(0, plain_tip(f"{item.text(0)}\n{run.row.run_id}"))
            item.setSelected(run.row.run_id in chosen)
        first = self.lines.topLevelItem(0)
        if first is not None and not self.lines.selectedItems():
            self.lines.setCurrentItem(first)
        self._follow()
        self.opened.emit()

    def _texts(self, run: DeletedRun) -> list[str]:
        row = run.row
        name = self.tr("{0} (damaged)").format(row.run_id) if row.damaged else cell_text(row, Column.NAME)
        figures = ["", ""] if row.damaged else [cell_text(row, Column.DATA), cell_text(row, Column.SCORE)]
        return [name, *figures, _local(run.deleted), _local(run.kept_until)]

    def _chosen(self) -> tuple[str, ...]:
        return tuple(str(item.data(0, Qt.ItemDataRole.UserRole)) for item in self.lines.selectedItems())

    @Slot()
    def _restore(self) -> None:
        self.restore_requested.emit(self._chosen())

    @Slot()
    def _follow(self) -> None:
        self.restore.setEnabled(bool(self.lines.selectedItems()))

    def _action(self, words: str, key: str) -> QAction:
        action = QAction(words, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(action)
        return action

    def _arrange(self) -> None:
        self.lines.setHeaderLabels(
            [self.tr("Name"), self.tr("Data"), self.tr("Score"), self.tr("Deleted"), self.tr("Kept until")]
        )
        self.lines.headerItem().setTextAlignment(2, _RIGHT)
        self.lines.setRootIsDecorated(False)
        self.lines.setUniformRowHeights(True)
        self.lines.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.lines.setAccessibleName(self.tr("Recently deleted runs"))
        self.lines.itemSelectionChanged.connect(self._follow)
        header, modes = self.lines.header(), QHeaderView.ResizeMode
        header.setStretchLastSection(False)
        header.setSectionsClickable(False)
        for number in range(self.lines.columnCount()):
            header.setSectionResizeMode(number, modes.ResizeToContents if number else modes.Stretch)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self._button(self._close))
        row.addWidget(self.title, 1)
        row.addWidget(self._button(self.restore))
        inset = QHBoxLayout()
        inset.setContentsMargins(8, 0, 8, 0)
        inset.addWidget(self.lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(inset, 1)
        self.setFocusProxy(self.lines)
        self._dress()

    def _button(self, action: QAction) -> QWidget:
        button = flat_button(action, self)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"

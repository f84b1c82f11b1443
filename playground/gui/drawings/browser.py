"""The right half of the window: the labels with their counts, and the drawings of the selected one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListView,
    QStackedWidget,
    QTreeView,
    QWidget,
)

from playground.engine.data.collection import SIDE, Kept
from playground.gui.drawings.kept_drawings import KeptDrawings
from playground.gui.drawings.models import DrawingsModel, LabelsModel
from playground.gui.style.theme import set_look

_CELL = QSize(SIDE + 24, SIDE + 32)
_LABELS = 190  # pixels


class Browser(QWidget):
    """Delete removes the selected drawings, or all of a label; F2 renames a label."""

    def __init__(self, kept: KeptDrawings, empty_words: str, parent: QWidget) -> None:
        """`empty_words` say what to do where there are no drawings yet."""
        super().__init__(parent)
        self._kept = kept
        self._label: str | None = None  # the selected one
        self._row: int | None = None  # of the drawing to select once others are deleted
        self.labels_model, self.drawings_model = LabelsModel(kept), DrawingsModel(kept)
        self.labels, self.grid = self._made_labels(), self._made_grid()
        empty = QLabel(empty_words, self)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        set_look(empty, "muted")
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.grid)
        self._pages.addWidget(empty)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.labels)
        row.addWidget(self._pages, 1)
        self.delete_drawings = self._action(self.tr("&Delete"), QKeySequence.StandardKey.Delete, self.grid)
        self.delete_label = self._action(self.tr("&Delete all of it"), QKeySequence.StandardKey.Delete, self.labels)
        self.rename = self._action(self.tr("&Rename"), QKeySequence(Qt.Key.Key_F2), self.labels)
        self.delete_drawings.triggered.connect(self._delete_drawings)
        self.delete_label.triggered.connect(self._delete_label)
        self.rename.triggered.connect(self._rename)
        kept.changed.connect(self._follow)
        self.labels.selectionModel().currentChanged.connect(self._show_label)
        self._follow()

    @property
    def selected(self) -> tuple[Kept, ...]:
        """The selected drawings."""
        return tuple(self.drawings_model.drawings[index.row()] for index in self.grid.selectedIndexes())

    def _made_labels(self) -> QTreeView:
        view = QTreeView(self)
        view.setObjectName("labels")
        view.setModel(self.labels_model)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setFixedWidth(_LABELS)
        view.setAllColumnsShowFocus(True)
        view.setAccessibleName(self.tr("Labels"))
        view.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        view.setTabKeyNavigation(False)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        return view

    def _made_grid(self) -> QListView:
        view = QListView(self)
        view.setModel(self.drawings_model)
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setMovement(QListView.Movement.Static)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setLayoutMode(QListView.LayoutMode.Batched)
        view.setUniformItemSizes(True)
        view.setIconSize(QSize(SIDE, SIDE))
        view.setGridSize(_CELL)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setAccessibleName(self.tr("Stored drawings"))
        return view

    def _action(self, text: str, keys: QKeySequence | QKeySequence.StandardKey, view: QAbstractItemView) -> QAction:
        action = QAction(text, view)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # Delete edits the label elsewhere
        view.addAction(action)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return action

    @Slot()
    def _delete_drawings(self) -> None:
        self._row = self.grid.currentIndex().row()
        if not self._kept.delete(self.selected):
            self._row = None

    @Slot()
    def _delete_label(self) -> None:
        if self._label is not None:
            self._kept.delete(self._kept.by_label.get(self._label, ()))

    @Slot()
    def _rename(self) -> None:
        index = self.labels.currentIndex().siblingAtColumn(0)
        if self._label is not None and index.isValid():
            self.labels.edit(index)

    @Slot()
    def _show_label(self) -> None:
        index = self.labels.currentIndex()
        if index.isValid():  # it is not while the labels are replaced
            self._label = self.labels_model.label(index)
            self.drawings_model.show_label(self._label)
            self._enable()

    @Slot()
    def _follow(self) -> None:
        """Keep the selected label selected after the labels were replaced."""
        labels = self.labels_model.labels
        row = 1 + labels.index(self._label) if self._label in labels else 0
        if (
            self.labels.currentIndex().row() != row
            or self.labels_model.label(self.labels.currentIndex()) != self._label
        ):
            self.labels.setCurrentIndex(self.labels_model.index(row, 0))
        self._show_label()
        last = len(self.drawings_model.drawings) - 1
        if self._row is not None and not self._kept.busy and last >= 0:  # what was selected is deleted
            self.grid.setCurrentIndex(self.drawings_model.index(min(self._row, last)))
            self._row = None
        self._pages.setCurrentIndex(0 if self._kept.total else 1)

    def _enable(self) -> None:
        self.delete_drawings.setEnabled(not self._kept.busy)
        for action in (self.delete_label, self.rename):
            action.setEnabled(self._label is not None and not self._kept.busy)

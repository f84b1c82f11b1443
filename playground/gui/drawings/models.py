"""The labels of a collection with their counts, and the drawings of one of them, for Qt's views."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap

from playground.engine.data.collection import SIDE, Kept
from playground.gui.drawings.kept_drawings import KeptDrawings
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.messages import PlaygroundError

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class LabelsModel(QAbstractTableModel):
    """A row for all drawings, and a row for each label; a label that is edited is renamed."""

    def __init__(self, kept: KeptDrawings) -> None:
        super().__init__(kept)
        self._kept = kept
        self.labels: tuple[str, ...] = ()
        kept.changed.connect(self._follow)
        self._follow()

    def label(self, index: Index) -> str | None:
        """The label of a row; None for all drawings."""
        return self.labels[index.row() - 1] if index.row() > 0 else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's
        return 0 if parent.isValid() else 1 + len(self.labels)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return (self.tr("Label"), self.tr("Drawings"))[section]
        if role == Role.TextAlignmentRole and section == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A label, or its number of drawings."""
        label = self.label(index)
        if role == Role.TextAlignmentRole and index.column() == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role not in (Role.DisplayRole, Role.EditRole):
            return None
        if index.column() == 1:
            return f"{self._kept.total if label is None else len(self._kept.by_label.get(label, ())):,}"
        return self.tr("All labels") if label is None else label

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Labels can be edited."""
        edited = Qt.ItemFlag.ItemIsEditable if index.row() > 0 and index.column() == 0 else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | edited

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  Qt's name
        """Rename a label."""
        label = self.label(index)
        return role == Role.EditRole and label is not None and self._kept.rename(label, str(value))

    @Slot()
    def _follow(self) -> None:
        labels = tuple(self._kept.by_label)
        if labels != self.labels:
            self.beginResetModel()
            self.labels = labels
            self.endResetModel()
        self.dataChanged.emit(self.index(0, 0), self.index(len(labels), 1))


class DrawingsModel(QAbstractListModel):
    """The drawings of one label, or all, the newest first; pictures are read when they are shown."""

    def __init__(self, kept: KeptDrawings) -> None:
        super().__init__(kept)
        self._kept = kept
        self._label: str | None = None
        self.drawings: tuple[Kept, ...] = ()
        self._icons: dict[Kept, QIcon] = {}
        self._problems: dict[Kept, str] = {}
        kept.changed.connect(self._follow)
        self._follow()

    def show_label(self, label: str | None) -> None:
        """Show the drawings of a label; None: of all labels."""
        self._label = label
        self._follow()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008  Qt's
        return 0 if parent.isValid() else len(self.drawings)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The label, the picture, or why it cannot be shown."""
        kept = self.drawings[index.row()]
        if role == Role.DisplayRole:
            return kept.label
        if role == Role.DecorationRole:
            return self._icon(kept)
        if role == Role.ToolTipRole:
            return plain_tip(self._problems.get(kept, kept.label))
        if role == Role.AccessibleTextRole:
            return self.tr("Drawing of {0}").format(kept.label)
        return None

    def _icon(self, kept: Kept) -> QIcon:
        if kept not in self._icons:
            try:
                picture = self._kept.collection.read(kept)
                side = len(picture)
                shown = QImage(picture.tobytes(), side, side, side, QImage.Format.Format_Grayscale8)
                pixmap = QPixmap.fromImage(shown if side == SIDE else shown.scaled(SIDE, SIDE))
            except PlaygroundError as error:
                self._problems[kept] = translated(error.message)
                pixmap = QPixmap(QSize(SIDE, SIDE))
                pixmap.fill(Qt.GlobalColor.transparent)
            made = QIcon(pixmap)
            made.addPixmap(pixmap, QIcon.Mode.Selected)  # Qt would tint it
            self._icons[kept] = made
        return self._icons[kept]

    @Slot()
    def _follow(self) -> None:
        groups = self._kept.by_label
        drawings = groups.get(self._label, ()) if self._label else [item for group in groups.values() for item in group]
        ordered = tuple(sorted(drawings, key=lambda kept: kept.name, reverse=True))
        if ordered != self.drawings:
            self.beginResetModel()
            self.drawings = ordered
            shown = set(ordered)
            self._icons = {kept: made for kept, made in self._icons.items() if kept in shown}
            self._problems = {kept: words for kept, words in self._problems.items() if kept in self._icons}
            self.endResetModel()

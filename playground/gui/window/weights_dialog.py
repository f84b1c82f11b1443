"""The dialog “Weights from another program”: which tensors of a file go into which layers, before any is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.engine.foreign_weights.tensor_fit import FittedTensor, FittedWeights, shape_text
from playground.gui.style.labels import text_label
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import Message

_WIDTH, _HEIGHT, _GAP = 720, 460, 16  # pixels
_Index = QModelIndex | QPersistentModelIndex


class FittedTensors(QAbstractTableModel):
    """One row for each tensor of the file; those that are not used are muted, and say why."""

    def __init__(self, rows: Sequence[FittedTensor], view: QWidget) -> None:
        super().__init__(view)
        self._rows, self._view = rows, view
        self._heads = (self.tr("Tensor in the file"), self.tr("Shape"), self.tr("Type"), self.tr("Layer of the stack"))

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802  Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:  # noqa: N802  Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return super().headerData(section, orientation, role)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return (row.name, shape_text(row.shape), row.dtype, self._place(row))[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and row.target is None:
            return theme_of(self._view).color("muted")
        return None

    def _place(self, row: FittedTensor) -> str:
        if row.layer is None or row.target is None:
            return self.tr("not used: {0}").format(translated(row.why_not) if row.why_not else "")
        return f"{translated(row.layer)}  ·  {row.target}"


class WeightsDialog(QDialog):
    """A table and one question; nothing changes unless it is accepted."""

    def __init__(
        self, name: str, fit: FittedWeights, remarks: Sequence[Message], kept: str, parent: QWidget | None = None
    ) -> None:
        """`name` is that of the file; `kept` says what becomes of the network that is shown now, or is empty."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Weights from Another Program"))
        self.table = QTableView(self)
        self.table.setModel(FittedTensors(fit.rows, self.table))
        self.table.setAccessibleName(self.tr("Tensors of the file"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.resizeColumnsToContents()
        for number in range(fixed := self.table.model().columnCount() - 1):
            self.table.setColumnWidth(number, min(self.table.columnWidth(number) + _GAP, _WIDTH // fixed))
        title = QLabel(self.tr("“{0}” holds {1} tensors.").format(name, f"{len(fit.rows):,}"), self)
        title.setTextFormat(Qt.TextFormat.PlainText)
        words = " ".join(translated(item) for item in (fit.words, *remarks))
        self.summary = text_label(self, words, "muted")
        self.note = text_label(self, kept if fit.taken else "", "muted")
        for label in (title, self.summary, self.note):
            label.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.take = self.buttons.addButton(self.tr("&Take These Weights"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.take.setEnabled(bool(fit.taken))
        self.take.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        for part in (title, self.summary, self.table, self.note, self.buttons):
            column.addWidget(part)
        self.note.setVisible(bool(self.note.text()))
        self.resize(_WIDTH, _HEIGHT)

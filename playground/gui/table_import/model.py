"""The first rows of a table as a model: cells as they were read, and what is known of each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontDatabase

from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import Theme
from playground.gui.style.translation import translated
from playground.spec.data.column_kinds import KINDS, ROLES
from playground.spec.messages import Message, joined, message, plural

if TYPE_CHECKING:
    from playground.engine.data.table_overview import ColumnOverview
    from playground.gui.table_import.reader import Reading

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_EMPTY = "–"


class FirstRows(QAbstractTableModel):
    """Columns that are left out are muted, and so are such rows; cells without a value are tinted."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reading: Reading | None = None
        self._left_out: dict[int, Message] = {}  # by the line of the file
        self._colors: dict[str, QColor] = {}

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._colors = {name: theme.color(name) for name in ("muted", "faint", "text", "warn_surface")}

    def show_reading(self, reading: Reading) -> None:
        """Show another reading."""
        self.beginResetModel()
        self._reading = reading
        self._left_out = {item.row: item.why for item in reading.found.skipped if item.row is not None}
        self.endResetModel()

    @property
    def columns(self) -> tuple[ColumnOverview, ...]:
        """The columns, none before the first reading."""
        return self._reading.overview.columns if self._reading is not None else ()

    def _why(self, row: int) -> Message | None:
        """Why a row is left out."""
        assert self._reading is not None
        return self._left_out.get(self._reading.found.numbers[row])

    # Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() or self._reading is None else len(self._reading.found.first)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if self._reading is None:
            return None
        if orientation is Qt.Orientation.Vertical:
            why = self._why(section)
            if role == Role.DisplayRole:
                return f"{self._reading.found.numbers[section]}"
            return plain_tip(translated(why)) if role == Role.ToolTipRole and why is not None else None
        item = self.columns[section]
        if role == Role.DisplayRole:
            return item.column.name
        if role in (Role.AccessibleTextRole, Role.AccessibleDescriptionRole):
            return described(item)
        return plain_tip(column_tip(item)) if role == Role.ToolTipRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if self._reading is None:
            return None
        row, column = index.row(), index.column()
        cell, lacking = self._reading.found.first[row][column], self._reading.overview.lacking[row][column]
        if role == Role.DisplayRole:
            return cell or _EMPTY
        if role == Role.ToolTipRole:
            why = self._why(row)
            return plain_tip("\n".join(filter(None, (cell, self._said(why)))))
        if role == Role.FontRole:
            return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        if role == Role.BackgroundRole and lacking:
            return self._colors.get("warn_surface")
        if role == Role.ForegroundRole:
            muted = self.columns[column].role == "left out" or self._why(row) is not None
            return self._colors.get("muted" if muted else "text")
        if role == Role.AccessibleTextRole and lacking:
            return self.tr("missing")
        return None

    def _said(self, why: Message | None) -> str:
        return self.tr("This row is left out: {0}").format(translated(why)) if why is not None else ""


def missing_text(item: ColumnOverview) -> str:
    """`177 missing`; empty where none is."""
    return translated(plural("{count:,} missing", "1 missing", item.missing)) if item.missing else ""


def described(item: ColumnOverview) -> str:
    """A column in words: name, role, kind, missing cells."""
    parts = (item.column.name, translated(ROLES[item.role]), translated(kind_word(item)), missing_text(item))
    return ", ".join(filter(None, parts))


def kind_word(item: ColumnOverview) -> str:
    """The word for a column's kind."""
    return KINDS[item.column.kind]


def column_tip(item: ColumnOverview) -> str:
    """A column in words, why it is left out, and how closely it goes with the target."""
    from playground.engine.data.table_overview import strength_text

    measures = {
        "r": message("Pearson's correlation with the target"),
        "rho": message("Spearman's rank correlation with the target"),
        "epsilon": message("Kelley's ε with the target"),
        "V": message("Cramér's V with the target"),
    }
    lines = [described(item)]
    if item.reason is not None:
        lines.append(translated(message("Left out: {why}", why=item.reason)))
    if (near := item.association) is not None:
        lines.append(translated(joined((measures[near.measure], strength_text(near)), ": ")))
    return "\n".join(lines)

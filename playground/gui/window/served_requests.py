"""The requests to a service as a table, the latest on top, the last 200 of them."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage

from playground.engine.service.event_lines import THUMBNAIL, Answered, Requests
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.messages import Message, joined, message, plural
from playground.spec.number_text import fixed_text

MOST = 200
_Index = QModelIndex | QPersistentModelIndex
_NETWORK, _INPUT, ANSWER, _MILLISECONDS, _STATUS = range(1, 6)


class ServedRequests(QAbstractTableModel):
    """Lives as long as the program, whatever shows it."""

    counted = Signal()  # `summary` changed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[Answered] = []
        self._pictures: list[QImage | None] = []
        self._error = QColor()
        self._count = self._unlisted = 0
        self._titles = (
            self.tr("Time"),
            self.tr("Network"),
            self.tr("Input"),
            self.tr("Answer"),
            self.tr("ms"),
            self.tr("Status"),
        )

    @Slot(object)
    def add(self, found: Requests) -> None:
        """Put requests on top, the latest first; the oldest ones leave."""
        new = found.items[::-1][:MOST]
        self._count += len(found.items) + found.unlisted
        self._unlisted += found.unlisted
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self.items[:0] = new
            self._pictures[:0] = [_picture(item.picture) for item in new]
            self.endInsertRows()
        if len(self.items) > MOST:
            self.beginRemoveRows(QModelIndex(), MOST, len(self.items) - 1)
            del self.items[MOST:], self._pictures[MOST:]
            self.endRemoveRows()
        self.counted.emit()

    def set_error_color(self, color: QColor) -> None:
        """Set the colour of requests that were refused."""
        self._error = color

    @property
    def summary(self) -> Message:
        """How many requests came, and which of them are listed."""
        if not self._count:
            return message("No requests yet")
        parts = [plural("{count:,} requests", "1 request", self._count)]
        if self._count - self._unlisted > MOST:
            parts.append(message("the last {n:,} are listed", n=MOST))
        if self._unlisted:
            parts.append(message("{n:,} came too fast to be listed", n=self._unlisted))
        return joined(parts, ", ")

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name
        """The number of requests."""
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name
        """The number of columns."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802  Qt's name
        """The title of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """The text of a cell."""
        item = self.items[index.row()]
        column = index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(item, column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._text(item, column)) if column in (_NETWORK, _INPUT, ANSWER) else None
            case Qt.ItemDataRole.DecorationRole if column == _INPUT:
                return self._pictures[index.row()]
            case Qt.ItemDataRole.ForegroundRole if item.status >= 400 and column in (ANSWER, _STATUS):
                return self._error if self._error.isValid() else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
        return None

    def _text(self, item: Answered, column: int) -> str:
        match column:
            case 0:
                return datetime.fromtimestamp(item.time).strftime("%H:%M:%S")
            case 1 if item.step is not None:
                return translated(message("{name}, step {step:,}", name=item.model, step=item.step))
            case 1:
                return item.model
            case 2:
                return item.given
            case 3:
                return item.answer
            case 4:
                return fixed_text(1000 * item.seconds, 1)
        return str(item.status)


def picture_size() -> QSize:
    """The size of the pictures in the table."""
    return QSize(THUMBNAIL, THUMBNAIL)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (_MILLISECONDS, _STATUS) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _picture(text: str) -> QImage | None:
    """The picture of a request."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    made = QImage()
    return made if data and made.loadFromData(data, "PNG") else None

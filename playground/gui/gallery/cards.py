"""The gallery's cards: presets as a list model, and the delegate that paints one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from playground.gui.gallery.picture import Slab, paint, slabs
from playground.gui.theme import Theme, theme_of
from playground.gui.words import translated
from playground.spec.number_text import parameters_text
from playground.spec.presets import Preset
from playground.spec.shapes import totals, walk

WIDTH, HEIGHT = 242, 236  # logical pixels, margin included
PICTURE = 80
INSET = 14
CARD = Qt.ItemDataRole.UserRole
WORDS = CARD + 1  # all that a person may search for

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows of a preset."""

    preset: Preset
    title: str
    about: str
    parameters: int
    expected: str
    trained: bool
    data: str
    picture: tuple[Slab, ...]


def card(preset: Preset) -> Card:
    """The card of a preset."""
    experiment = preset.experiment
    return Card(
        preset=preset,
        title=translated(preset.title),
        about=translated(preset.about),
        parameters=totals(walk(experiment.stack, experiment.data.sample_shape)).parameters,
        expected=translated(preset.expected),
        trained=preset.trained is not None,
        data=translated(experiment.data.label),
        picture=slabs(experiment),
    )


class Cards(QAbstractListModel):
    """The presets, in their order."""

    def __init__(self, presets: tuple[Preset, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cards = tuple(card(preset) for preset in presets)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  Qt's name and default
        return 0 if parent.isValid() else len(self._cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._cards[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{item.about}\n{item.expected}"
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return f"{item.about} {item.expected}. {size(item)}"
        if role == WORDS:
            return f"{item.title} {item.about} {item.data} {translated(item.preset.experiment.data.keywords)}"
        return item if role == CARD else None


def size(item: Card) -> str:
    """What is learned, and how large the network is, in words."""
    return f"{item.data} · {_parameters(item)}"


def _parameters(item: Card) -> str:
    return translated(parameters_text(item.parameters))


class CardPainter(QStyledItemDelegate):
    """Paints a card: picture on top, then title, what it is, and figures."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        return QSize(WIDTH, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = theme_of(self._view)
        item: Card = index.data(CARD)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(6, 6, -6, -6)
        self._frame(painter, box, option.state, theme)
        picture = QRect(box.left(), box.top(), box.width(), PICTURE)
        painter.save()
        paint(painter, QRectF(picture).adjusted(INSET, INSET, -INSET, -8), item.picture, theme)
        painter.restore()
        self._words(painter, box.adjusted(INSET, PICTURE + 4, -INSET, -10), item, theme)
        painter.restore()

    def _frame(self, painter: QPainter, box: QRect, state: QStyle.StateFlag, theme: Theme) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(QPen(theme.color("accent" if selected else "border"), 1.5 if selected else 1))
        painter.setBrush(theme.color("hover" if hovered else "block"))
        painter.drawRoundedRect(QRectF(box), 8, 8)

    def _words(self, painter: QPainter, area: QRect, item: Card, theme: Theme) -> None:
        bold = QFont(self._view.font())
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        metrics = painter.fontMetrics()
        line = metrics.height()
        painter.setPen(theme.color("text"))
        title = metrics.elidedText(item.title, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        if item.trained:
            self._badge(painter, area, theme)
        painter.setFont(self._view.font())
        painter.setPen(theme.color("muted"))
        about = area.adjusted(0, line + 4, 0, -2 * line - 8)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(about, flags, _fitting(painter, item.about, about))
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        fits = painter.fontMetrics().horizontalAdvance(size(item)) <= area.width()
        painter.drawText(area, bottom, size(item) if fits else _parameters(item))
        painter.setPen(theme.color("text"))
        expected = painter.fontMetrics().elidedText(item.expected, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area.adjusted(0, 0, 0, -line - 2), bottom, expected)

    def _badge(self, painter: QPainter, area: QRect, theme: Theme) -> None:
        words = self.tr("trained")
        width = painter.fontMetrics().horizontalAdvance(words) + 14
        badge = QRect(area.right() - width, area.top() - 1, width, painter.fontMetrics().height() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("go"))
        painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
        painter.setPen(theme.color("on_go"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)


def _fitting(painter: QPainter, text: str, area: QRect) -> str:
    """As many words as have room, with an ellipsis where some have not."""
    metrics = painter.fontMetrics()

    def fits(part: str) -> bool:
        needed = metrics.boundingRect(QRect(0, 0, area.width(), 10_000), Qt.TextFlag.TextWordWrap, part)
        return needed.height() <= area.height()

    if fits(text):
        return text
    words = text.split()
    while words and not fits(" ".join(words) + " …"):
        words.pop()
    return " ".join(words) + " …"

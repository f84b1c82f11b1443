"""The cards of the gallery: the presets as a list model, and the delegate that paints one."""

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
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from playground.gui.gallery.network_picture import Slab, paint, slabs
from playground.gui.style.theme import Theme, theme_of
from playground.gui.style.translation import translated
from playground.spec.check.shapes import totals, walk
from playground.spec.data.task import Task
from playground.spec.files.preset_description import has_attempt, parts
from playground.spec.files.presets import Preset
from playground.spec.messages import tr_noop
from playground.spec.number_text import parameters_text

WIDTH, HEIGHT = 216, 176  # logical pixels, margin included
PICTURE = 80
INSET = 14
CARD = Qt.ItemDataRole.UserRole
WORDS = CARD + 1  # all searchable texts

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Card:
    """The content of a preset's card."""

    preset: Preset
    title: str
    about: str
    attempt: str  # a suggestion what to try; empty if there is none
    parameters: int
    expected: str
    trained: bool
    data: str
    picture: tuple[Slab, ...]


def card(preset: Preset) -> Card:
    """The card of a preset."""
    experiment = preset.experiment
    about, attempt = parts(translated(preset.about), attempt=has_attempt(preset.about))
    return Card(
        preset=preset,
        title=translated(preset.title),
        about=about,
        attempt=attempt,
        parameters=totals(walk(experiment.stack, experiment.data.sample_shape)).parameters,
        expected=translated(preset.expected),
        trained=preset.trained is not None,
        data=translated(experiment.data.label),
        picture=slabs(experiment),
    )


class Cards(QAbstractListModel):
    """The presets in their order."""

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
            return item.expected
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return f"{item.about} {item.attempt} {item.expected}. {size(item)}"
        if role == WORDS:
            return words_of(item)
        return item if role == CARD else None


def words_of(item: Card) -> str:
    """All searchable text of a card, in lower case: its texts, its data and task, and its layers."""
    experiment = item.preset.experiment
    data, task = experiment.data, experiment.data.task
    layers = (row.layer.label for row in walk(experiment.stack, data.sample_shape))
    words = (item.title, item.about, item.attempt, item.expected, item.data, translated(data.keywords), task_word(task))
    return " ".join((*words, *map(translated, layers), item.preset.id)).lower()


def task_word(task: Task) -> str:
    """The usual name of a task."""
    if task.language:
        return translated(tr_noop("text generation language model"))
    if task.classes is not None:
        if task.positions > 1:
            return translated(tr_noop("segmentation"))
        return translated(tr_noop("classification"))
    if task.targets == "probabilities":
        return translated(tr_noop("image reconstruction"))
    return translated(tr_noop("regression"))


class Found(QSortFilterProxyModel):
    """The cards that contain every typed word in any of their texts."""

    def __init__(self, cards: Cards, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words_typed: list[str] = []
        self.setSourceModel(cards)

    def search(self, text: str) -> None:
        """Keep the cards that contain all these words, or words with these parts."""
        self._words_typed = text.lower().split()
        self.invalidate()

    @property
    def best(self) -> QModelIndex:
        """The first card that has all the words in its name, or else the first card; invalid if there is none."""
        rows = [self.index(row, 0) for row in range(self.rowCount())]
        return next((index for index in rows if self._is_named(index.data(CARD))), self.index(0, 0))

    def _is_named(self, item: Card) -> bool:
        name = f"{item.title} {item.preset.id}".lower()
        return all(word in name for word in self._words_typed)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  Qt's name
        words: str = self.sourceModel().index(row, 0, parent).data(WORDS)
        return all(word in words for word in self._words_typed)


def size(item: Card) -> str:
    """The data set, and the size of the network, as text."""
    return f"{item.data} · {_parameters(item)}"


def _parameters(item: Card) -> str:
    return translated(parameters_text(item.parameters))


class CardPainter(QStyledItemDelegate):
    """Paints a card: the picture on top, then title, expected result and size; the description is next to the cards."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802  Qt's name
        return self._view.gridSize()

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
        """Paint the title, the expected result and the size; long texts are wrapped."""
        bold = QFont(self._view.font())
        bold.setWeight(QFont.Weight.DemiBold)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.setFont(bold)
        badge = self._badge(painter, area, theme) if item.trained else 0
        painter.setPen(theme.color("text"))
        title = painter.boundingRect(area.adjusted(0, 0, -badge, 0), flags, item.title)
        painter.drawText(title, flags, item.title)
        painter.setFont(self._view.font())
        painter.setPen(theme.color("muted"))
        self._expected(painter, area.adjusted(0, title.height() + 3, 0, -painter.fontMetrics().height()), item.expected)
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        fits = painter.fontMetrics().horizontalAdvance(size(item)) <= area.width()
        painter.drawText(area, bottom, size(item) if fits else _parameters(item))

    @staticmethod
    def _expected(painter: QPainter, area: QRect, words: str) -> None:
        """Paint the expected result in as many lines as fit, or else in one line with an ellipsis."""
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        if painter.boundingRect(area, flags, words).height() > area.height():
            words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, flags, words)

    def _badge(self, painter: QPainter, area: QRect, theme: Theme) -> int:
        """Paint the mark "trained" on the right; return the width that it takes."""
        words = self.tr("trained")
        width = painter.fontMetrics().horizontalAdvance(words) + 14
        badge = QRect(area.right() - width, area.top() - 1, width, painter.fontMetrics().height() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("go"))
        painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
        painter.setPen(theme.color("on_go"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
        return width + 6

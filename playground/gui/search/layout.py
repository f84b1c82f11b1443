"""Arranges the window of a search: choices on top, plots on the left, trials on the right, words and buttons below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from playground.gui.style.theme import set_look

_SIZE = (1180, 680)  # pixels
_ROW = 24
_PAD = 16  # pixels beside a text in a cell
_LOOKED_AT = 50  # rows that decide how wide a column is


def trials_table(parent: QWidget, model: QAbstractItemModel) -> QTableView:
    """A table in which rows are selected and sorted; at first the latest trial is on top."""
    table = QTableView(parent)
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setSortingEnabled(True)
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.horizontalHeader().setHighlightSections(False)
    table.setMinimumHeight(120)
    return table


def fit_columns(table: QTableView, longest_state: str) -> None:
    """Let columns of numbers and that of states, without reasons, be as wide as they need to be."""
    header, last = table.horizontalHeader(), table.model().columnCount() - 1
    header.setResizeContentsPrecision(_LOOKED_AT)
    for column in range(last - 1):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    for column in (last - 1, last):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
    header.resizeSection(last - 1, table.fontMetrics().horizontalAdvance(longest_state) + _PAD)


def widen_last(table: QTableView) -> None:
    """Let the last column show whole texts, for which the table scrolls; a person may have made it wider."""
    last = table.model().columnCount() - 1
    table.setColumnWidth(last, max(table.columnWidth(last), table.sizeHintForColumn(last)))


def arrange(
    window: QDialog,
    choices: QWidget,
    plots: Sequence[QWidget],
    trials: Sequence[QWidget],
    words: QWidget,
    buttons: tuple[Sequence[QWidget], Sequence[QWidget]],
) -> None:
    """Put all parts into their places. The views of all trials and the table get the most height.

    `buttons` are those on the left and on the right.
    """
    split = QSplitter(Qt.Orientation.Horizontal, window)
    split.setChildrenCollapsible(False)
    split.addWidget(_page(split, plots, (0, 8), (2, 3)))
    split.addWidget(_page(split, trials, (8, 0), (3, 2)))
    split.setSizes([_SIZE[0] // 2, _SIZE[0] // 2])
    line = QFrame(window)
    set_look(line, "line")
    column = QVBoxLayout(window)
    column.setContentsMargins(14, 12, 14, 12)
    column.setSpacing(8)
    column.addWidget(choices)
    column.addWidget(line)
    column.addWidget(split, 1)
    column.addWidget(words)
    row = QHBoxLayout()
    for button in buttons[0]:
        row.addWidget(button)
    row.addStretch(1)
    for button in buttons[1]:
        row.addWidget(button)
    column.addLayout(row)
    window.resize(*_SIZE)


def scrolled(widget: QWidget, parent: QWidget) -> QScrollArea:
    """A widget that may be higher than its place."""
    scroll = QScrollArea(parent)
    scroll.setWidget(widget)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setMinimumHeight(70)
    return scroll


def _page(parent: QWidget, parts: Sequence[QWidget], margins: tuple[int, int], shares: tuple[int, int]) -> QWidget:
    page = QWidget(parent)
    column = QVBoxLayout(page)
    column.setContentsMargins(margins[0], 0, margins[1], 0)
    column.setSpacing(6)
    for part in parts:
        low = part.sizePolicy().verticalPolicy() in (QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        flat = low and part.layout() is None and not isinstance(part, QAbstractScrollArea)
        column.addWidget(part, 0 if flat else shares[part is not parts[0]])
    return page

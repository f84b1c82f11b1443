"""Two runs side by side: their figures, and the settings that differ."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from playground.engine.runs.index import RunRow
from playground.gui.runs.columns import COLUMNS, FIGURES
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import flat_button, plain_tip
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.experiment_differences import Difference

Line = tuple[str, str, str]  # label, and the values of both


def figure_lines(a: RunRow, b: RunRow) -> list[Line]:
    """Figures and date of two runs, each with its label."""
    lines = [
        (translated(COLUMNS[column].label), *(str(COLUMNS[column].text(row)) for row in (a, b))) for column in FIGURES
    ]
    return [(label, one, other) for label, one, other in lines]


def difference_lines(differences: tuple[Difference, ...]) -> list[Line]:
    """The settings that differ, each with its label."""
    return [(translated(item.label), translated(item.a), translated(item.b)) for item in differences]


class ComparisonView(QWidget):
    """Takes the place of the table until it is closed."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._close = QAction(self.tr("‹ All Runs"), self)
        self._close.setShortcut(QKeySequence(Qt.Key.Key_Escape))
        self._close.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._close.triggered.connect(self.closed)
        self.addAction(self._close)
        self.title = Elided(self)
        self.title.setProperty("look", "muted")
        self.lines = QTreeWidget(self)
        self._arrange()

    def show_runs(self, a: RunRow, b: RunRow, differences: tuple[Difference, ...]) -> None:
        """Show two runs."""
        names = [row.name or row.run_id for row in (a, b)]
        self.title.setText(self.tr("{0} and {1}").format(*names))
        self.lines.clear()
        self.lines.setHeaderLabels(["", *names])
        self._add(self.tr("Settings that differ"), difference_lines(differences))
        self._add(self.tr("Figures"), figure_lines(a, b))
        self.lines.expandAll()

    def _add(self, heading: str, lines: list[Line]) -> None:
        group = QTreeWidgetItem(self.lines, [heading])
        group.setForeground(0, theme_of(self).color("muted"))
        group.setFirstColumnSpanned(True)
        for line in lines or [(self.tr("none"), "", "")]:
            item = QTreeWidgetItem(group, list(line))
            for column, text in enumerate(line):
                item.setToolTip(column, plain_tip(text))
            if line[1] == line[2]:
                for column in range(len(line)):
                    item.setForeground(column, theme_of(self).color("muted"))

    def _arrange(self) -> None:
        self.lines.setColumnCount(3)
        self.lines.setRootIsDecorated(False)
        self.lines.setItemsExpandable(False)
        self.lines.setIndentation(8)
        self.lines.setUniformRowHeights(True)
        self.lines.setAccessibleName(self.tr("Differences of two runs"))
        self.lines.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.lines.header().setSectionsClickable(False)
        back = flat_button(self._close, self)
        set_look(back, "flat")
        back.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(back)
        row.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.lines, 1)
        self.setFocusProxy(self.lines)

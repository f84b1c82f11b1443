"""The table of what a network answers and costs, before and after it is pruned."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from playground.engine.pruning.study import Point
from playground.gui.style.labels import text_label
from playground.spec.number_text import bytes_text, flops_text, percent_text

_UNKNOWN = "–"


class FiguresTable(QWidget):
    """Two columns of figures beside their names."""

    def __init__(self, score: str, parent: QWidget) -> None:
        """`score` is the name of the score."""
        super().__init__(parent)
        self.cells: list[list[QLabel]] = []  # name, before, after; the first row has the headings
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        names = (score, self.tr("Parameters"), self.tr("Not zero"), self.tr("FLOPs"), self.tr("Size"))
        rows = [("", self.tr("before"), self.tr("after")), *((name, _UNKNOWN, _UNKNOWN) for name in names)]
        for row, texts in enumerate(rows):
            self.cells.append(
                [text_label(self, text, "muted" if not row or not column else "") for column, text in enumerate(texts)]
            )
            for column, cell in enumerate(self.cells[-1]):
                cell.setAlignment(Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(cell, row, column)

    def show_points(self, whole: Point, chosen: Point | None) -> None:
        """Show the figures of the network as it is, and of the chosen one as far as they are known."""
        before = _column(whole)
        after = (_UNKNOWN,) * len(before) if chosen is None else _column(chosen)
        for cells, *texts in zip(self.cells[1:], before, after, strict=True):
            for cell, text in zip(cells[1:], texts, strict=True):
                cell.setText(text)

    def forget(self) -> None:
        """Nothing is known."""
        for cells in self.cells[1:]:
            for cell in cells[1:]:
                cell.setText(_UNKNOWN)


def _column(point: Point) -> tuple[str, ...]:
    size = point.size
    parameters, nonzero = f"{size.parameters:,}", f"{size.nonzero:,}"
    return percent_text(point.score), parameters, nonzero, flops_text(size.flops), bytes_text(size.bytes)

"""Two runs, or two groups of runs, side by side: their figures, and the settings that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from playground.engine.evaluation.seed_comparison import compared_figure, figure_names, spreads
from playground.engine.evaluation.seed_statistics import Spread, TTest
from playground.engine.runs.index import RunRow
from playground.engine.runs.seed_group import SeedGroup
from playground.gui.runs.columns import COLUMNS, FIGURES, cell_text, date_text
from playground.gui.runs.reading import GroupComparison
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import flat_button, plain_tip
from playground.gui.style.run_colors import RunColor, run_color
from playground.gui.style.theme import Theme, set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.experiment_differences import Difference
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import NO_FIGURE, loss_text, percent_text

Line = tuple[str, str, str]  # label, and the values of both
_ICON = QSize(20, 16)  # with a gap on the right
_LINE = QSizeF(16, 3)  # pixels of the piece of a run's line beside its name
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def figure_lines(a: RunRow, b: RunRow) -> list[Line]:
    """Figures and date of two runs, each with its label."""
    return [(translated(COLUMNS[column].label), cell_text(a, column), cell_text(b, column)) for column in FIGURES]


def difference_lines(differences: tuple[Difference, ...]) -> list[Line]:
    """The settings that differ, each with its label."""
    return [(translated(item.label), translated(item.a), translated(item.b)) for item in differences]


def distinct_names(a: RunRow, b: RunRow) -> tuple[str, str]:
    """The names of two runs; if they are equal, with seed, date or id, whatever differs first."""
    one, other = a.name or a.run_id, b.name or b.run_id
    if one != other:
        return one, other
    seeds = tuple(translated(message("seed {seed}", seed=row.seed)) for row in (a, b))
    known = (seeds, (date_text(a), date_text(b)), (a.run_id, b.run_id))
    first, second = next(pair for pair in known if pair[0] != pair[1] or pair == known[-1])
    return f"{one} · {first}", f"{other} · {second}"


def group_lines(a: SeedGroup, b: SeedGroup) -> list[Line]:
    """Number of runs, and mean, spread and confidence intervals of the tests of two groups, each with its label.

    The figure that is tested alone has an interval of the difference: of each group less the other.
    """
    counts = [f"{len(group.side.results):,}" for group in (a, b)]
    lines: list[Line] = [(translated(tr_noop("Runs counted (n)")), counts[0], counts[1])]
    both = [spreads(group.side.results) for group in (a, b)]
    names, writers = figure_names(a.experiment.data), (percent_text, loss_text)
    by_score, _, _, test = compared_figure(a.side, b.side)
    for name, write, is_tested, *found in zip(names, writers, (by_score, not by_score), *both, strict=True):
        means = [NO_FIGURE if item is None else write(item.mean) for item in found]
        lines.append((translated(message("{figure}, mean", figure=name)), means[0], means[1]))
        sds = [NO_FIGURE if item is None else write(item.sd) for item in found]
        lines.append((translated(tr_noop("standard deviation")), sds[0], sds[1]))
        bounds = [_interval(item, write) for item in found]
        lines.append((translated(tr_noop("95 % interval of the mean")), bounds[0], bounds[1]))
        if is_tested and test is not None:
            bounds = [_interval(item, write) for item in (test, test.turned())]
            lines.append((translated(tr_noop("95 % interval of the difference from the other")), bounds[0], bounds[1]))
    return lines


def _interval(found: Spread | TTest | None, write: Callable[[float | None], str]) -> str:
    if found is None or found.low is None:
        return NO_FIGURE
    return translated(message("{low} to {high}", low=write(found.low), high=write(found.high)))


def left_out_lines(group: SeedGroup) -> list[str]:
    """Why runs of a group do not count, a sentence each."""
    words = tr_noop("Not counted in “{name}”: run {run}: {reason}.")
    return [translated(message(words, name=group.side.name, run=run, reason=why)) for run, why in group.left_out]


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
        self.verdict = QLabel(self)  # what a test says of two groups
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.verdict.setContentsMargins(12, 2, 12, 6)
        self.lines = QTreeWidget(self)
        self._colors: tuple[RunColor, ...] = ()  # of both columns
        self._arrange()

    def show_runs(
        self, a: RunRow, b: RunRow, differences: tuple[Difference, ...], colors: tuple[RunColor, RunColor]
    ) -> None:
        """Show two runs, each with the colour of its curves."""
        names = distinct_names(a, b)
        self.title.setText(self.tr("Two runs side by side"))
        self.verdict.hide()
        self._head(names, colors)
        self._add(self.tr("Settings that differ"), difference_lines(differences))
        self._add(self.tr("Figures"), figure_lines(a, b))
        self.lines.expandAll()

    def show_groups(self, comparison: GroupComparison) -> None:
        """Show two groups, and what the test says of them."""
        a, b = comparison.a, comparison.b
        names = [group.side.name for group in (a, b)]
        self.title.setText(self.tr("Two groups side by side"))
        sentences = [translated(comparison.verdict), *left_out_lines(a), *left_out_lines(b)]
        self.verdict.setText("\n".join(sentences))
        self.verdict.show()
        self._head(names, [run_color(name) for name in names])
        self._add(self.tr("Tests"), group_lines(a, b))
        self._add(self.tr("Settings that differ"), difference_lines(comparison.differences))
        self.lines.expandAll()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _head(self, names: Sequence[str], colors: Sequence[RunColor]) -> None:
        """Clear the lines, and head both columns with a name beside a piece of the line in the curves."""
        self.lines.clear()
        self._colors = tuple(colors)
        head = self.lines.headerItem()
        for column, text in enumerate(("", *names)):
            head.setText(column, text)
            head.setToolTip(column, plain_tip(text))
            head.setTextAlignment(column, _LEFT)
        self._dress()

    def _dress(self) -> None:
        """Take the colours of the theme."""
        theme = theme_of(self)
        for column, color in enumerate(self._colors, 1):
            self.lines.headerItem().setIcon(column, _swatch(color.in_theme(theme), self.devicePixelRatioF()))
        for group in self.lines.findItems("*", Qt.MatchFlag.MatchWildcard):
            group.setForeground(0, theme.color("muted"))
            for row in range(group.childCount()):
                if (item := group.child(row)) is not None:
                    _color_line(item, theme)

    def _add(self, heading: str, lines: list[Line]) -> None:
        group = QTreeWidgetItem(self.lines, [heading])
        theme = theme_of(self)
        group.setForeground(0, theme.color("muted"))
        group.setFirstColumnSpanned(True)
        for line in lines or [(self.tr("none"), "", "")]:
            item = QTreeWidgetItem(group, list(line))
            for column, text in enumerate(line):
                item.setToolTip(column, plain_tip(text))
            _color_line(item, theme)

    def _arrange(self) -> None:
        self.lines.setColumnCount(3)
        self.lines.setRootIsDecorated(False)
        self.lines.setItemsExpandable(False)
        self.lines.setIndentation(8)
        self.lines.setUniformRowHeights(True)
        self.lines.setAccessibleName(self.tr("Differences of two runs"))
        self.lines.setIconSize(_ICON)
        self.lines.header().setIconSize(_ICON)
        bold = self.lines.font()
        bold.setBold(True)
        self.lines.header().setFont(bold)
        modes = QHeaderView.ResizeMode
        for number, mode in enumerate((modes.ResizeToContents, modes.Stretch, modes.Stretch)):
            self.lines.header().setSectionResizeMode(number, mode)
        self.lines.header().setStretchLastSection(False)
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
        column.addWidget(self.verdict)
        inset = QHBoxLayout()
        inset.setContentsMargins(8, 0, 0, 0)
        inset.addWidget(self.lines)
        column.addLayout(inset, 1)
        self.setFocusProxy(self.lines)


def _color_line(item: QTreeWidgetItem, theme: Theme) -> None:
    """Mute a line whose values are equal, and the label of any other."""
    same = item.text(1) == item.text(2)
    for column in range(item.columnCount()):
        item.setForeground(column, theme.color("muted" if same or not column else "text"))


def _swatch(color: QColor, ratio: float) -> QIcon:
    """A piece of a line, as in the table."""
    pixels = QPixmap(_ICON * ratio)
    pixels.setDevicePixelRatio(ratio)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(QPointF(0, 8 - _LINE.height() / 2), _LINE), 1.5, 1.5)
    painter.end()
    return QIcon(pixels)

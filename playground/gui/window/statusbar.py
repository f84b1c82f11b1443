"""The status line: size and cost of the network, whether it is saved, and the device that computes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.gui.style.elided_label import Elided
from playground.gui.style.translation import translated
from playground.gui.window.main_window import STATUS_MARGINS
from playground.spec.check.shapes import Totals
from playground.spec.messages import plural
from playground.spec.number_text import bytes_text, flops_text, parameters_text
from playground.spec.search.ranges import SpaceError


class StatusLine(QFrame):
    """Follows the document and the run."""

    def __init__(self, document: Document, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self._document, self._run = document, run
        self._temporary = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(12, STATUS_MARGINS[0], 12, STATUS_MARGINS[1])
        row.setSpacing(22)
        self.figures = Elided(self)  # elided while a temporary message is shown
        self.figures.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.problems = QLabel(self)
        self.series = QLabel(self)
        self.saved = QLabel(self)
        self.machine = QLabel(self)
        for label in (self.figures, self.series, self.saved, self.machine):
            label.setProperty("look", "muted")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.problems.setProperty("look", "warn")
        for label in (self.figures, self.problems):
            row.addWidget(label)
        row.addStretch(1)
        for label in (self.series, self.saved, self.machine):
            row.addWidget(label)
        document.changed.connect(self._show)
        document.renamed.connect(self._show)
        run.state_changed.connect(self._show)
        run.where_changed.connect(self._show_figures)
        run.series_changed.connect(self._show_figures)
        self._show()

    def tell(self, text: str) -> None:
        """Show a temporary message until the next change."""
        self._temporary = text
        self._show_figures()

    @Slot()
    def _show(self) -> None:
        self._temporary = ""
        self._show_figures()

    @Slot()
    def _show_figures(self) -> None:
        count = len(self._document.problems)
        self.figures.setText(self._size(self._document.totals))
        self.problems.setVisible(count > 0)
        self.problems.setText(translated(plural("{count:,} problems", "1 problem", count)))
        series = self._run.series
        self.series.setVisible(series is not None)
        self.series.setText(translated(series.text) if series else "")
        self.saved.setText(self._saved())
        where = translated(self._run.where) if self._run.where else ""
        self.machine.setText(" · ".join(part for part in (self._run.versions, where) if part))

    def _size(self, sums: Totals) -> str:
        parts = [translated(plural("{count:,} layers", "1 layer", sums.layers))]
        size = translated(parameters_text(sums.parameters, sums.trained_parameters))
        parts.append(size if sums.complete else self.tr("{0} after the fix").format(size))
        _, units = self._document.experiment.data.units
        words = self.tr("{0} per sample") if units == 1 else self.tr("{0} per character")
        parts.append(words.format(flops_text(sums.flops // units)))
        parts.append(self.tr("{0} of weights").format(bytes_text(sums.weight_bytes)))
        parts += filter(None, [self._space()])
        return "      ".join(parts)

    def _space(self) -> str:
        """How many networks a search has to choose from, or why there is none."""
        space = self._document.experiment.search
        try:
            return translated(space.size(self._document.experiment).text) if space and space.ranges else ""
        except SpaceError as error:
            return translated(error.message)

    def _saved(self) -> str:
        if self._temporary:
            return self._temporary
        if self._document.modified:
            return self.tr("not saved")
        if self._document.path is None:
            return ""
        words = self.tr("saved as {0}, without the trained weights") if self._learned else self.tr("saved as {0}")
        return words.format(self._document.file_name)

    @property
    def _learned(self) -> bool:
        """Whether there are trained weights, which an experiment's file does not contain."""
        return not self._run.stale and self._run.state in (RunState.TRAINING, RunState.PAUSED, RunState.FINISHED)

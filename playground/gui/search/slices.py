"""The value of one range against the first goal, for all trials; a box chooses the range."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.gui.search.axes import place_on, shown_value
from playground.gui.search.plots import Point, PointPlot, goal_label, log_ticks
from playground.gui.search.trial_view import TrialView
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.search.domain import Domain, Interval, Options
from playground.spec.search.names import range_name, value_text


class Slices(TrialView):
    """A box above a plot."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._domains: dict[str, Domain] = {}
        self._trials: Sequence[TrialRow] = ()
        self.ranges = ComboBox(self)
        self.ranges.setAccessibleName(self.tr("Range"))
        self.plot = PointPlot(self.tr("One range against the goal"), self)
        label = QLabel(self.tr("Range"), self)
        label.setBuddy(self.ranges)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.ranges, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        self.ranges.currentIndexChanged.connect(self._draw)
        self.plot.clicked.connect(self.clicked)

    def begin(self, plan: Plan) -> None:
        """Offer the ranges of the plan."""
        super().begin(plan)
        self._trials = ()
        self._domains = plan.space.domains(plan.experiment)
        self.ranges.clear()
        for item in plan.space.ranges:
            self.ranges.addItem(translated(range_name(item, plan.experiment)), item.key)
        self._draw()

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        self._trials = trials
        self._draw()

    def choose(self, trial: int | None) -> None:
        super().choose(trial)
        self.plot.choose(trial)

    @Slot()
    def _draw(self) -> None:
        key, plan = self.ranges.currentData(), self._plan
        if plan is None or key is None:
            self.plot.show_points(self.tr("One range against the goal"), (), ())
            return
        domain, goal = self._domains[key], plan.goals[0]
        points = [
            Point(place_on(domain, row.params[key]), shown_value(goal, row.values[0]), row.number, False, row.first)
            for row in self._trials
            if row.values and key in row.params
        ]
        self.plot.set_x_ticks(self._ticks(plan, key, domain))
        words = message("{goal}, over {range}", goal=goal_label(goal), range=self.ranges.currentText())
        self.plot.show_points(translated(words), points, ())
        if isinstance(domain, Interval):
            ends = place_on(domain, domain.low), place_on(domain, domain.high)
        else:
            ends = -0.5, len(domain.values) - 0.5
        self.plot.plot.setXRange(*ends, padding=0.04)

    def _ticks(self, plan: Plan, key: str, domain: Domain) -> list[tuple[float, str]] | None:
        if isinstance(domain, Options):
            item = next(item for item in plan.space.ranges if item.key == key)
            texts = [translated(value_text(item, plan.experiment, value)) for value in domain.values]
            return [(float(place), text) for place, text in enumerate(texts)]
        return log_ticks([log10(domain.low), log10(domain.high)]) if domain.logarithmic else None

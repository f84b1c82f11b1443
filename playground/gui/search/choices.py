"""The form above the search: the ranges, the goals, and the budget."""

from __future__ import annotations

import os
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from playground.engine.search.goals import GOALS
from playground.engine.search.plan import SAMPLERS, Plan, plan
from playground.gui.search.earlier_runs import EarlierRuns
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.labels import text_label
from playground.gui.style.spin_boxes import inset
from playground.gui.style.translation import translated
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, joined, message, tr_noop
from playground.spec.number_text import BRIEF, percent_text, setting_text
from playground.spec.search.presets import LABELS, PRESET_SPACES, NoSpace, preset_space
from playground.spec.search.ranges import SpaceError
from playground.spec.search.space import SearchSpace

_SINGLE = ("score", "loss")
_GOALS = (*((name,) for name in _SINGLE), *(("score", name) for name in GOALS if name not in _SINGLE))
_MOST = 2_000_000_000  # parameters that can be typed
_MEGA = 1e6
_DECIMALS = 3  # of millions of FLOPs
_MINUTES, _TRIALS = 10.0, 50


class Budget(NamedTuple):
    """When the search ends; one of the two is None."""

    minutes: float | None
    trials: int | None

    @property
    def options(self) -> tuple[str, str]:
        """Those of `playground search`."""
        return ("--minutes", setting_text(self.minutes)) if self.minutes is not None else ("--trials", str(self.trials))


class _Space(NamedTuple):
    """An entry of the list of spaces."""

    experiment: Experiment  # with the space
    seeds: int = 1  # trainings of each trial


class SearchChoices(QWidget):
    """The choices, and a sentence that says how much the space holds or why no search can begin."""

    changed = Signal()

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spaces: list[_Space] = []
        self._offered = list(_GOALS)
        self._opened: int | None = None  # place of the space of the search that was opened last
        self.space = self._combo(self.tr("Space"))
        self.goals = self._combo(self.tr("Goal"))
        self.sampler = self._combo(self.tr("Sampler"))
        self.kind = self._combo(self.tr("Kind of budget"))
        self.amount = QDoubleSpinBox(self)
        self.epochs, self.workers = QSpinBox(self), QSpinBox(self)
        self.parameters, self.flops = QSpinBox(self), QDoubleSpinBox(self)
        self.words = text_label(self, "", "muted")
        self.earlier = EarlierRuns(self)
        self._fill(experiment)
        self._arrange()
        self.kind.currentIndexChanged.connect(self._show_unit)
        for combo in (self.space, self.goals, self.sampler):
            combo.currentIndexChanged.connect(self.changed)
        for box in (self.amount, self.epochs, self.workers, self.parameters, self.flops):
            box.valueChanged.connect(self.changed)
        self.changed.connect(self._show_space)
        self.changed.connect(self.earlier.ask)
        self._show_unit()
        self._show_space()

    @property
    def budget(self) -> Budget:
        """When the search is to end."""
        if self.kind.currentIndex() == 0:
            return Budget(self.amount.value(), None)
        return Budget(None, round(self.amount.value()))

    @property
    def plan(self) -> Plan:
        """The plan of the search.

        Raises:
            PlaygroundError: no search is possible with these choices.
        """
        if not self._spaces:
            raise NoSpace(message("No space suits this experiment."))
        space = self._spaces[self.space.currentIndex()]
        experiment = space.experiment
        assert experiment.search is not None
        limits = experiment.search.limits
        limits = limits.with_(
            parameters=_limit(self.parameters, limits.parameters, 1.0, 0),
            flops=_limit(self.flops, limits.flops, _MEGA, _DECIMALS),
        )
        experiment = experiment.with_(
            search=experiment.search.with_(limits=limits), recipe=experiment.recipe.with_(epochs=self.epochs.value())
        )
        goals, sampler = self._offered[self.goals.currentIndex()], SAMPLERS[self.sampler.currentIndex()]
        return plan(experiment, goals, sampler, seeds=space.seeds)

    def narrow(self, plan: Plan, space: SearchSpace, name: str) -> None:
        """Add a space around a trial of a plan, and choose it."""
        self._choose(_Space(plan.experiment.with_(search=space), plan.seeds), name)

    def show_plan(self, plan: Plan) -> None:
        """Make the choices of a search that is opened, whatever its experiment."""
        if plan.goals not in self._offered:
            self._offered.append(plan.goals)
            self.goals.addItem(translated(goals_text(plan.goals)))
        limits, experiment = plan.space.limits, plan.experiment
        self.epochs.setValue(experiment.recipe.epochs)
        self.parameters.setValue(min(_MOST, limits.parameters))
        self.flops.setValue(limits.flops / _MEGA)
        self.goals.setCurrentIndex(self._offered.index(plan.goals))
        self.sampler.setCurrentIndex(SAMPLERS.index(plan.sampler))
        space, name = _Space(experiment, plan.seeds), self.tr("Of “{0}”").format(experiment.name)
        if self._opened is not None and space not in self._spaces:  # the search that was opened before makes room
            self._spaces[self._opened] = space
            self.space.setItemText(self._opened, name)
        elif space not in self._spaces:
            self._opened = len(self._spaces)
        self._choose(space, name)
        self.changed.emit()  # also where another space took the place

    def _choose(self, space: _Space, name: str) -> None:
        """Choose a space, which is added if need be."""
        if space not in self._spaces:
            self._add(space, name)
        self.space.setCurrentIndex(self._spaces.index(space))

    def _add(self, space: _Space, name: str) -> None:
        self._spaces.append(space)
        self.space.addItem(name)

    def _fill(self, experiment: Experiment) -> None:
        if experiment.search is not None and experiment.search.ranges:
            self._add(_Space(experiment), self.tr("Ranges of the experiment"))
        for name in PRESET_SPACES:
            try:
                self._add(_Space(preset_space(name, experiment)), translated(LABELS[name]))
            except (NoSpace, SpaceError):
                continue
        for goals in _GOALS:
            self.goals.addItem(translated(goals_text(goals)))
        names = (self.tr("TPE"), self.tr("NSGA-II"), self.tr("NSGA-III"), self.tr("CMA-ES"))
        others = (self.tr("Gaussian process"), self.tr("Quasi-random"), self.tr("Random"), self.tr("Grid"))
        for label in (*names, *others):  # in the order of `SAMPLERS`
            self.sampler.addItem(label)
        self.kind.addItems([self.tr("minutes"), self.tr("trials")])
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        limits = experiment.search.limits if experiment.search else None
        for box, name, low, high, value in (
            (self.epochs, self.tr("Epochs of each trial"), 1, 100_000, experiment.recipe.epochs),
            (self.workers, self.tr("Processes"), 1, 256, max(1, cores // 2)),
            (self.parameters, self.tr("Most parameters"), 0, _MOST, limits.parameters if limits else 0),
        ):
            box.setRange(low, high)
            box.setValue(min(high, value))
            box.setGroupSeparatorShown(True)
            box.setAccessibleName(name)
        self.parameters.setSpecialValueText(self.tr("any number"))
        self.parameters.setSingleStep(1000)
        self.flops.setRange(0.0, _MEGA)
        self.flops.setDecimals(_DECIMALS)
        self.flops.setSuffix(" MFLOP")
        self.flops.setSpecialValueText(self.tr("any number"))
        self.flops.setValue(limits.flops / _MEGA if limits else 0.0)
        self.flops.setAccessibleName(self.tr("Most FLOPs of a forward pass"))
        self.amount.setAccessibleName(self.tr("Budget"))
        for number in (self.amount, self.epochs, self.workers, self.parameters, self.flops):
            inset(number)
            number.setKeyboardTracking(False)

    def _combo(self, name: str) -> ComboBox:
        combo = ComboBox(self)
        combo.setAccessibleName(name)
        combo.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        return combo

    @Slot()
    def _show_unit(self) -> None:
        trials = self.kind.currentIndex() == 1
        self.amount.setDecimals(0 if trials else 1)
        self.amount.setRange(1.0 if trials else 0.1, 1e6)
        self.amount.setValue(_TRIALS if trials else _MINUTES)

    @Slot()
    def _show_space(self) -> None:
        """Say how much the space holds."""
        self.words.setText("")
        if self._spaces:
            experiment = self._spaces[self.space.currentIndex()].experiment
            assert experiment.search is not None
            try:
                parts = [experiment.search.size(experiment).text, *self._held_out(experiment)]
                self.words.setText(translated(joined(parts, " ")))
            except SpaceError as error:
                self.words.setText(translated(error.message))

    def _held_out(self, experiment: Experiment) -> list[Message]:
        """That the search holds out samples for validation, where the experiment itself does not."""
        if experiment.data.validation_count:
            return []
        try:
            data = self.plan.experiment.data
        except PlaygroundError:
            return []
        share = percent_text(data.validation_share, BRIEF)
        words = tr_noop("Nothing was held out for validation: the search holds out {share} of the samples.")
        return [message(words, share=share)]

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        rows: tuple[tuple[tuple[str, QWidget, QWidget | None], ...], ...] = (
            (
                (self.tr("Space"), self.space, None),
                (self.tr("Goal"), self.goals, None),
                (self.tr("Sampler"), self.sampler, None),
                (self.tr("Budget"), self.amount, self.kind),
            ),
            (
                (self.tr("Epochs of each trial"), self.epochs, None),
                (self.tr("Processes"), self.workers, None),
                (self.tr("Most parameters"), self.parameters, None),
                (self.tr("Most FLOPs"), self.flops, None),
            ),
        )
        for row in rows:
            line = QHBoxLayout()
            line.setSpacing(6)
            for words, first, second in row:
                label = QLabel(words, self)
                label.setBuddy(first)
                line.addWidget(label)
                line.addWidget(first)
                if second is not None:
                    line.addWidget(second)
                line.addSpacing(10)
            line.addStretch(1)
            column.addLayout(line)
        column.addWidget(self.words)
        column.addWidget(self.earlier)


def _limit(box: QSpinBox | QDoubleSpinBox, present: int, unit: float, decimals: int) -> int:
    """The limit in a box, in its unit; the present one where the box shows that, rounded or as the most it can show."""
    shown = min(box.maximum(), present / unit)
    return present if abs(box.value() - shown) <= 0.5 / 10**decimals else round(box.value() * unit)


def goals_text(goals: tuple[str, ...]) -> Message:
    """The labels of goals, `Validation score, Parameters`."""
    return joined([message(GOALS[goal].label) for goal in goals], ", ")

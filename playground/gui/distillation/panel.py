"""The panel for pupils of a trained network: what is drawn is read by both."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.distillation.lesson import Lesson
from playground.gui.distillation.view import DistillationView
from playground.gui.inquiry import Inquiry
from playground.gui.menus.action import add
from playground.gui.panel import Panel, Surroundings
from playground.gui.reports import TestSample

_NAME = "distillation"


def make(surroundings: Surroundings) -> DistillationPanel:
    """Make the panel."""
    return DistillationPanel(surroundings)


class DistillationPanel(Panel):
    """A pad, and what teacher and pupil read on it."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.view = DistillationView(surroundings.background, surroundings.window)
        super().__init__(self.view, self._menu())
        run = surroundings.run
        self._inquiry = Inquiry(_NAME, surroundings.document, run, self.view, Lesson(), self)
        self.view.asked.connect(self.used)
        self.view.test_digit_requested.connect(run.pick_test_sample)
        run.test_sample.connect(self._show_sample)

    def _menu(self) -> QMenu:
        menu = QMenu(self.view.tr("D&rawing"), self.view)
        menu.addActions((self.view.pad.commands.undo, self.view.pad.commands.clear))
        digit = add(menu, self.view.tr("A digit from the &test set"), "Ctrl+T")
        digit.triggered.connect(self.view.test_digit_requested)
        return menu

    def close(self) -> None:
        self._inquiry.close()

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        if sample.panel == _NAME:
            self.view.show_digit(sample.inputs[0], int(sample.target))

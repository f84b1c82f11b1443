"""The panel for data sets of points: the map follows the network during training."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.panels.data_link import DataLink
from playground.gui.panels.inference_link import InferenceLink
from playground.gui.panels.panel import Panel, Surroundings
from playground.gui.panels.points.inference import PointsInference, network_input
from playground.gui.panels.points.view import PointsView
from playground.gui.session.inference_request import Priority
from playground.gui.session.run_state import RunState
from playground.gui.style.action import add
from playground.spec.datasets.points import Plane
from playground.spec.edits import Set
from playground.spec.messages import Message

PERIOD = 42  # milliseconds between two updates of the weights during training: some 24 maps a second


class PointsPanel(Panel):
    """A map that is updated many times a second during a run while it is visible."""

    network_input = staticmethod(network_input)

    def __init__(self, surroundings: Surroundings) -> None:
        self.points = PointsView(surroundings.window)
        super().__init__(self.points, self._menu())
        self._document, self._run = surroundings.document, surroundings.run
        self.points.asked.connect(self._watch)
        inference, answer = surroundings.inference, PointsInference()
        InferenceLink(
            "points", self._document, self._run, inference, self.points, answer, self, priority=Priority.BACKGROUND
        )
        self.points.edited.connect(self._edit)
        self._run.state_changed.connect(self._note_state)
        DataLink("points", self._document, self.points.show_data, self)

    def _menu(self) -> QMenu:
        menu = QMenu(self.tr("&Map"), self.points)
        held_out = add(menu, self.tr("Show the points that are never trained on"), "Ctrl+Shift+H")
        held_out.triggered.connect(self.points.held_out.click)
        discrete = add(menu, self.tr("Show only the most probable class, without its probability"), "Ctrl+Shift+D")
        discrete.triggered.connect(self.points.discrete.click)
        contours = add(menu, self.tr("Show lines of equal confidence"), "Ctrl+Shift+L")
        contours.triggered.connect(self.points.contours.click)
        return menu

    @Slot(object)
    def _note_state(self, state: RunState) -> None:
        self.points.set_training(state is RunState.TRAINING)

    @Slot(object)
    def _watch(self, question: object) -> None:
        self._run.watch(None if question is None else PERIOD)

    @Slot(object, object)
    def _edit(self, data: Plane, done: Message) -> None:
        self._document.do(Set(("data",), data, done))
        self.points.touched.emit()

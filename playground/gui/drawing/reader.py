"""The panel for data sets of digits: what is drawn is read as it is drawn."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.gui.drawing.panel import DrawingPanel
from playground.gui.drawing.reading import read
from playground.gui.inquiry import Inquiry
from playground.gui.menus.action import add
from playground.gui.panel import Panel, Surroundings
from playground.gui.reports import TestSample
from playground.gui.words import translated
from playground.spec.datasets.mnist import Pictures


def make(surroundings: Surroundings) -> DrawingReader:
    """Make the panel."""
    return DrawingReader(surroundings)


class DrawingReader(Panel):
    """A pad, and the bars that say what the network reads on it."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.drawing = DrawingPanel(surroundings.background, surroundings.window)
        super().__init__(self.drawing, self._menu())
        run = surroundings.run
        self._document = surroundings.document
        self._inquiry = Inquiry("drawing", surroundings.document, run, self.drawing, read, self)
        self.drawing.asked.connect(self.used)
        self.drawing.reader_requested.connect(self.reader_requested)
        self.drawing.test_digit_requested.connect(run.pick_test_sample)
        run.test_sample.connect(self._show_sample)
        self._document.changed.connect(self._follow)
        self._follow()

    def _menu(self) -> QMenu:
        menu = QMenu(self.drawing.tr("D&rawing"), self.drawing)
        menu.addActions((self.drawing.pad.commands.undo, self.drawing.pad.commands.clear))
        digit = add(menu, self.drawing.tr("A digit from the &test set"), "Ctrl+T")
        digit.triggered.connect(self.drawing.test_digit_requested)
        return menu

    def close(self) -> None:
        self._inquiry.close()

    @Slot()
    def _follow(self) -> None:
        """Read what the data is of."""
        data = self._document.experiment.data
        if isinstance(data, Pictures) and data.panel == "drawing":
            self.drawing.set_classes(tuple(map(translated, data.class_names)), translated(data.prompt))

    @Slot(object)
    def _show_sample(self, sample: TestSample) -> None:
        if sample.panel == "drawing":
            self.drawing.show_digit(sample.inputs[0], int(sample.target))

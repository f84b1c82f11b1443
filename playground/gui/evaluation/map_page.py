"""The tab Map: samples by the last hidden layer in the plane in which they vary most."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.engine.evaluation.examples import Example, examples
from playground.gui.evaluation.captions import caption
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.gallery import Gallery
from playground.gui.evaluation.map_plot import MapPlot
from playground.gui.evaluation.map_watch import Map, MapWatch
from playground.gui.evaluation.page import TAKING, EvaluationPage
from playground.gui.session.background import Background
from playground.gui.style.dialogs import Ask
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import Message
from playground.spec.number_text import percent_text

_WIDTH = 116  # pixels, of the example beside the map


class MapPage(EvaluationPage):
    """The map, and the sample under the mouse beside it."""

    def __init__(
        self,
        evaluator: Evaluator,
        watch: MapWatch,
        saving: Background,
        ask: Ask,
        background: Background,
        parent: QWidget,
    ) -> None:
        super().__init__(self.tr("Map"), evaluator, saving, ask, parent)
        self._watch, self._background = watch, background
        self.map: Map | None = None
        self._wanted: int | None = None  # the sample that is read for the side
        self._to_put: int | None = None  # the sample that goes to the panel once it is read
        self.plot = MapPlot(self.tr("Map of samples by the last hidden layer"), self)
        self.side = Gallery(self.tr("The sample at the cursor"), self)
        self.side.setFixedWidth(_WIDTH)
        self.content = QWidget(self)
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.plot, 1)
        row.addWidget(self.side)
        self.pages.addWidget(self.content)
        self.setFocusProxy(self.plot)
        watch.mapped.connect(self._show_map)
        watch.refused.connect(self._explain_refusal)
        watch.example_mapped.connect(self.plot.mark)
        self.plot.pointed.connect(self._read)
        self.plot.taken.connect(self._take_sample)
        self.side.chosen.connect(self._put)

    def show_result(self, result: Result) -> None:
        if self.map is None or self.map.result.part is not result.part:
            self.map = None
            self.side.show_examples((), ())
            self.explain(self.tr("one moment…"))
            self.header.export.setEnabled(False)
        self._watch.find(result)

    def table(self) -> str:
        assert self.map is not None
        plane, true = self.map.plane, self.map.answer.true
        names, part = self.map.result.names, self.map.result.part.part.value
        rows = (
            (part, number, None if true is None else names[true[number]], float(x), float(y))
            for number, (x, y) in enumerate(plane.places)
        )
        columns = [f"component {number}" for number in plane.components]
        return csv_text(("part", "sample", "class", *columns), rows)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        super().hideEvent(event)
        self._watch.stop()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._repaint)  # the plot has the colours only after the page has

    @Slot()
    def _repaint(self) -> None:
        if self.map is not None:
            self._show_map(self.map)

    @Slot(object)
    def _show_map(self, found: Map) -> None:
        if self.result is None or found.result.part is not self.result.part:
            return
        self.map = found
        self.header.export.setEnabled(True)
        self.pages.setCurrentWidget(self.content)
        plane = found.plane
        axes = [
            self.tr("component {0}: {1}").format(number, percent_text(share, 1))
            for number, share in zip(plane.components, plane.shares, strict=True)
        ]
        title = self.tr("{0} samples at step {1} · {2} of the variance of the last hidden layer").format(
            f"{len(plane.places):,}", f"{found.answer.source.version:,}", percent_text(sum(plane.shares), 1)
        )
        self.plot.show_places(title, (axes[0], axes[1]), plane.places, found.answer.true, found.result.names)

    @Slot(object)
    def _explain_refusal(self, reason: Message) -> None:
        self.map = None
        self._refuse(reason)

    @Slot(int)
    def _read(self, number: int) -> None:
        """Read the sample at the cursor; of several, the last one counts."""
        busy, self._wanted = self._wanted is not None, number
        if not busy:
            self._read_wanted()

    def _read_wanted(self) -> None:
        found, number = self.map, self._wanted
        if found is None or number is None:
            self._wanted = None
            return
        part = found.result.part
        job = self._background.do(lambda: (found, examples(part, (number,))))
        job.done.connect(self._show_sample)
        job.failed.connect(self._fail_reading)

    @Slot(object)
    def _show_sample(self, read: tuple[Map, tuple[Example, ...]]) -> None:
        found, (example,) = read
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted != example.index:
            self._wanted = wanted
            self._read_wanted()
        if self.map is None or self.map.result.part is not found.result.part:
            return
        words = caption(self.result or found.result, example.index)
        self.side.show_examples((example,), (words,))
        self.plot.explain(words)
        if self._to_put == example.index:
            self._put(example)

    @Slot(object)
    def _fail_reading(self, why: Message) -> None:
        self._wanted = None
        self.failed.emit(why)

    @Slot(int)
    def _take_sample(self, number: int) -> None:
        self._to_put = number
        self._read(number)

    @Slot(object)
    def _put(self, example: Example) -> None:
        self._to_put = None
        if self.map is not None and self.map.result.part.dataset.panel in TAKING:
            self._evaluator.put(self.map.result.part, example)

"""The tab Map: samples by the last hidden layer in the plane, by principal components or by t-SNE."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.engine.evaluation.examples import Example, examples
from playground.engine.probes.neighbour_plane import NEAREST, PERPLEXITY
from playground.gui.evaluation.captions import caption
from playground.gui.evaluation.evaluator import Evaluator, Result
from playground.gui.evaluation.gallery import Gallery
from playground.gui.evaluation.map_methods import Map, Method
from playground.gui.evaluation.map_plot import MapPlot
from playground.gui.evaluation.map_watch import MapWatch
from playground.gui.evaluation.page import TAKING, EvaluationPage
from playground.gui.session.background import Background
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.translation import translated
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import Message, message
from playground.spec.number_text import amount_text, percent_text

_PERPLEXITIES = (5, 15, PERPLEXITY, 50, 100)
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
        self._add_methods()
        evaluator.refused.connect(self._forget_map)
        watch.mapped.connect(self._show_map)
        watch.refused.connect(self._explain_refusal)
        watch.example_mapped.connect(self._mark_example)
        watch.method_failed.connect(self._explain_method)
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
            (part, int(number), None if true is None else names[true[row]], float(x), float(y))
            for row, (number, (x, y)) in enumerate(zip(self.map.answer.numbers, self.map.places, strict=True))
        )
        by_tsne = self.map.method is Method.TSNE
        columns = [f"t-SNE {axis}" for axis in (1, 2)] if by_tsne else [f"PCA component {n}" for n in plane.components]
        return csv_text(("part", "sample", "class", *columns), rows)

    def _add_methods(self) -> None:
        """The choice of the method, and that of its setting."""
        self.methods, self.perplexities = ComboBox(self), ComboBox(self)
        self.methods.setAccessibleName(self.tr("Method that places the samples"))
        for method in Method:
            self.methods.addItem(method.value, method)
        self.perplexities.setAccessibleName(self.tr("Perplexity: about so many neighbours count"))
        for perplexity in _PERPLEXITIES:
            self.perplexities.addItem(self.tr("perplexity {0}").format(perplexity), perplexity)
        for box in (self.methods, self.perplexities):
            box.setToolTip(box.accessibleName())
            box.activated.connect(self._choose_method)
            self.add_control(box)
        self._show_method()

    @Slot()
    def _choose_method(self) -> None:
        self._watch.choose(Method(self.methods.currentData()), float(self.perplexities.currentData()))
        self._show_method()

    def _show_method(self) -> None:
        self.methods.setCurrentIndex(self.methods.findData(self._watch.method))
        self.perplexities.setCurrentIndex(self.perplexities.findData(int(self._watch.perplexity)))
        self.perplexities.setVisible(self._watch.method is Method.TSNE)

    @Slot(object)
    def _explain_method(self, why: Message) -> None:
        """Say why there is no t-SNE; PCA is shown again."""
        self.failed.emit(why)
        self._show_method()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        if self.result is not None and self._watch.is_stopped:  # it was shown before, and nothing is new since
            self._watch.find(self.result)

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
        self.plot.show_places(
            self._title(found), self._axes(found), found.places, found.answer.true, found.result.names
        )

    def _axes(self, found: Map) -> tuple[str, str]:
        if found.method is Method.TSNE:
            return "", ""  # its directions and its unit mean nothing
        first, second = (
            self.tr("component {0}: {1}").format(number, percent_text(share, 1))
            for number, share in zip(found.plane.components, found.plane.shares, strict=True)
        )
        return first, second

    def _title(self, found: Map) -> str:
        """A description of the map: the method, of which samples and which network, and how well it shows distances."""
        samples = translated(message(found.result.part.dataset.samples))
        count, step = f"{len(found.places):,} {samples}", f"{found.answer.source.version:,}"
        if found.neighbours is None:
            words = self.tr("PCA of {0} at step {1} · {2} of the variance of the last hidden layer").format(
                count, step, percent_text(sum(found.plane.shares), 1)
            )
            waits = self._watch.method is Method.TSNE
            return self.tr("t-SNE is being computed… · {0}").format(words) if waits else words
        words = self.tr("t-SNE, perplexity {2} · {0}, step {1} · far distances mean little")
        words = words.format(count, step, amount_text(found.neighbours.perplexity))
        if self.plot.example is None:
            return words
        return self.tr("{0} · ★ median of {1} nearest").format(words, NEAREST)

    @Slot(object)
    def _mark_example(self, place: npt.NDArray[np.float64] | None) -> None:
        self.plot.mark(place)
        if self.map is not None:
            self.plot.set_title(self._title(self.map))

    @Slot()
    def _forget_map(self) -> None:
        self.map = None
        self._watch.forget()

    @Slot(object)
    def _explain_refusal(self, reason: Message) -> None:
        self.map = None
        self._refuse(reason)

    @Slot(int)
    def _read(self, row: int) -> None:
        """Read the sample of a point of the map; of several, the last one counts."""
        if self.map is None:
            return
        busy, self._wanted = self._wanted is not None, int(self.map.answer.numbers[row])
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
    def _take_sample(self, row: int) -> None:
        self._read(row)
        self._to_put = self._wanted

    @Slot(object)
    def _put(self, example: Example) -> None:
        self._to_put = None
        if self.map is not None and self.map.result.part.dataset.panel in TAKING:
            self._evaluator.put(self.map.result.part, example)

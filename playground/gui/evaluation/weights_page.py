"""The tab Weights: one tensor as a picture, its histograms over time, and what each step makes of every layer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from playground.engine.probes.layer_weights import LayerTensors
from playground.engine.probes.statistics import COUNTED
from playground.engine.training.snapshots import LayerStatistics, LogHistogram
from playground.gui.evaluation.exported_page import ExportedPage
from playground.gui.evaluation.ridge_plot import RidgePlot, Ridges, probe_ridges, weight_ridges
from playground.gui.evaluation.weight_picture import WeightPicture
from playground.gui.evaluation.weight_plots import HEALTHY, LayersPlot, activations, gradients, update_ratios
from playground.gui.evaluation.weights_inference import WeightsSeen
from playground.gui.evaluation.weights_watch import WeightsWatch
from playground.gui.session.background import Background
from playground.gui.style.combo_box import ComboBox
from playground.gui.style.dialogs import Ask
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.edits import LayerPath
from playground.spec.files.csv_text import csv_text
from playground.spec.messages import Message, message


def gradient_counts(layer: LayerStatistics) -> LogHistogram | None:
    """The histogram of a layer's gradients."""
    return layer.gradients


def output_counts(layer: LayerStatistics) -> LogHistogram | None:
    """The histogram of a layer's activations."""
    return layer.outputs


class WeightsPage(ExportedPage):
    """Shows what the watch sees."""

    def __init__(self, watch: WeightsWatch, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(self.tr("Weights"), saving, ask, parent)
        self._watch = watch
        self.seen: WeightsSeen | None = None
        self._selected: LayerPath | None = None  # a layer without weights that was selected in the stack
        self.tensors = ComboBox(self)
        self.tensors.setAccessibleName(self.tr("Tensor that is shown"))
        self.tensors.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        self.tensors.activated.connect(self._choose_tensor)
        self.as_matrix = QToolButton(self)
        self.as_matrix.setText(self.tr("Matrix"))
        self.as_matrix.setCheckable(True)
        self.as_matrix.setToolTip(plain_tip(self.tr("Show the numbers in rows and columns, not as pictures")))
        self.as_matrix.toggled.connect(self._choose)
        self.numbers = ComboBox(self)
        self.numbers.setAccessibleName(self.tr("Numbers whose histograms are shown"))
        self.numbers.addItems([self.tr("Weights"), self.tr("Gradients"), self.tr("Activations")])
        self.numbers.currentIndexChanged.connect(self._show_ridges)
        self.figure = ComboBox(self)
        self.figure.setAccessibleName(self.tr("Figure of the layers over time"))
        self.figure.addItems([self.tr("Update / weight"), self.tr("Gradients"), self.tr("Activations")])
        self.figure.currentIndexChanged.connect(self._show_steps)
        self._choices = (self.tensors, self.as_matrix, self.numbers, self.figure)
        for control in self._choices:
            self.add_control(control)
        self.picture = WeightPicture(self)
        self.ridges = RidgePlot(self.tr("Histograms over time"), "", "")
        self.steps = LayersPlot(self.tr("Layers over time"), "", "")
        self.plots = QWidget(self)
        grid = QGridLayout(self.plots)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.picture, 0, 0, 2, 1)
        for column, plot in enumerate((self.ridges, self.steps), 1):
            grid.addWidget(plot.title, 0, column)
            grid.addWidget(plot.widget, 1, column)
        for column, stretch in enumerate((4, 3, 3)):
            grid.setColumnStretch(column, stretch)
        self.pages.addWidget(self.plots)
        self.setFocusProxy(self.tensors)
        watch.seen.connect(self._take)
        watch.refused.connect(self._refuse)
        watch.probes.changed.connect(self._show_steps)
        watch.probes.changed.connect(self._show_ridges)
        self._refuse(message("one moment…"))

    @property
    def layer(self) -> LayerTensors | None:
        """The layer of the shown tensor."""
        return self.seen.tensor.layer if self.seen is not None and self.seen.tensor is not None else None

    def choose_layer(self, path: LayerPath) -> None:
        """Show the first tensor of a layer, and its gradients and activations; of one without weights, those alone."""
        self._selected = path if any(row.path == path for row in self._watch.rows) else None
        for layer in self.seen.layers if self.seen is not None else ():
            if layer.path == path:
                self._selected = None
                self.tensors.setCurrentIndex(self.tensors.findData(next(iter(layer.shapes))))
                self._choose()
        self._show_ridges()

    def table(self) -> str:
        assert self.seen is not None
        rows: list[tuple[object, ...]] = []
        for moment in self._watch.moments:
            for name, found in moment.histograms.items():
                edges = found.edges.tolist()
                rows += [
                    ("histogram", name, moment.step, low, high, count)
                    for low, high, count in zip(edges[:-1], edges[1:], found.counts.tolist(), strict=True)
                ]
        for probe in self._watch.probes.probes:
            for number, layer in enumerate(probe.layers, 1):
                for what, value in (
                    ("update / weight", layer.update_ratio),
                    ("gradient RMS", layer.gradient),
                    ("activation mean", layer.mean),
                    ("activation standard deviation", layer.std),
                ):
                    if value is not None:
                        rows.append((what, f"layer {number}", probe.step, None, None, value))
                for what, counted in (("gradient histogram", layer.gradients), ("activation histogram", layer.outputs)):
                    if counted is not None:
                        ends = zip(counted.edges[:-1], counted.edges[1:], counted.counts, strict=True)
                        rows += [(what, f"layer {number}", probe.step, *end) for end in ends]
        return csv_text(("figure", "of", "step", "from", "to", "count or value"), rows)

    # reactions

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        self._watch.watch(visible=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._watch.watch(visible=False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._repaint)  # the plots have the colours only after the page has

    @Slot()
    def _repaint(self) -> None:
        self._show_ridges()
        self._show_steps()

    @Slot(object)
    def _take(self, seen: WeightsSeen) -> None:
        self.seen = seen
        if seen.tensor is None:
            self._refuse(message("No layer of this stack has weights."))
            return
        self._list(seen)
        for control in self._choices:
            control.show()
        shape = " × ".join(f"{size:,}" for size in seen.tensor.shape)
        words = self.tr("{0} · {1} · step {2}").format(seen.tensor.name, shape, f"{seen.step:,}")
        bad = seen.histograms[seen.tensor.name].not_finite
        remark = self.tr("{0} not finite").format(f"{bad:,}")
        self.subject.setText(f"{words} · {remark}" if bad else words)
        self.header.export.setEnabled(True)
        self.pages.setCurrentWidget(self.plots)
        self.picture.show_tensor(seen.tensor)
        self._show_ridges()
        self._show_steps()

    def _list(self, seen: WeightsSeen) -> None:
        """List the tensors, as far as others are listed."""
        listed = [self.tensors.itemText(number) for number in range(self.tensors.count())]
        names = [(self._title(layer, name), name) for layer in seen.layers for name in layer.shapes]
        self.tensors.blockSignals(True)
        if listed != [title for title, _ in names]:
            self.tensors.clear()
            for title, name in names:
                self.tensors.addItem(title, name)
        assert seen.tensor is not None
        self.tensors.setCurrentIndex(self.tensors.findData(seen.tensor.name))
        self.tensors.blockSignals(False)

    def _title(self, layer: LayerTensors, name: str) -> str:
        return f"{layer.number} {translated(layer.layer.label)} · {name.rsplit('.', 1)[-1]}"

    @Slot()
    def _choose_tensor(self) -> None:
        self._selected = None
        self._choose()
        self._show_ridges()

    @Slot()
    def _choose(self) -> None:
        name = self.tensors.currentData()
        if name is not None:
            self._watch.choose(str(name), as_matrix=self.as_matrix.isChecked())

    @Slot()
    def _show_ridges(self) -> None:
        """Show the histograms of the chosen numbers, of the tensor or of its layer."""
        if self.seen is None or self.seen.tensor is None or not self.isVisible():
            return
        which, tensor = self.numbers.currentIndex(), self.seen.tensor
        if which == 0:
            self._draw_ridges(tensor.name, weight_ridges(self._watch.moments, tensor.name))
            self.ridges.title.explain(self.tr("They are computed while this tab is shown; the latest is in front."))
            return
        path = self._selected or tensor.layer.path
        rows = {row.path: (number, row) for number, row in enumerate(self._watch.rows, 1)}
        words = self.tr("gradients of {0} {1}") if which == 1 else self.tr("activations of {0} {1}")
        found = Ridges([])
        if path in rows:
            words = words.format(rows[path][0], translated(rows[path][1].layer.label))
            found = probe_ridges(self._watch.probes.probes, path, gradient_counts if which == 1 else output_counts)
        self._draw_ridges(words, found)
        remark = self.tr(
            "Of single steps: 1, 2, 4, 8, … and every 500th, each for the training samples of its batch. Of more than"
            " {0} numbers, every second or third, and so on. The scale is a symmetric logarithm. The latest is in"
            " front."
        )
        self.ridges.title.explain(remark.format(f"{COUNTED:,}"))

    def _draw_ridges(self, words: str, found: Ridges) -> None:
        if not found.rows:
            weightless = self.numbers.currentIndex() == 1 and self._selected is not None
            nothing = self.tr("This layer has no weights") if weightless else self.tr("No step was looked at yet")
            self.ridges.show(nothing, found)
            return
        first, last = found.rows[0].step, found.rows[-1].step
        span = self.tr("{0}, steps {1} to {2}") if first != last else self.tr("{0}, step {1}")
        title = span.format(words, f"{first:,}", f"{last:,}")
        self.ridges.show(title[:1].upper() + title[1:], found)

    @Slot()
    def _show_steps(self) -> None:
        """Show the chosen figure of the layers."""
        if self.seen is None or not self.isVisible():
            return
        which, probes, chosen = self.figure.currentIndex(), self._watch.probes.probes, self.layer
        path = chosen.path if chosen is not None else None
        if not probes:
            self.steps.clear(self.tr("No step was looked at yet"))
            return
        if which == 2:
            words = self.tr("Mean activation per layer, ± σ")
            self.steps.show(words, activations(probes), path, log=False)
        elif which == 1:
            self.steps.show(self.tr("Gradient RMS per layer"), gradients(probes), path, log=True)
        else:
            self.steps.show(self.tr("Update / weight per layer"), update_ratios(probes), path, log=True)
            self.steps.band(*HEALTHY)
        self.steps.title.explain(self._remark(which))

    def _remark(self, which: int) -> str:
        """A remark on the figure."""
        looked = self.tr(
            "Of single steps: 1, 2, 4, 8, … and every 500th. The numbers are those of the layers; σ is that of the "
            "chosen one."
        )
        if which:
            return looked
        source = self.tr(
            "The band, 1e-4 to 1e-2, is a factor of ten around the 1e-3 that the course notes of Stanford's CS231n "
            "recommend."
        )
        return f"{looked} {source}"

    @Slot(object)
    def _refuse(self, reason: Message) -> None:
        self.subject.setText("")
        for control in self._choices:
            control.hide()
        self.header.export.setEnabled(False)
        self.explain(translated(reason))

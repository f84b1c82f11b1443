"""Looks at the weights of the run while the tab Weights is visible, and keeps their histograms over time."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.engine.probes.layer_weights import Histogram
from playground.gui.evaluation.weights_inference import WeightsQuestion, WeightsSeen, see_weights
from playground.gui.session.document import Document
from playground.gui.session.inference_request import BoundQuestion, Priority
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.gui.session.probe_history import ProbeHistory
from playground.gui.session.run import Run
from playground.spec.check.shapes import LayerShape
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.messages import Message, message

PERIOD = 500  # milliseconds from an answer to the next question, at least
LONGEST = 10_000
SHARE = 0.03  # of a core's time that may be spent
MOST = 32  # moments whose histograms are kept; of more, every second one but the last


class HistogramMoment(NamedTuple):
    """The histograms after a step, by the tensor's name in the state dict."""

    step: int
    histograms: dict[str, Histogram]


class WeightsWatch(QObject):
    """Asks while the tab is visible; hidden it costs nothing. What is broken on purpose elsewhere stays whole here."""

    seen = Signal(object)  # WeightsSeen
    refused = Signal(object)  # Message: why there is nothing to show

    def __init__(
        self, document: Document, run: Run, inference: InferenceThread, probes: ProbeHistory, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._run, self.probes = document, run, probes
        self._visible = self._as_matrix = False
        self._name, self._run_number = "", 0
        self._question: WeightsQuestion | None = None
        self._asked: tuple[object, object] | None = None  # question and weights that were asked about last
        self.moments: list[HistogramMoment] = []
        self._initial: Experiment | None = None  # of the network before the first step whose weights were shown
        self._stack: Stack | None = None  # whose they are
        self._client = InferenceClient(inference, see_weights, Priority.BACKGROUND, self)
        self._client.answered.connect(self._take)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._update)
        run.weights_changed.connect(self._update)
        run.began.connect(self._begin)
        run.cleared.connect(self._clear)
        document.changed.connect(self._update)

    @property
    def rows(self) -> tuple[LayerShape, ...]:
        """The active layers of the shown stack, to which the probes belong; empty where the run's stack is another."""
        shown, run = self._document.experiment, self._run.experiment
        fits = run is not None and run.stack == shown.stack and run.data.sample_shape == shown.data.sample_shape
        return tuple(row for row in self._document.rows if row.active) if fits else ()

    def choose(self, name: str, *, as_matrix: bool) -> None:
        """Show another tensor, or the same one in another way."""
        if (name, as_matrix) != (self._name, self._as_matrix):
            self._name, self._as_matrix = name, as_matrix
            self._question = None
            self._pause.stop()
            self._update()

    def watch(self, *, visible: bool) -> None:
        """The tab became visible or hidden."""
        self._visible = visible
        if visible:
            self._update()
        else:
            self.stop()

    def stop(self) -> None:
        """Ask nothing more until the tab is shown again."""
        self._pause.stop()
        self._asked = None
        self._client.ask(None)
        self._client.forget_network()

    @Slot(object)
    def _begin(self, experiment: Experiment) -> None:
        """Forget the histograms of the run before, but not the weights that this one begins with if they were shown."""
        known = not self._run.pretrained and self._initial == experiment
        self._forget([moment for moment in self.moments if known and moment.step == 0])

    @Slot()
    def _clear(self) -> None:
        self._forget([])

    def _forget(self, kept: list[HistogramMoment]) -> None:
        self._run_number += 1
        self.moments = kept
        self._question = self._asked = None
        self._update()

    @Slot()
    def _update(self) -> None:
        """Ask about the present network, unless that was done a moment ago."""
        if not self._visible or self._pause.isActive():
            return
        source = self._source()
        if source is None:
            self._asked = None
            self._client.ask(None)
            self._client.forget_network()
            self.refused.emit(self._reason())
            return
        self._question = self._question or WeightsQuestion(self._name, self._as_matrix, self._run_number)
        about = self._question, source.weights if source.weights is not None else source.experiment
        if self._asked is None or any(new is not old for new, old in zip(about, self._asked, strict=True)):
            self._asked = about
            self._client.ask(BoundQuestion(self._question, source.experiment.data))
            self._client.set_network(source)

    def _reason(self) -> Message:
        """Why there is no network."""
        if self._document.problems:
            return message("The stack has a problem: once it is solved, the weights are shown here.")
        return message("The network is on its way…")

    def _source(self) -> NetworkSource | None:
        """The network of the run, or the initial one of the shown stack, where it is the run's as well."""
        weights = self._run.weights
        if self._document.problems:
            return None
        if weights is not None:
            return NetworkSource.of(weights)
        if self._run.fits and (self._run.pretrained or self._run.series is not None):
            return None
        return NetworkSource.initial(self._document.experiment)

    @Slot(object)
    def _take(self, answer: WeightsSeen | InferenceError) -> None:
        if not self._visible:
            return
        if isinstance(answer, InferenceError):
            self.refused.emit(answer.message)
            return
        self._pause.start(round(min(max(PERIOD, 1000 * answer.seconds / SHARE), LONGEST)))
        if answer.question is self._question and answer.experiment.stack == self._document.experiment.stack:
            self._keep(answer)
            self.seen.emit(answer)

    def _keep(self, answer: WeightsSeen) -> None:
        """Keep the histograms in the order of the steps."""
        if answer.experiment.stack != self._stack:
            self._stack, self.moments = answer.experiment.stack, []
        if answer.step == 0:
            self._initial = None if self._run.pretrained else answer.experiment
        others = [moment for moment in self.moments if moment.step != answer.step]
        self.moments = sorted([*others, HistogramMoment(answer.step, dict(answer.histograms))], key=lambda m: m.step)
        if len(self.moments) > MOST:
            self.moments = [*self.moments[:-1:2], self.moments[-1]]

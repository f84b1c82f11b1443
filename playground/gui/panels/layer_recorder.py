"""Answers a panel's questions, and says what the layers computed meanwhile: the network runs once for both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from playground.gui.panels.layer_probe import LocatedLayers, ProbeAnswer, ProbeQuestion, Recorder, shown_in_slices
from playground.gui.session.inference_request import InferenceFunction
from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import nn


class LayerRecorder(Recorder):
    """An inference function that answers as another does, and then with a `ProbeAnswer`, where that is wanted.

    The window's thread says what is wanted; all the rest happens in the inference thread.
    """

    def __init__(self, answer: InferenceFunction) -> None:
        """There is no `ProbeAnswer` where `answer` runs the network several times, or on something else."""
        self._answer = answer
        self._wanted: tuple[ProbeQuestion, NetworkSource] | None = None
        self._located = LocatedLayers()
        self._seen: object = None  # the content of the latest question
        self._told: tuple[ProbeQuestion, NetworkSource] | None = None  # of the latest `ProbeAnswer`
        self._count = 0  # of them

    @property
    def count(self) -> int:
        return self._count

    def want(self, question: ProbeQuestion, source: NetworkSource) -> None:
        self._wanted = question, source

    def want_nothing(self) -> None:
        self._wanted = self._told = None  # they keep weights

    def has_told(self, question: ProbeQuestion, source: NetworkSource) -> bool:
        told = self._told
        return told is not None and told[0].is_same(question) and told[1].is_network_of(source)

    def __call__(self, network: nn.Sequential, source: NetworkSource, content: Any) -> object:
        from playground.engine.probes.layer_outputs import output_of, recorded_once

        wanted, known = self._wanted, content is self._seen
        self._seen = content
        if wanted is None or (known and not source.is_network_of(wanted[1])):
            return self._answer(network, source, content)
        question = wanted[0].about(content)
        inputs = question.example.network_input(source, content)
        layers = [layer for layer in self._located(source.experiment, network) if layer.path in question.paths]
        if inputs is None or any(layer.layer.inside is not None for layer in layers):  # an inside needs the network
            return self._answer(network, source, content)
        with recorded_once(network, layers, inputs) as found:
            answer = self._answer(network, source, content)
        if not found:
            return answer
        outputs = {path: output_of(path, item) for path, item in found.items()}
        return self._both(answer, question, source, shown_in_slices(source, question, layers, outputs))

    def _both(
        self, answer: object, question: ProbeQuestion, source: NetworkSource, slices: Iterator[ProbeAnswer | None]
    ) -> Iterator[object]:
        """The panel's answer first: the user waits for it."""
        yield answer
        yield from slices
        self._told = question, source
        self._count += 1

"""A network, a picture and questions for the tests of the inference thread."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import numpy as np

from playground.gui.session.inference_request import BoundQuestion
from playground.gui.session.inference_thread import InferenceClient
from playground.gui.session.network_source import NetworkSource
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten

EXPERIMENT = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))))
PICTURE = np.full((28, 28), 0.5, np.float32)


def about(content: object, data: Dataset = EXPERIMENT.data) -> BoundQuestion:
    return BoundQuestion(content, data)


def asks(client: InferenceClient, content: object = PICTURE, version: int = 0) -> None:
    client.set_network(NetworkSource(EXPERIMENT, None, version, True))
    client.ask(about(content))


class SlicedAnswer:
    """An answer in many slices that records each slice; the first waits until `may_go_on` is set."""

    def __init__(self, slices: int = 1_000_000) -> None:
        self.begun, self.may_go_on, self.closed = Event(), Event(), Event()
        self.slices, self.notes = slices, list[str]()

    def __call__(self, _network: object, source: NetworkSource, content: object) -> Iterator[object]:
        try:
            self.begun.set()
            assert self.may_go_on.wait(30)
            for _ in range(self.slices):
                self.notes.append("slice")
                yield None
            yield (content, source.version)
        finally:
            self.closed.set()

"""Methods of the map, and the thread that waits for t-SNE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Event

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from playground.engine.probes.neighbour_plane import NeighbourPlane
from playground.engine.probes.neighbour_process import neighbour_plane_apart
from playground.engine.probes.principal_plane import PrincipalPlane
from playground.gui.evaluation.evaluator import Result
from playground.gui.evaluation.map_inference import MapAnswer
from playground.gui.session.background import Background
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.messages import Message, PlaygroundError


class Method(StrEnum):
    """How samples come into the plane."""

    PCA = "PCA"
    TSNE = "t-SNE"


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Where the samples of a result lie, by PCA, and by t-SNE where that was computed."""

    result: Result
    answer: MapAnswer
    plane: PrincipalPlane
    neighbours: NeighbourPlane | None = None

    @property
    def method(self) -> Method:
        """That of the places."""
        return Method.PCA if self.neighbours is None else Method.TSNE

    @property
    def places(self) -> npt.NDArray[np.float64]:
        """Of the samples, (N, 2)."""
        return (self.neighbours or self.plane).places

    def place(self, features: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Of another sample with these features (D,), (2,)."""
        return (self.neighbours or self.plane).place(features)


class NeighbourMaps(QObject):
    """Computes one t-SNE after another, each in a process of its own; of several that wait, the last one counts."""

    placed = Signal(object)  # Map
    failed = Signal(object)  # Message

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.thread_of_work = Background(self)
        self._unwanted = Event()  # of the map that is computed
        self._busy = False
        self._next: tuple[Map, npt.NDArray[np.float64], float] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a map is computed."""
        return self._busy

    def compute(self, found: Map, before: npt.NDArray[np.float64] | None, perplexity: float) -> None:
        """Place the samples of a map by t-SNE, from the places before (N, 2), or those of PCA."""
        fits = before is not None and len(before) == len(found.plane.places)
        self._next = found, before if before is not None and fits else found.plane.places, perplexity
        self._begin()

    def stop(self) -> None:
        """End the process; nothing follows."""
        self._next = None
        self._unwanted.set()

    def _begin(self) -> None:
        if self._busy or self._next is None:
            return
        found, start, perplexity = self._next
        self._next, self._busy = None, True
        unwanted = self._unwanted = Event()
        job = self.thread_of_work.do(lambda: (unwanted, _placed(unwanted, found, start, perplexity)))
        job.done.connect(self._take)
        job.failed.connect(self._fail)

    @Slot(object)
    def _take(self, answered: tuple[Event, Map | Message | None]) -> None:
        unwanted, answer = answered
        self._busy = False
        if isinstance(answer, Message):
            self._next = None
            self.failed.emit(answer)
        elif answer is not None and not unwanted.is_set():
            self.placed.emit(answer)
        self._begin()

    @Slot(object)
    def _fail(self, why: Message) -> None:
        self._busy, self._next = False, None
        self.failed.emit(why)


def _placed(unwanted: Event, found: Map, start: npt.NDArray[np.float64], perplexity: float) -> Map | Message | None:
    """The map with places by t-SNE, or why there are none; None where it is no longer wanted."""
    try:
        with cancellable(unwanted.is_set):
            return replace(found, neighbours=neighbour_plane_apart(found.answer.features.values, start, perplexity))
    except Cancelled:
        return None
    except PlaygroundError as error:
        return error.message

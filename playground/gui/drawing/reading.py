"""The thread that reads drawings: it answers at once, also while a training step takes long, with a network of its own.

Only the latest picture and the latest weights count. Whoever asks again before an answer came gets one answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Condition
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

from playground.gui.drawing.raster import Grey
from playground.spec.experiment import Experiment
from playground.spec.words import Message, PlaygroundError, say

if TYPE_CHECKING:
    from torch import Tensor, nn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a network reads in a picture."""

    probabilities: tuple[float, ...]  # one for each class, adding up to 1
    version: int  # of the network, as given with its weights
    trained: bool
    picture: Grey | None = field(default=None, compare=False, repr=False)  # what was read

    @property
    def digit(self) -> int:
        """The most probable class."""
        return self.probabilities.index(max(self.probabilities))


@dataclass(frozen=True, slots=True)
class ReadingFailed:
    """Why a picture could not be read."""

    message: Message


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the network comes from; without weights it is as it would be before the first step."""

    experiment: Experiment
    weights: Mapping[str, Tensor] | None
    version: int
    trained: bool


class ReadingThread(QThread):
    """Reads the latest picture with the latest network, again whenever one of them changes.

    Start it once torch is imported, so that two threads do not import it at the same time, and before anything is
    trained, see `_prepare`. What is asked for earlier waits until then.
    """

    answered = Signal(object)  # Reading or ReadingFailed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self._news = Condition()  # guards everything up to the empty line
        self._source: _Source | None = None
        self._picture: Grey | None = None
        self._asked = False
        self._closing = False

        self._network: nn.Sequential | None = None  # what follows belongs to the thread
        self._used: _Source | None = None

    def set_network(
        self, experiment: Experiment, weights: Mapping[str, Tensor] | None, version: int, trained: bool
    ) -> None:
        """Read with this network from now on.

        experiment: without problems. weights: the network's state, which nobody writes to any more, or None for a
        network as it is before the first step. version: handed back with every reading.
        """
        self._ask(source=_Source(experiment, weights, version, trained))

    @property
    def has_picture(self) -> bool:
        """Whether there is something to read."""
        return self._picture is not None

    def forget_network(self) -> None:
        """Read nothing until there is a network again."""
        with self._news:
            self._source = None

    @Slot(object)
    def read(self, picture: Grey | None) -> None:
        """Read this picture, (28, 28) in [0, 1], from now on; None for none."""
        self._ask(picture=picture)

    def close(self) -> None:
        """End the thread after the reading it is at, and wait for it."""
        with self._news:
            self._closing = True
            self._news.notify()
        self.wait()

    def _ask(self, **what: object) -> None:
        with self._news:
            for name, value in what.items():
                setattr(self, f"_{name}", value)
            self._asked = True
            self._news.notify()

    def run(self) -> None:
        """Answer until closed; called by Qt in the new thread."""
        _prepare()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._asked or self._closing)
                if self._closing:
                    return
                source, picture, self._asked = self._source, self._picture, False
            if source is not None and picture is not None:
                self.answered.emit(self._answer(source, picture))

    def _answer(self, source: _Source, picture: Grey) -> Reading | ReadingFailed:
        try:
            return self._read(source, picture)
        except PlaygroundError as error:
            return ReadingFailed(error.message)
        except Exception as error:  # a thread reports a failure as a value; the log keeps the trace
            _log.exception("reading a drawing")
            self._used = self._network = None
            return ReadingFailed(say("The drawing was not read: {reason}.", reason=str(error) or type(error).__name__))

    def _read(self, source: _Source, picture: Grey) -> Reading:
        import torch

        from playground.engine.evaluate import probabilities

        network = self._network_of(source)
        pictures = torch.from_numpy(picture.reshape(1, 1, *picture.shape))
        shares = probabilities(network, pictures, source.experiment.recipe.loss)[0]
        return Reading(tuple(shares.tolist()), source.version, source.trained, picture)

    def _network_of(self, source: _Source) -> nn.Sequential:
        """The network to read with; weights alone are exchanged where the stack is the same."""
        from playground.engine.build import build, skeleton

        if source is self._used and self._network is not None:
            return self._network
        if source.weights is None:
            network = build(source.experiment)
        else:
            network = self._alike(source.experiment) or skeleton(source.experiment)
            network.load_state_dict(source.weights, assign=True)
        self._network, self._used = network, source
        return network

    def _alike(self, experiment: Experiment) -> nn.Sequential | None:
        """The present network, if it has the layers of that experiment."""
        used = None if self._used is None else self._used.experiment
        alike = used is not None and (used.stack, used.data) == (experiment.stack, experiment.data)
        return self._network if alike else None


def _prepare() -> None:
    """Do at the start what would delay the first answer, and let this thread compute alone.

    A thread takes on torch's number of threads when it first asks for it, and keeps it while others change theirs.
    That is 1 until a run begins, and 1 is right for a single picture: a second thread would only be waited for, for
    long where a run uses it too. Setting it here would change it for the run as well, and with it the run's last bits.
    """
    import torch

    import playground.engine.build
    import playground.engine.evaluate  # noqa: F401

    torch.get_num_threads()

"""The thread that asks the network that is shown: it answers at once, also while a training step takes long.

It has a network of its own. Only the latest question and the latest weights count: whoever asks again before an answer
came gets one answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Condition
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.spec.cancelling import cancellable
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message

if TYPE_CHECKING:
    from torch import Tensor, nn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NetworkSource:
    """Where the network comes from; without weights it is as it would be before the first step."""

    experiment: Experiment
    weights: Mapping[str, Tensor] | None
    version: int  # the step after which the weights were as they are
    trained: bool


@dataclass(frozen=True, slots=True)
class InferenceError:
    """Why a question could not be answered."""

    message: Message


# Called in the thread with the network, where it comes from, and the question; returns what is to be shown, an
# immutable value. It may raise a `PlaygroundError` that says why it cannot.
Answerer = Callable[["nn.Sequential", NetworkSource, Any], object]


class InferenceThread(QThread):
    """Asks the latest network the latest question, again whenever one of them changes.

    Start it once torch is imported, so that two threads do not import it at the same time. What is asked for earlier
    waits until then.
    """

    lasting = False  # nothing is lost where an answer is given up
    answered = Signal(object)  # what the answerer returned, or Unanswered

    def __init__(self, answer: Answerer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("asking")
        self._answer_with = answer
        self._news = Condition()  # guards everything up to the empty line
        self._source: NetworkSource | None = None
        self._question: Any = None
        self._asked = False
        self._closing = False

        self._network: nn.Sequential | None = None  # what follows belongs to the thread
        self._used: NetworkSource | None = None

    def set_network(
        self, experiment: Experiment, weights: Mapping[str, Tensor] | None, version: int, trained: bool
    ) -> None:
        """Ask this network from now on.

        experiment: without problems. weights: the network's state, which nobody writes to any more, or None for a
        network as it is before the first step. version: handed on with every question.
        """
        self._ask(source=NetworkSource(experiment, weights, version, trained))

    @property
    def has_question(self) -> bool:
        """Whether there is something to answer."""
        return self._question is not None

    def forget_network(self) -> None:
        """Answer nothing until there is a network again; the thread lets go of the one that it has."""
        self._ask(source=None)

    @Slot(object)
    def ask(self, question: object) -> None:
        """Answer this from now on; None for nothing."""
        self._ask(question=question)

    def end(self) -> None:
        """Let the thread end, and give up the answer that it is at; `wait` for it."""
        with self._news:
            self._closing = True
            self._news.notify()

    def close(self) -> None:
        """End the thread and wait for it."""
        self.end()
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
        with cancellable(lambda: self._closing):
            while self._answer_next():
                pass

    def _answer_next(self) -> bool:
        """Wait for something to ask or to be asked about, and answer; false if the thread is to end instead."""
        with self._news:
            self._news.wait_for(lambda: self._asked or self._closing)
            if self._closing:
                return False
            source, question, self._asked = self._source, self._question, False
        if source is None or self._alike(source.experiment) is None:
            self._network = self._used = None  # also where there is no question: it can be large, and none may come
        if source is not None and question is not None:
            self.answered.emit(self._answer(source, question))
        return True

    def _answer(self, source: NetworkSource, question: object) -> object:
        try:
            return self._answer_with(self._network_of(source), source, question)
        except PlaygroundError as error:
            return InferenceError(error.message)
        except Exception as error:  # a thread reports a failure as a value; the log keeps the trace
            _log.exception("asking a network")
            self._used = self._network = None
            known = as_out_of_memory(error)
            if known is not None:
                return InferenceError(known.message)
            return InferenceError(message("There is no answer: {reason}.", reason=str(error) or type(error).__name__))

    def _network_of(self, source: NetworkSource) -> nn.Sequential:
        """The network to ask; weights alone are exchanged where the stack is the same."""
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
    """Import what would delay the first answer, and let this thread compute alone.

    A thread that begins takes on the number of threads that torch was last told, which is the run's where a run
    computes on several. 1 is right for a single sample: a second thread would only be waited for, and take a core from
    the run. What is set here holds for this thread alone, and for those that begin after it.
    """
    import playground.engine.build
    import playground.engine.evaluation.evaluate  # noqa: F401
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)

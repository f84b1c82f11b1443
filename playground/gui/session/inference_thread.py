"""The thread that asks the network that is shown: it answers at once, also while a training step takes long.

One thread serves all clients. Of each client the latest question and the latest weights count: whoever asks again
before an answer came gets one answer. An interactive question goes before all others. A long answer is computed in
slices; after each the thread looks for a question that goes before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from threading import Condition
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.data.dataset import Dataset
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
class BoundQuestion:
    """A question and the data that it was made for: a network of other data is never asked it."""

    content: Any  # an immutable value
    data: Dataset

    def suits(self, data: Dataset) -> bool:
        """Whether a network of that data can be asked it; see `Dataset.signature`."""
        return data is self.data or data.signature == self.data.signature


@dataclass(frozen=True, slots=True)
class InferenceError:
    """Why a question could not be answered."""

    message: Message


class Priority(IntEnum):
    """Whose question is answered first."""

    INTERACTIVE = auto()  # a person draws, writes or moves a slider, and waits
    BACKGROUND = auto()


# Called in the thread with the network, where it comes from, and the content of the question; returns what is to be
# shown, an immutable value. It may raise a `PlaygroundError` that says why it cannot. What takes longer than 5 ms is a
# generator: it yields None after each slice of at most 5 ms, and an answer whenever it has one. It must not yield
# within `evaluating` or `torch.inference_mode`, which hold for the whole thread.
InferenceFunction = Callable[["nn.Sequential", NetworkSource, Any], object]


class InferenceThread(QThread):
    """Answers every `InferenceClient`, again whenever its question or its network changes.

    Start it once torch is imported, so that two threads do not import it at the same time. What is asked for earlier
    waits until then.
    """

    lasting = False  # nothing is lost where an answer is given up
    answered = Signal(int, object, object)  # number of the client, BoundQuestion, what its function returned
    touched = Signal()  # a person draws, writes or points: an interactive question follows, other work can wait

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inference")
        self._clients: dict[int, InferenceClient] = {}  # by number: only the window's thread may hold a QObject
        self._given = 0
        self._news = Condition()  # guards what follows, and what `_Request` says
        self._requests: dict[int, _Request] = {}
        self._turn = 0
        self._closing = False
        self.answered.connect(self._hand_back)

    def end(self) -> None:
        """Let the thread end, and give up the answer that it is at; `wait` for it."""
        self._clients.clear()  # nobody is there any more to hear an answer
        with self._news:
            self._closing = True
            self._news.notify()

    def close(self) -> None:
        """End the thread and wait for it."""
        self.end()
        self.wait()

    def run(self) -> None:
        """Answer until closed; called by Qt in the new thread."""
        _prepare()
        with cancellable(lambda: self._closing):
            while self._answer_next():
                pass

    # Called by clients

    def admit(self, client: InferenceClient, request: _Request) -> int:
        """Answer a client from now on; return its number."""
        self._given += 1
        self._clients[self._given] = client
        with self._news:
            self._requests[self._given] = request
        return self._given

    def dismiss(self, number: int) -> None:
        """Answer a client no longer; what is under way to it is dropped."""
        if self._clients.pop(number, None) is not None:
            self.tell(self._requests[number], source=None, question=None)

    def tell(self, request: _Request, **what: object) -> None:
        """Replace the question or the network of a request."""
        with self._news:
            for name, value in what.items():
                setattr(request, name, value)
            request.changed = True
            self._news.notify()

    @Slot(int, object, object)
    def _hand_back(self, number: int, question: BoundQuestion, answer: object) -> None:
        """Pass an answer on, unless the client has none of this kind to ask by now."""
        client = self._clients.get(number)
        if client is not None:
            client.take(question, answer)

    # In the thread

    def _answer_next(self) -> bool:
        """Wait until there is something to do, and do a slice of it; false if the thread is to end instead."""
        with self._news:
            self._news.wait_for(lambda: self._closing or any(item.due for item in self._requests.values()))
            if self._closing:
                return False
            due = [(item.priority, item.turn, number) for number, item in self._requests.items() if item.due]
            number = min(due)[2]
            request = self._requests[number]
            self._turn += 1
            request.turn = self._turn  # those of the same priority take turns
            request.pick()
        question = request.picked
        answer = self._advance(request)
        if answer is not None and question is not None:
            self.answered.emit(number, question, answer)
        return True

    def _advance(self, request: _Request) -> object:
        """Do a slice; return the answer if that is known by now. A client's failure is its answer, and only its own."""
        try:
            with cancellable(lambda: not request.suits):
                return request.advance()
        except Cancelled:
            request.drop()
        except PlaygroundError as error:
            request.drop()
            return InferenceError(error.message)
        except Exception as error:  # a thread reports a failure as a value; the log keeps the trace
            _log.exception("inference failed")
            request.drop(network=True)
            known = as_out_of_memory(error)
            if known is not None:
                return InferenceError(known.message)
            return InferenceError(message("There is no answer: {reason}.", reason=str(error) or type(error).__name__))
        return None


class InferenceClient(QObject):
    """One that has questions to the network; `answered` comes in the thread that made it, and to it alone."""

    answered = Signal(object)  # what its function returned, or InferenceError

    def __init__(
        self,
        thread: InferenceThread,
        answer: InferenceFunction,
        priority: Priority = Priority.INTERACTIVE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._thread, self._request = thread, _Request(answer, priority)
        self._number = thread.admit(self, self._request)

    def set_network(
        self, experiment: Experiment, weights: Mapping[str, Tensor] | None, version: int, trained: bool
    ) -> None:
        """Ask this network from now on.

        experiment: without problems. weights: the network's state, which nobody writes to any more, or None for a
        network as it is before the first step. version: handed on with every question.
        """
        self._thread.tell(self._request, source=NetworkSource(experiment, weights, version, trained))

    def forget_network(self) -> None:
        """Answer nothing until there is a network again; the thread lets go of the one that it has."""
        self._thread.tell(self._request, source=None)

    @property
    def has_question(self) -> bool:
        """Whether there is something to answer."""
        return self._request.question is not None

    @Slot(object)
    def ask(self, question: BoundQuestion | None) -> None:
        """Answer this from now on, by networks of its data alone; None for nothing."""
        self._thread.tell(self._request, question=question)

    def take(self, question: BoundQuestion, answer: object) -> None:
        """Tell an answer, unless what is asked now is of other data, or nothing."""
        now = self._request.question
        if now is not None and now.suits(question.data) and self._request.suits:
            self.answered.emit(answer)

    def close(self) -> None:
        """Ask nothing any more; call it before Qt deletes the client while the thread goes on."""
        self._thread.dismiss(self._number)


class _Request:
    """What a client wants to know, and how far the thread is with it."""

    def __init__(self, answer: InferenceFunction, priority: Priority) -> None:
        self.priority = priority
        # Guarded by the thread's lock
        self.source: NetworkSource | None = None
        self.question: BoundQuestion | None = None
        self.changed = False  # one of them, since they were picked
        self.turn = 0  # when it was picked last

        # What follows belongs to the thread
        self.picked: BoundQuestion | None = None  # what is being answered
        self._answer_with = answer
        self._of: NetworkSource | None = None  # whom it is asked
        self._slices: Iterator[object] | None = None  # of a long answer that is not finished
        self._network: nn.Sequential | None = None
        self._used: NetworkSource | None = None  # where it came from

    @property
    def due(self) -> bool:
        """Whether there is anything to do for it."""
        return self.changed or self._slices is not None

    @property
    def suits(self) -> bool:
        """Whether there is a network that can be asked the question."""
        source, question = self.source, self.question
        return source is not None and question is not None and question.suits(source.experiment.data)

    def pick(self) -> None:
        """Take the latest question and network, with the lock held.

        A long answer under way goes on with the network that it began with, or it would never end while the network
        learns; it is given up for another question, or where the network can no longer be asked.
        """
        if self._slices is not None and self.question is self.picked and self.suits:
            return
        self.changed, self._slices = False, None
        self.picked = self.question if self.suits else None
        self._of = self.source

    def advance(self) -> object:
        """Do a slice of what was picked; return an answer, or None while there is none."""
        if self._slices is None:
            source = self._of
            if source is None or self._alike(source.experiment) is None:
                self.drop(network=True)  # also where there is no question: it can be large, and none may come
            if source is None or self.picked is None:
                return None
            answer = self._answer_with(self._network_of(source), source, self.picked.content)
            if not isinstance(answer, Iterator):
                return answer
            self._slices = answer
        try:
            return next(self._slices)
        except StopIteration:
            self._slices = None
            return None

    def drop(self, network: bool = False) -> None:
        """Give up the answer that is under way, and let go of the network if that is wanted."""
        self._slices = None
        if network:
            self._network = self._used = None

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

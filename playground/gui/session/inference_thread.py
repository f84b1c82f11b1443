"""The inference thread: computes answers of the shown network at once, also while a training step takes long.

One thread serves all clients. For each client only the latest question and the latest weights count, so several
requests before an answer give one answer. Interactive questions have priority over all others. A long answer is
computed in slices; after each one the thread checks for a question of higher priority.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Condition

from PySide6.QtCore import QObject, QThread, Signal, Slot

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.gui.session.inference_request import BoundQuestion, InferenceFunction, InferenceRequest, Priority
from playground.gui.session.network_source import NetworkSource
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.messages import Message, PlaygroundError, message

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InferenceError:
    """The reason why a question could not be answered."""

    message: Message


class InferenceThread(QThread):
    """Answers every `InferenceClient`, again whenever its question or its network changes.

    Start it once torch is imported, so that two threads do not import it at the same time. Earlier questions wait until
    then.
    """

    lasting = False  # a dropped answer loses nothing
    answered = Signal(int, object, object)  # number of the client, BoundQuestion, its answer; None: no more answers
    caught_up = Signal()  # all interactive questions are answered, and their clients have shown the answers
    touched = Signal()  # the user draws, writes or points: an interactive question follows, other work can wait

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inference")
        self._clients: dict[int, InferenceClient] = {}  # by number, because only the window's thread may hold a QObject
        self._given = 0
        self._condition = Condition()  # guards the attributes below, and those of every `InferenceRequest`
        self._requests: dict[int, InferenceRequest] = {}
        self._turn = 0
        self._handed = 0  # answers on their way to the clients
        self._closing = False
        self.answered.connect(self._hand_back)

    def end(self) -> None:
        """Let the thread end and drop its current answer; call `wait` afterwards."""
        self._clients.clear()  # no listener is left
        with self._condition:
            self._closing = True
            self._condition.notify()

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

    # Called by clients.

    def admit(self, client: InferenceClient, request: InferenceRequest) -> int:
        """Register a client; return its number."""
        self._given += 1
        self._clients[self._given] = client
        with self._condition:
            self._requests[self._given] = request
        return self._given

    def dismiss(self, number: int) -> None:
        """Unregister a client; an answer in progress is dropped."""
        if self._clients.pop(number, None) is not None:
            self.set_question(self._requests[number], None)
            self.set_source(self._requests[number], None)

    def set_question(self, request: InferenceRequest, question: BoundQuestion | None) -> None:
        """Replace the question of a request."""
        with self._condition:
            request.question, request.changed = question, True
            self._condition.notify()

    def set_source(self, request: InferenceRequest, source: NetworkSource | None) -> None:
        """Replace the network of a request."""
        with self._condition:
            request.source, request.changed = source, True
            self._condition.notify()

    @Slot(int, object, object)
    def _hand_back(self, number: int, question: BoundQuestion | None, answer: object) -> None:
        """Pass on an answer, unless the client now has no question of this data."""
        client = self._clients.get(number)
        if client is not None and question is not None and answer is not None:
            client.take(question, answer)
        with self._condition:
            self._handed -= 1
            waiting = any(item.due for item in self._requests.values() if item.priority is Priority.INTERACTIVE)
        if not self._handed and not waiting:
            self.caught_up.emit()

    # In the thread.

    def _answer_next(self) -> bool:
        """Wait for work and do one slice of it; return False if the thread is to end instead."""
        with self._condition:
            self._condition.wait_for(lambda: self._closing or any(item.due for item in self._requests.values()))
            if self._closing:
                return False
            due = [(item.priority, item.turn, number) for number, item in self._requests.items() if item.due]
            number = min(due)[2]
            request = self._requests[number]
            self._turn += 1
            request.turn = self._turn  # requests of equal priority take turns
            request.pick()
        question = request.picked
        answer = self._advance(request)
        with self._condition:
            if answer is None and request.due:
                return True  # more slices follow, or another question
            self._handed += 1
        self.answered.emit(number, question, answer)
        return True

    def _advance(self, request: InferenceRequest) -> object:
        """Do a slice; return the answer if it is complete. A client's failure is its answer and affects no other."""
        try:
            with cancellable(lambda: not request.suits):
                return request.advance()
        except Cancelled:
            request.drop()
        except PlaygroundError as error:
            request.drop()
            return InferenceError(error.message)
        except Exception as error:  # a thread reports a failure as a value; the log keeps the traceback
            _log.exception("inference failed")
            request.drop(network=True)
            known = as_out_of_memory(error)
            if known is not None:
                return InferenceError(known.message)
            return InferenceError(message("There is no answer: {reason}.", reason=str(error) or type(error).__name__))
        return None


class InferenceClient(QObject):
    """A source of questions to the network; `answered` is emitted in its creator's thread, to this client alone."""

    answered = Signal(object)  # return value of the inference function, or InferenceError

    def __init__(
        self,
        thread: InferenceThread,
        answer: InferenceFunction,
        priority: Priority = Priority.INTERACTIVE,
        parent: QObject | None = None,
        *,
        complete_every: float | None = None,
    ) -> None:
        """A long answer is dropped when another question of the same data comes, unless it is time to complete one.

        complete_every: seconds after the latest complete answer. None: never, so that questions that come faster than
            answers are computed leave no answer at all.
        """
        super().__init__(parent)
        self._thread, self._request = thread, InferenceRequest(answer, priority, complete_every)
        self._number = thread.admit(self, self._request)

    def set_network(self, source: NetworkSource) -> None:
        """Send questions to this network from now on; it has no problems, and its weights no longer change."""
        self._thread.set_source(self._request, source)

    def forget_network(self) -> None:
        """Answer nothing until there is a network again; the thread releases the current one."""
        self._thread.set_source(self._request, None)

    @property
    def has_question(self) -> bool:
        """Whether there is a question."""
        return self._request.question is not None

    @Slot(object)
    def ask(self, question: BoundQuestion | None) -> None:
        """Set the question, for networks of its data alone; None for no question."""
        self._thread.set_question(self._request, question)

    def take(self, question: BoundQuestion, answer: object) -> None:
        """Emit an answer, unless the current question is of other data, or there is none.

        Why an earlier question had no answer is not told: the answer to the current one follows.
        """
        now = self._request.question
        if now is None or not now.suits(question.data) or not self._request.suits:
            return
        if question is now or not isinstance(answer, InferenceError):
            self.answered.emit(answer)

    def close(self) -> None:
        """Stop asking; call it before Qt deletes the client while the thread continues."""
        self._thread.dismiss(self._number)


def _prepare() -> None:
    """Import modules that would delay the first answer, and limit torch to one thread.

    A new thread inherits the last thread count given to torch, which is the run's if a run computes on several. One
    thread is best for a single sample: a second one would only be waited for, and would take a core from the run. The
    setting holds for this thread, and for those started after it.
    """
    import playground.engine.build
    import playground.engine.evaluation.evaluate
    import playground.engine.probes.code_words
    import playground.engine.probes.layer_outputs
    import playground.engine.probes.plane_outputs  # noqa: F401
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)

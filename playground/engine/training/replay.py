"""How a step runs: as it is written at first, and kernel by kernel once that was seen to give the same bits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any, Protocol

import torch
from torch import Tensor

from playground.engine.runtime.out_of_memory import is_shortage
from playground.engine.runtime.random_streams import RandomStream
from playground.engine.training.kernel_trace import bits
from playground.engine.training.recording import CannotRecord, record

_log = logging.getLogger(__name__)

Tensors = tuple[Tensor, ...]

# The number that is recorded in the place of each that differs from call to call: unlike any that is meant.
_STANDS_IN = 0.7310585786300049


class _Stage(Enum):
    """How far it has come."""

    FIRST = auto()  # not called yet
    SECOND = auto()  # called once
    RECORDED = auto()  # to be compared
    PLAYED = auto()
    WRITTEN = auto()  # it stays as it is written


class Replayable(Protocol):
    """A function of tensors and then numbers, which returns tensors."""

    def __call__(self, *arguments: Any) -> Tensors:
        """Do it, as it is written."""

    def state(self) -> list[Tensor]:
        """Every tensor that it reads or changes besides its arguments, once it was called; they stay where they are."""


class Replayed:
    """A function that is recorded at its second call, compared at its third, and played back from then on.

    Where it cannot be recorded, or what is played back differs in a single bit, it goes on as it is written, and the
    log says why. A call with a first tensor of another shape, such as an epoch's last batch, always runs as it is
    written. The first call makes what is only made once, such as an optimizer's state.
    """

    def __init__(self, function: Replayable, chance: RandomStream | None = None, *, allowed: bool = True) -> None:
        """`chance`: what the function draws from, None for torch's own. `allowed`: whether to record at all."""
        self._function, self._chance, self._allowed = function, chance, allowed
        self.forget()

    def forget(self) -> None:
        """Begin anew: the function, or where its state is, has changed."""
        self._stage = _Stage.FIRST if self._allowed else _Stage.WRITTEN
        self._recorded: Callable[..., Tensors] = self._function
        self._shape: torch.Size | None = None

    @property
    def played(self) -> bool:
        """Whether calls of the usual shape are played back."""
        return self._stage is _Stage.PLAYED

    def __call__(self, *arguments: Any) -> Tensors:
        if self._stage is _Stage.PLAYED and arguments[0].shape == self._shape:
            with torch._C._InferenceMode(True):  # `torch.inference_mode` itself, without 0.6 µs of Python around it
                return self._recorded(*arguments)
        if self._stage is _Stage.FIRST:
            self._stage = _Stage.SECOND
        elif self._stage is _Stage.SECOND:
            self._stage = _Stage.RECORDED if self._record(arguments) else _Stage.WRITTEN
        elif self._stage is _Stage.RECORDED and arguments[0].shape == self._shape:
            self._stage = _Stage.PLAYED if self._same(arguments) else _Stage.WRITTEN
        return self._function(*map(_ordinary, arguments))

    def _record(self, arguments: Sequence[Any]) -> bool:
        tensors = [item.clone() for item in arguments if isinstance(item, Tensor)]
        numbers = [_STANDS_IN * (i + 1) for i in range(len(arguments) - len(tensors))]
        generator = self._chance.generator if self._chance else None
        try:
            with self._undone():
                self._recorded = record(self._function, tensors, numbers, self._function.state(), generator)
        except CannotRecord as reason:
            _log.info("not recorded: %s", reason)
            return False
        except (RuntimeError, MemoryError) as error:
            if not is_shortage(error):
                raise
            _log.info("not recorded, for lack of memory: %s", error)  # as it is written it may fit
            return False
        self._shape = tensors[0].shape
        return True

    def _same(self, arguments: Sequence[Any]) -> bool:
        """Both ways from the same state: whether all bits are the same, of what is returned and of what is changed."""
        try:
            written = self._bits(self._function, arguments)
            with torch.inference_mode():
                played = self._bits(self._recorded, arguments)
        except (RuntimeError, MemoryError) as error:
            _log.info("what was recorded cannot be played back: %s", error)
            return False
        if played != written:
            _log.info("what was recorded differs from what is written, which is kept to")
            return False
        if arguments[0].is_cuda:
            self._recorded = captured(self._recorded, arguments)
        return True

    def _bits(self, function: Callable[..., Tensors], arguments: Sequence[Any]) -> list[bytes]:
        with self._undone():
            own = [item.clone() if isinstance(item, Tensor) else item for item in arguments]
            tensors = [*function(*own), *self._function.state()]
            return [bits(tensor) for tensor in tensors]

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Put back afterwards what the function changes."""
        state = self._function.state()
        kept = [tensor.detach().clone() for tensor in state]
        chance = self._chance.generator.get_state() if self._chance else None
        devices = {tensor.device for tensor in state if tensor.is_cuda}
        try:
            with torch.random.fork_rng(devices, enabled=bool(devices)):
                yield
        finally:
            with torch.no_grad():
                torch._foreach_copy_(state, kept)
            if self._chance and chance is not None:
                self._chance.generator.set_state(chance)


def _ordinary(argument: Any) -> Any:
    """The same, but for what another function played back: only in inference mode may that be written to."""
    return argument.clone() if isinstance(argument, Tensor) and argument.is_inference() else argument


def captured(recorded: Callable[..., Tensors], arguments: Sequence[Any]) -> Callable[..., Tensors]:
    """The same as a CUDA graph: one launch for all kernels. What it returns is overwritten by the next call.

    With numbers among the arguments, which a graph would freeze, and where the capture fails, it stays as it is.
    """
    if not all(isinstance(item, Tensor) for item in arguments):
        return recorded
    inputs = [item.clone() for item in arguments]
    try:
        graph = torch.cuda.CUDAGraph()
        with torch.inference_mode(), torch.cuda.graph(graph):
            outputs = recorded(*inputs)
    except RuntimeError as error:
        _log.info("not captured as a CUDA graph: %s", error)
        return recorded

    def launch(*given: Tensor) -> Tensors:
        torch._foreach_copy_(inputs, given)
        graph.replay()
        return outputs

    return launch

"""Runs a step as plain PyTorch code at first, and as recorded kernels once these have given the same bits."""

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

# The number that stands for the first varying number while recording: it occurs nowhere else in a calculation.
_PLACEHOLDER = 0.7310585786300049


class _Stage(Enum):
    """Progress of a `Replayed` function."""

    FIRST = auto()  # not called yet
    SECOND = auto()  # called once
    RECORDED = auto()  # to be compared with the function
    PLAYED = auto()
    WRITTEN = auto()  # always runs the function


class Replayable(Protocol):
    """A function of tensors followed by numbers, which returns tensors."""

    def __call__(self, *arguments: Any) -> Tensors:
        """Run the function."""

    def state(self) -> list[Tensor]:
        """Every tensor that it reads or changes besides its arguments, once called; their memory does not move."""


class Replayed:
    """Records a function at its second call, compares the recording at the third, and plays it back from then on.

    Where it cannot be recorded, or the recording differs in a single bit, every call runs the function itself, and
    the log gives the reason. So does a call whose first tensor has another shape, such as an epoch's last batch. The
    first call creates lazy state, such as an optimizer's.
    """

    def __init__(self, function: Replayable, stream: RandomStream | None = None, *, allowed: bool = True) -> None:
        """`stream`: the function's random stream, None for torch's default. `allowed`: whether to record at all."""
        self._function, self._stream, self._allowed = function, stream, allowed
        self.forget()

    def forget(self) -> None:
        """Start over, because the function or the memory of its state has changed."""
        self._stage = _Stage.FIRST if self._allowed else _Stage.WRITTEN
        self._recorded: Callable[..., Tensors] = self._function
        self._shape: torch.Size | None = None

    @property
    def played(self) -> bool:
        """Whether calls of the usual shape are played back."""
        return self._stage is _Stage.PLAYED

    def __call__(self, *arguments: Any) -> Tensors:
        if self._stage is _Stage.PLAYED and arguments[0].shape == self._shape:
            with torch._C._InferenceMode(True):  # what `torch.inference_mode` wraps, without its 0.6 µs of Python
                return self._recorded(*arguments)
        if self._stage is _Stage.FIRST:
            self._stage = _Stage.SECOND
        elif self._stage is _Stage.SECOND:
            self._stage = _Stage.RECORDED if self._record(arguments) else _Stage.WRITTEN
        elif self._stage is _Stage.RECORDED and arguments[0].shape == self._shape:
            self._stage = _Stage.PLAYED if self._same(arguments) else _Stage.WRITTEN
        return self._function(*map(_writable, arguments))

    def _record(self, arguments: Sequence[Any]) -> bool:
        tensors = [item.clone() for item in arguments if isinstance(item, Tensor)]
        numbers = [_PLACEHOLDER * (i + 1) for i in range(len(arguments) - len(tensors))]
        generator = self._stream.generator if self._stream else None
        try:
            with self._state_restored():
                self._recorded = record(self._function, tensors, numbers, self._function.state(), generator)
        except CannotRecord as reason:
            _log.info("not recorded: %s", reason)
            return False
        except (RuntimeError, MemoryError) as error:
            if not is_shortage(error):
                raise
            _log.info("not recorded, for lack of memory: %s", error)  # the function itself may fit
            return False
        self._shape = tensors[0].shape
        return True

    def _same(self, arguments: Sequence[Any]) -> bool:
        """Whether function and recording, from the same state, give the same bits in results and state."""
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
        with self._state_restored():
            own = [item.clone() if isinstance(item, Tensor) else item for item in arguments]
            tensors = [*function(*own), *self._function.state()]
            return [bits(tensor) for tensor in tensors]

    @contextmanager
    def _state_restored(self) -> Iterator[None]:
        """Restore the function's state and random generators afterwards."""
        state = self._function.state()
        kept = [tensor.detach().clone() for tensor in state]
        generator_state = self._stream.generator.get_state() if self._stream else None
        devices = {tensor.device for tensor in state if tensor.is_cuda}
        try:
            with torch.random.fork_rng(devices, enabled=bool(devices)):
                yield
        finally:
            with torch.no_grad():
                torch._foreach_copy_(state, kept)
            if self._stream and generator_state is not None:
                self._stream.generator.set_state(generator_state)


def _writable(argument: Any) -> Any:
    """Clone a tensor made by a recorded function, which may be changed only in inference mode."""
    return argument.clone() if isinstance(argument, Tensor) and argument.is_inference() else argument


def captured(recorded: Callable[..., Tensors], arguments: Sequence[Any]) -> Callable[..., Tensors]:
    """The recording as a CUDA graph: one launch for all kernels. Its results are overwritten by the next call.

    Returned unchanged if the arguments contain numbers, which a graph would freeze, or if the capture fails.
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

"""Compares the weights that are shown with those that were measured, in a background thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playground.gui.session.background import Background
from playground.gui.session.worker_mailbox import Weights

if TYPE_CHECKING:
    from torch import Tensor

_Tensors = dict[str, "Tensor"]


class WeightsComparison:
    """The same tensors are equal and other steps differ without a comparison; others are compared once.

    A question that waits while other weights come is answered for those: there is one network that is shown.
    """

    def __init__(self, background: Background) -> None:
        self._background = background
        self._pair: tuple[_Tensors, _Tensors] | None = None  # that is compared, or was
        self._found: bool | None = None  # what came of it; None: not yet
        self._waiting: list[Callable[[bool], None]] = []

    def ask(self, one: Weights | None, other: Weights | None, then: Callable[[bool], None]) -> None:
        """Call `then` with whether both are equal: at once if that is known, otherwise later in this thread."""
        if one is None or other is None or one.step != other.step:
            self._answer(then, found=False)
        elif one.tensors is other.tensors:
            self._answer(then, found=True)
        elif self._pair is None or not all(
            a is b for a, b in zip(self._pair, (one.tensors, other.tensors), strict=True)
        ):
            self._waiting.append(then)
            self._compare(one.tensors, other.tensors)
        elif self._found is None:
            self._waiting.append(then)
        else:
            then(self._found)

    def _answer(self, then: Callable[[bool], None], *, found: bool) -> None:
        """Answer this question, and those that waited for tensors that are no longer shown."""
        self._pair, waiting, self._waiting = None, self._waiting, []
        for call in (*waiting, then):
            call(found)

    def _compare(self, one: _Tensors, other: _Tensors) -> None:
        self._pair, self._found = pair, _ = (one, other), None
        job = self._background.do(lambda: _equal(one, other))
        job.done.connect(lambda found: self._take(pair, found=found))
        job.failed.connect(lambda _: self._take(pair, found=False))

    def _take(self, pair: tuple[_Tensors, _Tensors], *, found: bool) -> None:
        if pair is self._pair:
            self._found, waiting, self._waiting = found, self._waiting, []
            for call in waiting:
                call(found)


def _equal(some: _Tensors, others: _Tensors) -> bool:
    import torch

    return some.keys() == others.keys() and all(torch.equal(tensor, others[name]) for name, tensor in some.items())

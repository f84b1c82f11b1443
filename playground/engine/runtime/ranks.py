"""The processes that train one network together, each a part of every batch, as `torchrun` starts them.

torch's default process group connects them: gloo for what the CPU holds, and NCCL for what GPUs hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import torch
import torch.distributed
from torch import Tensor

from playground.engine.runtime.device import choose
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

_TIMEOUT = timedelta(minutes=10)  # until a machine counts as lost that does not even close its connections


class RankError(PlaygroundError):
    """The processes cannot train together."""


class LostRank(PlaygroundError):
    """Another process has ended, or cannot be reached."""


class Ranks:
    """This process and its number among all. Every method but `share` is called by all of them, in the same order."""

    def __init__(self, rank: int, world: int, local: int) -> None:
        """`rank`: the number of this process, from 0, of `world`. `local`: its number on its machine."""
        self.rank, self.world, self._local = rank, world, local
        self.copies = 1  # how many processes see each sample of the present batch, see `share`
        self.computing = False  # whether all processes are in the middle of a training step
        self._asked = self._agreed = False

    @staticmethod
    def joined(environment: Mapping[str, str]) -> Ranks:
        """Connect with the others, as the variables that `torchrun` sets say; it waits until all are there.

        Raises:
            RankError: they cannot be reached.
        """
        try:
            rank, world, local = (int(environment[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
            backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
            torch.distributed.init_process_group(backend, rank=rank, world_size=world, timeout=_TIMEOUT)
        except (RuntimeError, ValueError) as error:
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            words = message("The processes of this training do not reach each other: {reason}", reason=reason)
            raise RankError(words) from error
        return Ranks(rank, world, local)

    def leave(self) -> None:
        """Close the connections."""
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()

    @property
    def first(self) -> bool:
        """Whether this is the process that reports and writes."""
        return self.rank == 0

    def device(self, experiment: Experiment) -> torch.device:
        """The device of this process: of several GPUs, the one with its number on this machine.

        Raises:
            RankError: there are fewer GPUs than processes, or the device is of a kind that cannot be shared.
        """
        device = choose(experiment)
        if device.type == "mps":
            raise RankError(message("Several processes train on CPUs or on CUDA devices: choose another device."))
        if device.type != "cuda":
            return device
        count = torch.cuda.device_count()
        if self._local >= count:
            words = message("There is no GPU for process {number} of this machine, which has {count}.",
                            number=self._local + 1, count=count)  # fmt: skip
            raise RankError(words)
        torch.cuda.set_device(self._local)
        return torch.device("cuda", self._local)

    def share(self, count: int) -> tuple[slice, int]:
        """Which of `count` samples are this process's, and how many processes see each of them.

        Consecutive ones, as many for each as for every other, or one more. Fewer samples than processes are seen whole
        by each of them: no layer and no loss has to do with an empty batch.
        """
        if count < self.world:
            return slice(0, count), self.world
        return slice(self.rank * count // self.world, (self.rank + 1) * count // self.world), 1

    def add(self, tensor: Tensor) -> Tensor:
        """Replace a tensor, in place, by the sum of all processes' tensors; the same bits in each of them.

        Raises:
            LostRank: a process has ended.
        """
        try:
            torch.distributed.all_reduce(tensor)
        except RuntimeError as error:  # `torch.distributed.DistError` is one
            raise _lost() from error
        return tensor

    def added(self, numbers: Sequence[float]) -> list[float]:
        """The sums of numbers over all processes. A wish to stop is passed on with them, see `agreed`."""
        found: list[float] = self.add(torch.tensor([*numbers, float(self._asked)], dtype=torch.float64)).tolist()
        self._agreed = found.pop() > 0
        return found

    def agreed(self, wish: bool) -> bool:
        """Whether to stop after this step: as soon as any process wished to, in all of them after the same step."""
        self._asked = self._asked or wish
        return self._agreed

    def take_from_first(self, tensors: Iterable[Tensor]) -> None:
        """Fill tensors with those of the first process.

        Raises:
            LostRank: a process has ended.
        """
        try:
            for tensor in tensors:
                whole = tensor.detach().contiguous()
                torch.distributed.broadcast(whole, 0)
                if whole.data_ptr() != tensor.data_ptr():
                    tensor.detach().copy_(whole)
        except RuntimeError as error:  # `torch.distributed.DistError` is one
            raise _lost() from error

    def ensure_same(self, what: str) -> None:
        """Compare a text between the processes.

        Raises:
            RankError: it differs.
        """
        number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:6])  # float64 holds it exactly
        own, theirs = [float(number)], self.added([float(number) if self.first else 0.0])
        if self.added([float(own != theirs)]) != [0.0]:
            raise RankError(message("The processes do not train the same: experiment, weights or data differ."))


def _lost() -> LostRank:
    return LostRank(message("Another process of this training has ended, or cannot be reached."))

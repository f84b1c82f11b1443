"""Records the kernels that run on tensors, with arguments and results, and identifies tensors by their memory."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from inspect import unwrap
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


class Call(NamedTuple):
    """One kernel that was run."""

    op: Any  # torch._ops.OpOverload
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any  # a tensor, or a sequence of them and of None

    @property
    def name(self) -> str:
        return str(self.op._schema.name).rpartition("::")[2]

    @property
    def inputs(self) -> list[Tensor]:
        return list(tensors((self.args, tuple(self.kwargs.values()))))

    @property
    def outputs(self) -> list[Tensor]:
        return list(tensors(self.result))

    @property
    def written(self) -> list[Tensor]:
        """The arguments that the kernel changes."""
        declared = {item.name: item for item in self.op._schema.arguments}
        given = {**dict(zip(declared, self.args, strict=False)), **self.kwargs}
        changed = (name for name, item in declared.items() if item.alias_info and item.alias_info.is_write)
        return [tensor for name in changed for tensor in tensors(given.get(name))]


class Tape(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Runs and records every kernel; recorded tensors stay alive, so that no memory is used twice."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Call] = []

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = op(*args, **(kwargs or {}))
        if op.namespace != "profiler":
            self.calls.append(Call(op, args, kwargs or {}, result))
        return result


# Torch wraps the method for its compiler; unwrapping it avoids importing the compiler, which takes two seconds.
Tape.__torch_dispatch__ = unwrap(Tape.__torch_dispatch__)  # type: ignore[method-assign]


def bits(tensor: Tensor) -> bytes:
    """A digest of a tensor's bytes, for comparison: a NaN equals itself, and 0 differs from -0."""
    numbers = tensor.detach().cpu().contiguous().numpy()
    return blake2b(numbers.reshape(-1).view(np.uint8).data, digest_size=16).digest()


def tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in a value, and in lists and tuples within it."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors(item)


def memory(tensor: Tensor) -> int:
    """The address of a tensor's storage: tensors with the same address share memory while both are alive."""
    return tensor.untyped_storage().data_ptr()


def view_key(tensor: Tensor) -> tuple[Any, ...]:
    """Identifies a view: tensors with equal keys read the same memory in the same way."""
    return memory(tensor), tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype

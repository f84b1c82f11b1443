"""Recognises a lack of memory, for which torch, CUDA, oneDNN, numpy and the system raise different errors.

It imports neither torch nor numpy, because errors are also reported while these are not imported.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.number_text import bytes_text

# Parts of a RuntimeError's message, in lower case, that mean a lack of memory.
_SIGNS = (
    "can't allocate memory",  # torch on Linux and macOS: “DefaultCPUAllocator: can't allocate memory”
    "not enough memory",  # torch on Windows
    "enforce fail at alloc_cpu",
    "cannot allocate memory",
    "out of memory",  # CUDA and MPS, `torch.OutOfMemoryError` included
    "alloc_failed",  # cuBLAS and cuDNN: CUBLAS_STATUS_ALLOC_FAILED
    "bad_alloc",
    "could not create a memory",  # oneDNN
    "could not create a primitive",
    "calculation overflowed",  # more bytes than 64 bits can count
    "can't start new thread",  # no memory for its stack
)
_ARRAY_TOO_BIG = "array is too big"  # a ValueError of numpy: more bytes than an index can count
_UNMAPPED = "failed to map segment"  # an ImportError, or ctypes' OSError: no memory for a library
_REQUEST = re.compile(r"allocate ([\d.]+) ?(bytes|[KMGTPE]iB)", re.IGNORECASE)
_UNITS = {"bytes": 1, **{f"{letter}ib": 1024 ** (power + 1) for power, letter in enumerate("kmgtpe")}}

GENERAL = tr_noop("Close other programs, or make the network, the batch or the data smaller.")
TRAINING = tr_noop("Make the batch smaller, or the network, or close other programs.")
NETWORK = tr_noop("Make the network smaller, or close other programs.")
DATA = tr_noop("Take less of the data, or close other programs.")


class OutOfMemory(PlaygroundError):
    """There is not enough memory; the message says how much was requested, where that is known, and what helps."""


def is_shortage(error: BaseException) -> bool:
    """Whether an exception means that there is not enough memory."""
    if isinstance(error, MemoryError):  # numpy's is one
        return True
    words = str(error).lower()
    if isinstance(error, ImportError | OSError) and _UNMAPPED in words:
        return "permitted" not in words
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, RuntimeError):  # `torch.OutOfMemoryError` is one
        return any(sign in words for sign in _SIGNS)
    return isinstance(error, ValueError) and _ARRAY_TOO_BIG in words


def as_out_of_memory(error: BaseException, advice: str = GENERAL) -> PlaygroundError | None:
    """The error itself if it is of this package, `OutOfMemory` for a lack of memory; None for any other error.

    Args:
        advice: a marked sentence that says what helps.
    """
    if isinstance(error, PlaygroundError):
        return error
    return OutOfMemory(_message(error, advice)) if is_shortage(error) else None


@contextmanager
def shortage_explained(advice: str) -> Iterator[None]:
    """Raise `OutOfMemory` instead of the errors of torch and others for a lack of memory.

    Args:
        advice: a marked sentence that says what helps.
    """
    try:
        yield
    except Exception as error:
        if is_shortage(error):
            raise OutOfMemory(_message(error, advice)) from error
        raise


def _message(error: BaseException, advice: str) -> Message:
    requested = requested_bytes(error)
    if requested is None:
        return message("There is not enough memory for this. {advice}", advice=message(advice))
    from playground.spec.check.memory import available

    words = tr_noop(
        "There is not enough memory for this: {asked} more are needed at once, {free} are available. {advice}"
    )
    return message(words, asked=bytes_text(requested), free=bytes_text(available()), advice=message(advice))


def requested_bytes(error: BaseException) -> int | None:
    """The bytes whose allocation failed, if the error says so."""
    found = _REQUEST.search(str(error))
    return int(float(found[1]) * _UNITS[found[2].lower()]) if found else None

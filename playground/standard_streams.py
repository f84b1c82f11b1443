"""The process's own streams and signals: what is closed, full or told to end must not end in a trace."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import TextIO

from playground.spec.messages import Message, message, printable

DONE, FAILED, WRONG_USE = 0, 1, 2  # exit codes

# What asks a program to end: Ctrl+C, `kill`, and the terminal that was closed, which Windows has none of.
END_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

# How writing to the standard output fails; an error of a file that is opened names the file.
_OUTPUT = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def complain(what: object, code: int) -> int:
    """Print what went wrong to the standard error; return the exit code that goes with it."""
    with suppress(OSError):  # where nobody can be told, the code alone says it
        put(what, file=sys.stderr)
    return code


def put(what: object, *, end: str = "\n", file: TextIO | None = None) -> None:
    """Print at once what may hold words of a file: nothing in them steers the terminal."""
    print(printable(str(what), kept="\n\t"), end=end, file=file, flush=True)


def open_closed_streams() -> None:
    """Let the standard streams that were closed lead nowhere, so that no file takes their number, and their output."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  it stays open to the end


def end_as_interrupted() -> None:
    """Let SIGTERM and SIGHUP do what Ctrl+C does, except where they are ignored, as `nohup` has it."""
    for number in END_SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def taken(number: signal.Signals) -> bool:
    """Whether a signal would be heard: one that is ignored stays so."""
    return signal.getsignal(number) is not signal.SIG_IGN


def unwritten(error: OSError | None = None) -> Message | None:
    """Write out what was printed; why that cannot be, if so, after which nothing more is tried.

    Nobody who reads any more (a pipe that was closed) is told nothing: there is an empty message then.

    Args:
        error: what a command failed with, which may have been the output's fault already.
    """
    if error is None or not _is_of_output(error):
        error = None
        try:
            sys.stdout.flush()
        except OSError as failed:
            error = failed
    if error is None:
        return None
    _silence()
    if isinstance(error, BrokenPipeError):
        return message("")
    if error.errno == errno.ENOSPC:
        return message("What was printed could not be written: the disk is full.")
    return message("What was printed could not be written: {reason}.", reason=error.strerror or repr(error))


def _is_of_output(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError) or (error.filename is None and error.errno in _OUTPUT)


def _silence() -> None:
    """Let the standard output lead nowhere, or Python complains when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

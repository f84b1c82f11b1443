"""The process's standard streams and signals: closed or full streams and termination must not end in a traceback."""

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

# Signals that end a program: Ctrl+C, `kill`, and a closed terminal (not on Windows).
END_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

# Errors of writing to the standard output; an error of a file that was opened names the file.
_OUTPUT = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def complain(what: object, code: int) -> int:
    """Print a failure to the standard error and return the exit code."""
    with suppress(OSError):  # if it cannot be printed, the exit code alone reports it
        put(what, file=sys.stderr)
    return code


def put(what: object, *, end: str = "\n", file: TextIO | None = None) -> None:
    """Print at once; escape sequences in text from files are made harmless."""
    print(printable(str(what), kept="\n\t"), end=end, file=file, flush=True)


def open_closed_streams() -> None:
    """Redirect closed standard streams to the null device, so that no file gets their descriptor and their output."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  it stays open to the end


def end_as_interrupted() -> None:
    """Make SIGTERM and SIGHUP raise KeyboardInterrupt like Ctrl+C, unless they are ignored, as under `nohup`."""
    for number in END_SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def taken(number: signal.Signals) -> bool:
    """Whether a signal would be handled; an ignored one stays ignored."""
    return signal.getsignal(number) is not signal.SIG_IGN


def unwritten(error: OSError | None = None) -> Message | None:
    """Flush the standard output; return the reason if that fails, after which no more output is written.

    The message is empty for a closed pipe, whose reader has gone.

    Args:
        error: the error of a command, which may be a failed write to the output.
    """
    if error is None or not _is_of_output(error):
        error = None
        try:
            sys.stdout.flush()
        except OSError as failed:
            error = failed
    if error is None:
        return None
    _redirect_to_null()
    if isinstance(error, BrokenPipeError):
        return message("")
    if error.errno == errno.ENOSPC:
        return message("The output could not be written: the disk is full.")
    return message("The output could not be written: {reason}.", reason=error.strerror or repr(error))


def _is_of_output(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError) or (error.filename is None and error.errno in _OUTPUT)


def _redirect_to_null() -> None:
    """Redirect the standard output to the null device, or Python would complain at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

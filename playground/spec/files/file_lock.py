"""A lock on an open file, by which living processes are told from dead ones: the system releases it when one ends."""

from __future__ import annotations

import errno
import sys

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}  # of a file system that knows none


def try_lock(descriptor: int) -> bool:
    """Lock an open file until it is closed, without waiting; return whether the lock was free.

    Where the file system knows no locks, each one counts as free.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _WITHOUT_LOCKS
    return True

"""Reads files up to a size limit, and writes them atomically, so that a failure never destroys the old file."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BufferedReader, FileIO
from pathlib import Path
from typing import IO

from playground.spec.cancelling import stop_if_cancelled
from playground.spec.messages import Message, PlaygroundError, message, printable, tr_noop
from playground.spec.number_text import bytes_text

_PIECE = 2**22  # bytes per read
_LONGEST = 200  # characters of a path that are shown


class FileError(PlaygroundError):
    """A file could not be read or written, or has the wrong contents; the message says what and where."""


Pieces = Sequence[bytes | memoryview]  # of a file's contents, in order


def write_atomically(path: Path, data: bytes | Pieces) -> None:
    """Write `data` to `path`, completely or not at all.

    The bytes go to a new file in the same folder, are flushed to the disk, and only then replace the old file, so
    that any error leaves the old file intact. A symbolic link is kept, and its target replaced. The new file has the
    mode of the old one, and its owner and extended attributes (access control lists among them) where the system
    lets a program set them.

    Only a file with several names (hard links) is overwritten in place, so that all names show the new contents,
    once the new file is on the disk. If that fails, the new file replaces it under this name. If the process is killed
    or the power fails between the two, the new contents are complete in the new file, `.….part` in the same folder.

    Raises:
        FileError: the file could not be written; no temporary file is left.
    """
    target = Path(os.path.realpath(path))
    try:
        old = _replaceable(target)
        temporary = target.with_name(f".{os.urandom(8).hex()}.part")
        try:
            _write(temporary, data)
            if old is not None:
                _keep_attributes(target, old, temporary)
            if old is None or old.st_nlink == 1 or not _overwritten(target, data, temporary):
                os.replace(temporary, target)
            else:
                temporary.unlink()
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    except OSError as error:
        raise writing_error(path, error) from error


def read_bounded(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file of at most `most` bytes; a larger file is rejected before it is read.

    Raises:
        FileError: it is missing, not a regular file, too large, or unreadable.
        Cancelled: see `stop_if_cancelled`.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise FileError(
                message("“{file}” is not a file that can be read, but {what}.", file=shown(path), what=_kind(status))
            )
        if status.st_size > most:
            raise FileError(_too_large(path, status.st_size, most))
        with open_file(path) as file:
            data = b"".join(pieces(file, most + 1))
    except OSError as error:
        raise FileError(why_not_read(path, error)) from error
    if len(data) > most:  # it grew after `os.stat`
        raise FileError(_too_large(path, len(data), most))
    return data


def pieces(file: IO[bytes], most: int) -> Iterator[bytes]:
    """The rest of a file in pieces, up to `most` bytes in all.

    Raises:
        OSError: a read would block.
        Cancelled: see `stop_if_cancelled`.
    """
    while most:
        piece = file.read(min(most, _PIECE))
        if piece is None:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        if not piece:
            return
        stop_if_cancelled()
        most -= len(piece)
        yield piece


def ensure_namable(path: Path | str) -> None:
    """Reject a path that cannot be encoded as UTF-8: Linux allows such names, an experiment does not.

    Raises:
        FileError: it cannot.
    """
    if not is_namable(path):
        words = tr_noop(
            "“{file}” was not opened: this name is not valid Unicode, so an experiment cannot store it. Rename it."
        )
        raise FileError(message(words, file=shown(path)))


def is_namable(path: Path | str) -> bool:
    """Whether a path can be encoded as UTF-8, see `ensure_namable`."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(path: Path | str) -> str:
    """The path for display in one line: unprintable characters are replaced, and a long path loses its middle."""
    decoded = os.fsencode(path).decode(errors="replace")
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in decoded)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"


def file_name(name: str, otherwise: str = "experiment") -> str:
    """A file name of at most 80 characters made from an experiment's name; `otherwise` if nothing is left."""
    return re.sub(r'[/\\:*?"<>|]+', " ", printable(name)).strip(" .")[:80].rstrip(" .") or otherwise


def open_file(path: Path) -> BufferedReader:
    """Open a regular file for reading, without blocking: opening a pipe or /proc/kmsg could block for ever.

    Raises:
        OSError: it cannot be opened, or is not a regular file.
    """
    more: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, os.O_RDONLY | more)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return BufferedReader(FileIO(descriptor))


def writing_error(path: Path, error: OSError) -> FileError:
    """The error that says why a file could not be written."""
    return FileError(why_not_written(path, error))


def _replaceable(target: Path) -> os.stat_result | None:
    """The status of the file to replace; None where there is none.

    Raises:
        FileError: `target` is not a regular file.
        OSError: it may not be written.
    """
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        template = tr_noop("“{file}” was not saved: it is {what}. Choose another name.")
        raise FileError(message(template, file=shown(target), what=_kind(status)))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return status


def _write(path: Path, data: bytes | Pieces) -> None:
    binary: int = getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o666)
    with open(descriptor, "wb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        os.fsync(file.fileno())


def _keep_attributes(old: Path, status: os.stat_result, new: Path) -> None:
    """Give a new file the owner, mode and extended attributes of an old one, as far as the system allows."""
    if sys.platform != "win32" and (status.st_uid, status.st_gid) != (new.stat().st_uid, new.stat().st_gid):
        with suppress(OSError):  # only a superuser gives files away
            os.chown(new, status.st_uid, status.st_gid)
    new.chmod(stat.S_IMODE(status.st_mode))
    if sys.platform == "linux":
        with suppress(OSError):  # a file system without such attributes
            for name in os.listxattr(old):
                with suppress(OSError):  # one that only the system sets
                    os.setxattr(new, name, os.getxattr(old, name))


def _overwritten(target: Path, data: bytes | Pieces, new: Path) -> bool:
    """Overwrite a file in place and flush it to the disk; return False if that failed. `new` holds the same bytes."""
    try:
        sync_folder(new.parent)  # its name must survive a power cut that leaves half of the old file
        with open(target, "rb+") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; each survives a power cut.

    Raises:
        OSError: it could not be made.
    """
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that a new name in it survives a power cut; does nothing on Windows."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that cannot sync folders
            raise
    finally:
        os.close(descriptor)


_WRITING = {
    errno.ENOSPC: tr_noop("“{file}” was not saved: the disk is full. Make room, or save elsewhere."),
    errno.EDQUOT: tr_noop("“{file}” was not saved: your disk quota is used up. Make room, or save elsewhere."),
    errno.EFBIG: tr_noop("“{file}” was not saved: it is larger than files may be on that disk. Save it elsewhere."),
    errno.EROFS: tr_noop("“{file}” was not saved: that disk is read-only. Save it elsewhere."),
    errno.EACCES: tr_noop("“{file}” was not saved: you may not write there. Save it elsewhere."),
    errno.EPERM: tr_noop("“{file}” was not saved: you may not write there. Save it elsewhere."),
    errno.ENOENT: tr_noop("“{file}” was not saved: its folder does not exist. Save it elsewhere."),
    errno.ENOTDIR: tr_noop("“{file}” was not saved: a part of its path is not a folder. Save it elsewhere."),
    errno.ENAMETOOLONG: tr_noop("“{file}” was not saved: the name is too long. Choose a shorter one."),
}

_READING = {
    errno.ENOENT: tr_noop("“{file}” does not exist."),
    errno.ENOTDIR: tr_noop("“{file}” does not exist."),
    errno.EACCES: tr_noop("“{file}” was not opened: you may not read it."),
    errno.EPERM: tr_noop("“{file}” was not opened: you may not read it."),
    errno.ELOOP: tr_noop("“{file}” was not opened: it is a link that leads back to itself."),
    errno.ENAMETOOLONG: tr_noop("“{file}” was not opened: the name is too long."),
}


def why_not_written(path: Path, error: OSError) -> Message:
    """The sentence for a file or a folder that could not be written."""
    template = _WRITING.get(error.errno or 0, tr_noop("“{file}” was not saved: {reason}."))
    return message(template, file=shown(path), reason=error.strerror or repr(error))


def why_not_read(path: Path, error: OSError) -> Message:
    """The sentence for a file or a folder that could not be read."""
    template = _READING.get(error.errno or 0, tr_noop("“{file}” was not opened: {reason}."))
    return message(template, file=shown(path), reason=error.strerror or repr(error))


def _too_large(path: Path, size: int, most: int) -> Message:
    template = tr_noop("“{file}” is too large for a file of its kind: {size}, where at most {most} are expected.")
    return message(template, file=shown(path), size=bytes_text(size), most=bytes_text(most))


def _kind(status: os.stat_result) -> Message:
    return message("a folder") if stat.S_ISDIR(status.st_mode) else message("a device, a pipe or a socket")


def not_opened(path: Path, why: Message) -> Message:
    """The sentence for a file whose content cannot be used."""
    return message("“{file}” was not opened. {why}", file=shown(path), why=why)

"""The reasons for which a download can fail, each with a sentence that says what to do."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from enum import StrEnum
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from playground.spec.messages import Message, PlaygroundError, message, tr_noop


class Reason(StrEnum):
    """The reason of a failure, for code that handles failures differently."""

    UNSAFE = "unsafe"  # not HTTPS
    UNKNOWN_NAME = "unknown name"
    NO_NETWORK = "no network"
    REFUSED = "refused"
    CERTIFICATE = "certificate"
    TLS = "tls"
    REDIRECT = "redirect"
    GONE = "gone"
    STATUS = "status"
    RANGE = "range"  # the server cannot resume a file
    LENGTH = "length"  # the server announces a wrong length
    TOO_LONG = "too long"
    TRUNCATED = "truncated"
    STALLED = "stalled"
    BROKEN = "broken"  # the connection or a response failed
    CHECKSUM = "checksum"
    DISK_FULL = "disk full"
    NOT_WRITABLE = "not writable"
    BUSY = "busy"  # another download of the same file
    CANCELLED = "cancelled"


_SENTENCES = {
    Reason.UNSAFE: tr_noop(
        "“{url}” was not opened: only HTTPS addresses are, because HTTPS protects the file on the way."
    ),
    Reason.UNKNOWN_NAME: tr_noop("{host} was not found. Is this computer online?"),
    Reason.NO_NETWORK: tr_noop("{host} cannot be reached. Is this computer online?"),
    Reason.REFUSED: tr_noop("{host} does not accept connections at the moment. Try again later."),
    Reason.CERTIFICATE: tr_noop("{host} could not prove that it is {host} ({detail}): nothing was downloaded."),
    Reason.TLS: tr_noop("A secure connection to {host} failed: nothing was downloaded."),
    Reason.REDIRECT: tr_noop("{host} redirects to an address that is not allowed: {detail}."),
    Reason.GONE: tr_noop("{host} no longer has “{file}”."),
    Reason.STATUS: tr_noop("{host} answers {detail} instead of sending “{file}”. Try again later."),
    Reason.RANGE: tr_noop("{host} cannot resume the download of “{file}”."),
    Reason.LENGTH: tr_noop("{host} has another file under this name: {detail}."),
    Reason.TOO_LONG: tr_noop("{host} sent more than the {size:,} bytes of “{file}”: the download was stopped."),
    Reason.TRUNCATED: tr_noop("{host} stopped after {done:,} of {size:,} bytes. Download again to resume."),
    Reason.STALLED: tr_noop("{host} does not answer. Download again to resume."),
    Reason.BROKEN: tr_noop("The connection to {host} was lost. Download again to resume."),
    Reason.CHECKSUM: tr_noop("{host} did not send “{file}”: the checksum is different. The download was deleted."),
    Reason.DISK_FULL: tr_noop("“{file}” was not saved: the disk is full. It needs {size:,} bytes."),
    Reason.NOT_WRITABLE: tr_noop("“{file}” was not saved in {folder}: {detail}."),
    Reason.BUSY: tr_noop("“{file}” is being downloaded already, by another window or command."),
    Reason.CANCELLED: tr_noop("The download was cancelled. Download again to resume."),
}


class DownloadError(PlaygroundError):
    """A file was not downloaded, for `reason`. The bytes received are kept where the download can resume."""

    def __init__(self, reason: Reason, message: Message | None = None, **values: object) -> None:
        super().__init__(message or Message(_SENTENCES[reason], tuple(values.items())))
        self.reason = reason


def connection_failure(error: BaseException, url: str) -> DownloadError:
    """The DownloadError for a connection that could not be made, or was lost."""
    host, file = urlsplit(url).hostname or url, urlsplit(url).path.rsplit("/", 1)[-1]
    if isinstance(error, HTTPError):
        return _status_failure(error, host, file)
    if isinstance(error, URLError) and isinstance(error.reason, BaseException):
        error = error.reason
    detail = getattr(error, "verify_message", "") or str(error)
    return DownloadError(_reason(error), host=host, file=file, detail=detail)


def _status_failure(error: HTTPError, host: str, file: str) -> DownloadError:
    if 300 <= error.code < 400:
        return DownloadError(Reason.REDIRECT, host=host, detail=f"{error.code}")
    if error.code in (404, 410):
        return DownloadError(Reason.GONE, host=host, file=file)
    if error.code == 416:
        return DownloadError(Reason.RANGE, host=host, file=file)
    phrase = http.client.responses.get(error.code, "")
    return DownloadError(Reason.STATUS, host=host, file=file, detail=f"{error.code} {phrase}".strip())


def _reason(error: BaseException) -> Reason:
    match error:
        case ssl.SSLCertVerificationError():
            return Reason.CERTIFICATE
        case ssl.SSLError():
            return Reason.TLS
        case socket.gaierror():
            return Reason.UNKNOWN_NAME
        case TimeoutError():
            return Reason.STALLED
        case ConnectionRefusedError():
            return Reason.REFUSED
        case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ENETDOWN):
            return Reason.NO_NETWORK
    return Reason.BROKEN


def disk_failure(error: OSError, file: str, folder: str, size: int) -> DownloadError:
    """The DownloadError for a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DownloadError(Reason.DISK_FULL, file=file, size=size)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        detail: Message | str = message("you may not write there")
    else:
        detail = error.strerror or repr(error)
    return DownloadError(Reason.NOT_WRITABLE, file=file, folder=folder, detail=detail)

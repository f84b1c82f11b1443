"""Downloads one file: tries its mirrors in turn, resumes where it stopped, and verifies every byte before use.

pooch knows one address for a file, starts again from the first byte after a stop, and stops only when bytes arrive:
19 s after a server had fallen silent, its timeout, where `Transfer.cancel` takes less than a millisecond.
"""

from __future__ import annotations

import http.client
import logging
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from playground.engine.data.download.connection import Connection, Limits
from playground.engine.data.download.failure import DownloadError, Reason, connection_failure
from playground.engine.data.download.partial import Partial
from playground.spec.data.remote_file import Remote
from playground.spec.messages import message

_log = logging.getLogger(__name__)

_CHUNK = 1 << 16  # bytes per read, and so between two calls of `progress`
_LOCAL_FAILURES = (
    Reason.DISK_FULL,
    Reason.NOT_WRITABLE,
    Reason.BUSY,
    Reason.CANCELLED,
)  # another mirror would not help

Progress = Callable[[int, int], None]


class Transfer:
    """Downloads `remote` into `folder`. Call `run` in one thread; `cancel` works from any."""

    def __init__(self, remote: Remote, folder: Path, progress: Progress | None = None, limits: Limits | None = None):
        """Prepare the download; `progress` is called with bytes done and in total, in the thread of `run`."""
        self._remote, self._folder = remote, folder
        self._progress = progress or (lambda _done, _all: None)
        self._cancelled = Event()
        self._connection = Connection(limits or Limits())

    def cancel(self) -> None:
        """Let `run` end at once; the bytes received are kept, so that the next download resumes."""
        self._cancelled.set()
        self._connection.cut()

    def run(self) -> Path:
        """Download the file, verify it and give it its name; an existing file is replaced.

        Raises:
            DownloadError: it failed; the reason is that of the last mirror tried.
        """
        with Partial(self._remote, self._folder) as partial:
            self._ensure_room(partial)
            failure: DownloadError | None = None
            for url in self._remote.urls:
                try:
                    return self._from(url, partial)
                except DownloadError as error:
                    if self._cancelled.is_set():
                        raise DownloadError(Reason.CANCELLED) from error
                    _log.info("%s: %s", url, error)
                    failure = error
                    if error.reason in _LOCAL_FAILURES:
                        break
            if partial.size == 0:
                partial.discard()
            raise failure or DownloadError(Reason.UNSAFE, url="")

    def _ensure_room(self, partial: Partial) -> None:
        if shutil.disk_usage(self._folder).free < self._remote.size - partial.size:
            raise DownloadError(Reason.DISK_FULL, file=self._remote.name, size=self._remote.size)

    def _from(self, url: str, partial: Partial) -> Path:
        """Complete the file from one address; if bytes of an earlier download do not fit, start again."""
        resumed = partial.size > 0
        self._fetch(url, partial)
        if partial.right():
            return partial.finish()
        partial.restart()
        if resumed:
            return self._from(url, partial)
        raise DownloadError(Reason.CHECKSUM, host=_host(url), file=self._remote.name)

    def _fetch(self, url: str, partial: Partial) -> None:
        """Append the missing bytes of the file."""
        self._stop_if_cancelled()
        if partial.size == self._remote.size:
            return
        with closing(self._request(url, partial)) as response:
            self._begin(response, url, partial)
            self._receive(response, url, partial)

    def _request(self, url: str, partial: Partial) -> http.client.HTTPResponse:
        if not partial.size:
            return self._connection.open(url, {})
        headers = {"Range": f"bytes={partial.size}-"}
        validator = partial.validator(url)
        if validator:
            headers["If-Range"] = validator
        try:
            return self._connection.open(url, headers)
        except DownloadError as error:
            if error.reason is not Reason.RANGE:
                raise
        partial.restart()
        return self._connection.open(url, {})

    def _begin(self, response: http.client.HTTPResponse, url: str, partial: Partial) -> None:
        """Check that the response has the whole file, or exactly the missing bytes.

        Raises:
            DownloadError: it announces another range or length.
        """
        whole = self._remote.size
        if response.status == 206:
            if _range(response) != (partial.size, whole - 1, whole):
                raise DownloadError(Reason.LENGTH, host=_host(url), detail=message("it begins at another byte"))
        elif partial.size:
            partial.restart()
        announced = response.headers.get("Content-Length")
        if announced is not None and announced.strip() != str(whole - partial.size):
            detail = message("{found} bytes instead of {size:,}", found=announced[:20], size=whole - partial.size)
            raise DownloadError(Reason.LENGTH, host=_host(url), detail=detail)
        validator = _validator(response)
        if validator:
            partial.note(url, validator)

    def _receive(self, response: http.client.HTTPResponse, url: str, partial: Partial) -> None:
        whole = self._remote.size
        self._progress(partial.size, whole)
        while partial.size < whole:
            data = self._read(response, url)
            if not data:
                raise DownloadError(Reason.TRUNCATED, host=_host(url), done=partial.size, size=whole)
            if partial.size + len(data) > whole:
                partial.restart()
                raise DownloadError(Reason.TOO_LONG, host=_host(url), file=self._remote.name, size=whole)
            partial.append(data)
            self._progress(partial.size, whole)
        if "Content-Length" not in response.headers and self._read(response, url):
            partial.restart()
            raise DownloadError(Reason.TOO_LONG, host=_host(url), file=self._remote.name, size=whole)

    def _read(self, response: http.client.HTTPResponse, url: str) -> bytes:
        """The bytes received, at least one; empty at the end."""
        try:
            data = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            self._stop_if_cancelled()
            raise connection_failure(error, url) from error
        self._stop_if_cancelled()
        return data

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise DownloadError(Reason.CANCELLED)


def _range(response: http.client.HTTPResponse) -> tuple[int, ...] | None:
    """First and last byte sent, and the whole length, from Content-Range (RFC 9110, 14.4); None if it is invalid."""
    found = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", response.headers.get("Content-Range", "").strip())
    return tuple(map(int, found.groups())) if found else None


def _validator(response: http.client.HTTPResponse) -> str | None:
    """A strong entity tag, or else the date of the last change (RFC 9110, 13.1.5); None without either."""
    tag = response.headers.get("ETag", "")
    found = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
    return found if 0 < len(found) <= 200 else None


def _host(url: str) -> str:
    return urlsplit(url).hostname or url

"""One file from the network: mirrors in turn, going on where it stopped, checked to the bit before it is used.

pooch knows one address for a file, begins again from the first byte after a stop, and stops only when bytes arrive:
beside a server that had gone silent after 19 s, its timeout, where `Transfer.cancel` takes less than a millisecond.
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

_CHUNK = 1 << 16  # bytes read at once: progress is told about that often
_OUR_FAULT = (Reason.DISK_FULL, Reason.NOT_WRITABLE, Reason.BUSY, Reason.CANCELLED)  # no mirror would help

Progress = Callable[[int, int], None]


class Transfer:
    """Downloads `remote` into `folder`. `run` in one thread; `cancel` from any."""

    def __init__(self, remote: Remote, folder: Path, progress: Progress | None = None, limits: Limits | None = None):
        """`progress` is called with bytes done and bytes in all, in the thread that runs."""
        self._remote, self._folder = remote, folder
        self._progress = progress or (lambda _done, _all: None)
        self._cancelled = Event()
        self._line = Connection(limits or Limits())

    def cancel(self) -> None:
        """Let `run` end at once; what has arrived stays, to be gone on from."""
        self._cancelled.set()
        self._line.cut()

    def run(self) -> Path:
        """Download, check and put in place; a file that is there already is replaced.

        Raises:
            DownloadError: it is not there, for the reason that the last mirror gave.
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
                    if error.reason in _OUR_FAULT:
                        break
            if partial.size == 0:
                partial.discard()
            raise failure or DownloadError(Reason.UNSAFE, url="")

    def _ensure_room(self, partial: Partial) -> None:
        if shutil.disk_usage(self._folder).free < self._remote.size - partial.size:
            raise DownloadError(Reason.DISK_FULL, file=self._remote.name, size=self._remote.size)

    def _from(self, url: str, partial: Partial) -> Path:
        """Complete the file from one address; where what came before does not fit to it, once more from the start."""
        continued = partial.size > 0
        self._fetch(url, partial)
        if partial.right():
            return partial.finish()
        partial.restart()
        if continued:
            return self._from(url, partial)
        raise DownloadError(Reason.CHECKSUM, host=_host(url), file=self._remote.name)

    def _fetch(self, url: str, partial: Partial) -> None:
        """Append what is missing of the file."""
        self._stop_if_cancelled()
        if partial.size == self._remote.size:
            return
        with closing(self._ask(url, partial)) as response:
            self._begin(response, url, partial)
            self._receive(response, url, partial)

    def _ask(self, url: str, partial: Partial) -> http.client.HTTPResponse:
        if not partial.size:
            return self._line.open(url, {})
        asked = {"Range": f"bytes={partial.size}-"}
        validator = partial.validator(url)
        if validator:
            asked["If-Range"] = validator
        try:
            return self._line.open(url, asked)
        except DownloadError as error:
            if error.reason is not Reason.RANGE:
                raise
        partial.restart()
        return self._line.open(url, {})

    def _begin(self, response: http.client.HTTPResponse, url: str, partial: Partial) -> None:
        """Believe the answer's head: the whole file, or what is missing of it, and nothing else.

        Raises:
            DownloadError: it announces another length than the file has.
        """
        whole = self._remote.size
        if response.status == 206:
            if _range(response) != (partial.size, whole - 1, whole):
                raise DownloadError(Reason.LENGTH, host=_host(url), detail=message("it begins somewhere else"))
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
        """What has come, at least one byte; nothing at the end."""
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
    """First and last byte that are sent, and the length of the whole, as RFC 9110, 14.4, writes them."""
    found = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", response.headers.get("Content-Range", "").strip())
    return tuple(map(int, found.groups())) if found else None


def _validator(response: http.client.HTTPResponse) -> str | None:
    """A strong entity tag, or else the date of the last change (RFC 9110, 13.1.5)."""
    tag = response.headers.get("ETag", "")
    found = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
    return found if 0 < len(found) <= 200 else None


def _host(url: str) -> str:
    return urlsplit(url).hostname or url

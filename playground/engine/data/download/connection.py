"""Opens HTTPS addresses, with redirects to other HTTPS addresses only, and can be interrupted at any time.

The system's proxy settings apply. Certificates are always checked against the system's authorities.
"""

from __future__ import annotations

import http.client
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message as Headers
from socket import SHUT_RDWR, socket
from typing import IO, Any
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    BaseHandler,
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from playground.engine.data.download.failure import DownloadError, Reason, connection_failure
from playground.spec.messages import message
from playground.version import __version__

_MOST_REDIRECTS = 5
_LOCALHOST = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Limits:
    """The timeouts of a download."""

    connect: float = 10.0  # seconds to establish a connection
    read: float = 20.0  # seconds without receiving a byte
    plain_here: bool = False  # whether http:// to this machine is allowed, for tests


class Connection:
    """Opens one address after another; `cut` aborts it from any thread."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._socket: socket | None = None
        self._cut = False
        self._opener = OpenerDirector()
        for handler in self._handlers():
            self._opener.add_handler(handler)

    def open(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Request `url` and return the successful response, which the caller must close.

        Raises:
            DownloadError: the address is not allowed, or the request failed.
        """
        self._ensure_allowed(url, None)
        all_headers = {"User-Agent": f"Playground/{__version__}", "Accept-Encoding": "identity", **headers}
        try:
            response: http.client.HTTPResponse = self._opener.open(Request(url, headers=all_headers), timeout=None)
        except DownloadError:
            raise
        except (OSError, http.client.HTTPException) as error:  # URLError and HTTPError are OSErrors
            close = getattr(error, "close", None)
            if close is not None:
                close()
            raise connection_failure(error, url) from error
        return response

    def cut(self) -> None:
        """Make the current and all later network calls fail at once."""
        self._cut = True
        self._shut_down()

    def connect(self, connection: http.client.HTTPConnection, connect: Any) -> None:
        """Connect with one timeout for the connection, and another for every read."""
        connection.timeout = self.limits.connect
        connect()
        connection.sock.settimeout(self.limits.read)
        self._socket = connection.sock
        if self._cut:
            self._shut_down()

    def follow(self, request: Request, target: str) -> Request:
        """The request that follows a redirect to `target`.

        Raises:
            DownloadError: the target is not allowed, or there were too many redirects.
        """
        self._ensure_allowed(target, request)
        followed = Request(target, headers={**request.headers})
        followed.redirects = getattr(request, "redirects", 0) + 1  # type: ignore[attr-defined]
        if followed.redirects > _MOST_REDIRECTS:  # type: ignore[attr-defined]
            host = urlsplit(request.full_url).hostname
            raise DownloadError(Reason.REDIRECT, host=host, detail=message("there are too many redirects"))
        return followed

    def _shut_down(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it was closed in the meantime
                socket.shutdown(self._socket, SHUT_RDWR)  # below TLS, whose state belongs to the other thread

    def _ensure_allowed(self, url: str, sent_from: Request | None) -> None:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and parts.hostname in _LOCALHOST and self.limits.plain_here
        if (parts.scheme == "https" and parts.hostname) or plain:
            return
        if sent_from is None:
            raise DownloadError(Reason.UNSAFE, url=url[:200])
        raise DownloadError(Reason.REDIRECT, host=urlsplit(sent_from.full_url).hostname, detail=url[:200])

    def _handlers(self) -> tuple[BaseHandler, ...]:
        handlers = (_Secure(self), _Redirects(self), HTTPErrorProcessor(), HTTPDefaultErrorHandler())
        return (_Plain(self), *handlers) if self.limits.plain_here else (ProxyHandler(), *handlers)


class _PlainConnection(http.client.HTTPConnection):
    def __init__(self, host: str, *, line: Connection, **options: Any) -> None:
        super().__init__(host, **options)
        self._line = line

    def connect(self) -> None:
        self._line.connect(self, super().connect)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, *, line: Connection, **options: Any) -> None:
        super().__init__(host, **options)
        self._line = line

    def connect(self) -> None:
        self._line.connect(self, super().connect)


class _Plain(HTTPHandler):
    def __init__(self, line: Connection) -> None:
        super().__init__()
        self._line = line

    def http_open(self, request: Request) -> http.client.HTTPResponse:
        return self.do_open(_PlainConnection, request, line=self._line)  # type: ignore[arg-type]


class _Secure(HTTPSHandler):
    def __init__(self, line: Connection) -> None:
        super().__init__()
        self._line = line
        self._context = ssl.create_default_context()  # checks the certificate and its host name

    def https_open(self, request: Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request, context=self._context, line=self._line)  # type: ignore[arg-type]


class _Redirects(BaseHandler):
    """Follows allowed redirects; unlike urllib's handler it never reads the body of a redirect, which may be long."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def http_error_302(
        self, request: Request, body: IO[bytes], _code: int, _message: str, headers: Headers
    ) -> http.client.HTTPResponse | None:
        target = headers.get("Location")
        if target is None:
            return None
        body.close()
        following = self._line.follow(request, urljoin(request.full_url, target))
        opened: http.client.HTTPResponse = self.parent.open(following, timeout=None)
        return opened

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

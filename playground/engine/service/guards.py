"""Checks that every request passes first: who asks, from which page, and with which token."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.engine.service.pages import PAGES
from playground.engine.service.problems import problem_response
from playground.spec.messages import message

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPEN = (
    *PAGES,
    "/healthz",
    "/readyz",
    "/v2/health/live",
    "/v2/health/ready",
)  # without a token: who watches a service need not be able to ask it


class Guards:
    """Refuses requests for other hosts, from pages of other hosts, and without the token.

    A page of another site can make a browser send requests to this machine, and by changing what its own name points to
    it can also read the answers: the names in Host and Origin give that away.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], token: str | None) -> None:
        """`hosts`: the names under which the service is known; none: any, which requires a token."""
        self._app, self._hosts, self._token = app, {host.lower() for host in hosts}, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers, scope["path"])
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, words = refusal
        extra = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
        await problem_response(status, words, {**extra, "Connection": "close"}, scope["path"])(scope, receive, send)

    def _refusal(self, headers: Headers, path: str) -> tuple[HTTPStatus, object] | None:
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or (self._hosts and host_name(host) not in self._hosts):
            return HTTPStatus.MISDIRECTED_REQUEST, message("This service is not called “{host}”.", host=host[:100])
        origin = headers.get("origin")
        if origin is not None and _place(origin) != host.lower():
            return HTTPStatus.FORBIDDEN, message("Pages of other hosts may not ask this service.")
        if self._token is None or path in OPEN:
            return None
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token.encode()):
            return HTTPStatus.UNAUTHORIZED, message("This service wants a token: “Authorization: Bearer …”.")
        return None


def _place(origin: str) -> str | None:
    """The host and port of an Origin header; None where it is malformed, as `http://[::1`."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def host_name(host: str) -> str:
    """The name in a Host header, without its port: `::1` for `[::1]:8000`."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if host.count(":") == 1 else host.lower()

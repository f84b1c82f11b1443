"""Errors as problem documents (RFC 9457), which never hold a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from playground.engine.service.batching import Full
from playground.spec.messages import PlaygroundError, message

_log = logging.getLogger(__name__)

PROTOCOL = "/v2"  # where the addresses of the Open Inference Protocol begin
RETRY_AFTER = 1  # seconds


class Problem(PlaygroundError):
    """A request that is refused, with the status that says why."""

    def __init__(self, status: HTTPStatus, sentence: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)  # type: ignore[arg-type]
        self.status, self.headers = status, headers or {}


def problem_response(
    status: HTTPStatus, detail: object, headers: Mapping[str, str] | None = None, path: str = ""
) -> Response:
    """The document: the status's own title, and a sentence on what is wrong.

    For a path of the Open Inference Protocol the sentence is also its `error`.
    """
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": str(detail)}
    if path.startswith(PROTOCOL):
        body["error"] = str(detail)
    return Response(json.dumps(body), status.value, dict(headers or {}), "application/problem+json")


def answer_exception(request: Request, error: Exception) -> Response:
    """The document of an exception that a request ended with."""
    path = request.url.path
    if isinstance(error, Problem):
        return problem_response(error.status, error.message, error.headers, path)
    if isinstance(error, Full):
        extra = {"Retry-After": str(RETRY_AFTER)}
        return problem_response(HTTPStatus.TOO_MANY_REQUESTS, sentence_of(error), extra, path)
    if isinstance(error, PlaygroundError):
        return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, error.message, path=path)
    if isinstance(error, HTTPException):
        return problem_response(HTTPStatus(error.status_code), error.detail, error.headers, path)
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, sentence_of(error), path=path)


def sentence_of(error: Exception) -> str:
    """The words for a client on an exception; on one that nobody foresaw, that the log holds it, as it does then."""
    if isinstance(error, Full):
        return str(message("Too many requests wait. Come again in {n} s.", n=RETRY_AFTER))
    if isinstance(error, PlaygroundError):
        return str(error.message)
    _log.error("a request failed", exc_info=error)
    return str(message("The request failed. The log of the service says why."))

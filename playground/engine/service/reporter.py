"""Tells the program that started a service which requests came, in lines; the service never waits for its reader."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from time import perf_counter, time
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.engine.inference.predictions.prediction import Prediction
from playground.engine.service.event_lines import MOST_LISTED, Answered, Event, Exchanged, Requests, line_of
from playground.engine.service.served_models import Served
from playground.engine.service.short_forms import short_answer, short_sample, thumbnail

_PAUSE = 0.1  # seconds between two lines
_ADDRESSES = ("/v1/models/", "/v2/models/")
_SEEN = "playground.seen"  # in the state of a request


class Seen:
    """The question of a request, the answer, and the network that gave it; its route fills it."""

    served: Served | None = None
    samples: Sequence[Any] = ()
    answers: Sequence[Prediction] = ()
    written = ""  # how a text that was written begins


def seen(request: Request) -> Seen:
    """The record of a request, for a reporter if there is one."""
    found: Seen = request.scope.setdefault("state", {}).setdefault(_SEEN, Seen())
    return found


class _Ended(NamedTuple):
    """A request that has ended, before it is put into words."""

    time: float
    model: str
    seen: Seen
    seconds: float
    status: int
    problem: str


class Reporter:
    """Collects requests and writes them at most every 0.1 s, the last 20 of each time.

    `write` may block, as a full pipe does: it is called in a thread, and only one call goes on at a time.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._ended: deque[_Ended] = deque(maxlen=MOST_LISTED)
        self._unlisted = 0
        self._told: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._writing = Lock()  # a cancelled `flush` leaves its thread behind

    def exchanged(self, served: Served) -> None:
        """Tell that a network was exchanged."""
        self._told.append(Exchanged(model=served.name, step=served.predictor.trained.figures.step))
        self._arrived.set()

    def ended(self, item: _Ended) -> None:
        """Tell that a request has ended."""
        self._unlisted += len(self._ended) == MOST_LISTED
        self._ended.append(item)
        self._arrived.set()

    async def run(self) -> None:
        """Write until cancelled; call `flush` afterwards."""
        while True:
            await self._arrived.wait()
            await self.flush()
            await asyncio.sleep(_PAUSE)

    async def flush(self) -> None:
        """Write what has not been written."""
        self._arrived.clear()
        items, unlisted, told = tuple(self._ended), self._unlisted, tuple(self._told)
        self._ended.clear()
        self._told.clear()
        self._unlisted = 0
        if items or told:
            await asyncio.shield(asyncio.to_thread(self._tell, items, unlisted, told))

    def _tell(self, items: Sequence[_Ended], unlisted: int, told: Sequence[Event]) -> None:
        events = [*told]
        if items:
            events.append(Requests(items=tuple(map(_answered, items)), unlisted=unlisted))
        with self._writing, suppress(OSError):  # nobody reads any more; the service ends for another reason
            self._write(b"".join(map(line_of, events)))


class Reporting:
    """Passes requests on, and tells a reporter how those to networks ended."""

    def __init__(self, app: ASGIApp, reporter: Reporter) -> None:
        self._app, self._reporter = app, reporter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_ADDRESSES):
            await self._app(scope, receive, send)
            return
        arrived, began = time(), perf_counter()
        status, problem = 500, b""

        async def watched(sent: Message) -> None:
            nonlocal status, problem
            if sent["type"] == "http.response.start":
                status = sent["status"]
            elif status >= 400 and not problem:
                problem = sent.get("body", b"")
            await send(sent)

        try:
            await self._app(scope, receive, watched)
        finally:
            noted = scope.get("state", {}).get(_SEEN) or Seen()
            model = scope["path"].split("/")[3][:100]
            ended = _Ended(arrived, model, noted, perf_counter() - began, status, _sentence(problem))
            self._reporter.ended(ended)


def _sentence(problem: bytes) -> str:
    """The sentence of a problem document; empty where there is none."""
    try:
        return str(json.loads(problem)["detail"]) if problem else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _answered(item: _Ended) -> Answered:
    found = item.seen
    return Answered(
        time=item.time,
        model=item.model,
        step=found.served.predictor.trained.figures.step if found.served else None,
        given=short_sample(found.samples),
        picture=thumbnail(found.samples),
        answer=item.problem or short_answer(found.answers) or short_sample([found.written]),
        seconds=item.seconds,
        status=item.status,
    )

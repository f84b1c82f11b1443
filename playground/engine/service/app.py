"""The service: networks behind HTTP, as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.engine.inference.predictions.prediction_json import prediction_object
from playground.engine.runtime.device import prepare_thread
from playground.engine.service.batching import Full
from playground.engine.service.generation import generate
from playground.engine.service.guards import Guards
from playground.engine.service.metrics import Metrics
from playground.engine.service.model_card import card
from playground.engine.service.open_inference import infer, model_metadata, server_metadata
from playground.engine.service.openapi import openapi
from playground.engine.service.pages import docs_page, front_page
from playground.engine.service.problems import Problem, answer_exception
from playground.engine.service.replies import json_response
from playground.engine.service.reporter import Reporter, Reporting, seen
from playground.engine.service.requests import asked
from playground.engine.service.served_models import Served, ServedModels, Use
from playground.engine.service.variants import Variant
from playground.spec.messages import PlaygroundError, message, tr_noop

_log = logging.getLogger(__name__)

WATCHED = 1.0  # seconds between two looks at the files of the networks
DEADLINE = 30.0  # seconds after which a request that was not answered ends


class Service:
    """The routes, and what they share."""

    def __init__(
        self, models: ServedModels, hosts: Sequence[str], token: str | None, reporter: Reporter | None = None
    ) -> None:
        self.models, self.metrics, self._reporter = models, Metrics(), reporter
        self.ready = False
        self._closing: set[asyncio.Task[None]] = set()  # of networks that were exchanged
        for item in models.all:
            self._measure(item)
        self.app = Starlette(
            routes=[
                Route("/v1/models/{name}/predict", self.timed("predict", self.predict), methods=["POST"]),
                Route("/", front_page),
                Route("/docs", docs_page),
                Route("/healthz", self.health),
                Route("/readyz", self.readiness),
                Route("/metrics", self.figures),
                Route("/openapi.json", self.description),
                Route("/v2", self.server_tensors),
                Route("/v2/health/live", self.health),
                Route("/v2/health/ready", self.readiness),
                Route("/v2/models/{name}", self.model_tensors),
                Route("/v2/models/{name}/ready", self.model_readiness),
                Route("/v2/models/{name}/infer", self.timed("infer", infer), methods=["POST"]),
                Route("/v1/models", self.list_models),
                Route("/v1/models/{name}", self.show_model),
                Route("/v1/models/{name}/generate", self.timed("generate", self.generate), methods=["POST"]),
            ],
            middleware=[
                *([Middleware(Reporting, reporter=reporter)] if reporter else []),
                Middleware(Guards, hosts=hosts, token=token),
            ],
            exception_handlers=dict.fromkeys((PlaygroundError, HTTPException, Full, Exception), answer_exception),
            lifespan=self._lifespan,
        )
        self.app.state.steps = {item.name: item.predictor.trained.figures.step for item in models.all}

    # routes

    async def health(self, _request: Request) -> Response:
        """Say that the process answers."""
        return json_response({"status": "ok"})

    async def readiness(self, _request: Request) -> Response:
        """Say whether requests are answered: not before all networks are read, and not while the service ends."""
        if not self.ready:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, message("The service is starting, or ends."))
        return json_response({"status": "ready"})

    async def figures(self, _request: Request) -> Response:
        """The figures for Prometheus."""
        self._note_waiting()
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def description(self, _request: Request) -> Response:
        """The description of the API."""
        return json_response(openapi(self.models))

    async def list_models(self, _request: Request) -> Response:
        """The names of the networks."""
        return json_response({"models": [self._card(name) for name in self.models.names]})

    async def show_model(self, request: Request) -> Response:
        """The inputs and answers of a network, and its figures when it was tested."""
        return json_response(self._card(request.path_params["name"]))

    async def predict(self, request: Request, served: Served) -> Response:
        """Answer one sample or several."""
        data = served.predictor.trained.experiment.data
        if served.predictor.samples is None:
            words = tr_noop("“{name}” gives no classes, numbers or lines.")
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, message(words, name=served.name))
        given = await asked(request, served.predictor.samples)
        seen(request).samples = given.samples
        answers = seen(request).answers = await served.batcher.ask(given.samples)
        if not given.single:
            found = [prediction_object(item, data) for item in answers]
            return json_response({"model": served.name, "variant": served.variant.name, "answers": found})
        if answers[0].problem is not None:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, answers[0].problem)
        own = {"model": served.name, "variant": served.variant.name}
        return json_response(own | prediction_object(answers[0], data))

    async def generate(self, request: Request, served: Served) -> Response:
        """Continue a text, as server-sent events."""
        return await generate(request, served)

    async def server_tensors(self, _request: Request) -> Response:
        """The description of the server, in the Open Inference Protocol."""
        return json_response(server_metadata())

    async def model_tensors(self, request: Request) -> Response:
        """The tensors of a network."""
        return json_response(model_metadata(self._find(request.path_params["name"])))

    async def model_readiness(self, request: Request) -> Response:
        """Say whether a network answers."""
        self._find(request.path_params["name"])
        return await self.readiness(request)

    # what they share

    def timed(
        self, route: str, answer: Callable[[Request, Served], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[ASGIApp]]:
        """A route of a network that counts its requests, and ends them in time.

        The network stays in use until the whole answer, of a stream its last event, has been sent.
        """

        async def endpoint(request: Request) -> ASGIApp:
            served, began = self._find(request.path_params["name"], self.models.choose), perf_counter()
            use = served.begin_use()
            seen(request).served = served
            try:
                async with asyncio.timeout(DEADLINE):
                    response = await answer(request, served)
            except TimeoutError:
                words = message("There was no answer within {n:g} s.", n=DEADLINE)
                response = answer_exception(request, Problem(HTTPStatus.SERVICE_UNAVAILABLE, words))
            except Exception as error:
                response = answer_exception(request, error)
            except asyncio.CancelledError:
                use.end()
                raise
            seconds = perf_counter() - began
            self.metrics.count(served.name, served.variant.name, route, response.status_code, seconds)
            return _UntilSent(response, use)

        return endpoint

    def _find(self, name: str, find: Callable[[str], Served | None] | None = None) -> Served:
        found = (find or self.models.find)(name)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, message("There is no model “{name}”.", name=name[:100]))
        return found

    def _card(self, name: str) -> dict[str, Any]:
        found = card(self._find(name))
        return found | {"variants": {item.variant.name: item.variant.share for item in self.models.variants(name)}}

    def _measure(self, item: Served) -> None:
        item.batcher.batches = self.metrics.batches.labels(item.name, item.variant.name).observe

    def _note_waiting(self) -> None:
        for item in self.models.all:
            self.metrics.waiting.labels(item.name, item.variant.name).set(item.batcher.queued)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._watch())]
        if self._reporter:
            tasks.append(asyncio.create_task(self._reporter.run()))
        prepare_thread(1)  # it answers for small networks itself
        self.ready = True
        try:
            yield
        finally:
            self.ready = False
            for task in (*self._closing, *tasks):
                task.cancel()
            await asyncio.gather(*self._closing, *tasks, return_exceptions=True)
            await self.models.close()
            if self._reporter:
                await self._reporter.flush()

    async def _watch(self) -> None:
        """Exchange networks whose files have changed; requests that have begun end with the network before."""
        while True:
            await asyncio.sleep(WATCHED)
            try:
                await self._exchange()
            except Exception:  # whatever it is, later changes of files must be seen
                _log.exception("looking at the files of the networks failed")

    async def _exchange(self) -> None:
        self._note_waiting()
        for before in self.models.changed():
            after = await asyncio.to_thread(self.models.read_again, before)
            if after is not None:
                self._measure(after)
                if self._reporter:
                    self._reporter.exchanged(after)
                closing = asyncio.create_task(self.models.retire(before))
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)


class _UntilSent:
    """A response during which a network stays in use."""

    def __init__(self, response: Response, use: Use) -> None:
        self._response, self._use = response, use

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        try:
            await self._response(scope, receive, send)
        finally:
            self._use.end()


def service(
    files: Mapping[str, Path | Sequence[Variant]],
    hosts: Sequence[str] = (),
    token: str | None = None,
    reporter: Reporter | None = None,
) -> Starlette:
    """The application for networks by name: a file, or several that share the requests. A reporter is told of these.

    Raises:
        FileError: one cannot be read, or is no network of Playground.
        PlaygroundError: networks that share a name answer different questions.
    """
    variants = {name: (Variant(item),) if isinstance(item, Path) else item for name, item in files.items()}
    return Service(ServedModels(variants), hosts, token, reporter).app

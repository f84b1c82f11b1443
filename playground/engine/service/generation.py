"""Generated text as server-sent events, one for each character, word or byte pair.

The last event has `done`; of a text that ends early, `error`, the sentence that says why.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from playground.engine.inference.text_generation import SamplingOptions, unknown_characters
from playground.engine.service.problems import Problem, sentence_of
from playground.engine.service.reporter import Seen, seen
from playground.engine.service.requests import body_of, json_of
from playground.engine.service.served_models import Served
from playground.engine.service.short_forms import LONGEST
from playground.spec.json_text import json_text
from playground.spec.messages import message


class Wish(BaseModel):
    """The request of a client."""

    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: str = Field("", max_length=100_000, description="how the text begins")
    length: int = Field(200, ge=1, le=10_000, description="characters, words or byte pairs to write")
    temperature: float = Field(0.8, ge=0, le=10, description="0 always chooses the likeliest")
    top_k: int = Field(0, ge=0, le=100_000, description="sample from so many likeliest ones; 0 for all")
    seed: int = Field(0, ge=0, le=2**32 - 1)


async def generate(request: Request, served: Served) -> Response:
    """Continue the prompt of a request.

    Raises:
        Problem: the request is not understood.
        WritingError: the network does not write.
    """
    try:
        wish = Wish.model_validate(json_of(await body_of(request)))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "body"
        words = message("“{place}”: {why}.", place=place[:100], why=first["msg"])
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, words) from None
    noted = seen(request)
    noted.samples = [wish.prompt]
    options = SamplingOptions(wish.temperature, wish.top_k, wish.seed)
    pieces = served.predictor.generate(wish.prompt, wish.length, options)
    first_piece = await _next(served, pieces)  # before the status is sent: the network may not write at all
    unknown = unknown_characters(served.predictor.trained.experiment, wish.prompt)
    events = _events(served, noted, first_piece, pieces, unknown)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(
    served: Served, noted: Seen, first: str | None, pieces: Iterator[str], unknown: str
) -> AsyncIterator[str]:
    if unknown:
        yield _event({"remark": f"The network does not know “{unknown}”, and reads the prompt without it."})
    piece, count = first, 0
    while piece is not None:
        count += 1
        if len(noted.written) <= LONGEST:
            noted.written += piece
        yield _event({"text": piece})
        try:
            piece = await _next(served, pieces)
        except Exception as error:  # the status has been sent: an event has to say it
            yield _event({"error": sentence_of(error), "count": count})
            return
    yield _event({"done": True, "count": count})


def _event(value: dict[str, object]) -> str:
    return f"data: {json_text(value)}\n\n"


async def _next(served: Served, pieces: Iterator[str]) -> str | None:
    """The next piece, computed in the thread of the network, between the requests of others."""
    return await served.batcher.run(partial(next, pieces, None))

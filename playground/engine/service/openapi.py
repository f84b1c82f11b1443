"""The description of the API, OpenAPI 3.1."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from playground.engine.service.generation import Wish
from playground.engine.service.model_card import card
from playground.engine.service.open_inference import model_metadata
from playground.engine.service.requests import MOST_SAMPLES
from playground.engine.service.served_models import Served, ServedModels
from playground.spec.number_text import setting_text
from playground.version import __version__

_PROBLEM = {"$ref": "#/components/responses/Problem"}
_PIXELS = "rows of pixels, or the base64 text of a PNG or JPEG file"


def openapi(models: ServedModels) -> dict[str, Any]:
    """The document; its paths are those of the networks that are served now."""
    paths: dict[str, Any] = {
        "/healthz": {"get": _operation("health", "Whether the process answers", _object())},
        "/readyz": {"get": _operation("readiness", "Whether requests are answered", _object(), problems=("503",))},
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": "Figures for Prometheus",
                "responses": {"200": {"description": "Text format", "content": {"text/plain": {}}}},
            }
        },
        "/v1/models": {"get": _operation("models", "The networks", _object())},
        "/v2": {"get": _operation("v2.server", "Open Inference Protocol: what serves", _object())},
        "/v2/health/live": {"get": _operation("v2.live", "Whether the process answers", _object())},
        "/v2/health/ready": {
            "get": _operation("v2.ready", "Whether requests are answered", _object(), problems=("503",))
        },
    }
    for name in models.names:
        served = models.find(name)
        assert served is not None
        about = card(served)
        base = f"/v1/models/{name}"
        paths[base] = {"get": _operation(f"{name}.card", "What it takes, answers and scored", _object())}
        if about["takes"] is not None:
            paths[f"{base}/predict"] = {"post": _predict(name, about)}
        paths |= _tensors(served)
        if about["writes"]:
            paths[f"{base}/generate"] = {"post": _generate(name)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Playground", "version": __version__, "description": "Trained networks."},
        "paths": paths,
        "components": {
            "responses": {
                "Problem": {
                    "description": "Why not (RFC 9457)",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
            "schemas": {"Problem": _PROBLEM_SCHEMA},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def _operation(name: str, summary: str, schema: dict[str, Any], problems: tuple[str, ...] = ()) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": {"description": summary, "content": {"application/json": {"schema": schema}}}}
    return {"operationId": name, "summary": summary, "responses": answers | dict.fromkeys(problems, _PROBLEM)}


def _object() -> dict[str, Any]:
    return {"type": "object"}


def _predict(name: str, about: dict[str, Any]) -> dict[str, Any]:
    """The operation that answers, for one sample or for several."""
    sample = _sample(about)
    one: dict[str, Any] = {"input": sample}
    many: dict[str, Any] = {"inputs": {"type": "array", "items": sample, "maxItems": MOST_SAMPLES}}
    if about["takes"] == "picture":
        highest = {"enum": [1, 255], "default": 255, "description": "the highest value of a pixel"}
        one["range"] = many["range"] = highest
    answer = _answer(about)
    content: dict[str, Any] = {
        "application/json": {
            "schema": {"oneOf": [_with_required(one, "input"), _with_required(many, "inputs")]},
            "example": {"input": _example(about)},
        }
    }
    if about["takes"] == "picture":
        content["image/png"] = content["image/jpeg"] = {"schema": {"type": "string", "format": "binary"}}
    answers = {"type": "object", "properties": {"answers": {"type": "array", "items": answer}}}
    operation = _operation(
        f"{name}.predict",
        "Answer",
        {"oneOf": [answer, answers]},
        ("400", "401", "408", "413", "415", "422", "429", "503"),
    )
    return {**operation, "requestBody": {"required": True, "content": content}}


def _with_required(properties: dict[str, Any], name: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [name]}


def _sample(about: dict[str, Any]) -> dict[str, Any]:
    """The schema of one sample."""
    if about["takes"] == "picture":
        rows = {"type": "array", "items": {"type": "array"}}
        return {"description": _PIXELS, "oneOf": [{"type": "string", "contentEncoding": "base64"}, rows]}
    if about["takes"] == "row":
        columns = {column["name"]: _column(column) for column in about["columns"]}
        return {"type": "object", "properties": columns}
    if about["takes"] == "point":
        return {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    return {"type": "string"}


def _example(about: dict[str, Any]) -> Any:
    """A sample that is answered, if in vain: a black picture, a row of zeros and first categories, the origin."""
    if about["takes"] == "picture":
        return np.zeros(about["input_shape"] if about["input_shape"][0] > 1 else about["input_shape"][1:], int).tolist()
    if about["takes"] == "row":
        return {item["name"]: item["categories"][0] if item["categories"] else 0 for item in about["columns"]}
    return [0, 0] if about["takes"] == "point" else "text"


def _tensors(served: Served) -> dict[str, Any]:
    """The paths of a network in the Open Inference Protocol."""
    base, about = f"/v2/models/{served.name}", model_metadata(served)
    (tensor,) = about["inputs"]
    shape = [1, *tensor["shape"][1:]]
    example = {"inputs": [{**tensor, "shape": shape, "data": [0] * prod(shape)}]}
    content = {"application/json": {"schema": _object(), "example": example}, "application/octet-stream": {}}
    operation = _operation(f"{served.name}.infer", "Outputs as tensors", _object(), ("400", "401", "413", "422", "429"))
    return {
        base: {"get": _operation(f"{served.name}.tensors", "The tensors it takes and answers", _object())},
        f"{base}/ready": {"get": _operation(f"{served.name}.ready", "Whether it answers", _object(), ("404",))},
        f"{base}/infer": {"post": {**operation, "requestBody": {"required": True, "content": content}}},
    }


def _column(column: dict[str, Any]) -> dict[str, Any]:
    if column["kind"] == "category":
        return {"enum": [*column["categories"], None]}
    return {"type": ["number", "string", "null"] if column["kind"] == "number" else ["string", "null"]}


def _answer(about: dict[str, Any]) -> dict[str, Any]:
    if about["target"] and not about["classes"]:
        return {
            "type": "object",
            "properties": {"target": {"const": about["target"]}, "value": {"type": "number"}},
        }
    shares = {"type": "object", "properties": {name: {"type": "number"} for name in about["classes"]}}
    properties: dict[str, Any] = {"answer": {"type": "string"}, "probabilities": shares}
    if about["refuses_below"] is not None:
        answer = f"null where the network is less sure than {setting_text(about['refuses_below'])}, with the keys below"
        properties["answer"] = {"type": ["string", "null"], "description": answer}
        properties |= {"refused": {"const": True}, "confidence": {"type": "number"}}
        properties["most_probable"] = {"enum": about["classes"]}
    return {"type": "object", "properties": properties}


def _generate(name: str) -> dict[str, Any]:
    """The operation that writes."""
    return {
        "operationId": f"{name}.generate",
        "summary": "Continue a text",
        "requestBody": {"required": True, "content": {"application/json": {"schema": Wish.model_json_schema()}}},
        "responses": {
            "200": {
                "description": "A server-sent event for each piece; the last has “done”, or “error”",
                "content": {"text/event-stream": {}},
            },
            **dict.fromkeys(("400", "401", "422"), _PROBLEM),
        },
    }

"""Answers as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """An object as JSON; numbers that are not finite, which JSON lacks, become null."""
    return to_json(value, inf_nan_mode="null")


def json_response(value: Mapping[str, Any]) -> Response:
    """An object as an answer."""
    return Response(json_bytes(value), media_type="application/json")

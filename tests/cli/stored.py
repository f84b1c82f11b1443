"""Stored runs for tests of the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.cli.main import main
from playground.engine.runs.index import RunRow
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder

WITHIN = 30.0
Output = pytest.CaptureFixture[str]


def rows() -> list[RunRow]:
    """The runs in the default store, as another process sees them."""
    store = RunStore(default_folder())
    found = store.runs()
    assert store.close(WITHIN)
    return found


def done(capsys: Output, *arguments: str) -> dict[str, Any]:
    """Train with these arguments, and return the object of the end, with the `numbers` of the epochs before it."""
    capsys.readouterr()
    assert main(["train", *arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert not err
    *events, found = map(json.loads, out.splitlines())
    assert found["event"] == "done"
    return {**found, "numbers": [item["epoch"] for item in events if item["event"] == "epoch"]}

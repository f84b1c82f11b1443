"""The process that trains trials: it ends with its input."""

from __future__ import annotations

import subprocess
import sys

import pytest

from playground.engine.runtime.import_path import import_path

_WAITS = """
import sys, threading
from playground.engine.search.worker import _Orders
orders = _Orders(sys.stdin, loading=True)
threading.Event().wait()
"""


@pytest.mark.timeout(120)
def test_it_ends_with_its_input_also_before_it_is_ready() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _WAITS], input='{"plan": {}}\n', text=True, timeout=60, env={"PYTHONPATH": import_path()}
    )
    assert ended.returncode == 0

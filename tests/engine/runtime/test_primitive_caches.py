"""oneDNN keeps no more primitives than are allowed, unless the environment says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent

import pytest
import torch

from playground.engine.runtime.primitive_caches import CAPACITY

# More shapes than are kept; then the latest and the first once more. oneDNN tells whether it had their primitives.
PROGRAM = f"""
    import playground.engine
    import torch

    def run(channels):
        torch.nn.functional.conv2d(torch.ones(16, channels, 8, 8), torch.ones(16, channels, 3, 3))

    torch.set_num_threads(1)
    with torch.inference_mode():
        for channels in range(1, {CAPACITY + 20}):
            run(channels)
        print("full", flush=True)
        run({CAPACITY + 19})
        print("latest", flush=True)
        run(1)
"""


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch was built without oneDNN")
@pytest.mark.parametrize(
    ("chosen", "kept"), [({}, False), ({"ONEDNN_PRIMITIVE_CACHE_CAPACITY": str(4 * CAPACITY)}, True)]
)
def test_the_oldest_primitives_are_dropped(chosen: dict[str, str], kept: bool) -> None:
    others = {name: value for name, value in os.environ.items() if not name.endswith("_CACHE_CAPACITY")}
    environment = others | chosen | {"ONEDNN_VERBOSE": "2"}
    command = [sys.executable, "-c", dedent(PROGRAM)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    before, after = done.stdout.split("full\n")
    latest, oldest = after.split("latest\n")
    assert before.count("create:cache_miss") > CAPACITY
    assert "create:cache_hit" in latest
    assert "create:cache_miss" not in latest
    assert ("create:cache_miss" not in oldest) == kept

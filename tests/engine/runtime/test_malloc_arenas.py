"""However many threads there are, malloc has one arena, unless the environment says otherwise."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from textwrap import dedent

import pytest

THREADS = 4
# Threads that all hold memory of malloc at once, which then prints its arenas.
PROGRAM = f"""
    import ctypes, threading
    import playground.engine

    together = threading.Barrier({THREADS})

    def take():
        held = bytearray(100_000)
        together.wait()

    threads = [threading.Thread(target=take) for _ in range({THREADS})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries know no arenas")
@pytest.mark.parametrize(
    ("chosen", "arenas"),
    [
        ({}, 1),
        ({"MALLOC_ARENA_MAX": "16"}, 1 + THREADS),
        ({"GLIBC_TUNABLES": "glibc.malloc.arena_max=16"}, 1 + THREADS),
    ],
)
def test_threads_share_one_arena(chosen: dict[str, str], arenas: int) -> None:
    others = {name: value for name, value in os.environ.items() if name not in ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")}
    command = [sys.executable, "-c", dedent(PROGRAM)]
    done = subprocess.run(command, env=others | chosen, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.count("Arena ") == arenas, done.stderr

"""Ours on all cores, whose threads wait for one another awake, with nothing else on the machine."""

from __future__ import annotations

import os

os.environ["GOMP_SPINCOUNT"] = "1000000"  # before torch is imported, whose threads read it

from collections.abc import Callable

from playground.engine.runtime import device
from tests.benchmarks.contenders import ours


def prepare() -> Callable[[], object]:
    """One epoch, on as many threads as there are cores."""
    device._WORTH_THREADS = 0
    return ours.prepare()

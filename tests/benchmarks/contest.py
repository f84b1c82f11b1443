"""Lets contenders take turns, each in a process of its own, so that a machine that slows down slows them all down.

A contender is a module of `contenders` with a function `prepare`, which reads the data and returns the piece of work.
That is done once unmeasured (compiling, filling caches), then whenever it is this contender's turn; the others wait for
their line on the standard input, and use no processor meanwhile.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from tests.benchmarks.figure import lacks

T = TypeVar("T", bound=Hashable)
CONTENDERS = "tests.benchmarks.contenders"
TOP = Path(__file__).parent.parent.parent

# Where the first two are set, numpy takes the kernels of another processor. Everybody computes on the CPU.
_UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
_SET = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True, slots=True)
class Times:
    """What each round took; nothing where `missing` says why there were none."""

    seconds: tuple[float, ...] = ()
    missing: str = ""

    @property
    def median(self) -> float | None:
        """The middle one."""
        return median(self.seconds) if self.seconds else None

    @property
    def best(self) -> float | None:
        """The least disturbed one."""
        return min(self.seconds, default=None)


def contest(contenders: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Times]:
    """Time contenders, given as the name of their module and its arguments, `rounds` times in turns."""
    missing: dict[str, Times] = {}
    ready: dict[str, Callable[[], float]] = {}
    with ExitStack() as stack:
        for name, command in contenders.items():  # one after the other, for starting takes all cores
            contender = stack.enter_context(_started(command))
            try:
                contender.answer()
                contender.turn()  # does not count
            except _Unable as reason:
                missing[name] = Times(missing=str(reason))
            else:
                ready[name] = contender.turn
        return {**missing, **take_turns(ready, rounds)}


def take_turns(work: Mapping[T, Callable[[], float]], rounds: int) -> dict[T, Times]:
    """Let everybody work once a round; each says how many seconds it took."""
    seconds: dict[T, list[float]] = {name: [] for name in work}
    for number in range(rounds):
        for name in rotated(list(work), number):
            seconds[name].append(work[name]())
        print(
            f"round {number + 1} of {rounds}: {', '.join(f'{taken[-1]:.3g}' for taken in seconds.values())} s",
            flush=True,
        )
    return {name: Times(tuple(taken)) for name, taken in seconds.items()}


def rotated(names: Sequence[T], number: int) -> list[T]:
    """The names in another order each round, so that none always follows the same one."""
    first = number % max(1, len(names))
    return [*names[first:], *names[:first]]


def serve(module: str, *arguments: str) -> None:
    """A contender's process: it prepares, then times the work at every line that comes in, and answers with seconds."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints does not get between the answers
    try:
        work = importlib.import_module(f"{CONTENDERS}.{module}").prepare(*arguments)
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": lacks(error)}), file=answers)
        return
    print(json.dumps({"seconds": 0.0}), file=answers)  # ready
    for _ in sys.stdin:
        began = perf_counter()
        work()
        print(json.dumps({"seconds": perf_counter() - began}), file=answers)


class _Unable(Exception):
    """A contender cannot go on; the message says why."""


class _Contender:
    """Our end of a contender's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def turn(self) -> float:
        """Let it work once; the seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> float:
        """Wait until it has something to say."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise _Unable(f"its process ended with exit code {self._process.wait()}")
        record = json.loads(line)
        if "missing" in record:
            raise _Unable(record["missing"])
        return float(record["seconds"])


@contextmanager
def _started(command: Sequence[str]) -> Iterator[_Contender]:
    """A contender in a new process; what that complains of is shown only if it ends by itself."""
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.contest", *command],
            cwd=TOP,
            env={**environment, **_SET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        try:
            yield _Contender(process)
        finally:
            process.kill()
            process.communicate()
            complaints.seek(0)
            if process.returncode > 0:
                sys.stderr.write(complaints.read())


if __name__ == "__main__":
    serve(*sys.argv[1:])

"""Lets contenders take turns, each in a process of its own, so that a machine that slows down slows them all down.

A contender is a module of `contenders` that calls `serve` with a function which prepares: imports its library, reads
the data, and returns the piece of work. The work is done once unmeasured (compiling, filling caches), then whenever
it is this contender's turn; the others wait for their line on the standard input, and use no processor meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

TOP = Path(__file__).parent.parent.parent

# Where the first two are set, numpy takes the kernels of another processor. Everybody computes on the CPU.
_UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
_SET = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True, slots=True)
class Times:
    """What the rounds took, in the order of the rounds; empty where `missing` says why there were none."""

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
    found: dict[str, Times] = {}
    seconds: dict[str, list[float]] = {}
    with ExitStack() as stack:
        ready = {}
        for name, command in contenders.items():  # one after the other, for starting takes all cores
            process = stack.enter_context(_started(command))
            answer = _answer(process)
            if isinstance(answer, float):
                answer = _turn(process)  # the first turn does not count
            if isinstance(answer, float):
                ready[name], seconds[name] = process, []
            else:
                found[name] = Times(missing=answer)
        for number in range(rounds):
            for name in rotated(list(ready), number):
                answer = _turn(ready[name])
                if not isinstance(answer, float):
                    raise ChildProcessError(f"{name}: {answer}")
                seconds[name].append(answer)
                print(f"round {number + 1}: {name} {answer:.3f} s", flush=True)
    return {**found, **{name: Times(tuple(taken)) for name, taken in seconds.items()}}


def rotated(names: Sequence[str], number: int) -> list[str]:
    """The names in another order each round, so that none always follows the same one."""
    first = number % max(1, len(names))
    return [*names[first:], *names[:first]]


def serve(prepare: Callable[[], Callable[[], object]]) -> None:
    """What a contender does: prepare, then time the work at every line that comes in, and answer with the seconds."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints does not get between the answers
    try:
        work = prepare()
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": f"{error.name} is not installed"}), file=answers)
        return
    print(json.dumps({"seconds": 0.0}), file=answers)  # ready
    for _ in sys.stdin:
        began = perf_counter()
        work()
        print(json.dumps({"seconds": perf_counter() - began}), file=answers)


@contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET}
    module, *arguments = command
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.benchmarks.contenders.{module}", *arguments],
            cwd=TOP,
            env={**environment, **_SET},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()
            complaints.seek(0)
            if process.returncode > 0:  # it ended by itself, before it was killed
                sys.stderr.write(complaints.read())


def _turn(process: subprocess.Popen[str]) -> float | str:
    """Let it work once; the seconds, or why there are none."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return _answer(process)


def _answer(process: subprocess.Popen[str]) -> float | str:
    assert process.stdout is not None
    line = process.stdout.readline()
    record = json.loads(line) if line else {"missing": f"its process ended with exit code {process.wait()}"}
    return record["missing"] if "missing" in record else float(record["seconds"])

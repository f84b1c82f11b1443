"""t-SNE in a process of its own, because openTSNE holds the interpreter for seconds; it ends with its answer.

Arrays go through its standard streams in numpy's format, without objects, so that nothing in them becomes code.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.engine.probes.neighbour_plane import (
    Floats,
    NeighbourPlane,
    ensure_possible,
    neighbour_plane,
    usable_perplexity,
)
from playground.engine.runtime.import_path import import_path
from playground.engine.runtime.priority import lower_process_priority
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.messages import Message, PlaygroundError, message, printable, tr_noop

_POLL = 0.05  # seconds between two looks at whether the answer is still wanted


def neighbour_plane_apart(features: npt.NDArray[np.floating], start: Floats, perplexity: float) -> NeighbourPlane:
    """`neighbour_plane`, in another process, which is ended where `stop_if_cancelled` raises.

    Raises:
        PlaygroundError: as `neighbour_plane`, or the process failed.
        Cancelled: the places are no longer wanted.
    """
    ensure_possible(features)
    # -P: no module of the folder that the program was started in is run.
    command = [sys.executable, "-P", "-m", __name__, repr(float(perplexity))]
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = {**os.environ, **one_core, "PYTHONPATH": import_path()}
    pipe = subprocess.PIPE
    with TemporaryFile() as given:  # no pipe: it would be full before the process reads
        np.savez(given, allow_pickle=False, features=features, start=start)
        given.seek(0)
        with subprocess.Popen(command, stdin=given, stdout=pipe, stderr=pipe, env=environment) as process:
            try:
                answer, errors = _output(process)
            except BaseException:
                process.kill()
                raise
    if process.returncode:
        raise PlaygroundError(_failure(errors.decode(errors="replace"), process.returncode))
    return NeighbourPlane(_unpacked(answer)["places"], features, usable_perplexity(len(features), perplexity))


def _output(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """The output that the process writes until its end."""
    while True:
        stop_if_cancelled()
        try:
            return process.communicate(timeout=_POLL)
        except subprocess.TimeoutExpired:
            continue


def _failure(errors: str, code: int) -> Message:
    """Why the process ended without an answer: the last line that it wrote, or its exit code."""
    lines = errors.strip().splitlines()
    words = tr_noop("t-SNE could not be computed: {reason}")
    return message(words, reason=printable(lines[-1])[:200] if lines else message("exit code {code}", code=code))


def _unpacked(data: bytes) -> dict[str, npt.NDArray[Any]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def _answer() -> None:
    """The work of the process: read features and start, write the places."""
    lower_process_priority()
    given = _unpacked(sys.stdin.buffer.read())
    found = neighbour_plane(given["features"], given["start"], float(sys.argv[1]))
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, places=found.places)
    sys.stdout.buffer.write(written.getvalue())


if __name__ == "__main__":
    _answer()

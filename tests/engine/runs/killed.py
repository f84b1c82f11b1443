"""What `test_killed.py` runs in a new process: a run that is stored without a pause until somebody kills it.

It prints its run's id, and then each step whose checkpoint is on disk for certain.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from playground.engine.runs.store import RunStore
from tests.engine.runs.stored import EXPERIMENT, WITHIN, content, epoch, step


def main() -> None:
    """Store steps and checkpoints, two of each three without waiting for the disk."""
    store = RunStore(Path(sys.argv[1]))
    run = store.begin(EXPERIMENT)
    print(run.run_id, flush=True)  # noqa: T201
    for number in count(1):
        run.append((step(2 * number - 1), step(2 * number), epoch(number, 2 * number)))
        run.checkpoint(2 * number, number, content(b"%d " % (2 * number) * 20_000))
        if number % 3 == 0 and store.flush(WITHIN):
            print(2 * number, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

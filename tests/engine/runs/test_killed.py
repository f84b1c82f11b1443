"""kill -9 at any moment costs at most what was not on disk yet, and leaves nothing behind."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from playground.engine.runs.run_folder import CURVES, EXPERIMENT, LOCK, RECORD
from tests.engine.runs.stored import WITHIN, content, opened

KILLS = int(os.environ.get("PLAYGROUND_KILLS", "10"))
OWN = re.compile(f"{EXPERIMENT}|{RECORD}|{CURVES}|{LOCK}|checkpoint-.*")


def killed_after(folder: Path, seconds: float, stored: bool) -> tuple[str, int]:
    """Let a process store a run and kill it; return the run's id and the last step that it said was on disk.

    The seconds begin with the run, or, if `stored`, once a step is on disk.
    """
    command = [sys.executable, "-m", "tests.engine.runs.killed", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        first = process.stdout.readline() if stored else ""
        time.sleep(seconds)  # the moment is what is tested
        process.kill()
        said = (first + process.stdout.read()).split("\n")[:-1]
    return run_id, int(said[-1]) if said else 0


def test_a_kill_leaves_the_last_complete_checkpoint(tmp_path: Path) -> None:
    chance = random.Random(0)
    learned = 0
    for number in range(KILLS):
        seconds = chance.choice((0.005, 0.03, 0.2)) * chance.random()
        run_id, said = killed_after(tmp_path, seconds, stored=number % 2 == 1)
        with opened(tmp_path) as store:
            assert store.flush(WITHIN)
            rows = store.interrupted()
            assert not any(row.damaged for row in store.runs())
            if run_id not in {row.run_id for row in rows}:  # killed while it was made
                assert said == 0
                assert not (tmp_path / run_id).exists()
                continue
            run = store.open(run_id)
            steps = [item.step for item in run.checkpoints()]
            for checkpoint in run.checkpoints():
                assert run.checkpoint_file(checkpoint).read_bytes() == b"%d " % checkpoint.step * 20_000
            last = max(steps, default=0)
            assert last >= said
            assert len([item for item in run.curves() if item.step <= last]) == last // 2 * 3
            assert all(OWN.fullmatch(name) for name in os.listdir(tmp_path / run_id))
            learned += last > 0
            again = store.resume(run_id, last)
            again.checkpoint(last + 1, 1, content())
            assert store.flush(WITHIN)
            assert store.problem is None
            assert again.checkpoints()[-1].step == last + 1
    assert learned >= KILLS // 2
    assert not list(tmp_path.rglob("*.part"))

"""The process that trains trials: it ends with its input, and a search whose processes all end gives up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from playground.engine.runtime.import_path import import_path
from playground.engine.search.plan import SearchError, plan
from playground.engine.search.search import Search, SearchBudget
from tests.engine.search.test_search import RATE, experiment

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


@pytest.mark.timeout(240)
def test_processes_that_end_before_they_begin_a_trial_end_the_search(tmp_path: Path) -> None:
    """As where the sampler fails when it is asked for a trial."""
    found, url = plan(experiment(RATE), pruner="none"), f"sqlite:///{tmp_path / 'searches.sqlite'}"
    search = Search(found, SearchBudget(trials=4), url=url, name="one", runs=None)

    def kill_all() -> None:
        for _ in search:
            assert search._started < 5
            for worker in search._workers:
                if worker.ready and worker.trial is None:
                    os.kill(worker.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

    with pytest.raises(SearchError, match="The processes end before they begin a trial"):
        kill_all()
    assert search.process_ids == ()

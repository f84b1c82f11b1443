"""Several `playground search` at one study of a PostgreSQL server, as on several machines: kills lose no trial."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.engine.search.database import close_storage, storage
from playground.engine.search.optuna_parts import optuna_quietly, tried_again
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.ranges import NumberRange
from playground.spec.search.space import SearchSpace

TRIALS = 12
_VERSIONS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of a server of its own, which runs as another user where the tests run as root: it refuses that one."""
    pytest.importorskip("psycopg")
    if not _VERSIONS:
        pytest.skip("no PostgreSQL server is installed")
    root = os.getuid() == 0
    if root and not any(user.pw_name == "nobody" for user in pwd.getpwall()):
        pytest.skip("a PostgreSQL server does not run as root")
    folder = tempfile.mkdtemp(prefix="postgresql")
    owner = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if root else {}
    if root:
        shutil.chown(folder, "nobody")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def call(program: str, *arguments: str) -> None:
        command = [str(_VERSIONS[-1].with_name(program)), "-D", f"{folder}/data", *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, **owner)

    try:
        call("initdb", "-A", "trust", "-U", "postgres", "--no-sync")
        options = f"-p {port} -h 127.0.0.1 -k {folder} -F"
        call("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.mark.timeout(300)  # eight processes start, on two cores beside other tests
def test_four_searches_of_which_two_are_killed_lose_no_trial_and_count_none_twice(url: str, tmp_path: Path) -> None:
    rate = NumberRange(field="recipe.optimizer.lr", low=1e-4, high=0.01, logarithmic=True)
    experiment = Experiment(
        data=Points(count=100, validation_share=0.2),
        stack=Stack(layers=(Linear(out_features=4), Linear(out_features=2))),
        recipe=Recipe(epochs=60, device="cpu"),
        search=SearchSpace(ranges=(rate,)),
    )
    file = tmp_path / "ranged.playground"
    write_experiment(experiment, file)
    options = ["--storage", url, "--study", "one", "--trials", str(TRIALS), "--workers", "1", "--pruner", "none"]
    command = [sys.executable, "-m", "playground", "search", str(file), *options, "--no-store", "--json"]
    searches = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        outputs = [search.stdout for search in searches[2:] if search.stdout]
        next(line for line in outputs[0] if '"event": "trial"' in line or '"event": "done"' in line)
        searches[0].kill()
        searches[1].kill()
        ends = [json.loads(output.read().splitlines()[-1]) for output in outputs]
        assert [search.wait() for search in searches[2:]] == [0, 0]
    finally:
        for search in searches:
            search.kill()
            search.communicate()
    assert [end["trials"] for end in ends] == [TRIALS, TRIALS]
    found = storage(url)
    with optuna_quietly() as optuna:
        trials = optuna.load_study(study_name="one", storage=found).get_trials()
    close_storage(found)
    again = tried_again(trials)
    values = [item.params[rate.key] for item in trials if item.number not in again and item.state.name == "COMPLETE"]
    assert len(values) == len(set(values)) == TRIALS
    assert {item.params[rate.key] for item in trials if item.params} == set(values)  # what was begun was finished
    assert sum("first" in item.user_attrs and item.number not in again for item in trials) == 1

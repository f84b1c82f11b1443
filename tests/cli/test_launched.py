"""`playground train` in two processes, as `torchrun` starts them: the figures of one, and the end of one of them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.cli.launched import launched
from playground.engine.data.in_memory import load as load_data
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder
from playground.engine.training.trainer import Trainer
from playground.engine.weights import load
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import Tanh
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L2


@pytest.fixture
def few() -> Experiment:
    """Points, BatchNorm, classes with weights, and 83 points to learn from in batches of 20: the last has three."""
    return Experiment(
        data=Points(count=104, validation_share=0.2),
        stack=Stack(layers=(Linear(out_features=6), Tanh(), BatchNorm(), Linear(out_features=2))),
        recipe=Recipe(
            optimizer=SGD(lr=0.1, momentum=0.5),
            loss=CrossEntropy(class_weights=(1.0, 3.0)),
            regularizer=L2(l2=0.01),
            clip_norm=0.5,
            batch_size=20,
            epochs=3,
            device="cpu",
        ),
        seed=5,
    )


@contextmanager
def two(*arguments: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes that train together; both have ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    started = []
    for rank in ("0", "1"):
        variables = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
        process = subprocess.Popen(
            [sys.executable, "-m", "playground", "train", *arguments, "--json"],
            env={**os.environ, **variables, "MASTER_PORT": port},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_one_of_several_is_told_by_all_variables_of_a_launcher() -> None:
    variables = {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "1"}
    assert launched(variables)
    assert not launched({**variables, "WORLD_SIZE": "1"})
    assert not any(launched({key: value for key, value in variables.items() if key != lost}) for lost in variables)


def test_two_processes_give_the_figures_of_one_and_the_first_one_writes(few: Experiment, tmp_path: Path) -> None:
    file, network = tmp_path / "few.playground", tmp_path / "few.safetensors"
    write_experiment(few, file)
    with two(str(file), "--out", str(network)) as processes:
        (out, told), (silence, errors) = [process.communicate(timeout=100) for process in processes]
        assert [process.returncode for process in processes] == [0, 0], told
    assert not silence
    assert not errors
    end = json.loads(out.splitlines()[-1])
    alone = Trainer(few, load_data(few.data))
    for _ in alone:
        pass
    figures = alone.figures
    assert end["step"] == figures.step == 15
    assert end["test_loss"] == pytest.approx(figures.test_loss, rel=1e-4)
    shared = load(network).network.state_dict()
    for name, tensor in alone.network.state_dict().items():
        assert (shared[name] - tensor).double().norm() <= 1e-5 * tensor.double().norm(), name
    store = RunStore(default_folder())
    (run,) = store.runs()
    assert run.score == pytest.approx(figures.test_score)
    assert store.close(20)


def test_a_lost_process_ends_the_run_with_a_checkpoint(few: Experiment, tmp_path: Path) -> None:
    file = tmp_path / "few.playground"
    write_experiment(few.with_(recipe=few.recipe.with_(epochs=10_000)), file)
    with two(str(file)) as (first, second):
        assert first.stdout
        assert any('"event": "epoch"' in line for line in first.stdout)
        second.kill()
        _, errors = first.communicate(timeout=100)
        assert first.returncode == 1
    assert "Another process of this training has ended" in errors
    store = RunStore(default_folder())
    (row,) = store.runs()
    assert f"playground train --continue {row.run_id}" in errors
    last = store.open(row.run_id).checkpoints()[-1]
    assert f"ends after step {last.step:,}." in errors
    assert load(store.open(row.run_id).checkpoint_file(last)).state
    assert store.close(20)

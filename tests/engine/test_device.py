"""Devices and threads: chosen from the declaration."""

from __future__ import annotations

import pytest
import torch

from playground.engine.device import DeviceError, choose, threads
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack


def on(experiment: Experiment, device: str) -> Experiment:
    return experiment.with_(recipe=experiment.recipe.with_(device=device))


def test_small_networks_stay_on_the_cpu(dense: Experiment) -> None:
    assert choose(on(dense, "auto")) == torch.device("cpu")
    assert choose(on(dense, "cpu")) == torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "there"), [("cuda", torch.cuda.is_available), ("mps", torch.backends.mps.is_available)]
)
def test_a_device_by_name_is_there_or_an_error(name: str, there, dense: Experiment) -> None:
    if there():
        assert choose(on(dense, name)) == torch.device(name)
    else:
        with pytest.raises(DeviceError, match=name):
            choose(on(dense, name))


def test_a_second_thread_is_for_batches_that_are_work_enough(
    chancy: Experiment, dense: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(4)), raising=False)
    large = chancy.with_(recipe=chancy.recipe.with_(batch_size=4096))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert threads(large) == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads(large) == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert threads(large) == 4
    assert threads(dense) == threads(chancy) == 1
    idle = tuple(layer.with_(enabled=False) if layer.id == "conv2d" else layer for layer in large.stack.layers)
    assert threads(large.with_(stack=Stack(layers=idle))) == 1

"""Devices and threads: chosen from the declaration."""

from __future__ import annotations

from threading import Thread

import pytest
import torch

from playground.engine.runtime.device import DeviceError, choose, prepare_thread, threads
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


@pytest.mark.skipif(not torch.set_flush_denormal(False), reason="this processor computes with all denormal numbers")
@pytest.mark.parametrize("count", [1, 2])
def test_a_prepared_thread_counts_denormal_numbers_as_0_and_so_do_those_that_help_it(count: int) -> None:
    tiny = torch.full((1_000_000,), 1e-40)  # parallel from 32,768 numbers on
    found: list[tuple[int, int]] = []

    def compute() -> None:
        prepare_thread(count)
        found.append((torch.get_num_threads(), int(torch.count_nonzero((tiny * 2.0).view(torch.int32)))))

    other = Thread(target=compute)
    other.start()
    other.join()
    torch.set_num_threads(1)
    assert found == [(count, 0)]
    assert torch.count_nonzero((tiny * 2.0).view(torch.int32)) == len(tiny)  # here nothing has changed

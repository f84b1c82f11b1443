"""A run's chance is its own, whatever other threads draw meanwhile."""

from __future__ import annotations

from threading import Event, Thread

import torch

from playground.engine.build import build, skeleton
from playground.engine.runtime.random_streams import RandomStream
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten

EXPERIMENT = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10, init="orthogonal"))))


def test_a_stream_continues_where_it_was_and_leaves_the_generator_alone() -> None:
    before = torch.get_rng_state()
    stream = RandomStream(7)
    with stream.drawn():
        first = torch.rand(3)
    with stream.drawn():
        second = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(torch.cat([first, second]), torch.rand(6, generator=torch.Generator().manual_seed(7)))


def test_building_networks_in_another_thread_does_not_disturb_a_stream() -> None:
    done = Event()

    def build_often() -> None:
        while not done.is_set():
            build(EXPERIMENT)

    other = Thread(target=build_often)
    other.start()
    drawn = []
    stream = RandomStream(7)
    for _ in range(500):
        with stream.drawn():
            drawn += [torch.rand(8), torch.rand(8)]
    done.set()
    other.join()
    assert torch.equal(torch.cat(drawn), torch.rand(8000, generator=torch.Generator().manual_seed(7)))


def test_a_skeleton_draws_nothing() -> None:
    before = torch.get_rng_state()
    assert all(tensor.is_meta for tensor in skeleton(EXPERIMENT).state_dict().values())
    assert torch.equal(torch.get_rng_state(), before)

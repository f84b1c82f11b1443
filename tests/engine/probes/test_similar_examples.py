"""The nearest training examples are those that comparing with all of them one by one finds."""

from __future__ import annotations

import numpy as np
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.probes.hidden_features import features_of
from playground.engine.probes.similar_examples import MOST_EXAMPLES, TrainingFeatures, nearest, sample_count
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import Tanh
from playground.spec.layers.dense import Linear
from playground.spec.recipe.recipe import Recipe

HIDDEN = (Linear(out_features=6), Tanh(), Linear(out_features=3))
IRIS = Experiment(name="I", data=Table(), stack=Stack(layers=HIDDEN), recipe=Recipe())


def test_the_nearest_are_those_of_the_distances_to_all() -> None:
    network = build(IRIS)
    inputs = torch.randn(203, 4, generator=torch.Generator().manual_seed(1))
    part = InputTargetPairs(inputs, torch.zeros(203, dtype=torch.int64))
    known = TrainingFeatures(part, 203, 50)
    while known.values is None:
        known.advance(network, IRIS)
    hidden = network[:2](inputs).detach()
    assert np.allclose(known.values, hidden.numpy(), atol=1e-6)
    example = torch.tensor([[0.3, -0.2, 0.5, 0.1]])
    wanted = features_of(IRIS, network, example)[0][0].numpy()
    found = nearest(known.values, wanted)
    distances = torch.cdist(network[:2](example).detach().double(), hidden.double())[0]
    expected = distances.topk(5, largest=False)
    assert found.indices == tuple(expected.indices.tolist())
    assert np.allclose(found.distances, expected.values, atol=1e-5)
    again = nearest(known.values, known.values[17])
    assert (again.indices[0], again.distances[0]) == (17, 0.0)


def test_of_a_sequence_only_the_step_in_question_counts() -> None:
    writes = IRIS.model_copy(update={"data": Shakespeare(context=4)})
    network = torch.nn.Sequential(torch.nn.Identity())
    inputs = torch.arange(24.0).reshape(2, 4, 3)
    assert torch.equal(features_of(writes.model_copy(update={"stack": Stack()}), network, inputs, 2)[0], inputs[:, 2])


def test_no_more_are_compared_than_memory_and_time_are_kept_for() -> None:
    assert sample_count(IRIS, 6, 120) == 120
    assert sample_count(IRIS, 6, 60_000) == MOST_EXAMPLES
    assert sample_count(IRIS, 8000, 60_000) == 2000

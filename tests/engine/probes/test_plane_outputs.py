"""Each neuron over the plane is what plain torch computes at the middle of each pixel."""

from __future__ import annotations

import numpy as np
import torch

from playground.engine.build import build
from playground.engine.probes.layer_modules import layer_modules
from playground.engine.probes.plane_outputs import SIDE, grid, plane_outputs
from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear


def test_neurons_over_the_plane() -> None:
    layers = (Linear(out_features=3, activation=ReLU()), ReLU(enabled=False), Linear(out_features=2))
    experiment = Experiment(data=Points(), stack=Stack(layers=layers))
    network = build(experiment)
    assert isinstance(experiment.data, Points)
    found = plane_outputs(network, layer_modules(experiment, network), grid(experiment.data.features))
    along = [-6 + 12 * (number + 0.5) / SIDE for number in range(SIDE)]
    places = torch.tensor([[[x, -y] for x in along] for y in along])
    with torch.no_grad():
        hidden = network[0](places).relu()
        expected = {(): places, (0,): hidden, (2,): network[-1](hidden)}
    assert found.keys() == expected.keys()
    for path, output in found.items():
        np.testing.assert_allclose(output.output, expected[path].movedim(-1, 0).numpy(), atol=1e-5)

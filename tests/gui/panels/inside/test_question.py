"""Every number that can be pointed at on a block is the one that is explained."""

from __future__ import annotations

from math import isclose
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.engine.build import build
from playground.engine.probes.interventions import Intervention, break_network
from playground.engine.probes.plane_outputs import grid
from playground.gui.panels.inside.question import InsideAnswer, InsideProbe, InsideQuestion, within
from playground.gui.panels.layer_probe import Example
from playground.gui.session.network_source import NetworkSource
from playground.gui.stack.output_layout import Place
from playground.spec.datasets.mnist import MNIST
from playground.spec.display import Display
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.attention import SelfAttention
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.dense import Linear
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.recurrent import GRU, LSTM, RNN
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten


def steps(source: NetworkSource, content: Any) -> None:
    return None


def answer(experiment: Experiment, path: LayerPath, place: Place | None, inputs: Tensor) -> InsideAnswer:
    example = Example("", experiment.data, lambda source, content: inputs, steps)
    source = NetworkSource(experiment, None, 0, trained=False)
    found = [item for item in InsideProbe()(build(experiment), source, InsideQuestion(example, path, place)) if item]
    return found[-1]


def digits(*layers: Layer) -> Experiment:
    return Experiment(data=MNIST(), stack=Stack(layers=layers))


IMAGES = digits(Conv2d(out_channels=3, activation=ReLU()), MaxPool2d(), Flatten(), Linear(out_features=10))
CASES = [
    (IMAGES, (0,), Display.MAPS),
    (IMAGES, (1,), Display.MAPS),
    (IMAGES, (3,), Display.UNITS),
    (IMAGES, (2,), Display.UNITS),
    (digits(Rows(), RNN(hidden_size=6, bidirectional=True, output="all"), Flatten(), Linear()), (1,), Display.SEQUENCE),
    (digits(Rows(), Conv1d(out_channels=5), Flatten(), Linear()), (1,), Display.SEQUENCE),
    (digits(Rows(), Linear(out_features=7), Flatten(), Linear()), (1,), Display.SEQUENCE),
    (digits(Rows(), SelfAttention(), Flatten(), Linear()), (1,), Display.ATTENTION),
]


@pytest.mark.parametrize(("experiment", "path", "display"), CASES)
def test_the_number_at_a_place_is_explained(experiment: Experiment, path: LayerPath, display: Display) -> None:
    inputs = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    first = answer(experiment, path, None, inputs)
    assert first.output is not None
    assert first.output.display is display
    values = first.output.sheets[0].values
    assert first.place is not None
    assert abs(values[first.place[1:]]) == np.abs(values[0]).max()
    for at in list(np.ndindex(values.shape))[:: max(1, values.size // 9)]:
        found = answer(experiment, path, Place(0, *at), inputs)
        assert found.explained is not None
        assert isclose(found.explained.value, values[at], rel_tol=1e-5, abs_tol=1e-6)


@pytest.mark.parametrize("member", [LSTM, GRU], ids=lambda member: member.id)
def test_every_gate_leads_to_the_state_at_its_step(member: type[LSTM]) -> None:
    experiment = digits(Rows(), member(hidden_size=4, bidirectional=True), Linear(out_features=10))
    inputs = torch.rand(1, 1, 28, 28)
    first = answer(experiment, (1,), None, inputs)
    assert first.output is not None
    states = {sheet.name: sheet.values[0] for sheet in first.output.sheets if sheet.name.startswith("h")}
    for number, sheet in enumerate(first.output.sheets):
        found = answer(experiment, (1,), Place(number, 0, 3, 20), inputs)
        assert found.explained is not None
        state = states["h" + "←" * sheet.name.endswith("←")]
        assert isclose(found.explained.value, state[3, 20], rel_tol=1e-5, abs_tol=1e-6)


def test_a_neuron_over_the_plane_is_explained_at_each_point() -> None:
    experiment = preset("spiral").experiment
    inputs = grid(experiment.data.features)
    path = next((n,) for n, layer in enumerate(experiment.stack.layers) if isinstance(layer, Linear))
    first = answer(experiment, path, None, inputs)
    assert first.output is not None
    values = first.output.sheets[0].values
    for at in ((0, 0, 0), (1, 3, 17), (1, 19, 19)):
        found = answer(experiment, path, Place(0, *at), inputs)
        assert found.explained is not None
        assert isclose(found.explained.value, values[at], rel_tol=1e-5, abs_tol=1e-6)


def test_a_place_of_another_layer_is_moved_into_this_one() -> None:
    inputs = torch.rand(1, 1, 28, 28)
    first = answer(IMAGES, (3,), Place(4, 9, 25, 30), inputs)
    assert first.place == Place(0, 0, 0, 9)
    assert first.output is not None
    assert within(first.output, Place(0, 0, -4, -1)) == Place(0, 0, 0, 0)


def test_the_input_is_shown_and_not_explained() -> None:
    inputs = torch.rand(1, 1, 28, 28)
    assert answer(IMAGES, (), None, inputs).explained is None
    assert answer(IMAGES, (), None, inputs).output is not None


@pytest.mark.parametrize(
    "broken",
    [
        Intervention().with_silenced((1,), frozenset({2})),
        Intervention().with_skipped((1,), True),
        Intervention().with_noise((1,), 1.0),
    ],
    ids=["silenced", "skipped", "noise"],
)
def test_a_layer_broken_on_purpose_is_explained_right_or_not_at_all(broken: Intervention) -> None:
    experiment = digits(Flatten(), Linear(out_features=784), Linear(out_features=10))
    inputs = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    network = build(experiment)
    break_network(network, experiment, broken)
    source = NetworkSource(experiment, None, 0, trained=False, intervention=broken)
    example = Example("", experiment.data, lambda source, content: inputs, steps)
    for path, unit in (((1,), 2), ((1,), 3), ((2,), 4)):
        question = InsideQuestion(example, path, Place(0, 0, 0, unit))
        (found,) = [item for item in InsideProbe()(network, source, question) if item]
        assert found.output is not None
        assert (found.explained is None) is (found.broken is not None)
        if found.explained is not None:
            shown = found.output.sheets[0].values[0].flat[unit]
            assert isclose(found.explained.value, shown, rel_tol=1e-5, abs_tol=1e-6)
        assert (found.broken is None) is (path == (2,) or bool(broken.noise))

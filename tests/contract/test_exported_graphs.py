"""Every layer and the network of every preset gives the same answers as an ONNX file; no layer is named here.

Networks with the same input are exported side by side, in one file: the exporter takes seconds for each file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

import pytest
import torch
from torch import Tensor, nn

pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")

from playground.engine.build import build
from playground.engine.export.inputs import random_inputs
from playground.engine.export.onnx_file import converted, runner
from playground.engine.export.portable import graph, portable
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.text import Text
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.layer import Layer, Shape, Stack, Tokens
from playground.spec.layers.dense import Linear
from playground.spec.layers.rows import Rows
from playground.spec.layers.shape import Flatten
from tests.contract.test_replay import DATA, ROWS, fits, with_component

MOST = 20  # networks in a file


class SideBySide(nn.Module):
    """Several networks with the same input; their outputs as vectors, joined."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.cat([network(inputs).flatten(1) for network in self.networks], 1)


def short(data: Dataset) -> Dataset:
    """The same data in short windows: torch writes down each step of a recurrent layer."""
    return data.with_(context=8) if isinstance(data, Text) else data


def on_sequences(layer: Layer) -> Experiment:
    return Experiment(data=DATA, stack=Stack(layers=(Rows(), layer, Flatten(), Linear(out_features=10))))


def reading(layer: Layer) -> Experiment:
    """A network that reads codes."""
    data = next(short(member()) for member in Dataset.members() if isinstance(member().sample_shape, Tokens))
    return Experiment(data=data, stack=Stack(layers=(layer, Flatten(), Linear(out_features=3))))


def grouped(experiments: Sequence[Experiment]) -> list[list[Experiment]]:
    """Experiments with the same input, some at a time."""
    found: dict[Shape, list[Experiment]] = {}
    for experiment in experiments:
        found.setdefault(experiment.data.sample_shape, []).append(experiment)
    return [some[start : start + MOST] for some in found.values() for start in range(0, len(some), MOST)]


def distinct(experiments: Iterable[Experiment]) -> list[Experiment]:
    """Each network once: a layer that reads rows, and no image, is put behind rows in any case."""
    return list({repr((experiment.data, experiment.stack)): experiment for experiment in experiments}.values())


LAYERS = distinct(
    [
        *(with_component(member()) for member in Layer.members() if not member.reads_tokens),
        *(on_sequences(member()) for member in Layer.members() if fits(member(), ROWS)),
        *(reading(member()) for member in Layer.members() if member.reads_tokens),
    ]
)
PRESETS = [entry.experiment.with_(data=short(entry.experiment.data)) for entry in presets()]


@pytest.fixture(autouse=True)
def _untraced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch logs each of its steps where something listens, as pytest does."""
    monkeypatch.setattr(logging.getLogger("torch.__trace"), "disabled", True)


@pytest.mark.timeout(300)  # torch takes seconds for a recurrent layer, and minutes on a busy machine
@pytest.mark.parametrize(
    "experiments",
    [some for cases in (LAYERS, PRESETS) for some in grouped(cases)],
    ids=lambda some: f"{len(some)} for {some[0].data.id}",
)
def test_every_layer_and_every_preset(experiments: list[Experiment]) -> None:
    network = SideBySide([portable(build(experiment)) for experiment in experiments]).eval()
    example = random_inputs(experiments[0], 3)
    run = runner(converted(graph(network, example), example, whole=False).SerializeToString())
    for count in (1, 4):
        inputs = random_inputs(experiments[0], count)
        with torch.no_grad():
            torch.testing.assert_close(run(inputs), network(inputs), rtol=1e-4, atol=1e-5)

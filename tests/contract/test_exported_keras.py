"""Every layer and the network of every preset gives the same answers as a Keras program; no layer is named here."""

from __future__ import annotations

import io
import os
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import torch

from playground.engine.build import build
from playground.engine.export.inputs import random_inputs
from playground.engine.export.keras_program import keras_program, to_keras, to_torch
from playground.engine.export.verification import ExportError
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import ELU, GELU, Softmax, Softplus
from playground.spec.layers.attention import SelfAttention, TransformerBlock
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.convolution import Conv2d, ConvTranspose2d
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.dense import Linear
from playground.spec.layers.glu import GLU
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.normalization import BatchNorm, GroupNorm, InstanceNorm2d, LayerNorm, RMSNorm
from playground.spec.layers.permutation import Permute
from playground.spec.layers.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, GlobalPool2d, MaxPool2d
from playground.spec.layers.pooling1d import AdaptiveMaxPool1d, AvgPool1d, MaxPool1d
from playground.spec.layers.position import ClassToken, SinusoidalPosition
from playground.spec.layers.prelu import PReLU
from playground.spec.layers.recurrent import GRU, LSTM, RNN
from playground.spec.layers.regularization import Dropout2d
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.rows import Rows
from playground.spec.layers.sequence_pooling import SequencePool
from playground.spec.layers.shape import Flatten
from playground.spec.layers.upsampling import Upsample
from tests.contract.test_exported_graphs import LAYERS, PRESETS
from tests.contract.test_replay import DATA

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed")

SAME = Conv2d(out_channels=4, kernel_size=3, padding=1)


def unlike_a_new_one(network: torch.nn.Module) -> torch.nn.Module:
    """Statistics, scales and shifts as if it had been trained: those of a new network hide what is mixed up."""
    drawn = torch.Generator().manual_seed(5)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point() and tensor.dim() == 1:
            noise = torch.rand(tensor.shape, generator=drawn)
            tensor.copy_(noise + 0.5 if "var" in name else tensor + (noise - 0.5) * 0.4)
    return network


def answers(experiment: Experiment, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What torch gives, and what the program gives."""
    os.environ.setdefault("KERAS_BACKEND", "torch")  # which Keras chooses when it is imported
    network: Any = unlike_a_new_one(build(experiment)).eval()
    found = keras_program(Trained(experiment, network, Figures(), {}))
    names: dict[str, Any] = {"__name__": "exported", "__file__": "network.py"}
    exec(compile(found.text, "network.py", "exec"), names)
    model = names["load_weights"](names["build_model"](), io.BytesIO(found.archive))
    with torch.no_grad():
        theirs = torch.as_tensor(np.asarray(model(to_keras(inputs), training=False).cpu()))
        return network(inputs), to_torch(theirs)


def refused(experiment: Experiment) -> str:
    """Why there is no program."""
    with pytest.raises(ExportError) as caught:
        keras_program(Trained(experiment, build(experiment), Figures(), {}))
    return str(caught.value)


def without_counterpart(experiment: Experiment) -> bool:
    return any(isinstance(layer, GaussianLatent) for layer in experiment.stack.layers)


@pytest.mark.parametrize("experiment", [*LAYERS, *PRESETS], ids=lambda one: "-".join(a.id for a in one.stack.layers))
def test_every_layer_and_every_preset(experiment: Experiment) -> None:
    if without_counterpart(experiment):
        assert "GaussianLatent: Keras has no layer that draws" in refused(experiment)
        return
    ours, theirs = answers(experiment, random_inputs(experiment, 3))
    torch.testing.assert_close(theirs, ours, rtol=1e-5, atol=1e-5)


IMAGE = Conv2d(out_channels=4, kernel_size=4, stride=3)  # 4 × 9 × 9
IMAGES: list[tuple[Layer, ...]] = [
    (Conv2d(out_channels=6, kernel_size=3, padding=2, dilation=2, groups=2, bias=False),),
    (Conv2d(out_channels=4, kernel_size=3, stride=2, padding=1, groups=4), Flatten()),
    (ConvTranspose2d(out_channels=3, kernel_size=2, stride=3), Flatten()),  # its kernel leaves gaps
    (ConvTranspose2d(out_channels=3, kernel_size=3, stride=2, padding=1, output_padding=1, bias=False),),
    (ConvTranspose2d(out_channels=3, kernel_size=3, stride=1, dilation=2, padding=2),),
    (MaxPool2d(kernel_size=3, stride=2, padding=1), AvgPool2d(kernel_size=3, stride=1, padding=1)),
    (AdaptiveAvgPool2d(output_size=3), AdaptiveMaxPool2d(output_size=1)),
    (BatchNorm(affine=False, eps=0.01), PReLU(per_channel=True), InstanceNorm2d(affine=True)),
    (GroupNorm(num_groups=2, affine=False), GroupNorm(num_groups=4), Softmax(), GLU()),
    (LayerNorm(bias=False), LayerNorm(), RMSNorm(elementwise_affine=False), RMSNorm(), LayerNorm()),
    (Upsample(scale_factor=3, mode="bilinear"), Softplus(beta=3.0), GELU(approximate="tanh")),
    (Permute(order="reversed"), Flatten(), Reshape(first=3, second=9, third=12), Conv2d(out_channels=2, kernel_size=2)),
    (Parallel(branches=(Stack(layers=(Conv2d(out_channels=2, kernel_size=1),)), Stack())), Dropout2d(), Flatten()),
    (Repeat(times=3, shared=True, branches=(Stack(layers=(Residual(branches=(Stack(layers=(SAME, ELU())),)),)),)),),
    (
        Repeat(
            times=2,
            shared=True,
            branches=(Stack(layers=(Repeat(times=2, shared=True, branches=(Stack(layers=(SAME,)),)), SAME)),),
        ),
        SAME,
    ),
    (Repeat(times=2, branches=(Stack(layers=(SAME, ELU(alpha=0.5))),)), GlobalPool2d(how="max")),
]
SEQUENCES: list[tuple[Layer, ...]] = [
    (GRU(hidden_size=5, num_layers=2, bidirectional=True, output="all"), GRU(hidden_size=3, bias=False)),
    (LSTM(hidden_size=5, num_layers=2, bidirectional=True, dropout=0.3), Linear(out_features=3)),
    (LSTM(hidden_size=4, bias=False, output="all"), RNN(hidden_size=6, nonlinearity="relu", bidirectional=True)),
    (SelfAttention(num_heads=2, causal=True, bias=False), SelfAttention(num_heads=7, dropout=0.1)),
    (TransformerBlock(num_heads=2, dim_feedforward=9, norm_first=False, activation="relu", causal=True, dropout=0.2),),
    (Permute(order="reversed"), Conv1d(out_channels=6, kernel_size=3, padding=2, dilation=2, groups=2)),
    (Conv1d(out_channels=6, kernel_size=3, stride=2), MaxPool1d(kernel_size=3, stride=2, padding=1), PReLU()),
    (AvgPool1d(kernel_size=4, stride=2, padding=1), BatchNorm(), PReLU(per_channel=True), GroupNorm(num_groups=4)),
    (SinusoidalPosition(), ClassToken(), SequencePool(how="first")),
    (AdaptiveMaxPool1d(output_size=7), LayerNorm(), SequencePool(how="last"), LayerNorm(), RMSNorm()),
    (SequencePool(how="max"), BatchNorm(affine=False), Linear(out_features=8, bias=False), GroupNorm(num_groups=2)),
]


@pytest.mark.parametrize("layers", [*((IMAGE, *some) for some in IMAGES), *((Rows(), *some) for some in SEQUENCES)])
def test_what_can_be_chosen(layers: tuple[Layer, ...]) -> None:
    experiment = Experiment(data=DATA, stack=Stack(layers=layers))
    ours, theirs = answers(experiment, random_inputs(experiment, 3))
    torch.testing.assert_close(theirs, ours, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((IMAGE, ConvTranspose2d(out_channels=4, groups=2)), "layer 2, ConvTranspose2d: a transposed convolution of"),
        ((Conv2d(out_channels=4, stride=2, dilation=2),), "layer 1, Conv2d: a convolution of Keras takes a stride or"),
        ((IMAGE, AdaptiveAvgPool2d(output_size=2)), "layer 2, AdaptiveAvgPool2d: its windows differ in size"),
        ((IMAGE, ConvTranspose2d(out_channels=4, output_padding=1)), "layer 2, ConvTranspose2d: Keras adds no rows"),
    ],
)
def test_what_keras_lacks_names_the_layer_and_the_reason(layers: tuple[Layer, ...], said: str) -> None:
    assert f"Keras cannot hold {said}" in refused(Experiment(data=DATA, stack=Stack(layers=layers)))


def test_the_name_of_an_experiment_is_never_code() -> None:
    name = '"""\nraise SystemExit\n\'\\'
    experiment = Experiment(name=name, data=DATA, stack=Stack(layers=(Flatten(), Linear(out_features=2))))
    found = keras_program(Trained(experiment, build(experiment), Figures(), {}))
    names: dict[str, Any] = {"__name__": "exported", "__file__": "network.py"}
    os.environ.setdefault("KERAS_BACKEND", "torch")
    exec(compile(found.text, "network.py", "exec"), names)
    assert names["NAME"] == experiment.name

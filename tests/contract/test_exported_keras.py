"""Every layer and the network of every preset gives the same answers as a Keras program; no layer is named here."""

from __future__ import annotations

import io
import os
from typing import Any

import numpy as np
import pytest
import torch

os.environ.setdefault("KERAS_BACKEND", "torch")  # which is chosen when it is imported
keras: Any = pytest.importorskip("keras", reason="Keras is not installed")

from playground.engine.build import build
from playground.engine.export.inputs import random_inputs
from playground.engine.export.keras_program import keras_program, to_keras, to_torch
from playground.engine.export.verification import ExportError
from playground.engine.training.snapshots import Figures
from playground.engine.weights import Trained
from playground.spec.experiment import Experiment
from playground.spec.layers.latent import GaussianLatent
from tests.contract.test_exported_graphs import LAYERS, PRESETS

REFUSED = {GaussianLatent.label}  # layers without a counterpart, and so the presets that have one


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
    network: Any = unlike_a_new_one(build(experiment)).eval()
    found = keras_program(Trained(experiment, network, Figures(), {}))
    names: dict[str, Any] = {"__name__": "exported", "__file__": "network.py"}
    exec(compile(found.text, "network.py", "exec"), names)
    model = names["load_weights"](names["build_model"](), io.BytesIO(found.archive))
    with torch.no_grad():
        theirs = torch.as_tensor(np.asarray(model(to_keras(inputs), training=False).cpu()))
        return network(inputs), to_torch(theirs)


@pytest.mark.parametrize("experiment", [*LAYERS, *PRESETS], ids=lambda one: "-".join(a.id for a in one.stack.layers))
def test_every_layer_and_every_preset(experiment: Experiment) -> None:
    try:
        ours, theirs = answers(experiment, random_inputs(experiment, 3))
    except ExportError as error:
        assert any(label in str(error) for label in REFUSED)
        return
    torch.testing.assert_close(theirs, ours, rtol=1e-4, atol=1e-5)

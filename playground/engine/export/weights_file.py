"""The weights alone, as a plain safetensors file that every program for PyTorch reads."""

from __future__ import annotations

from safetensors.torch import load, save

from playground.engine.build import skeleton
from playground.engine.export.exported import Exported
from playground.engine.export.subject import subject
from playground.engine.export.verification import in_torch
from playground.engine.weights import Trained
from playground.spec.messages import message, tr_noop

LOADER = """\
from safetensors.torch import load_file

from program import build_model  # the file of “playground export NETWORK --to script --out program.py”

model = build_model()
model.load_state_dict(load_file("weights.safetensors"))
model.eval()  # outputs = model(inputs)
"""


def export_weights(trained: Trained) -> Exported:
    """The `state_dict()` as the bytes of a safetensors file, read again into a network and verified.

    Raises:
        ExportError: the network that was read answers differently.
    """
    it = subject(trained, whole=False)
    weights = {name: tensor.clone() for name, tensor in it.network.state_dict().items()}
    data = save(weights, {"format": "pt"})
    read = skeleton(trained.experiment)
    read.load_state_dict(load(data), assign=True)
    verification = it.verified(in_torch(read), "safetensors and PyTorch")
    words = tr_noop("It holds tensors and no layers. To load it:\n{loader}")
    return Exported(data, verification, (message(words, loader=LOADER.rstrip()),))

"""An export counts only where it answers as the network does."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from playground.engine.export.inputs import CheckedInputs, checked_inputs, random_inputs
from playground.engine.export.portable import culprit, graph, portable
from playground.engine.export.verification import ExportError, Verification, in_torch, verified
from playground.engine.runtime import onednn_linear
from playground.spec.messages import message
from tests.engine.export.trained import of_digits

INPUTS = torch.linspace(-1.0, 1.0, 150).view(50, 3)


def compared(change: Tensor, outputs: Tensor = INPUTS) -> Verification:
    def found(inputs: Tensor) -> Tensor:
        return inputs + change

    asked = CheckedInputs(outputs, message("some numbers"))
    return verified(lambda inputs: inputs, found, asked, outputs, "nothing 1", classes=True)


def test_differences_and_changed_answers_are_counted() -> None:
    outputs = INPUTS.clone()
    outputs[7] = outputs[7, 2]  # three equal outputs: rounding decides between them
    found = compared(torch.tensor([0.0, 2.0e-5, 0.0]), outputs)
    assert found.largest_difference == pytest.approx(2.0e-5, rel=1e-2)
    assert found.relative == pytest.approx(2.0e-5, rel=1e-2)
    assert (found.total, found.answers, found.changed) == (50, 50, 1)
    assert "1 of 50 answers changed" in str(found.words)


@pytest.mark.parametrize("change", [torch.tensor([0.0, 2.0e-3, 0.0]), torch.tensor([0.0, torch.nan, 0.0])])
def test_one_that_answers_differently_is_refused(change: Tensor) -> None:
    with pytest.raises(ExportError, match="nothing 1"):
        compared(change)


def test_samples_are_those_of_the_test() -> None:
    trained = of_digits()
    asked = checked_inputs(trained.experiment, None)
    assert str(asked.words) == "200 random inputs, because its test images are not here"
    assert asked.inputs.equal(random_inputs(trained.experiment, 200))


class Spectrum(nn.Module):
    """What no exporter knows: a branch that depends on the numbers."""

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs if inputs.sum().item() > 0 else -inputs


def test_the_block_that_cannot_be_exported_is_named() -> None:
    trained = of_digits()
    network = portable(trained.network)
    network[1] = Spectrum()
    example = random_inputs(trained.experiment, 2)
    with pytest.raises(RuntimeError) as caught:
        graph(network, example)
    told = str(culprit(trained.experiment, network, example, graph, caught.value, "ONNX"))
    assert told.startswith("ONNX cannot hold layer 2, Linear: ")


def test_a_portable_network_is_plain_and_the_same() -> None:
    network = of_digits().network
    for module in network:
        if isinstance(module, nn.Linear):
            module.__class__ = onednn_linear.Linear  # whatever this processor is
            module.weight.data = module.weight.data.t().contiguous().t()
    found = portable(network)
    assert type(found[1]) is nn.Linear
    assert found[1].weight.is_contiguous()
    assert not found.training
    assert network.training
    inputs = torch.rand(3, 1, 28, 28)
    torch.testing.assert_close(in_torch(found)(inputs), in_torch(network)(inputs))

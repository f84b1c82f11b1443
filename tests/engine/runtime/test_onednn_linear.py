"""oneDNN's products of `Linear` are those of torch, forward and backward, whatever the shapes and the layout."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from torch import nn

from playground.engine.runtime import onednn_linear
from playground.engine.runtime.memory_layout import laid_out
from playground.engine.runtime.onednn_linear import Linear, has_product, is_quicker

needs_onednn = pytest.mark.skipif(
    not has_product(), reason="torch was built without oneDNN's product of dense matrices"
)


def quick(plain: nn.Linear) -> Linear:
    """The same layer, whose large products oneDNN computes."""
    other = deepcopy(plain)
    other.__class__ = Linear
    assert isinstance(other, Linear)
    return other


@needs_onednn
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("input_major", [True, False])
@pytest.mark.parametrize("shape", [(200, 96), (8, 50, 96), (2, 3, 40, 96)], ids=str)
def test_outputs_and_gradients_are_those_of_exact_arithmetic(
    shape: tuple[int, ...], input_major: bool, bias: bool
) -> None:
    torch.manual_seed(0)
    layer = quick(nn.Linear(96, 80, bias=bias))
    if input_major:
        layer.weight.data = layer.weight.data.t().contiguous().t()
    inputs, wanted = torch.randn(shape, requires_grad=True), torch.randn(*shape[:-1], 80)
    outputs = layer(inputs)
    found = torch.autograd.grad(outputs, [inputs, *layer.parameters()], wanted)
    exact = [item.detach().double().requires_grad_() for item in (inputs, *layer.parameters())]
    expected = nn.functional.linear(*exact)
    gradients = torch.autograd.grad(expected, exact, wanted.double())
    assert outputs.grad_fn is not None
    assert outputs.grad_fn.name() == "_ProductBackward"
    torch.testing.assert_close(outputs.double(), expected, rtol=1e-5, atol=1e-5)
    for one, other in zip(found, gradients, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=1e-5, atol=1e-4)
    assert found[1].stride() == layer.weight.stride()


@needs_onednn
def test_what_needs_no_gradient_gets_none() -> None:
    layer = quick(nn.Linear(128, 128))
    layer.weight.requires_grad_(False)
    inputs = torch.randn(100, 128)
    layer(inputs).sum().backward()
    assert inputs.grad is None
    assert layer.weight.grad is None
    assert layer.bias.grad is not None
    assert layer.bias.grad.tolist() == [100.0] * 128


@needs_onednn
def test_small_products_and_other_precisions_are_torchs() -> None:
    layer = quick(nn.Linear(96, 80))
    assert layer(torch.randn(10, 96)).grad_fn.name() == "AddmmBackward0"
    assert layer.double()(torch.randn(200, 96).double()).grad_fn.name() == "AddmmBackward0"


@needs_onednn
@pytest.mark.parametrize("quicker", [True, False])
def test_the_layers_of_a_network_compute_so_where_it_is_quicker(quicker: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.engine.runtime.memory_layout.is_quicker", lambda: quicker)
    network = laid_out(nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 2))))
    assert [type(module) is Linear for module in network.modules() if isinstance(module, nn.Linear)] == [quicker] * 2


@pytest.mark.parametrize(
    ("capability", "maker", "expected"),
    [
        ("AVX512", "vendor_id\t: AuthenticAMD", True),
        ("AVX512", "AMD64 Family 26 Model 2 Stepping 1, AuthenticAMD", True),
        ("AVX512", "vendor_id\t: GenuineIntel", False),
        ("AVX2", "vendor_id\t: AuthenticAMD", False),
    ],
)
@needs_onednn
def test_it_is_quicker_where_mkl_computes_with_less_than_there_is(
    capability: str, maker: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(onednn_linear, "_maker", lambda: maker)
    monkeypatch.setattr(torch._C, "has_mkl", True)
    assert is_quicker.__wrapped__() is expected

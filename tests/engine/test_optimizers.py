"""Muon: its matrices against the published formula in numpy and torch's own, its rest against torch's AdamW."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.engine.optimizers import Muon, hidden_and_other, orthogonalised

SHAPES = [(4, 9), (9, 4), (5, 5), (6, 2, 3, 3), (2, 8, 3), (3, 1, 5, 5)]


def gradients(shape: tuple[int, ...], count: int = 4) -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(shape, generator=generator) for _ in range(count)]


def trained(optimizer: torch.optim.Optimizer, weight: nn.Parameter, gradients: list[Tensor]) -> Tensor:
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimizer.step()
    return weight.detach()


def published(start: Tensor, gradients: list[Tensor], lr: float, momentum: float, decay: float) -> np.ndarray:
    """Keller Jordan's update in double precision, step by step, with the scale √max(1, A/B)."""
    weight = start.double().numpy().reshape(len(start), -1)
    memory = np.zeros_like(weight)
    for gradient in gradients:
        g = gradient.double().numpy().reshape(weight.shape)
        memory = momentum * memory + (1 - momentum) * g
        x = momentum * memory + (1 - momentum) * g
        if x.shape[0] > x.shape[1]:
            x = x.T
        x = x / np.linalg.norm(x)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        x = x.T if x.shape != weight.shape else x
        weight = weight * (1 - lr * decay) - lr * np.sqrt(max(1, weight.shape[0] / weight.shape[1])) * x
    return weight.reshape(start.shape)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matrices_and_filters_move_as_published(shape: tuple[int, ...]) -> None:
    start = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    weight = nn.Parameter(start.clone())
    optimizer = Muon([weight], lr=0.02, momentum=0.9, weight_decay=0.1, adjust_lr_fn="original")
    found = trained(optimizer, weight, gradients(shape))
    expected = published(start, gradients(shape), 0.02, 0.9, 0.1)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("scale", ["original", "match_rms_adamw"])
@pytest.mark.parametrize("nesterov", [True, False])
def test_matrices_move_as_torchs_do_to_its_precision(scale: str, nesterov: bool) -> None:
    ours, theirs = (nn.Parameter(torch.zeros(6, 10)) for _ in range(2))
    settings = {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.5, "nesterov": nesterov, "adjust_lr_fn": scale}
    found = trained(Muon([ours], **settings), ours, gradients((6, 10)))
    expected = trained(torch.optim.Muon([theirs], **settings), theirs, gradients((6, 10)))
    torch.testing.assert_close(found, expected, rtol=0.0, atol=0.02 * float(expected.abs().max()))


@pytest.mark.parametrize("shape", [(7,), (4, 5)], ids=str)
def test_the_rest_moves_as_with_adamw(shape: tuple[int, ...]) -> None:
    ours, theirs = (nn.Parameter(torch.ones(shape)) for _ in range(2))
    group = {"params": [ours], "orthogonal": False}
    optimizer = Muon([group], lr=0.02, other_lr=0.5, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.2)
    found = trained(optimizer, ours, gradients(shape))
    torchs = torch.optim.AdamW([theirs], lr=0.01, betas=(0.8, 0.9), eps=1e-6, weight_decay=0.2)
    torch.testing.assert_close(found, trained(torchs, theirs, gradients(shape)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(30, 50), (50, 30)], ids=str)
def test_singular_values_come_near_one(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    values = torch.linalg.svdvals(orthogonalised(matrix, 5))
    assert 0.6 < values.min() < values.max() < 1.3
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    nearest = left @ right
    assert float((orthogonalised(matrix, 5) * nearest).sum() / nearest.square().sum()) == pytest.approx(0.9, abs=0.15)


def test_hidden_matrices_are_told_from_all_others() -> None:
    model = nn.Sequential(
        nn.Embedding(11, 6),
        nn.LSTM(6, 8),
        nn.Sequential(nn.Conv1d(8, 4, 3), nn.GroupNorm(2, 4), nn.LayerNorm((4, 5))),
        nn.TransformerEncoderLayer(8, 2, 16),
        nn.Linear(8, 11),
    )
    hidden, other = (
        {name for name, item in model.named_parameters() if any(item is kept for kept in group["params"])}
        for group in hidden_and_other(model)
    )
    assert hidden == {
        "1.weight_ih_l0",
        "1.weight_hh_l0",
        "2.0.weight",
        "3.self_attn.in_proj_weight",
        "3.self_attn.out_proj.weight",
        "3.linear1.weight",
        "3.linear2.weight",
    }
    assert hidden | other == {name for name, _ in model.named_parameters()}
    assert not hidden & other
    assert {"0.weight", "4.weight", "2.2.weight"} <= other

"""Our attention is torch's own, which computes it another way, and sees what it may see."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from playground.engine.modules.attention import SelfAttention, TransformerBlock


def taken_over(ours: SelfAttention, theirs: nn.MultiheadAttention) -> None:
    """Give ours the weights of theirs."""
    state = theirs.state_dict()
    ours.qkv.load_state_dict({"weight": state["in_proj_weight"], "bias": state["in_proj_bias"]})
    ours.out.load_state_dict(theirs.out_proj.state_dict())


def future(steps: int) -> torch.Tensor:
    """What a causal step may not see."""
    return torch.ones(steps, steps, dtype=torch.bool).triu(1)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_that_of_torch(causal: bool) -> None:
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(12, 3, batch_first=True)
    ours = SelfAttention(12, 3, causal=causal)
    taken_over(ours, theirs)
    inputs = torch.randn(2, 7, 12)
    expected, _ = theirs(inputs, inputs, inputs, attn_mask=future(7) if causal else None)
    torch.testing.assert_close(ours(inputs), expected)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["gelu", "relu"])
def test_a_block_is_that_of_torch(causal: bool, norm_first: bool, activation: str) -> None:
    torch.manual_seed(0)
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_first
    )
    ours = TransformerBlock(12, 3, 20, causal=causal, norm_first=norm_first, activation=activation)
    taken_over(ours.attention, theirs.self_attn)
    for mine, other in (("norm1", "norm1"), ("norm2", "norm2"), ("expand", "linear1"), ("contract", "linear2")):
        getattr(ours, mine).load_state_dict(getattr(theirs, other).state_dict())
    inputs = torch.randn(2, 7, 12)
    torch.testing.assert_close(ours(inputs), theirs(inputs, src_mask=future(7) if causal else None))


def test_a_causal_step_does_not_see_what_comes() -> None:
    torch.manual_seed(0)
    block = TransformerBlock(8, 2, 16, causal=True)
    inputs = torch.randn(1, 6, 8)
    changed = inputs.clone()
    changed[:, 4:] += 1.0
    torch.testing.assert_close(block(inputs)[:, :4], block(changed)[:, :4])
    assert not torch.allclose(block(inputs)[:, 4:], block(changed)[:, 4:])


def test_dropout_is_for_training_only() -> None:
    torch.manual_seed(0)
    block = TransformerBlock(8, 2, 16, dropout=0.5)
    inputs = torch.randn(1, 6, 8)
    assert not torch.equal(block(inputs), block(inputs))
    block.eval()
    assert torch.equal(block(inputs), block(inputs))

"""Self-attention, and the Transformer block."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Multi-head self-attention on (N, steps, features) (Vaswani et al., 2017, section 3.2).

    Each of `heads` compares the query of every step with the keys of all steps (if `causal`, of
    the step itself and those before it) and takes a weighted sum of their values:
    softmax(q kᵀ / √d) v. `dropout` is the share of these weights set to 0 while training.
    `head_dim` is d, the features of each head; by default the features divided by the heads.
    """

    def __init__(
        self,
        features: int,
        heads: int,
        *,
        head_dim: int | None = None,
        causal: bool = False,
        dropout: float = 0.0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.heads, self.causal, self.dropout = heads, causal, dropout
        self.head_dim = head_dim or features // heads
        within = heads * self.head_dim
        self.qkv = nn.Linear(features, 3 * within, bias=bias)  # queries, keys and values
        self.out = nn.Linear(within, features, bias=bias)

    def forward(self, inputs: Tensor) -> Tensor:
        n, steps, _ = inputs.shape
        parts = self.qkv(inputs).view(n, steps, 3, self.heads, self.head_dim)
        queries, keys, values = parts.permute(2, 0, 3, 1, 4).unbind()  # each (N, heads, steps, d)
        dropout = self.dropout if self.training else 0.0
        attend, causal = F.scaled_dot_product_attention, self.causal
        mixed = attend(queries, keys, values, dropout_p=dropout, is_causal=causal)
        outputs: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return outputs


class TransformerBlock(nn.Module):
    """Transformer block on (N, steps, features): attention and two dense layers, with shortcuts.

    `hidden` is the width between the dense layers. With `norm_first`, LayerNorm is applied to the
    inputs of both parts (Xiong et al., 2020), else to the sums after them (Vaswani et al., 2017).
    With the same weights it is equal to `nn.TransformerEncoderLayer`.
    """

    def __init__(
        self,
        features: int,
        heads: int,
        hidden: int,
        *,
        head_dim: int | None = None,
        causal: bool = False,
        dropout: float = 0.0,
        norm_first: bool = True,
        activation: str = "gelu",
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.norm1 = nn.LayerNorm(features)
        inner = SelfAttention(features, heads, head_dim=head_dim, causal=causal, dropout=dropout)
        self.attention = inner
        self.norm2 = nn.LayerNorm(features)
        self.expand = nn.Linear(features, hidden)
        self.activation = nn.GELU() if activation == "gelu" else nn.ReLU()
        self.contract = nn.Linear(hidden, features)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor) -> Tensor:
        outputs: Tensor
        if self.norm_first:
            middle = inputs + self.dropout(self.attention(self.norm1(inputs)))
            outputs = middle + self.dropout(self.dense(self.norm2(middle)))
        else:
            middle = self.norm1(inputs + self.dropout(self.attention(inputs)))
            outputs = self.norm2(middle + self.dropout(self.dense(middle)))
        return outputs

    def dense(self, inputs: Tensor) -> Tensor:
        """The two dense layers, applied to each step."""
        outputs: Tensor = self.contract(self.dropout(self.activation(self.expand(inputs))))
        return outputs

"""A plain training loop for a small GPT on Shakespeare, in the setting that nanoGPT recommends for a CPU.

    python -m tests.benchmarks.contenders.gpt_loop [--steps 2000]

Four blocks, 128 wide, four heads, context 64, batch 12, 2,000 steps of AdamW at 1e-3, warmed up over 100 steps and
decayed to 1e-4, clipped at 1, as nanoGPT's README has it (https://github.com/karpathy/nanoGPT, "I only have a
macbook"); a validation loss of 1.88 is reported there. The code is written after that description. Prints JSON:
seconds of training, and the loss on the last tenth of the text, in the windows that Playground tests with.
"""

from __future__ import annotations

import argparse
import json
from math import cos, pi
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.spec.files.resources import resource

WIDTH, HEADS, BLOCKS, CONTEXT, BATCH = 128, 4, 4, 64, 12
HIGHEST, LOWEST, WARM_UP = 1e-3, 1e-4, 100


class Block(nn.Module):
    """Attention and two dense layers, each behind a LayerNorm and added to what came in; nothing has a bias."""

    def __init__(self) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, bias=False) for _ in range(2))
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.dense = nn.Sequential(
            nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH, bias=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        shape = (*x.shape[:2], HEADS, WIDTH // HEADS)
        q, k, v = (part.view(shape).transpose(1, 2) for part in self.qkv(self.norms[0](x)).split(WIDTH, 2))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(x.shape))
        dense: Tensor = self.dense(self.norms[1](x))
        return x + dense


class GPT(nn.Module):
    """Tokens and positions, blocks, and scores with the weights of the embedding."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        for name, weight in self.named_parameters():
            if weight.ndim > 1:
                ends = name.endswith(("out.weight", "dense.2.weight"))
                nn.init.normal_(weight, std=0.02 / (2 * BLOCKS) ** 0.5 if ends else 0.02)

    def forward(self, codes: Tensor) -> Tensor:
        x = self.tokens(codes) + self.places.weight[: codes.shape[1]]
        return functional.linear(self.norm(self.blocks(x)), self.tokens.weight)


def rate(step: int, steps: int) -> float:
    """The learning rate of a step."""
    if step < WARM_UP:
        return HIGHEST * (step + 1) / (WARM_UP + 1)
    return LOWEST + (HIGHEST - LOWEST) * (1 + cos(pi * (step - WARM_UP) / (steps - WARM_UP))) / 2


def loss_of(network: GPT, inputs: Tensor, targets: Tensor) -> Tensor:
    """Mean cross entropy in nats a character."""
    return functional.cross_entropy(network(inputs).flatten(0, 1), targets.flatten())


def main(steps: int) -> None:
    """Train, test, and tell."""
    torch.manual_seed(1337)
    text = resource("texts", "shakespeare.txt").read_text(encoding="utf-8")
    code_of = {character: code for code, character in enumerate(sorted(set(text)))}
    codes = torch.tensor([code_of[character] for character in text])
    begin = len(codes) - 1 - round(0.1 * (len(codes) - 1))
    network = GPT(len(code_of))
    matrices = [item for item in network.parameters() if item.ndim > 1]
    others = [item for item in network.parameters() if item.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=HIGHEST, betas=(0.9, 0.99))
    began = perf_counter()
    for step in range(steps):
        starts = torch.randint(begin - CONTEXT, (BATCH,)).tolist()
        inputs = torch.stack([codes[start : start + CONTEXT] for start in starts])
        targets = torch.stack([codes[start + 1 : start + 1 + CONTEXT] for start in starts])
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        loss = loss_of(network, inputs, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    seconds = perf_counter() - began
    count = (len(codes) - 1 - begin) // CONTEXT
    tested = slice(begin, begin + count * CONTEXT), slice(begin + 1, begin + 1 + count * CONTEXT)
    inputs, targets = (codes[places].view(count, CONTEXT) for places in tested)
    with torch.no_grad():
        parts = zip(inputs.split(100), targets.split(100), strict=True)
        total = sum(loss_of(network, one, other).item() * len(one) for one, other in parts)
    print(json.dumps({"steps": steps, "seconds": round(seconds, 1), "test_loss": round(total / count, 4)}))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--steps", type=int, default=2000)
    main(arguments.parse_args().steps)

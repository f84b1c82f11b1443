"""What guesses the next character gives the same before a character, whatever that character is."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from playground.engine.build import build, run
from playground.spec.check.problems import check
from playground.spec.check.shapes import totals, walk
from playground.spec.container import Container
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Shape, Stack, Tokens
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.embedding import Embedding

SEED = st.integers(0, 2**32 - 1)
STEPS = st.integers(2, 5)


def language(steps: int, layers: tuple[Layer, ...]) -> Experiment:
    """A model of these layers that guesses the next character in windows of so many."""
    data = next(data for member in Dataset.members() if (data := member()).task.language)
    return Experiment(data=data.with_(context=steps), stack=Stack(layers=layers))


def drawn_weights(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """The network as it could be after training, with no weight at 0, where an effect would not be seen."""
    for parameter in network.parameters():
        nn.init.normal_(parameter, generator=generator)
    return network.double().eval()


def samples(shape: Shape, generator: torch.Generator) -> Tensor:
    if isinstance(shape, Tokens):
        return torch.randint(shape.vocabulary, (1, *shape), generator=generator)
    return torch.randn(1, *shape, generator=generator, dtype=torch.float64)


def peeks(network: nn.Module, shape: Shape, generator: torch.Generator) -> bool:
    """Whether something that is given at a step changes with what comes in behind it."""
    one = samples(shape, generator)
    for step in range(1, shape[0]):
        other = torch.cat((one[:, :step], samples(shape, generator)[:, step:]), 1)
        with torch.no_grad():
            first, second = network(one), network(other)
        if not torch.allclose(first[:, :step], second[:, :step], rtol=1e-9, atol=1e-12, equal_nan=True):
            return True
    return False


@pytest.mark.parametrize("member", Layer.members(), ids=lambda member: member.id)
@settings(max_examples=30)
@given(data=st.data(), steps=STEPS, features=st.integers(3, 6), seed=SEED)
def test_a_layer_looks_ahead_where_it_says_so(
    member: type[Layer], members: Any, data: st.DataObject, steps: int, features: int, seed: int
) -> None:
    layer: Layer = data.draw(members(member))
    if isinstance(layer, Container):
        layer = layer.with_(branches=member().branches)  # what is in it answers for itself
    if isinstance(layer, Conv1d):
        layer = layer.with_(padding=0, activation=None)  # a window might see padding alone; Softmax of one number is 1
    shape = Tokens(steps, features) if layer.reads_tokens else (steps, features)
    (row,) = walk(Stack(layers=(layer,)), shape)
    if row.mismatch and row.mismatch.instead:
        (row,) = walk(Stack(layers=(row.mismatch.instead,)), shape)
    if row.mismatch:
        return
    generator = torch.Generator().manual_seed(seed)
    networks = (drawn_weights(nn.Sequential(*map(run, row.calls)), generator) for _ in range(8))  # some may be blind
    if not row.output or len(row.output) != 2 or row.output[0] < steps:  # there are no steps any more, or fewer
        assert not row.layer.is_causal(shape)
    else:
        assert any(peeks(network, shape, generator) for network in networks) == (not row.layer.is_causal(shape))


@settings(max_examples=200)
@given(data=st.data(), steps=STEPS, seed=SEED)
def test_what_passes_check_never_looks_ahead(stacks: Any, data: st.DataObject, steps: int, seed: int) -> None:
    layers = data.draw(stacks((steps, 6)))
    experiment = language(steps, (Embedding(embedding_dim=6), *layers.layers))
    for _ in range(100):  # a fix may bring up the next problem, as in a branch that is unwrapped
        problems = check(experiment)
        if not problems:
            break
        fix = problems[0].fix
        assume(fix is not None)
        experiment = fix.apply(experiment)
    shape = experiment.data.sample_shape
    assert not check(experiment)
    assume(totals(walk(experiment.stack, shape)).flops < 10**7)
    generator = torch.Generator().manual_seed(seed)
    assert not peeks(drawn_weights(build(experiment), generator), shape, generator)

"""What a character counts is what the weights, or two plain passes, say."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import torch
from torch import nn

from playground.engine.modules.one_hot import OneHot
from playground.engine.probes.attributions import Attribution, AttributionError
from playground.engine.probes.text_attributions import FromVectors, input_times_gradient, integrated, occlusion

CODES = torch.tensor([[3, 1, 4, 0, 5]])
BLANK = 1


class PerPosition(nn.Module):
    """The first of what a recurrent layer gives: its outputs."""

    def forward(self, given: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        return given[0]


def completed(work: Generator[None, None, Attribution]) -> Attribution:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def linear() -> nn.Sequential:
    torch.manual_seed(2)
    return nn.Sequential(OneHot(6), nn.Flatten(), nn.Linear(30, 3))


def recurrent() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Embedding(6, 4), nn.GRU(4, 8, batch_first=True), PerPosition(), nn.Linear(8, 6))


def test_of_a_linear_network_a_character_counts_its_weight_minus_that_of_the_blank() -> None:
    network = linear()
    weights = network[2].weight.detach().reshape(3, 5, 6)
    expected = [float(weights[2, step, code] - weights[2, step, BLANK]) for step, code in enumerate(CODES[0])]
    for found in (
        input_times_gradient(network, CODES, None, 2, BLANK),
        completed(integrated(network, CODES, None, 2, BLANK)),
        completed(occlusion(network, CODES, None, 2, BLANK)),
    ):
        assert found.values == pytest.approx(expected, abs=1e-5)
        assert found.output == pytest.approx(network(CODES)[0, 2].item(), rel=1e-5)


def test_at_a_position_integrated_gradients_add_up_and_later_characters_count_nothing() -> None:
    network = recurrent()
    found = completed(integrated(network, CODES, 2, 5, BLANK))
    blanks = network(torch.full_like(CODES, BLANK))[0, 2, 5]
    assert found.values.sum() == pytest.approx((network(CODES)[0, 2, 5] - blanks).item(), rel=0.01)
    assert found.values[1] == pytest.approx(0)  # the blank itself
    assert found.values[3:].tolist() == [0, 0]


def test_occlusion_is_the_difference_of_two_plain_passes() -> None:
    network = recurrent()
    changed = CODES.clone()
    changed[0, 2] = BLANK
    found = completed(occlusion(network, CODES, 4, 0, BLANK))
    with torch.no_grad():
        assert found.values[2] == pytest.approx(float((network(CODES) - network(changed))[0, 4, 0]), abs=1e-6)
    assert found.values[1] == 0


def test_no_hook_stays_and_other_first_layers_are_refused() -> None:
    network = recurrent()
    before = network(CODES)
    completed(integrated(network, CODES, 4, 0, BLANK))
    assert torch.equal(network(CODES), before)
    assert not any(module._forward_hooks for module in network.modules())
    with pytest.raises(AttributionError, match="Embedding or OneHot"):
        FromVectors(nn.Sequential(nn.Identity()), CODES, None)

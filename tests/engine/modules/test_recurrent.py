"""Recurrent layers give what torch's give, of all steps or of the last, and what their formulas say."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from playground.engine.modules.recurrent import GRU, LSTM, RNN, OneOutput, fill_forget_gate_

KINDS = [(RNN, nn.RNN), (GRU, nn.GRU), (LSTM, nn.LSTM)]
every_kind = pytest.mark.parametrize(("ours", "theirs"), KINDS, ids=lambda kind: kind.__name__)


@every_kind
@pytest.mark.parametrize("bidirectional", [False, True])
def test_outputs_are_those_of_torch(ours: type[OneOutput], theirs: type[nn.RNNBase], bidirectional: bool) -> None:
    torch.manual_seed(0)
    reference = theirs(5, 4, num_layers=2, bidirectional=bidirectional, batch_first=True)
    inputs = torch.randn(3, 6, 5)
    outputs, _ = reference(inputs)
    for whole in (True, False):
        module = ours(5, 4, whole=whole, num_layers=2, bidirectional=bidirectional)
        module.load_state_dict(reference.state_dict())
        ends = [outputs[:, -1, :4], outputs[:, 0, 4:]]  # the way back ends at the first step
        torch.testing.assert_close(module(inputs), outputs if whole else torch.cat(ends, 1))


def test_an_lstm_is_what_its_formula_says() -> None:
    """As `torch.nn.LSTM` documents it: i, f, g, o; c' = f · c + i · g; h' = o · tanh(c')."""
    torch.manual_seed(0)
    module = LSTM(3, 2, whole=False)
    inputs = torch.randn(4, 5, 3)
    state, cell = torch.zeros(4, 2), torch.zeros(4, 2)
    for step in inputs.unbind(1):
        sums: Tensor = step @ module.weight_ih_l0.T + module.bias_ih_l0 + state @ module.weight_hh_l0.T
        i, f, g, o = (sums + module.bias_hh_l0).chunk(4, 1)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        state = o.sigmoid() * cell.tanh()
    torch.testing.assert_close(module(inputs), state)


def test_the_forget_gates_bias_is_the_second_quarter() -> None:
    bias = fill_forget_gate_(torch.zeros(8), 1.0)
    assert bias.tolist() == [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]

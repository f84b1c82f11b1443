"""What an activation says it makes of a number is what torch makes of it; no activation is named here."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import playground.spec.experiment  # noqa: F401  registers every component
from playground.engine.build import run
from playground.spec.layers.activation import Nonlinearity

INPUTS = torch.cat([torch.linspace(-8.0, 8.0, 321), torch.tensor([-1000.0, -50.0, 50.0, 1000.0])]).double()
every_activation = pytest.mark.parametrize("member", Nonlinearity.members(), ids=lambda member: member.__name__)


def outputs(activation: Nonlinearity, inputs: Tensor) -> Tensor:
    """What torch makes of rows of numbers."""
    for call in activation.calls((inputs.shape[1],)):
        module = run(call).to(inputs.dtype)
        with torch.no_grad():
            inputs = module(inputs)
    return inputs


@every_activation
@settings(max_examples=20)
@given(data=st.data())
def test_the_formula_is_that_of_torch(member: type[Nonlinearity], members: Any, data: st.DataObject) -> None:
    activation = data.draw(members(member))
    told = [activation.at(x) for x in INPUTS.tolist()]
    if None in told:
        assert told == [None] * len(told)
        return
    torch.testing.assert_close(torch.tensor(told, dtype=torch.float64), outputs(activation, INPUTS[:, None])[:, 0])


@every_activation
def test_only_what_depends_on_other_numbers_has_no_formula(member: type[Nonlinearity]) -> None:
    row, other = torch.tensor([[0.5, 1.0]]), torch.tensor([[0.5, 3.0]])
    alone = torch.equal(outputs(member(), row)[:, 0], outputs(member(), other)[:, 0])
    assert (member().at(0.5) is not None) == alone

"""Zeros that stay take over the numbers of the regularizer that they replace."""

from __future__ import annotations

import pytest

from playground.spec.recipe.regularizers import KeepZeros, Regularizer


@pytest.mark.parametrize("member", Regularizer.members(), ids=lambda member: member.id)
def test_zeros_that_stay_keep_the_numbers_of_another_regularizer(member: type[Regularizer]) -> None:
    other = member()
    numbers = {name: value + 0.25 for name, value in other.values().items() if isinstance(value, float)}
    changed = other.with_(**numbers)
    found = KeepZeros.instead_of(changed)
    shared = set(found.values()) & set(changed.values())
    assert {name: found.values()[name] for name in shared} == {name: changed.values()[name] for name in shared}

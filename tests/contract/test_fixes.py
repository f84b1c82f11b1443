"""Whatever is wrong with an experiment, the fixes offered for it mend it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.spec.check.problem import Problem
from playground.spec.check.problems import check
from playground.spec.check.shapes import walk
from playground.spec.data.dataset import Dataset
from playground.spec.edits import Move
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack

ENOUGH = 10**18  # bytes; memory is another matter, and has no fix


def _place(problem: Problem) -> tuple[object, ...]:
    return str(problem.what), problem.layer, problem.field


FILES = ("data", "source")  # which files of a person's own to read, only that person can say


def _count(experiment: Experiment) -> int:
    """How many layers there are, those in containers too."""
    return len(walk(experiment.stack, experiment.data.sample_shape))


@pytest.mark.parametrize("member", Dataset.members(), ids=lambda member: member.id)
@settings(max_examples=15)
@given(data=st.data())
def test_a_fix_removes_its_problem_and_fixes_come_to_an_end(
    member: type[Dataset], members: Any, components: Any, data: st.DataObject
) -> None:
    layers = data.draw(st.lists(components(Layer), max_size=6))
    experiment = data.draw(components(Experiment))
    experiment = experiment.with_(data=data.draw(members(member)), stack=Stack(layers=tuple(layers)))
    for _ in range(4 * _count(experiment) + 8):
        problems = [item for item in check(experiment, ENOUGH) if item.field != FILES or item.fix]
        if not problems:
            return
        for problem in problems:
            assert problem.fix is not None
            for fix in problem.fixes:
                mended = fix.apply(experiment)
                left = [_place(other) for other in check(mended, ENOUGH)]
                # Where a layer was taken from, the next one may stand there now with a problem of its own.
                taken = any(isinstance(edit, Move) for edit in fix.edits) or _count(mended) < _count(experiment)
                assert taken or _place(problem) not in left
        experiment = problems[0].fix.apply(experiment)
    raise AssertionError(f"still not mended: {check(experiment, ENOUGH)}")

"""What holds for everything that can be chosen; no component is named here."""

from __future__ import annotations

import importlib
import inspect
import json
import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import playground.engine.modules.containers
import playground.spec.experiment
from playground.engine.build import resolve, run
from playground.spec.call import Call
from playground.spec.check.shapes import output_of
from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.experiment import Experiment
from playground.spec.export.statement import is_ours, local
from playground.spec.layer import Layer, ShapeMismatch, Tokens
from playground.spec.recipe.augmentations import Augmentation, pipeline
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.optimizers import Optimizer
from playground.spec.recipe.recipe import Averaging, Recipe
from playground.spec.recipe.schedules import Schedule

SHAPES = ((3, 9, 11), (12,), (6, 8), Tokens(6, vocabulary=9))


def _all_members() -> list[type[Component]]:
    families = [family for family in Component.__subclasses__() if family.__module__.startswith("playground.")]
    return [member for family in families for member in family.members()]


MEMBERS = _all_members()
DESCRIBED = [*MEMBERS, Experiment, Recipe]
NUMBERS = [
    pytest.param(cls, field, id=f"{cls.__name__}.{field.name}")
    for cls in DESCRIBED
    for field in fields_of(cls)
    if field.kind in ("integer", "real")
]
every_member = pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.__name__)


def _evaluated(text: str) -> Any:
    """The value of a repr, with the names of all components known."""
    records = [record for record in Component.__subclasses__() if record.__module__.startswith("playground.")]
    return eval(text, {cls.__name__: cls for cls in (*DESCRIBED, *records)})


@every_member
@settings(max_examples=20)
@given(data=st.data())
def test_value_survives_json_repr_and_copy(member: type[Component], members: Any, data: st.DataObject) -> None:
    value = data.draw(members(member))
    family = next(item for item in member.__mro__ if Component in item.__bases__)
    again = family.model_validate(json.loads(value.model_dump_json()))
    assert again == value
    assert type(again) is member
    assert hash(again) == hash(value)
    assert _evaluated(repr(value)) == value
    assert value.with_() == value


@settings(max_examples=50)
@given(data=st.data())
def test_experiment_survives_json_and_repr(components: Any, stacks: Any, data: st.DataObject) -> None:
    experiment = data.draw(components(Experiment)).with_(stack=data.draw(stacks((1, 28, 28))))
    assert Experiment.model_validate(json.loads(experiment.model_dump_json())) == experiment
    assert _evaluated(repr(experiment)) == experiment


@every_member
def test_values_are_frozen_and_strange_fields_refused(member: type[Component]) -> None:
    value = member()
    with pytest.raises(ValidationError):
        member(no_such_field=1)
    for field in fields_of(member):
        with pytest.raises(ValidationError):
            setattr(value, field.name, field.default)


@pytest.mark.parametrize("component", DESCRIBED, ids=lambda cls: cls.__name__)
def test_everything_is_labelled_and_explained(component: type[Component]) -> None:
    assert component.label
    assert component.help.endswith((".", "?"))
    for field in fields_of(component):
        assert field.label
        assert field.help.endswith((".", "?"))
        assert all(label for _, label in field.options)


@pytest.mark.parametrize(("component", "field"), NUMBERS)
def test_numbers_are_bounded(component: type[Component], field: FieldInfo) -> None:
    assert field.minimum is not None
    assert field.maximum is not None
    assert field.minimum <= field.default <= field.maximum
    for bound in (field.minimum, field.maximum):
        whole = field.kind == "integer"
        assert getattr(component(**{field.name: bound}), field.name) == bound
        outwards = math.inf if bound == field.maximum else -math.inf
        outside = bound + int(math.copysign(1, outwards)) if whole else math.nextafter(bound, outwards)
        with pytest.raises(ValidationError):
            component(**{field.name: outside})
    for wrong in (math.nan, math.inf, "1", None, True):
        with pytest.raises(ValidationError):
            component(**{field.name: wrong})


def _accepts(call: Call, leading: int) -> None:
    """Fail if what the call names does not exist, or does not take these arguments; or a call among them."""
    for inner in call.whole():
        target = resolve(inner)
        if inspect.isbuiltin(target):  # without a signature that can be looked at
            run(inner)
        else:
            inspect.signature(target).bind(*[None] * leading, *inner.args, **dict(inner.kwargs))
        leading = 0


def _calls(component: Component) -> list[tuple[Call, int]]:
    """All calls of a component, each with the number of arguments that come before its own."""
    match component:
        case Layer():
            found = []
            for shape in SHAPES:
                try:
                    output_of(component, shape)
                except ShapeMismatch:
                    continue
                found += [(call, 0) for call in component.calls(shape)]
                found += [(call, 1) for _, call in component.initialise(shape)]
            return found
        case Optimizer():
            return [(component.call(), 1), *([(component.grouping, 1)] if component.grouping else [])]
        case Loss():
            return [(component.call(), 2)]
        case Augmentation():
            return [(call, 3) for call in pipeline((component,), 10)]
        case Averaging():
            average = component.call()
            return [(average, 1)] if average else []
        case Schedule():
            reaction = component.reaction()
            return [(call, 1) for call in (*component.calls(0.1), *([reaction] if reaction else []))]
    return []


@every_member
@settings(max_examples=20)
@given(data=st.data())
def test_calls_name_what_exists(member: type[Component], members: Any, data: st.DataObject) -> None:
    for call, leading in _calls(data.draw(members(member))):
        _accepts(call, leading)


@pytest.mark.parametrize("augmentation", Augmentation.members(), ids=lambda member: member.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_augmentation_keeps_images_images(augmentation: type[Augmentation], members: Any, data: st.DataObject) -> None:
    (call,) = pipeline((data.draw(members(augmentation)),), 10)
    generator = torch.Generator().manual_seed(1)
    images = torch.zeros(10, 1, 28, 28)
    images[:, :, 4:24, 12:15] = 1.0
    labels = torch.arange(10)
    changed, answers = resolve(call)(images, labels, generator, **dict(call.kwargs))
    assert changed.shape == images.shape
    assert changed.dtype == images.dtype
    assert 0.0 <= changed.min() <= changed.max() <= 1.0
    if augmentation.mixes:
        assert answers.shape == (10, 10)
        torch.testing.assert_close(answers.sum(1), torch.ones(10))
    else:
        assert answers.shape == labels.shape
        assert answers.dtype == labels.dtype


@every_member
def test_printed_calls_can_be_run(member: type[Component]) -> None:
    names = {
        "nn": torch.nn,
        "F": torch.nn.functional,
        "torch": torch,
        "lr_scheduler": importlib.import_module("torch.optim.lr_scheduler"),
        "playground": playground,
    }
    for call, leading in _calls(member()):
        if not leading:
            ours = {inner.name: resolve(inner) for inner in call.whole() if is_ours(inner)}
            assert isinstance(eval(str(local(call)), names | ours), torch.nn.Module)

"""What every component can do: register itself, describe its fields, be found by its id, be changed as a copy."""

from __future__ import annotations

from typing import ClassVar

import pytest
from pydantic import ValidationError

from playground.spec.component import Component, family_of, fields_of
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.layers.activation import Activation, ReLU, Softmax
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.messages import Message, PlaygroundError, joined, message
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.optimizers import SGD, Adam, Optimizer
from playground.spec.recipe.recipe import Recipe


def test_members_are_those_of_the_family_or_part_of_it() -> None:
    assert Linear in Layer.members()
    assert ReLU in Layer.members()
    assert Linear not in Activation.members()
    assert ReLU in Activation.members()
    assert Optimizer not in Optimizer.members()


def test_member_is_found_by_id_within_its_part_of_the_family() -> None:
    assert Layer.member("linear") is Linear
    assert Activation.member("linear") is None
    assert Layer.member("nothing") is None


def test_an_id_is_given_once() -> None:
    with pytest.raises(TypeError, match="the id 'adam' is taken by Adam"):

        class Another(Optimizer):
            id: ClassVar[str] = "adam"


def test_fields_as_a_form_needs_them() -> None:
    fields = {field.name: field for field in fields_of(Conv2d)}
    assert next(iter(fields)) == "out_channels"  # a class's own fields first
    assert "enabled" not in fields  # not shown in forms
    assert (fields["stride"].kind, fields["stride"].minimum, fields["stride"].maximum) == ("integer", 1, 1024)
    assert (fields["stride"].unit, fields["stride"].default) == ("px", 1)
    assert fields["bias"].kind == "flag"
    assert fields["init"].kind == "choice"
    assert ("default", "PyTorch's") in fields["init"].options
    assert (fields["activation"].kind, fields["activation"].family, fields["activation"].optional) == (
        "component",
        Activation,
        True,
    )
    rate = next(field for field in fields_of(Adam) if field.name == "lr")
    assert (rate.kind, rate.logarithmic, rate.live) == ("real", True, True)


def test_a_list_of_numbers_has_bounds_for_each() -> None:
    field = next(item for item in fields_of(CrossEntropy) if item.name == "class_weights")
    assert (field.kind, field.minimum, field.maximum, field.most, field.default) == ("numbers", 0.001, 1000.0, 1000, ())
    assert CrossEntropy(class_weights=(1, 0.001, 1000.0)).class_weights == (1.0, 0.001, 1000.0)
    for wrong in ((0.0,), (1.0, 1001.0), (float("nan"),), ("1",), (1.0,) * 1001, 1.0, (True,)):
        with pytest.raises(ValidationError):
            CrossEntropy(class_weights=wrong)


def test_family_of_a_field() -> None:
    assert family_of(Recipe, "optimizer") is Optimizer
    assert family_of(Stack, "layers") is Layer
    assert family_of(Linear, "activation") is Activation
    assert family_of(Recipe, "batch_size") is None
    assert family_of(Recipe, "no_such_field") is None


def test_a_changed_copy_is_validated() -> None:
    layer = Linear(activation=Softmax())
    wider = layer.with_(out_features=20)
    assert (wider.out_features, wider.activation) == (20, Softmax())
    with pytest.raises(ValidationError):
        layer.with_(out_features=0)


def test_a_stored_component_has_all_its_fields_wherever_it_stands() -> None:
    experiment = Experiment(recipe=Recipe(optimizer=SGD(momentum=0.5)), stack=Stack(layers=(Linear(),)))
    record = experiment.model_dump(mode="json")
    assert record["recipe"]["optimizer"] == {"type": "sgd", "lr": 0.1, "momentum": 0.5, "nesterov": False}
    assert record["stack"]["layers"][0]["out_features"] == 128


@pytest.mark.parametrize("record", [{}, {"type": "linear"}, {"type": "zzz"}, {"type": 3}, {"type": "adam", "x": 1}, 7])
def test_what_is_no_member_is_refused(record: object) -> None:
    with pytest.raises(ValidationError):
        Optimizer.model_validate(record)


def test_a_family_is_no_member() -> None:
    assert issubclass(Optimizer, Component)
    with pytest.raises(ValidationError):
        Recipe.model_validate({"optimizer": {"lr": 0.1}})


def test_messages_fill_in_their_values() -> None:
    sentence = message("{count:,} of {what}", count=1234, what=message("{n} pixels", n=3))
    assert str(sentence) == "1,234 of 3 pixels"
    assert str(joined([message("a"), message("b")])) == "a · b"
    assert PlaygroundError(sentence).message is sentence
    assert PlaygroundError("{braces} stay").message == Message("{text}", (("text", "{braces} stay"),))
    assert str(PlaygroundError("{braces} stay")) == "{braces} stay"

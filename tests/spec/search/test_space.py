"""Search spaces: what a range may be, what a value makes of the experiment, what is refused, what is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from playground.spec.datasets.points import Points
from playground.spec.experiment import Experiment
from playground.spec.experiment_differences import differences
from playground.spec.files.experiment_file import FileError, experiment_bytes, parse_experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import GELU, ReLU, Tanh
from playground.spec.layers.containers import Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.regularization import Dropout
from playground.spec.live_changes import live_changes
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.search.domain import Interval, Options, grid, proposed
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.places import field_at
from playground.spec.search.ranges import Choices, LayerChoice, NumberRange, Range, Repeats, SpaceError, optional
from playground.spec.search.refusal import refusal, slow
from playground.spec.search.space import Limits, SearchSpace

INNER = Stack(layers=(Linear(out_features=16), ReLU()))
EXPERIMENT = Experiment(
    data=Points(),
    stack=Stack(
        layers=(
            Linear(out_features=16, activation=Tanh()),
            Residual(branches=(INNER,)),
            Dropout(p=0.1),
            Linear(out_features=2),
        )
    ),
)
RANGES: tuple[Range, ...] = (
    NumberRange(path=(0,), field="out_features", low=4, high=64, logarithmic=True),
    NumberRange(path=(1, 0, 0), field="out_features", low=4, high=64),
    NumberRange(path=(2,), field="p", low=0.05, high=0.5),
    NumberRange(field="recipe.optimizer.lr", low=1e-4, high=0.1, logarithmic=True),
    Choices(field="recipe.batch_size", options=(16, 32, 64)),
    Choices(field="recipe.optimizer", options=("adam", "sgd")),
    Choices(path=(0,), field="activation", options=("tanh", "none")),
    optional((2,)),
    Repeats(path=(1,), low=0, high=3),
)
SPACE = SearchSpace(ranges=RANGES)


def applied(*ranges: Range, experiment: Experiment = EXPERIMENT, **values: Any) -> Experiment:
    """The experiment with values of ranges, by the names of keywords or, for one range, as `value`."""
    space = SearchSpace(ranges=ranges)
    if "value" in values:
        values = {ranges[0].key: values["value"]}
    return space.apply(experiment, values)


def test_a_file_without_ranges_is_what_it_was() -> None:
    written = experiment_bytes(EXPERIMENT)
    record = json.loads(written)
    assert record["version"] == 4
    assert "search" not in record["experiment"]
    assert parse_experiment(written).search is None


def test_ranges_are_stored_in_the_file() -> None:
    written = experiment_bytes(EXPERIMENT.with_(search=SPACE))
    assert json.loads(written)["version"] == 5
    assert parse_experiment(written).search == SPACE


def test_a_file_with_a_wrong_range_says_where() -> None:
    record = json.loads(experiment_bytes(EXPERIMENT.with_(search=SPACE)))
    del record["checksum"]
    record["experiment"]["search"]["ranges"][0]["low"] = 100
    with pytest.raises(FileError, match="smallest value is above the largest"):
        parse_experiment(json.dumps(record).encode())


def test_a_space_changes_nothing_of_a_run() -> None:
    other = EXPERIMENT.with_(search=SPACE)
    assert live_changes(EXPERIMENT, other) == ()
    assert differences(EXPERIMENT, other) == ()


def test_the_experiment_itself_is_in_the_space() -> None:
    present = SPACE.present(EXPERIMENT)
    assert present is not None
    assert present["recipe.optimizer"] == "adam"
    assert present["stack.2.enabled"] is True
    assert SPACE.apply(EXPERIMENT.with_(search=SPACE), present) == EXPERIMENT


def test_an_experiment_outside_its_ranges_is_not_in_the_space() -> None:
    assert SearchSpace(ranges=(NumberRange(path=(0,), field="out_features", low=32, high=64),)).present(EXPERIMENT) is (
        None
    )


def test_numbers_keep_the_kind_of_their_field() -> None:
    found = SPACE.domains(EXPERIMENT)
    assert found["stack.0.out_features"] == Interval(4, 64, True, True)
    assert found["stack.2.p"] == Interval(0.05, 0.5, False, False)
    assert applied(RANGES[0], value=9).stack.layers[0] == Linear(out_features=9, activation=Tanh())


@pytest.mark.parametrize("value", [9.0, 3, True, "9"])
def test_a_value_outside_the_range_is_refused(value: object) -> None:
    with pytest.raises(SpaceError, match="is not in the range"):
        applied(RANGES[0], value=value)


def test_an_unknown_range_is_refused() -> None:
    with pytest.raises(SpaceError, match="no range"):
        SPACE.apply(EXPERIMENT, {"stack.9.out_features": 3})


def test_a_component_is_chosen_by_its_id_and_the_present_one_stays_as_it_is() -> None:
    own = EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(optimizer=Adam(beta1=0.5)))
    choice = Choices(field="recipe.optimizer", options=("adam", "sgd"))
    assert applied(choice, experiment=own, value="adam") == own
    assert applied(choice, experiment=own, value="sgd").recipe.optimizer == SGD()


def test_a_number_of_a_component_that_is_not_chosen_has_no_effect() -> None:
    momentum = NumberRange(field="recipe.optimizer.momentum", low=0.0, high=0.9)
    sgd = EXPERIMENT.with_(recipe=EXPERIMENT.recipe.with_(optimizer=SGD()))
    space = SearchSpace(ranges=(Choices(field="recipe.optimizer", options=("adam", "sgd")), momentum))
    found = space.apply(sgd, {"recipe.optimizer": "adam", "recipe.optimizer.momentum": 0.5})
    assert found.recipe.optimizer == Adam()


def test_an_optional_layer_is_disabled() -> None:
    assert not applied(optional((2,)), value=False).stack.layers[2].enabled


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_layer_follows_itself(times: int) -> None:
    layers = applied(Repeats(path=(1,), low=0, high=3), value=times).stack.layers
    assert layers == (EXPERIMENT.stack.layers[0], *(EXPERIMENT.stack.layers[1],) * times, *EXPERIMENT.stack.layers[2:])


def test_a_repeat_gets_that_number_of_times() -> None:
    own = EXPERIMENT.with_(stack=Stack(layers=(Repeat(branches=(INNER,), times=2), Linear(out_features=2))))
    found = applied(Repeats(path=(0,), low=0, high=9), experiment=own, value=7)
    assert found.stack.layers[0] == Repeat(branches=(INNER,), times=7)


def test_repetition_moves_no_other_range() -> None:
    ranges = (*(Repeats(path=(place,), low=0, high=3) for place in range(3)), RANGES[1])
    found = SearchSpace(ranges=ranges).apply(
        EXPERIMENT, {"stack.0 times": 3, "stack.1 times": 2, "stack.2 times": 0, "stack.1.0.0.out_features": 5}
    )
    assert [layer.id for layer in found.stack.layers] == ["linear"] * 3 + ["residual"] * 2 + ["linear"]
    inner = found.stack.layers[4]
    assert isinstance(inner, Residual)
    assert inner.branches[0].layers[0] == Linear(out_features=5)


def test_one_of_several_layers() -> None:
    options = (ReLU(), Linear(out_features=8), Linear(out_features=9))
    choice = LayerChoice(path=(2,), options=options)
    assert choice.domain(EXPERIMENT) == Options(("relu", "linear", "linear 2"))
    assert applied(choice, value="linear 2").stack.layers[2] == options[2]


def test_one_activation_for_the_whole_network_but_not_behind_the_output() -> None:
    own = EXPERIMENT.with_(stack=Stack(layers=(*EXPERIMENT.stack.layers, Tanh())))
    found = applied(NetworkChoice(what="activation", options=("gelu", "relu")), experiment=own, value="gelu")
    assert found.stack.layers[0] == Linear(out_features=16, activation=GELU())
    assert found.stack.layers[1] == Residual(branches=(Stack(layers=(Linear(out_features=16), GELU())),))
    assert found.stack.layers[-1] == Tanh()


def test_one_norm_or_none_for_the_whole_network() -> None:
    own = EXPERIMENT.with_(stack=Stack(layers=(Linear(out_features=8), BatchNorm(), Linear(out_features=2))))
    norms = NetworkChoice(what="norm", options=("batch_norm", "layer_norm", "none"))
    assert norms.present(own) == "batch_norm"
    assert applied(norms, experiment=own, value="layer_norm").stack.layers[1].id == "layer_norm"
    assert not applied(norms, experiment=own, value="none").stack.layers[1].enabled


def test_the_width_of_all_layers_but_the_output() -> None:
    stack = Stack(layers=(Conv2d(out_channels=24, groups=24), Conv2d(out_channels=5), Linear(out_features=10)))
    found = applied(WidthRange(low=0.1, high=4.0), experiment=EXPERIMENT.with_(stack=stack), value=0.5)
    assert found.stack.layers == (
        Conv2d(out_channels=16, groups=16),  # a multiple of 8, as before
        Conv2d(out_channels=2),
        Linear(out_features=10),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        NumberRange(path=(7,), field="out_features", low=1, high=2),
        NumberRange(path=(0,), field="out_features", low=1.5, high=2),
        NumberRange(path=(0,), field="out_features", low=0, high=2),
        NumberRange(path=(0,), field="activation", low=0, high=2),
        NumberRange(field="recipe.optimizer.nothing", low=0, high=2),
        Choices(field="recipe.batch_size", options=(16, 0)),
        Choices(field="recipe.optimizer", options=("adam", "import os")),
        Choices(path=(0, 0, 0), field="enabled", options=(True,)),
        Repeats(path=(9,)),
        Repeats(),
        NetworkChoice(what="norm", options=("batch_norm",)),
        Choices(path=(2,), field="p", options=(0.5, 10**400)),
    ],
)
def test_a_range_that_does_not_fit_is_refused(wrong: Range) -> None:
    with pytest.raises(SpaceError):
        SearchSpace(ranges=(wrong,)).domains(EXPERIMENT)


@pytest.mark.parametrize(
    "record",
    [
        {"type": "numbers", "field": "data.validation_share", "low": 0.1, "high": 0.2},
        {"type": "numbers", "field": "recipe.epochs", "low": 9, "high": 2},
        {"type": "numbers", "field": "recipe.epochs", "low": 0, "high": 2, "logarithmic": True},
        {"type": "choices", "field": "recipe.epochs", "options": [1, 1]},
        {"type": "throughout", "what": "activation", "options": ["none"]},
        {"type": "layers", "path": [1, 0], "options": [{"type": "relu"}]},
        {"type": "anything"},
    ],
)
def test_a_record_of_a_wrong_range_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SearchSpace.model_validate({"ranges": [record]})


def test_a_place_has_one_range() -> None:
    with pytest.raises(ValidationError, match="two ranges"):
        SearchSpace(ranges=(RANGES[0], RANGES[0]))


def test_the_size_in_words() -> None:
    size = SPACE.size(EXPERIMENT)
    assert size == (61 * 61 * 2 * 2 * 4, 6, 2)
    assert (
        str(size.text)
        == "The space holds up to 59,536 networks with 6 recipes each, for each value of its 2 continuous ranges."
    )
    assert str(SearchSpace(ranges=(RANGES[3],)).size(EXPERIMENT).text) == (
        "The space holds 1 network, for each value of its continuous range."
    )


def test_limits_refuse_what_is_too_large() -> None:
    assert refusal(EXPERIMENT, Limits()) is None
    assert str(refusal(EXPERIMENT, Limits(parameters=100))) == "354 parameters, more than 100 parameters."
    assert refusal(EXPERIMENT, Limits(parameters=354)) is None
    assert refusal(EXPERIMENT, Limits(flops=10)) is not None
    assert refusal(EXPERIMENT, Limits(memory=10)) is not None
    assert slow(2.0, Limits(milliseconds=1.0)) is not None
    assert slow(2.0, Limits()) is None
    assert str(slow(5.0004, Limits(milliseconds=5.0))) == "It takes 5.0004 ms, more than 5.0 ms."


def test_what_cannot_be_trained_is_refused() -> None:
    assert refusal(EXPERIMENT.with_(stack=Stack(layers=(Linear(out_features=3),))), Limits()) is not None


def test_bounds_are_proposed_by_the_declaration() -> None:
    def of(*place: str | int) -> Interval | None:
        info = field_at(EXPERIMENT, place)
        assert info is not None
        return proposed(info, info.default)

    assert of("recipe", "optimizer", "lr") == Interval(1e-4, 1e-2, True, False)
    assert of("stack", "layers", 0, "out_features") == Interval(32, 512, True, True)
    assert of("stack", "layers", 2, "p") == Interval(0.0, 0.5, False, False)
    assert of("stack", "layers", 0, "bias") is None


def test_a_grid_has_both_ends() -> None:
    assert grid(Interval(1, 100, True, False), 3) == (1, 10, 100)
    assert grid(Interval(1, 2, False, True), 5) == (1, 2)
    assert grid(Options(("a", "b")), 9) == ("a", "b")


def test_one_activation_for_all_leaves_a_disabled_layer_disabled() -> None:
    """What another range, or the user, has switched off is not switched on again."""
    layers = (Linear(out_features=4), Tanh(), Linear(out_features=4), Tanh(enabled=False), Linear(out_features=2))
    space = SearchSpace(ranges=(optional((1,)), NetworkChoice(what="activation", options=("relu", "tanh"))))
    experiment = Experiment(data=Points(), stack=Stack(layers=layers), search=space)
    keys = [item.key for item in space.ranges]
    found = space.apply(experiment, {keys[0]: False, keys[1]: "relu"}).stack.layers
    assert [(layer.id, layer.enabled) for layer in found[1:4:2]] == [("relu", False), ("relu", False)]

"""Records of changed examples: what they refuse, what they say, and the problems that other settings make of them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from playground.spec.check.problems import check
from playground.spec.data.changed_examples import MOST, ChangedExample, ChangedExamples
from playground.spec.datasets.changeable import same_samples
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.experiment_differences import differences
from playground.spec.experiment_settings import settings
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.live_changes import live_changes

DIGEST = "0123456789ab"


def changes(*items: tuple[int, str | None]) -> ChangedExamples:
    return ChangedExamples(items=tuple(ChangedExample(number=n, digest=DIGEST, class_name=name) for n, name in items))


def digits(*items: tuple[int, str | None], share: float = 0.1) -> Experiment:
    data = MNIST(validation_share=share, changes=changes(*items))
    return Experiment(name="x", data=data, stack=Stack(layers=(Flatten(), Linear(out_features=10))))


@pytest.mark.parametrize(
    "values",
    [
        {"number": -1, "digest": DIGEST},
        {"number": 1.0, "digest": DIGEST},
        {"number": 1, "digest": "0123456789AB"},
        {"number": 1, "digest": DIGEST + "\n"},
        {"number": 1, "digest": DIGEST, "class_name": 3},
    ],
)
def test_damaged_records_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChangedExample.model_validate(values)


def test_an_example_is_changed_once_and_not_too_many_are() -> None:
    with pytest.raises(ValidationError, match="changed twice"):
        changes((1, "2"), (1, None))
    full = changes(*((number, None) for number in range(MOST)))
    with pytest.raises(ValidationError):
        full.with_one(ChangedExample(number=MOST, digest=DIGEST))
    assert full.with_one(ChangedExample(number=5, digest=DIGEST, class_name="1")).labelled == 1


def test_they_are_in_order_and_said_in_words() -> None:
    made = changes((8, None)).with_one(ChangedExample(number=3, digest=DIGEST, class_name="1"))
    assert [item.number for item in made.items] == [3, 8]
    assert str(made.words) == "1 label changed, 1 example left out"
    assert made.without(3) == changes((8, None))
    assert ChangedExamples().words is None


def test_counts_follow() -> None:
    some = digits((3, "1"), (7, None), (59_999, "2")).data
    assert some.train_count == 54_000 - 1
    assert some.with_(train_limit=5).train_count == 5  # number 7 is not among them
    assert some.validation_count == 6_000


def test_other_settings_make_problems_that_can_be_mended() -> None:
    experiment = digits((3, "1"), (50_000, None), share=0.2)
    (problem,) = check(experiment)
    assert str(problem.what) == "An example that you left out of training is held out for validation now."
    assert problem.fix is not None
    mended = problem.fix.edits[0].apply(experiment)
    assert check(mended) == ()
    assert mended.data == digits((3, "1"), share=0.2).data
    unknown = digits((3, "twelve"), (4, "1"))
    (problem,) = check(unknown)
    assert "“twelve”, which is no class" in str(problem.what)
    assert problem.fix is not None
    assert problem.fix.edits[0].apply(unknown).data == digits((4, "1")).data


def test_nothing_is_trained_when_all_are_left_out() -> None:
    data = MNIST(train_limit=2, changes=changes((0, None), (1, None)))
    assert "All examples are left out of training." in [str(item.what) for item in data.objections()]


def test_they_are_compared_and_listed_by_their_count() -> None:
    one, two = digits((3, "1")), digits((3, "2"))
    (found,) = differences(digits(), one)
    assert (found.path, str(found.label), str(found.a), str(found.b)) == (
        "data.changes",
        "Changed examples",
        "–",
        "1 label changed",
    )
    assert str(differences(one, two)[0].b) == "1 label changed, others"
    assert live_changes(one, two) is None
    assert str(settings(one)[0].value).endswith(" · 1 label changed")
    assert same_samples(one.data, two.data)
    assert not same_samples(one.data, two.data.with_(validation_share=0.2))

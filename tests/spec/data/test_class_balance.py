"""The sizes of classes in words: all of a few, the largest of many, and a remark where they are unequal."""

from __future__ import annotations

from playground.spec.data.class_balance import balance, imbalance


def test_few_classes_are_listed_in_their_order() -> None:
    assert str(balance(["cats", "dogs"], [80, 1200])) == "cats 80 · dogs 1,200"


def test_of_many_classes_the_largest_are_listed() -> None:
    text = str(balance([f"c{number}" for number in range(14)], range(14)))
    assert text.startswith("c13 13 · c12 12 · ")
    assert text.endswith("c2 2 · and 2 more classes")


def test_classes_are_unequal_from_more_than_five_times_the_samples_on() -> None:
    assert imbalance(["cats", "dogs"], [10, 50]) is None
    assert imbalance([], []) is None
    assert imbalance(["cats", "dogs"], [0, 5]) is None
    remark = str(imbalance(["cats", "dogs"], [10, 90]))
    assert "“dogs” has 9 times the samples of “cats”" in remark
    assert "90 %" in remark
    assert "6 times" in str(imbalance(["cats", "dogs"], [0, 6]))

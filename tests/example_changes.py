"""Changes of examples of any data set that takes them, for tests."""

from __future__ import annotations

from playground.engine.data.in_memory import load
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.datasets.changeable import Changeable


def change(data: Changeable, number: int, class_name: str | None) -> ChangedExample:
    """A change of the sample of that number, as it is now."""
    order = load(data).order
    assert order is not None
    return ChangedExample(number=number, digest=order.digest(number), class_name=class_name)


def with_some(data: Changeable) -> Changeable:
    """The data with changes in every place where there may be one: two left out, and labels where there are classes."""
    order, names = load(data).order, data.class_names
    assert order is not None
    train, validation = order.train.tolist(), order.validation.tolist()
    items = [change(data, train[1], None), change(data, train[-1], None)]
    for number in (train[0], *validation[:1]) if names else ():
        items.append(change(data, number, names[(order.classes[number] + 1) % len(names)]))
    return data.with_(changes=ChangedExamples(items=tuple(sorted(items, key=lambda item: item.number))))

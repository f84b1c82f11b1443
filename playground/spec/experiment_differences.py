"""Compares two experiments field by field, for the table of runs and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import PurePath
from typing import Any, NamedTuple

from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack
from playground.spec.messages import Message, joined, message, plural, tr_noop
from playground.spec.number_text import NO_FIGURE, part_text, setting_text

_NAMES = ("name", "about", "search", "refuse_below")  # do not change what a run does
_UNLABELLED = {"enabled": tr_noop("Enabled"), "layers": tr_noop("Layer"), "branches": tr_noop("Branch")}
_FILES = {"source": tr_noop("Source"), "teacher": tr_noop("Teacher")}  # fields of data sets that hold paths
_LONGEST = 60  # characters of a text


class Difference(NamedTuple):
    """One field that differs, or one layer or other item that only one of the two experiments has."""

    path: str  # dotted from the experiment: `recipe.optimizer.lr`, `stack.layers.2.units`; indexes count from 0
    label: Message  # of the field; for a field of a layer, with the layer and its number, from 1
    a: Message  # the value, or a dash where there is none
    b: Message


def differences(a: Experiment, b: Experiment) -> tuple[Difference, ...]:
    """The fields in which two experiments differ, in the order of their fields, but for names and search spaces.

    Descriptions are ignored as well. Components of different types are one difference and are not compared field by
    field. Layers are aligned, so that an inserted layer is one difference. The path of a layer gives its index in `a`;
    if only `b` has it, its index in `b`.
    """
    return tuple(_of_fields(a, b, "", ()))


def _of_fields(a: Component, b: Component, path: str, where: tuple[Message, ...]) -> Iterator[Difference]:
    """The differing fields of two components of one type; `where` are the labels of the layers that hold them."""
    described = {info.name: info for info in fields_of(type(a))}
    for name, field in type(a).model_fields.items():
        before, after = getattr(a, name), getattr(b, name)
        if before == after or (isinstance(a, Experiment) and name in _NAMES):
            continue
        inner = f"{path}.{name}".lstrip(".")
        if name in _FILES and isinstance(a, Dataset) and isinstance(b, Dataset):
            yield Difference(inner, message(_FILES[name]), _file(a, before), _file(b, after))
            continue
        info, extra = described.get(name), field.json_schema_extra
        hidden = extra.get("label") if isinstance(extra, dict) else None
        label = message(info.label if info else str(hidden or _UNLABELLED.get(name, name)))
        yield from _of_values(before, after, inner, where, label, info)


def _of_values(
    a: Any, b: Any, path: str, where: tuple[Message, ...], label: Message, info: FieldInfo | None
) -> Iterator[Difference]:
    """The differences of two values of one field."""
    if isinstance(a, ChangedExamples) and isinstance(b, ChangedExamples):
        yield Difference(path, joined((*where, message(a.label))), *_of_changes(a, b))
    elif isinstance(a, Component) and type(a) is type(b):
        yield from _of_fields(a, b, path, where)
    elif isinstance(a, tuple) and isinstance(b, tuple) and all(isinstance(item, Component) for item in (*a, *b)):
        yield from _of_items(a, b, path, where, label)
    else:
        yield Difference(path, joined((*where, label)), _text(a, info), _text(b, info))


def _of_changes(a: ChangedExamples, b: ChangedExamples) -> tuple[Message, Message]:
    """How many examples are changed, not which: there may be thousands."""
    before, after = (item.words or _literal(NO_FIGURE) for item in (a, b))
    return before, message("{words}, others", words=after) if before == after else after


def _of_items(
    a: tuple[Any, ...], b: tuple[Any, ...], path: str, where: tuple[Message, ...], label: Message
) -> Iterator[Difference]:
    """The differences of two tuples of components, such as layers or branches."""
    single = len(a) == len(b) == 1
    for index, before, after in _aligned(a, b):
        inner = f"{path}.{index}"
        layers = [item for item in (before, after) if isinstance(item, Layer)]
        known = layers and len({type(item) for item in layers}) == 1
        named = message("{name} {number}", name=message(layers[0].label) if known else label, number=index + 1)
        if before is not None and type(before) is type(after):
            unnamed = single and isinstance(before, Stack)  # the only branch of a container
            yield from _of_fields(before, after, inner, where if unnamed else (*where, named))
        else:
            yield Difference(inner, joined((*where, named)), _text(before, None), _text(after, None))


def _aligned(a: tuple[Any, ...], b: tuple[Any, ...]) -> Iterator[tuple[int, Any, Any]]:
    """Pairs of unequal items with their index; None for one that the other tuple lacks.

    Equal items are aligned first, and of those between them the ones of one type.
    """
    for tag, first, last, start, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        before, after = a[first:last], b[start:end]
        types = SequenceMatcher(None, [*map(type, before)], [*map(type, after)], autojunk=False)
        for _, i, j, k, m in types.get_opcodes():
            for n, (one, other) in enumerate(zip_longest(before[i:j], after[k:m])):
                yield (start + k if one is None else first + i) + n, one, other


def _file(data: Dataset, value: Any) -> Message:
    """The name of a file or folder that a data set is read from, without its path."""
    return _literal(PurePath(value).name or NO_FIGURE) if isinstance(value, str) else data.title


def _text(value: Any, info: FieldInfo | None) -> Message:
    """A value as forms and blocks show it."""
    match value:
        case None:
            return _literal(NO_FIGURE)
        case Layer():
            return joined((message(value.label), *value.summary()))
        case Stack():
            return plural("{count:,} layers", "1 layer", len(value.layers))
        case Component():
            return message(getattr(value, "label", type(value).__name__))
        case bool():
            return message(tr_noop("on")) if value else message(tr_noop("off"))
        case int() | float():
            return _number(value, info)
        case tuple() if info and info.kind == "numbers":
            return _literal(", ".join(map(setting_text, value)))
        case tuple():
            return plural("{count:,} items", "1 item", len(value))
    options = dict(info.options) if info else {}
    return message(options[value]) if value in options else _literal(str(value)[:_LONGEST])


def _number(value: float, info: FieldInfo | None) -> Message:
    text = part_text(value) if info and info.share else setting_text(value)
    return message("{number} {unit}", number=text, unit=message(info.unit)) if info and info.unit else _literal(text)


def _literal(text: str) -> Message:
    """A text that is not translated."""
    return message("{text}", text=text)

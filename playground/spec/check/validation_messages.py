"""Turns pydantic's error about a stored record into a sentence that names the field and the mistake."""

from __future__ import annotations

import json
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails, core_schema

from playground.spec.component import TYPE, Component, family_of
from playground.spec.messages import Message, message, tr_noop

# Templates by pydantic's error type; `value` is the value found, the other names are from pydantic's context.
_TEMPLATES = {
    "greater_than_equal": tr_noop("{value} is below the smallest value, {ge:,}"),
    "less_than_equal": tr_noop("{value} is above the largest value, {le:,}"),
    "finite_number": tr_noop("{value} is not a finite number"),
    "int_type": tr_noop("{value} is not a whole number"),
    "float_type": tr_noop("{value} is not a number"),
    "bool_type": tr_noop("{value} is neither true nor false"),
    "string_type": tr_noop("{value} is not text"),
    "string_unicode": tr_noop("it contains characters that are not valid Unicode"),
    "string_too_long": tr_noop("the text is longer than {max_length:,} characters"),
    "literal_error": tr_noop("{value} is not one of {expected}"),
    "model_type": tr_noop("{value} does not describe anything that is allowed here"),
    "tuple_type": tr_noop("{value} is not a list"),
    "too_short": tr_noop("there are fewer than {min_length:,} of them"),
    "too_deep": tr_noop("there are more than {most} nested containers"),
    "too_long": tr_noop("there are more than {max_length:,} of them"),
    "no_encoding": tr_noop("{value} is not a text encoding that Python knows"),
    "no_picture": tr_noop("it is not a picture of 28 × 28 pixels"),
    "no_type": tr_noop("it has no “type”"),
}


_OF_PYDANTIC = frozenset(get_args(core_schema.ErrorType))  # other types are ours; their texts are marked
_LONGEST = 120  # characters of a list of names, or of pydantic's own message


def validation_message(error: ValidationError, component: type[Component], record: Any) -> Message:
    """The first mistake in `record` as a `component`, with its location, and the number of others.

    For example: `Stack › layer 3 (Linear) › Units: 0 is below the smallest value, 1.`
    """
    first = error.errors(include_url=False)[0]
    what = _unknown(first, component, record) or _what(first)
    where = _location_text(component, record, first["loc"])
    others = error.error_count() - 1
    if others:
        return message("{where}: {what} (and {count:,} more such mistakes).", where=where, what=what, count=others)
    return message("{where}: {what}.", where=where, what=what)


def mistake(error: ValidationError) -> Message:
    """The first mistake in values that a person has just entered, without its location."""
    return message("Not possible: {what}.", what=_what(error.errors(include_url=False)[0]))


def _what(error: ErrorDetails) -> Message:
    """What is wrong, in words of this program where it has any."""
    own = error["type"] not in _OF_PYDANTIC and not error.get("ctx")
    template = _TEMPLATES.get(error["type"], error["msg"] if own else tr_noop("{reason}"))
    context = {name: _shortest(value) for name, value in error.get("ctx", {}).items()}
    values = {"reason": error["msg"][:_LONGEST], **context, "value": quoted(error["input"])}
    return Message(template, tuple(values.items()))


def _unknown(error: ErrorDetails, component: type[Component], record: Any) -> Message | None:
    """The sentence on an unknown type or field, with the nearest known name; None for any other mistake."""
    if error["type"] == "unknown_type":
        family = _owners(component, record, error["loc"])[0]
        known = {member.id: member.id for member in family.members()} if family else {}
        labels = {member.label.lower(): member.id for member in family.members()} if family else {}
        found, words = error["ctx"]["found"], tr_noop("the type {found} is unknown")
        return _with_suggestion(message(words, found=quoted(found)), found, {**labels, **known}, tuple(known))
    if error["type"] == "extra_forbidden":
        owner, name = _owners(component, record, error["loc"][:-1])[1], error["loc"][-1]
        fields = {field: field for field in owner.model_fields} if owner else {}
        return _with_suggestion(message("nothing of this name is known here"), name, fields, ())
    return None


def _with_suggestion(what: Message, found: object, known: dict[str, str], choices: tuple[str, ...]) -> Message:
    """The sentence with the known name nearest to `found`, or else with all of `choices` where they are few."""
    from difflib import get_close_matches  # imported here to keep the start fast

    near = get_close_matches(found.lower(), known, n=1) if isinstance(found, str) and len(found) <= _LONGEST else []
    if near:
        return message("{what}; the nearest known name is {name}", what=what, name=quoted(known[near[0]]))
    if choices and len(listed := ", ".join(choices)) <= _LONGEST:
        return message("{what}; known are {known}", what=what, known=listed)
    return what


def quoted(value: Any) -> str:
    """A value of a record as it is written in a file, in at most 40 characters."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 40 else text[:39] + "…"


def _shortest(value: Any) -> Any:
    """A bound as a person writes it, 10 rather than 10.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _owners(
    component: type[Component], record: Any, location: tuple[int | str, ...]
) -> tuple[type[Component] | None, type[Component] | None]:
    """The family of the component at `location`, and its class, as far as the record names one."""
    family: type[Component] | None = component
    member = family
    for step in location:
        record = _inside(record, step)
        if isinstance(step, str):
            family = family_of(member, step) if member else None
        member = _member(record, family)
    return family, member


def _location_text(component: type[Component], record: Any, location: tuple[int | str, ...]) -> Message:
    """`location` within `record`, in the labels of the forms."""
    parts: list[Message] = [] if location else [message(component.label)]
    owner: type[Component] | None = component
    name = ""
    for at, step in enumerate(location):
        record = _inside(record, step)
        if isinstance(step, str):
            name, field = step, owner.model_fields.get(step) if owner else None
            owner = family_of(owner, step) if owner else None
            clear = isinstance(record, list) and (parts or at + 1 < len(location))  # from “Stack” or “layer 3”
            if field is None or field.title or not clear:
                parts.append(
                    message(field.title) if field and field.title else message("“{name}”", name=quoted(step)[1:-1])
                )
        owner = _member(record, owner)
        if isinstance(step, int):
            parts.append(_numbered(name, step + 1, owner))
    values = {f"part{i}": part for i, part in enumerate(parts)}
    return Message(" › ".join(f"{{{part}}}" for part in values), tuple(values.items()))


def _inside(record: Any, step: int | str) -> Any:
    try:
        return record[step]
    except (KeyError, IndexError, TypeError):
        return None


def _member(record: Any, family: type[Component] | None) -> type[Component] | None:
    """The class that the record names, or else the family."""
    named = record.get(TYPE) if isinstance(record, dict) else None
    return (family.member(named) if isinstance(named, str) else None) or family if family else None


def _numbered(name: str, number: int, member: type[Component] | None) -> Message:
    label = member.label if member and hasattr(member, "id") else None
    if name == "branches":
        return message("branch {number}", number=number)
    template = tr_noop("layer {number}") if name == "layers" else tr_noop("number {number}")
    if label is None:
        return message(template, number=number)
    return message("{numbered} ({label})", numbered=message(template, number=number), label=message(label))

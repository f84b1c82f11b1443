"""The base class of everything that can be chosen: a stable id, a label, help, and typed, bounded fields."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from inspect import get_annotations
from types import ModuleType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from playground.spec.messages import tr_noop

TYPE = "type"  # the key that names the class of a component in a stored record
NONE = "none"  # the id of the member that means “off”
_SINCE = "since"  # the key of a field's version in its `json_schema_extra`, see `Component.later_fields`


class Component(BaseModel):
    """Base class of everything that can be chosen. A *family* derives from it directly; a member has an `id`.

    The definition of a member registers it. Where a family is expected, a record `{"type": id, …}` is validated as the
    member of that id. A family without members is a plain record with fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    id: ClassVar[str]  # stored in files: never changes
    label: ClassVar[str]
    help: ClassVar[str]
    keywords: ClassVar[str] = ""  # further search terms

    _members: ClassVar[dict[str, type[Component]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Component in cls.__bases__:
            cls._members = {}
        if "id" in cls.__dict__:
            known = cls._members.setdefault(cls.id, cls)
            if known.__qualname__ != cls.__qualname__:
                raise TypeError(f"the id {cls.id!r} is taken by {known.__qualname__}")

    @classmethod
    def members(cls) -> tuple[type[Self], ...]:
        """All concrete classes of this family (or part of a family), in the order of their definition."""
        return tuple(member for member in cls._members.values() if issubclass(member, cls))

    @classmethod
    def member(cls, identifier: str) -> type[Self] | None:
        """The concrete class of that id in this family (or part of a family), if there is one."""
        member = cls._members.get(identifier)
        return member if member is not None and issubclass(member, cls) else None

    @model_validator(mode="wrap")
    @classmethod
    def _choose_member(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(value, dict) or TYPE not in value:
            if isinstance(value, dict) and not hasattr(cls, "id") and cls._members:
                raise PydanticCustomError("no_type", tr_noop("has no “type”"))
            return handler(value)
        rest = {name: item for name, item in value.items() if name != TYPE}
        member = cls.member(value[TYPE]) if isinstance(value[TYPE], str) else None
        if member is None:
            raise PydanticCustomError("unknown_type", tr_noop("this type is unknown here"), {"found": value[TYPE]})
        return handler(rest) if member is cls else member.model_validate(rest)

    @model_serializer(mode="plain")
    def _name_member(self) -> dict[str, Any]:
        # Plain, so that a field declared as a family is stored with all fields of its member.
        return {TYPE: self.id, **self.stored()} if hasattr(type(self), "id") else self.stored()

    def stored(self) -> dict[str, Any]:
        """The fields that a file contains, by name.

        Later fields are left out where they have their default: older programs refuse fields that they do not know, and
        digests of records stay what they were.
        """
        later = self.later_fields()
        return {
            name: value
            for name, value in self.values().items()
            if name not in later or value != type(self).model_fields[name].default
        }

    @classmethod
    @cache
    def later_fields(cls) -> dict[str, int]:
        """The fields that came after the first release, with the version of experiment files that added each."""
        extras = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return {
            name: int(str(extra[_SINCE]))
            for name, extra in extras.items()
            if isinstance(extra, dict) and extra.get(_SINCE)
        }

    @classmethod
    def possible(cls, **values: Any) -> Self | None:
        """A new one with computed values, such as sizes; None if one of them is out of bounds."""
        try:
            return cls(**values)
        except ValidationError:
            return None

    def with_(self, **values: Any) -> Self:
        """Return a copy with some fields set, validated like a new one.

        Raises:
            pydantic.ValidationError: a value has the wrong type or is out of bounds.
        """
        return type(self)(**{**self.values(), **values})

    def values(self) -> dict[str, Any]:
        """The fields by name; nested components stay components."""
        return {name: getattr(self, name) for name in type(self).model_fields}


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field, described for a form.

    `kind` is one of `integer`, `real`, `numbers` (a list of real numbers), `flag`, `choice`, `text`, `component` (one
    member of `family`), `components` (any number of them, in order). Bounds are inclusive, and None where there is
    none; those of `numbers` apply to each number, and for `text` and `components` the maximum is the greatest length.
    """

    name: str
    kind: Literal["integer", "real", "numbers", "flag", "choice", "text", "component", "components"]
    label: str
    help: str
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    logarithmic: bool = False  # steps multiply rather than add
    share: bool = False  # a proportion, shown and typed in per cent, stored as 0 to 1
    on: float | None = None  # the first value when a feature that is off at 0 is switched on; None: 0 is not “off”
    live: bool = False  # may change during a run
    options: tuple[tuple[Any, str], ...] = ()  # choice: value and label
    family: type[Component] | None = None
    optional: bool = False  # component: None is allowed, shown as `options[0]`
    most: int | None = None  # numbers: the greatest count
    among: str = ""  # text: the property of the component that lists the choices
    only_with: tuple[str, ...] = ()  # a choice's name and the values of it with which this field has an effect

    @property
    def switch(self) -> tuple[type[Component], type[Component]] | None:
        """The members for off and on, where the family has exactly two and one has the id `none`; else None."""
        members = () if self.kind != "component" or self.family is None or self.optional else self.family.members()
        off = [member for member in members if member.id == NONE]
        on = [member for member in members if member.id != NONE]
        return (off[0], on[0]) if len(off) == 1 and len(on) == 1 else None


def integer(
    default: int, label: str, help: str, *, ge: int, le: int, unit: str = "", live: bool = False, since: int = 0
) -> Any:
    """Declare a whole number between `ge` and `le`; for `since`, see `Component.later_fields`."""
    extra: dict[str, Any] = {"unit": unit, "live": live, _SINCE: since}
    return Field(default, strict=True, ge=ge, le=le, title=label, description=help, json_schema_extra=extra)


def real(
    default: float,
    label: str,
    help: str,
    *,
    ge: float,
    le: float,
    unit: str = "",
    logarithmic: bool = False,
    live: bool = False,
    only_with: tuple[str, ...] = (),
    on: float | None = None,
) -> Any:
    """Declare a finite number between `ge` and `le`; `logarithmic` makes a form step by factors.

    For `only_with` and `on`, see `FieldInfo`: a form shows a field only where it has an effect.
    """
    extra: dict[str, Any] = {"unit": unit, "live": live, "logarithmic": logarithmic, "on": on}
    extra["only_with"] = list(only_with)
    return Field(default, strict=True, ge=ge, le=le, title=label, description=help, json_schema_extra=extra)


def proportion(
    default: float,
    label: str,
    help: str,
    *,
    ge: float = 0.0,
    le: float = 1.0,
    only_with: tuple[str, ...] = (),
    on: float | None = None,
) -> Any:
    """Declare a proportion, stored as a number between `ge` and `le`, shown in per cent; the others as in `real`."""
    extra: dict[str, Any] = {"share": True, "on": on, "only_with": list(only_with)}
    return Field(default, strict=True, ge=ge, le=le, title=label, description=help, json_schema_extra=extra)


def numbers(default: tuple[float, ...], label: str, help: str, *, most: int) -> Any:
    """Declare up to `most` numbers; the annotation is a tuple of `Annotated[float, between(…)]`."""
    return Field(default, max_length=most, fail_fast=True, title=label, description=help)


def between(ge: float, le: float) -> Any:
    """The bounds of each number of a `numbers` field."""
    return Field(strict=True, ge=ge, le=le)


def flag(default: bool, label: str, help: str) -> Any:
    """Declare a boolean."""
    return Field(default, strict=True, title=label, description=help)


def choice(default: str, label: str, help: str, *, labels: dict[str, str] | None = None) -> Any:
    """Declare one of a few strings; the annotation is a `Literal` of them, and `labels` maps them to visible text."""
    return Field(default, title=label, description=help, json_schema_extra={"labels": dict(labels or {})})


def text(default: str, label: str, help: str, *, longest: int, among: str = "") -> Any:
    """Declare a line or more of text of at most `longest` characters.

    `among` is the property of the component that lists the choices, where they depend on its other fields.
    """
    extra: dict[str, Any] = {"among": among}
    return Field(default, strict=True, max_length=longest, title=label, description=help, json_schema_extra=extra)


def component(default: Any, label: str, help: str, *, live: bool = False, most: int | None = None) -> Any:
    """Declare a field for a component, an optional component, or a tuple of up to `most` components."""
    several: dict[str, Any] = {} if most is None else {"max_length": most, "fail_fast": True}
    return Field(default, title=label, description=help, json_schema_extra={"live": live}, **several)


def hidden(label: str, *, most: int, live: bool = False) -> Any:
    """Declare a tuple of at most `most` items, empty by default, that no form shows.

    `label` is its name where a change of it is reported.
    """
    extra: dict[str, Any] = {"label": label, "live": live}
    return Field((), max_length=most, fail_fast=True, json_schema_extra=extra)


def later(since: int, label: str = "") -> dict[str, Any]:
    """The `json_schema_extra` of a field that no form shows and that came with this version, see `later_fields`."""
    return {_SINCE: since, **({"label": label} if label else {})}


def fields_of(component: type[Component]) -> tuple[FieldInfo, ...]:
    """Describe the fields of a class that have a label: its own first, then inherited ones."""
    return tuple(_fields(component))


def family_of(component: type[Component], name: str) -> type[Component] | None:
    """The family of the component or components in the field `name`; None where there is no such field."""
    field = component.model_fields.get(name)
    family = _kind(field.annotation, {})[1] if field else None
    return family if isinstance(family, type) and issubclass(family, Component) else None


def _fields(component: type[Component]) -> Iterator[FieldInfo]:
    owners = [get_annotations(owner) for owner in component.__mro__]
    distance = {name: next(i for i, own in enumerate(owners) if name in own) for name in component.model_fields}
    for name in sorted(component.model_fields, key=distance.__getitem__):
        info = component.model_fields[name]
        if info.title is None:
            continue
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        kind, family, options, optional = _kind(info.annotation, extra)
        limits = [*info.metadata, *(_limits(info.annotation) if kind == "numbers" else ())]
        bounds = {type(limit).__name__: limit for limit in limits}
        longest = getattr(bounds.get("MaxLen"), "max_length", None)
        yield FieldInfo(
            name=name,
            kind=kind,
            label=info.title,
            help=info.description or "",
            default=info.get_default(call_default_factory=True, validated_data={}),
            minimum=getattr(bounds.get("Ge"), "ge", None),
            maximum=getattr(bounds.get("Le"), "le", longest),
            unit=str(extra.get("unit", "")),
            logarithmic=bool(extra.get("logarithmic", False)),
            share=bool(extra.get("share", False)),
            on=_number(extra.get("on")),
            live=bool(extra.get("live", False)),
            options=options,
            family=family,
            optional=optional,
            most=longest if kind == "numbers" else None,
            among=str(extra.get("among", "")),
            only_with=_texts(extra.get("only_with")),
        )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(str, values or ()))


def _limits(annotation: Any) -> tuple[Any, ...]:
    """The bounds of each number in an annotation `tuple[Annotated[float, between(…)], ...]`."""
    return tuple(get_args(get_args(annotation)[0])[1].metadata)


def _kind(
    annotation: Any, extra: dict[str, Any]
) -> tuple[Any, type[Component] | None, tuple[tuple[Any, str], ...], bool]:
    """Kind, family, options and whether None is allowed, from the annotation of a field."""
    simple = {bool: "flag", int: "integer", float: "real", str: "text"}
    if annotation in simple:
        return simple[annotation], None, (), False
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        labels: dict[str, str] = extra.get("labels", {})
        return "choice", None, tuple((value, labels.get(value, str(value))) for value in arguments), False
    if get_origin(annotation) is tuple and get_origin(arguments[0]) is Annotated:
        return "numbers", None, (), False
    if get_origin(annotation) is tuple:
        return "components", arguments[0], (), False
    if get_origin(annotation) in (Union, UnionType):
        return "component", next(item for item in arguments if item is not type(None)), (), True
    return "component", annotation, (), False


def import_members(package: ModuleType) -> None:
    """Import every module of a package, so that the components in them register themselves."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")

"""What every choice has in common: a stable id, a label, help, and typed, bounded, documented fields."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import get_annotations
from types import ModuleType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from playground.spec.messages import tr_noop

TYPE = "type"  # the key that names the class of a component in a stored record
NONE = "none"  # the id of the member that stands for doing without


class Component(BaseModel):
    """Anything that can be selected. A *family* derives from it directly, a member gives itself an `id`.

    Members register themselves by being defined; a record `{"type": id, …}` given where a family is
    expected becomes the member of that id. A family without members is a plain record with fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    id: ClassVar[str]  # stored in files: never changes
    label: ClassVar[str]
    help: ClassVar[str]
    keywords: ClassVar[str] = ""  # further words under which the search finds it

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
        # Plain, so that a field declared as a family is stored with all that its member has.
        return {TYPE: self.id, **self.values()} if hasattr(type(self), "id") else self.values()

    def with_(self, **values: Any) -> Self:
        """Return a copy with some fields set, validated like a new one.

        Raises:
            pydantic.ValidationError: a value has the wrong type or is out of bounds.
        """
        return type(self)(**{**self.values(), **values})

    def values(self) -> dict[str, Any]:
        """The fields by name, components in them left as they are."""
        return {name: getattr(self, name) for name in type(self).model_fields}


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field as a form needs it.

    `kind` is one of `integer`, `real`, `numbers` (any count of real ones), `flag`, `choice`, `text`, `component` (one
    member of `family`), `components` (any number of them, in order). Bounds are inclusive and None where there is
    none; those of `numbers` are of each, and of a text and of `components` the maximum is the greatest length.
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
    share: bool = False  # a part of a whole, which a person reads and types in per cent; what is stored is 0 to 1
    on: float | None = None  # with which a feature is first switched on that is off at 0; None: 0 is a number like any
    live: bool = False  # may change while a run goes on
    options: tuple[tuple[Any, str], ...] = ()  # choice: value and label
    family: type[Component] | None = None
    optional: bool = False  # component: None is allowed, shown as `options[0]`
    most: int | None = None  # numbers: how many there may be
    among: str = ""  # text: the property of the component that lists what can be chosen
    only_with: tuple[str, Any] | None = None  # it has an effect only where the field of that name has that value

    @property
    def switch(self) -> tuple[type[Component], type[Component]] | None:
        """The members that stand for off and on, where the family has only one besides that of the id `none`."""
        members = () if self.kind != "component" or self.family is None or self.optional else self.family.members()
        off = [member for member in members if member.id == NONE]
        on = [member for member in members if member.id != NONE]
        return (off[0], on[0]) if len(off) == 1 and len(on) == 1 else None


def integer(default: int, label: str, help: str, *, ge: int, le: int, unit: str = "", live: bool = False) -> Any:
    """Declare a whole number between `ge` and `le`."""
    extra: dict[str, Any] = {"unit": unit, "live": live}
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
    only_with: tuple[str, str] | None = None,
    on: float | None = None,
) -> Any:
    """Declare a finite number between `ge` and `le`; `logarithmic` where powers of ten are the natural steps.

    With `only_with` a form shows it only where the field of that name has that value. `on`: see `FieldInfo`.
    """
    extra: dict[str, Any] = {"unit": unit, "live": live, "logarithmic": logarithmic, "on": on}
    if only_with:
        extra["only_with"] = list(only_with)
    return Field(default, strict=True, ge=ge, le=le, title=label, description=help, json_schema_extra=extra)


def proportion(
    default: float, label: str, help: str, *, ge: float = 0.0, le: float = 1.0, on: float | None = None
) -> Any:
    """Declare a part of a whole, stored as a number between `ge` and `le` and shown in per cent; `on` as in `real`."""
    extra: dict[str, Any] = {"share": True, "on": on}
    return Field(default, strict=True, ge=ge, le=le, title=label, description=help, json_schema_extra=extra)


def numbers(default: tuple[float, ...], label: str, help: str, *, most: int) -> Any:
    """Declare up to `most` numbers; the annotation is a tuple of `Annotated[float, between(…)]`."""
    return Field(default, max_length=most, fail_fast=True, title=label, description=help)


def between(ge: float, le: float) -> Any:
    """The bounds of each of `numbers`."""
    return Field(strict=True, ge=ge, le=le)


def flag(default: bool, label: str, help: str) -> Any:
    """Declare something that is on or off."""
    return Field(default, strict=True, title=label, description=help)


def choice(default: str, label: str, help: str, *, labels: dict[str, str] | None = None) -> Any:
    """Declare one of a few words; the annotation is a `Literal` of them, `labels` what a person reads."""
    return Field(default, title=label, description=help, json_schema_extra={"labels": dict(labels or {})})


def text(default: str, label: str, help: str, *, longest: int, among: str = "") -> Any:
    """Declare a line or more of text of at most `longest` characters.

    `among`: the property of the component that lists the texts to choose from, where only it can know them.
    """
    extra: dict[str, Any] = {"among": among}
    return Field(default, strict=True, max_length=longest, title=label, description=help, json_schema_extra=extra)


def component(default: Any, label: str, help: str, *, live: bool = False, most: int | None = None) -> Any:
    """Declare a field that holds a component, an optional one, or (a tuple) up to `most` of them."""
    several: dict[str, Any] = {} if most is None else {"max_length": most, "fail_fast": True}
    return Field(default, title=label, description=help, json_schema_extra={"live": live}, **several)


def hidden(label: str, *, most: int, live: bool = False) -> Any:
    """Declare a tuple of at most `most` items, at first empty, that no form shows: something else edits it.

    `label`: what it is called where a change of it is told.
    """
    extra: dict[str, Any] = {"label": label, "live": live}
    return Field((), max_length=most, fail_fast=True, json_schema_extra=extra)


def fields_of(component: type[Component]) -> tuple[FieldInfo, ...]:
    """Describe the fields of a class: its own first, then inherited ones; those without a label are not shown."""
    return tuple(_fields(component))


def family_of(component: type[Component], name: str) -> type[Component] | None:
    """The family whose members the field `name` holds, one or many; None where it holds none or is no field."""
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
            only_with=_pair(extra.get("only_with")),
        )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _pair(value: Any) -> tuple[str, Any] | None:
    return (str(value[0]), value[1]) if value else None


def _limits(annotation: Any) -> tuple[Any, ...]:
    """The bounds of each number in an annotation `tuple[Annotated[float, between(…)], ...]`."""
    return tuple(get_args(get_args(annotation)[0])[1].metadata)


def _kind(
    annotation: Any, extra: dict[str, Any]
) -> tuple[Any, type[Component] | None, tuple[tuple[Any, str], ...], bool]:
    """Kind, family, options and whether None is allowed, read off the annotation of a field."""
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

"""The description of a call that a component returns: the engine executes it and the exporter prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

# How dotted prefixes are abbreviated when a call is printed; longest first.
ABBREVIATIONS = (
    ("torch.optim.lr_scheduler.", "lr_scheduler."),
    ("torch.optim.swa_utils.", ""),
    ("torch.nn.functional.", "F."),
    ("torch.nn.init.", "nn.init."),
    ("torch.nn.", "nn."),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A function or class, by its full dotted name, with the arguments of a call.

    Arguments are plain values (numbers, strings, booleans, None, tuples), other calls, `Copies` of one, or
    `Written`.
    """

    target: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The last part of the dotted name, such as `Conv2d`."""
        return self.target.rpartition(".")[2]

    @property
    def short_target(self) -> str:
        """The name as it is written in a script, such as `nn.Conv2d`."""
        for prefix, short in ABBREVIATIONS:
            if self.target.startswith(prefix):
                return short + self.target.removeprefix(prefix)
        return self.target

    def whole(self) -> Iterator[Call]:
        """The call itself, and all calls among its arguments, recursively."""
        yield self
        for value in (*self.args, *(value for _, value in self.kwargs)):
            if isinstance(value, Call):
                yield from value.whole()
            elif isinstance(value, Copies):
                yield from value.call.whole()

    def retargeted(self, targets: Mapping[str, str]) -> Call:
        """The same call, and the calls among its arguments, with other functions for those that are in `targets`."""

        def changed(value: Any) -> Any:
            if isinstance(value, Copies):
                return replace(value, call=value.call.retargeted(targets))
            return value.retargeted(targets) if isinstance(value, Call) else value

        args = tuple(map(changed, self.args))
        kwargs = tuple((name, changed(value)) for name, value in self.kwargs)
        return Call(targets.get(self.target, self.target), args, kwargs)

    def arguments(self, *leading: str) -> tuple[str, ...]:
        """Each argument as code; `leading` are expressions in front of the call's own arguments."""
        named = (f"{name}={printed(value)}" for name, value in self.kwargs)
        return (*leading, *map(printed, self.args), *named)

    def __str__(self) -> str:
        return f"{self.short_target}({', '.join(self.arguments())})"


@dataclass(frozen=True, slots=True)
class Copies:
    """`count` arguments, each the result of the same call made again: `*(call for _ in range(count))`."""

    call: Call
    count: int

    def __str__(self) -> str:
        return f"*({self.call} for _ in range({self.count}))"


@dataclass(frozen=True, slots=True)
class Written:
    """An argument that is literal code, such as the name of a variable. It must never come from a user or a file."""

    code: str


def call(target: str, *args: Any, **kwargs: Any) -> Call:
    """Make a `Call`; the arguments are those of the call itself: `call("torch.nn.Linear", 784, 10, bias=False)`."""
    return Call(target, args, tuple(kwargs.items()))


def unusual(chosen: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """The arguments whose values differ from their defaults, `usual`."""
    return {name: value for name, value in chosen.items() if value != usual[name]}


def printed(value: Any) -> str:
    """A value as a literal. Any text from a user or a file must go through this function to enter exported code.

    Raises:
        TypeError: the value has no literal.
    """
    match value:
        case Written(code):
            return code
        case Call() | Copies():
            return str(value)
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(map(printed, value))}]"
        case tuple():
            return f"({', '.join(map(printed, value))}{',' * (len(value) == 1)})"
        case bool() | int() | float() | None:
            return repr(value)
    raise TypeError(f"there is no literal for a {type(value).__name__}: {value!r}")


def _quoted(text: str) -> str:
    """A literal in double quotes unless single ones save escapes, as ruff formats it; unprintable text is escaped."""
    if text.count('"') > text.count("'"):
        return repr(text)
    inside = repr(text + '"')[1:-2]  # the added quote makes `repr` use single ones, and escape those inside
    return '"' + inside.replace("\\'", "'").replace('"', '\\"') + '"'

"""The plain call that a component returns: the engine executes it and the exporter prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    """A function or class, by its full dotted name, with the arguments it is to be called with.

    Arguments are plain values (numbers, strings, booleans, None, tuples), calls themselves, `Copies` of one, or
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
        """The call itself, and all calls among its arguments, theirs included."""
        yield self
        for value in (*self.args, *(value for _, value in self.kwargs)):
            if isinstance(value, Call):
                yield from value.whole()
            elif isinstance(value, Copies):
                yield from value.call.whole()

    def arguments(self, *leading: str) -> tuple[str, ...]:
        """Each argument as code; `leading` are expressions that come before the call's own."""
        named = (f"{name}={printed(value)}" for name, value in self.kwargs)
        return (*leading, *map(printed, self.args), *named)

    def __str__(self) -> str:
        return f"{self.short_target}({', '.join(self.arguments())})"


@dataclass(frozen=True, slots=True)
class Copies:
    """As many arguments as `count`, each from making the same call anew: `*(call for _ in range(count))`."""

    call: Call
    count: int

    def __str__(self) -> str:
        return f"*({self.call} for _ in range({self.count}))"


@dataclass(frozen=True, slots=True)
class Written:
    """An argument that is code of our own as it stands, such as the name of a variable: never a text from outside."""

    code: str


def call(target: str, *args: Any, **kwargs: Any) -> Call:
    """Make a `Call` written as the call itself would be: `call("torch.nn.Linear", 784, 10, bias=False)`."""
    return Call(target, args, tuple(kwargs.items()))


def unusual(chosen: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """Those of the arguments that are not what they are by themselves; only these are written."""
    return {name: value for name, value in chosen.items() if value != usual[name]}


def printed(value: Any) -> str:
    """A value as code that stands for it: the only way in which a text of a person or of a file gets into a program.

    Raises:
        TypeError: it is nothing that has a literal.
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
    """A literal in double quotes unless single ones save escapes, as ruff has it; what cannot be printed is escaped."""
    if text.count('"') > text.count("'"):
        return repr(text)
    inside = repr(text + '"')[1:-2]  # the quote makes `repr` take single ones, and escape those within
    return '"' + inside.replace("\\'", "'").replace('"', '\\"') + '"'

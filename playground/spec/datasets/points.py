"""Points of the plane, made up: which class, or how high?"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from playground.spec.call import Call, call, printed
from playground.spec.component import Component, component, flag, hidden, integer, proportion, real
from playground.spec.data.dataset import Dataset, Loading, Objection
from playground.spec.data.patterns import Hills, Pattern, Spirals, Surface
from playground.spec.data.task import Score, Task, classes
from playground.spec.export.statement import local, statement
from playground.spec.layer import Shape
from playground.spec.messages import message, tr_noop

EDGE = 6.0  # the plane reaches from -EDGE to EDGE in both directions
MOST = 5000  # points
MOST_BY_HAND = 1000  # points added, and points taken out
_TEST_SEEDS = 2**32  # what is added to a data seed for the points to test with: beyond all data seeds
_OURS = "playground.engine.data.sources.points."

FEATURES = ("x", "y", "x_squared", "y_squared", "xy", "sin_x", "sin_y")  # fields of `Plane`, in the network's order


class Placed(Component):
    """A point that a person put into the plane: a plain record."""

    label: ClassVar[str] = tr_noop("Point")
    help: ClassVar[str] = tr_noop("A point that was added by hand.")

    x: float = real(0.0, tr_noop("x"), tr_noop("Where it lies, to the right."), ge=-EDGE, le=EDGE)
    y: float = real(0.0, tr_noop("y"), tr_noop("Where it lies, upwards."), ge=-EDGE, le=EDGE)
    value: float  # declared by the members: class or height


class Classed(Placed):
    """One with a class."""

    value: int = integer(0, tr_noop("Class"), tr_noop("The class that it belongs to."), ge=0, le=4)


class Raised(Placed):
    """One with a height."""

    value: float = real(0.0, tr_noop("Height"), tr_noop("The number that is to be found there."), ge=-2.0, le=2.0)


class Plane(Dataset):
    """Part of the family: made-up points, and those that a person adds or takes out.

    The last of the points are held out. Points to test with are further ones of the same pattern, with as much noise.
    What is added is always trained on; what can be taken out are points that are trained on.
    """

    panel: ClassVar[str] = "points"
    samples: ClassVar[str] = tr_noop("points")

    added: tuple[Placed, ...]  # declared by the members
    count: int = integer(
        500, tr_noop("Points"), tr_noop("How many there are, those for validation included."), ge=20, le=MOST
    )
    validation_share: float = proportion(
        0.2,
        tr_noop("Validation"),
        tr_noop("Share of the points that is never trained on, to see how well the network generalises."),
        le=0.5,
    )
    data_seed: int = integer(
        0,
        tr_noop("Data seed"),
        tr_noop("Decides where the points lie; the seed of the run does not."),
        ge=0,
        le=_TEST_SEEDS - 1,
    )
    x: bool = flag(True, tr_noop("x"), tr_noop("Tell the network x."))
    y: bool = flag(True, tr_noop("y"), tr_noop("Tell the network y."))
    x_squared: bool = flag(False, tr_noop("x²"), tr_noop("Tell the network x²."))
    y_squared: bool = flag(False, tr_noop("y²"), tr_noop("Tell the network y²."))
    xy: bool = flag(False, tr_noop("xy"), tr_noop("Tell the network the product of x and y."))
    sin_x: bool = flag(False, tr_noop("sin x"), tr_noop("Tell the network the sine of x, in radians."))
    sin_y: bool = flag(False, tr_noop("sin y"), tr_noop("Tell the network the sine of y, in radians."))
    removed: tuple[Annotated[int, Field(strict=True, ge=0, le=MOST - 1)], ...] = hidden(
        tr_noop("Points taken out"), most=MOST_BY_HAND, live=True
    )

    @abstractmethod
    def made_up(self, count: int, seed: int) -> Call:
        """The function of `engine.data.sources.patterns` that makes up so many points."""

    @property
    @abstractmethod
    def placed(self) -> tuple[Placed, ...]:
        """The points that were added and that there is a place for."""

    @property
    def features(self) -> tuple[str, ...]:
        """What the network is told of a point, by name."""
        return tuple(name for name in FEATURES if getattr(self, name))

    @property
    def sample_shape(self) -> Shape:
        return (len(self.features),)

    @property
    def available(self) -> int:
        return self.count

    @property
    def test_count(self) -> int:
        return 1000

    @property
    def taken_out(self) -> tuple[int, ...]:
        """Numbers of the points that were taken out of those to train on, in order."""
        return tuple(sorted({number for number in self.removed if number < self.count - self.validation_count}))

    @property
    def train_count(self) -> int:
        """How many points are trained on: without those taken out, and with those added."""
        return super().train_count - len(self.taken_out) + len(self.placed)

    def objections(self) -> Iterator[Objection]:
        if not self.features:
            yield Objection(
                message("The network is told nothing of the points."),
                message("at least one feature, such as x"),
                "x",
                True,
            )
        if self.train_count < 2:
            yield Objection(
                message("There are too few points to train on: {count}.", count=self.train_count),
                message("at least two points"),
                "count",
                2 * len(self.removed) + 20,
            )

    def call(self) -> Call:
        further = {
            "removed": self.taken_out,
            "added": tuple((point.x, point.y, float(point.value)) for point in self.placed),
        }
        return call(
            _OURS + "divide",
            self.made_up(self.count, self.data_seed),
            self.made_up(self.test_count, self.data_seed + _TEST_SEEDS),
            names=self.features,
            held_out=self.validation_count,
            classes=self.task.classes is not None,
            **{name: value for name, value in further.items() if value},
        )

    def loading(self) -> Loading:
        return Loading(
            _loading(self),
            copied=(self.made_up(self.count, self.data_seed).target, _OURS + "as_inputs", _OURS + "as_targets"),
        )


class Points(Plane):
    """Classes of points; five arms at most, so that colours and marks can be told apart."""

    id: ClassVar[str] = "points"
    label: ClassVar[str] = tr_noop("2-D classification")
    help: ClassVar[str] = tr_noop("Made-up points, each of a class. Which class does a place belong to?")
    keywords: ClassVar[str] = tr_noop(
        "two dimensions toy circle xor gaussian spiral moons classification decision boundary"
    )

    pattern: Pattern = component(Spirals(), tr_noop("Pattern"), tr_noop("How the classes lie in the plane."))
    noise: float = real(
        0.2,
        tr_noop("Noise"),
        tr_noop("How far points stray at random, as a standard deviation; the plane is 12 wide."),
        ge=0.0,
        le=3.0,
    )
    added: tuple[Classed, ...] = hidden(tr_noop("Points added"), most=MOST_BY_HAND, live=True)

    @property
    def task(self) -> Task:
        return classes(self.pattern.classes)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Their numbers from 1, as beside the map."""
        return tuple(str(number + 1) for number in range(self.pattern.classes))

    @property
    def placed(self) -> tuple[Classed, ...]:
        return tuple(point for point in self.added if point.value < self.pattern.classes)

    def made_up(self, count: int, seed: int) -> Call:
        return self.pattern.call(count, self.noise, seed)


class Heights(Plane):
    """A height at each point."""

    id: ClassVar[str] = "heights"
    label: ClassVar[str] = tr_noop("2-D regression")
    help: ClassVar[str] = tr_noop("Made-up points, each with a height. How high is it in between?")
    keywords: ClassVar[str] = tr_noop("two dimensions toy regression surface plane hills")

    surface: Surface = component(Hills(), tr_noop("Surface"), tr_noop("What the heights are."))
    noise: float = real(
        0.05,
        tr_noop("Noise"),
        tr_noop("How far heights stray at random, as a standard deviation; they reach from −1 to 1."),
        ge=0.0,
        le=1.0,
    )
    added: tuple[Raised, ...] = hidden(tr_noop("Points added"), most=MOST_BY_HAND, live=True)

    @property
    def task(self) -> Task:
        return Task((1,), "values", Score.R2)

    @property
    def target_name(self) -> str:
        return tr_noop("height")

    @property
    def placed(self) -> tuple[Raised, ...]:
        return self.added

    def made_up(self, count: int, seed: int) -> Call:
        return self.surface.call(count, self.noise, seed)


def _loading(data: Plane) -> str:
    kept, classified = data.count - data.validation_count, data.task.classes is not None
    wanted = "classes (N,)" if classified else "heights (N, 1)"
    lines = [
        "def load_data(device):",
        f'    """Features of points (N, {len(data.features)}) and {wanted}, for each part."""',
        "",
        "    def tensors(points):",
        f"        inputs = as_inputs(points, {printed(data.features)})",
        f"        return inputs.to(device), as_targets(points, {classified}).to(device)",
        "",
        *statement("    points = ", local(data.made_up(data.count, data.data_seed))),
        f"    train = points[:{kept}]",
        *_by_hand(data),
        *statement("    test = ", local(data.made_up(data.test_count, data.data_seed + _TEST_SEEDS))),
    ]
    held_out = [f"tensors(points[{kept}:])"] if data.validation_count else []
    return "\n".join([*lines, f"    return {', '.join(['tensors(train)', *held_out, 'tensors(test)'])}"])


def _by_hand(data: Plane) -> Iterator[str]:
    """The lines that take points out and add others, where a person did."""
    if data.taken_out:
        yield "    removed = {"
        yield from (f"        {number}," for number in data.taken_out)
        yield "    }"
        yield "    train = [point for number, point in enumerate(train) if number not in removed]"
    if data.placed:
        yield "    train += ["
        yield from (f"        ({point.x!r}, {point.y!r}, {float(point.value)!r})," for point in data.placed)
        yield "    ]"

"""Generated points of the plane: predict their class or their height."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from playground.spec.call import Call, call, printed
from playground.spec.component import Component, component, flag, hidden, integer, proportion, real
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.patterns import Hills, Pattern, Spirals, Surface
from playground.spec.data.task import Score, Task, classes
from playground.spec.export.statement import local, statement
from playground.spec.layer import Shape
from playground.spec.messages import message, tr_noop

EDGE = 6.0  # the plane extends from -EDGE to EDGE in both directions
MOST = 5000  # points
MOST_BY_HAND = 1000  # points added, and points removed
_SEEDS = 2**32  # data seeds are below it, seeds of test points are not
_OURS = "playground.engine.data.sources.points."

FEATURES = ("x", "y", "x_squared", "y_squared", "xy", "sin_x", "sin_y")  # fields of `Plane`, in input order


class Placed(Component):
    """A point that the user added to the plane: a plain record."""

    label: ClassVar[str] = tr_noop("Point")
    help: ClassVar[str] = tr_noop("A point that was added by hand.")

    x: float = real(0.0, tr_noop("x"), tr_noop("Position, to the right."), ge=-EDGE, le=EDGE)
    y: float = real(0.0, tr_noop("y"), tr_noop("Position, upwards."), ge=-EDGE, le=EDGE)
    value: float  # declared by subclasses: class or height


class Classed(Placed):
    """A point with a class."""

    value: int = integer(0, tr_noop("Class"), tr_noop("The class that it belongs to."), ge=0, le=4)


class Raised(Placed):
    """A point with a height."""

    value: float = real(0.0, tr_noop("Height"), tr_noop("The target there."), ge=-2.0, le=2.0)


class Plane(Dataset):
    """Base of data sets of generated points and of points that the user adds or removes.

    The last of the generated points are held out. Test points are further points of the same pattern, with the same
    noise. Added points are always trained on; only training points can be removed.
    """

    panel: ClassVar[str] = "points"
    over_plane: ClassVar[bool] = True
    asked_with: ClassVar[Samples | None] = Samples.POINTS
    samples: ClassVar[str] = tr_noop("points")

    added: tuple[Placed, ...]  # declared by subclasses
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
        tr_noop("Decides where the points are; the seed of the run does not."),
        ge=0,
        le=_SEEDS - 1,
    )
    x: bool = flag(True, tr_noop("x"), tr_noop("Use x as an input."))
    y: bool = flag(True, tr_noop("y"), tr_noop("Use y as an input."))
    x_squared: bool = flag(False, tr_noop("x²"), tr_noop("Use x² as an input."))
    y_squared: bool = flag(False, tr_noop("y²"), tr_noop("Use y² as an input."))
    xy: bool = flag(False, tr_noop("xy"), tr_noop("Use the product of x and y as an input."))
    sin_x: bool = flag(False, tr_noop("sin x"), tr_noop("Use the sine of x, in radians, as an input."))
    sin_y: bool = flag(False, tr_noop("sin y"), tr_noop("Use the sine of y, in radians, as an input."))
    removed: tuple[Annotated[int, Field(strict=True, ge=0, le=MOST - 1)], ...] = hidden(
        tr_noop("Points removed"), most=MOST_BY_HAND, live=True
    )

    @abstractmethod
    def made_up(self, count: int, seed: int) -> Call:
        """The function of `engine.data.sources.points` that generates `count` points."""

    @property
    @abstractmethod
    def placed(self) -> tuple[Placed, ...]:
        """The added points that the pattern has a class for."""

    @property
    def test_seed(self) -> int:
        """The seed of the test points, with which `random.Random` gives other numbers than with any data seed.

        It splits a seed n + m · 2³² into the words (n, m), and adds to each word its position: (n, m) then acts like
        (n) alone where m + 1 equals n.
        """
        return self.data_seed + (2 * _SEEDS if self.data_seed == 2 else _SEEDS)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features that the network receives for each point."""
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
        """Indices of the removed training points, in order."""
        return tuple(sorted({number for number in self.removed if number < self.count - self.validation_count}))

    @property
    def train_count(self) -> int:
        """Number of training points: without those removed, and with those added."""
        return super().train_count - len(self.taken_out) + len(self.placed)

    def objections(self) -> Iterator[Objection]:
        if not self.features:
            yield Objection(
                message("The network has no inputs."),
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
            self.made_up(self.test_count, self.test_seed),
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
    """Points with classes; at most five arms, so that colours and marks can be told apart."""

    id: ClassVar[str] = "points"
    label: ClassVar[str] = tr_noop("2-D classification")
    help: ClassVar[str] = tr_noop("Generated points, each of a class. Which class does a position belong to?")
    keywords: ClassVar[str] = tr_noop(
        "two dimensions toy circle xor gaussian spiral moons classification decision boundary"
    )

    pattern: Pattern = component(Spirals(), tr_noop("Pattern"), tr_noop("How the classes are arranged in the plane."))
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
        """Class numbers from 1, as in the map's legend."""
        return tuple(str(number + 1) for number in range(self.pattern.classes))

    @property
    def placed(self) -> tuple[Classed, ...]:
        return tuple(point for point in self.added if point.value < self.pattern.classes)

    def made_up(self, count: int, seed: int) -> Call:
        return self.pattern.call(count, self.noise, seed)


class Heights(Plane):
    """Points with heights."""

    id: ClassVar[str] = "heights"
    label: ClassVar[str] = tr_noop("2-D regression")
    help: ClassVar[str] = tr_noop("Generated points, each with a height. How high is it in between?")
    keywords: ClassVar[str] = tr_noop("two dimensions toy regression surface plane hills")

    surface: Surface = component(Hills(), tr_noop("Surface"), tr_noop("The function that gives the heights."))
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
        *statement("    test = ", local(data.made_up(data.test_count, data.test_seed))),
    ]
    held_out = [f"tensors(points[{kept}:])"] if data.validation_count else []
    return "\n".join([*lines, f"    return {', '.join(['tensors(train)', *held_out, 'tensors(test)'])}"])


def _by_hand(data: Plane) -> Iterator[str]:
    """The lines that remove and add the points that the user changed."""
    if data.taken_out:
        yield "    removed = {"
        yield from (f"        {number}," for number in data.taken_out)
        yield "    }"
        yield "    train = [point for number, point in enumerate(train) if number not in removed]"
    if data.placed:
        yield "    train += ["
        yield from (f"        ({point.x!r}, {point.y!r}, {float(point.value)!r})," for point in data.placed)
        yield "    ]"

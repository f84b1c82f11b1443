"""How points lie in the plane: patterns of classes, and surfaces that have a height everywhere."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import Component, integer
from playground.spec.messages import tr_noop

_OURS = "playground.engine.data.sources.patterns."


class Pattern(Component):
    """The family of those with classes; a member's id is the name of its function in `engine.data.sources.patterns`."""

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return 2

    def call(self, count: int, noise: float, seed: int) -> Call:
        """The function that makes up the points."""
        return call(_OURS + self.id, count, noise, seed)


class Circle(Pattern):
    """A disc within a ring."""

    id: ClassVar[str] = "circle"
    label: ClassVar[str] = tr_noop("Circle")
    help: ClassVar[str] = tr_noop("One class lies round the other. With x² and y² a single layer is enough.")


class XOR(Pattern):
    """Four squares, those across from one another of one class."""

    id: ClassVar[str] = "xor"
    label: ClassVar[str] = tr_noop("XOR")
    help: ClassVar[str] = tr_noop(
        "Four squares; neither x nor y alone says anything. With xy a single layer is enough."
    )
    keywords: ClassVar[str] = tr_noop("exclusive or checkerboard")


class Gaussians(Pattern):
    """Two clouds."""

    id: ClassVar[str] = "gaussians"
    label: ClassVar[str] = tr_noop("Two Gaussians")
    help: ClassVar[str] = tr_noop("Two round clouds, which a straight line divides.")
    keywords: ClassVar[str] = tr_noop("blobs clouds linear")


class Spirals(Pattern):
    """Arms that wind about the middle."""

    id: ClassVar[str] = "spirals"
    label: ClassVar[str] = tr_noop("Spirals")
    help: ClassVar[str] = tr_noop("Arms that wind about one another. The hardest: it takes hidden layers.")

    arms: int = integer(2, tr_noop("Arms"), tr_noop("How many arms there are; each is a class."), ge=2, le=5)

    @property
    def classes(self) -> int:
        return self.arms

    def call(self, count: int, noise: float, seed: int) -> Call:
        return call(_OURS + self.id, count, noise, seed, arms=self.arms)


class Moons(Pattern):
    """Two half circles."""

    id: ClassVar[str] = "moons"
    label: ClassVar[str] = tr_noop("Moons")
    help: ClassVar[str] = tr_noop("Two half circles that reach into one another.")


class Surface(Component):
    """The family of those with heights; a member's id is the name of its function in `engine.data.sources.patterns`."""

    def call(self, count: int, noise: float, seed: int) -> Call:
        """The function that makes up the points."""
        return call(_OURS + self.id, count, noise, seed)


class Slope(Surface):
    """A plane that is not level."""

    id: ClassVar[str] = "plane"
    label: ClassVar[str] = tr_noop("Plane")
    help: ClassVar[str] = tr_noop("Rises evenly towards one corner; a single unit finds it.")


class Hills(Surface):
    """Hills and hollows."""

    id: ClassVar[str] = "hills"
    label: ClassVar[str] = tr_noop("Hills")
    help: ClassVar[str] = tr_noop("Three hills and two hollows, round as bells.")

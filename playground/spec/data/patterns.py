"""Distributions of points in the plane: patterns of classes, and surfaces of heights."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import Component, integer
from playground.spec.messages import tr_noop

_OURS = "playground.engine.data.sources.patterns."


class Pattern(Component):
    """Base class of patterns with classes; a member's id is its function's name in `engine.data.sources.patterns`."""

    @property
    def classes(self) -> int:
        """The number of classes."""
        return 2

    def call(self, count: int, noise: float, seed: int) -> Call:
        """The function that makes up the points."""
        return call(_OURS + self.id, count, noise, seed)


class Circle(Pattern):
    """A disc within a ring."""

    id: ClassVar[str] = "circle"
    label: ClassVar[str] = tr_noop("Circle")
    help: ClassVar[str] = tr_noop("One class surrounds the other. With x² and y² a single layer is enough.")


class XOR(Pattern):
    """Four squares; diagonally opposite ones have the same class."""

    id: ClassVar[str] = "xor"
    label: ClassVar[str] = tr_noop("XOR")
    help: ClassVar[str] = tr_noop(
        "Four squares; neither x nor y alone gives the class. With xy a single layer is enough."
    )
    keywords: ClassVar[str] = tr_noop("exclusive or checkerboard")


class Gaussians(Pattern):
    """Two normally distributed clouds."""

    id: ClassVar[str] = "gaussians"
    label: ClassVar[str] = tr_noop("Two Gaussians")
    help: ClassVar[str] = tr_noop("Two round clouds, which a straight line separates.")
    keywords: ClassVar[str] = tr_noop("blobs clouds linear")


class Spirals(Pattern):
    """Spiral arms around the centre."""

    id: ClassVar[str] = "spirals"
    label: ClassVar[str] = tr_noop("Spirals")
    help: ClassVar[str] = tr_noop("Intertwined spiral arms. The hardest pattern: it takes hidden layers.")

    arms: int = integer(2, tr_noop("Arms"), tr_noop("The number of arms; each is a class."), ge=2, le=5)

    @property
    def classes(self) -> int:
        return self.arms

    def call(self, count: int, noise: float, seed: int) -> Call:
        return call(_OURS + self.id, count, noise, seed, arms=self.arms)


class Moons(Pattern):
    """Two half circles."""

    id: ClassVar[str] = "moons"
    label: ClassVar[str] = tr_noop("Moons")
    help: ClassVar[str] = tr_noop("Two interlocking half circles.")


class Surface(Component):
    """Base class of surfaces with heights; a member's id is its function's name in `engine.data.sources.patterns`."""

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
    help: ClassVar[str] = tr_noop("Three bell-shaped hills and two hollows.")

"""The content of a block in the stack: the texts and numbers of a layer or of the input data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from playground.gui.stack.health_mark import HealthMark
from playground.gui.stack.items import Item
from playground.gui.style.translation import counted, translated
from playground.spec.check.problem import Problem
from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.data.dataset import Dataset
from playground.spec.display import Display
from playground.spec.edits import LayerPath
from playground.spec.layer import Kind, Layer, Trainable, display_of, shape_text
from playground.spec.messages import Message, joined, message, plural, tr_noop

DATA: LayerPath = ()  # the path of the data block, above all layers
UNKNOWN = "?"
OFF, FROZEN = tr_noop("off"), tr_noop("frozen")


@dataclass(frozen=True, slots=True)
class Block:
    """The content of one block, for painting and for screen readers; all texts are translated."""

    path: LayerPath
    name: str
    settings: str
    shape: str
    parameters: str
    kind: Kind | None  # None for the data
    enabled: bool
    problems: tuple[Problem, ...]
    frozen: bool = False  # whether it keeps its weights in training
    container: bool = False
    folded: bool = False
    branch: int = 0  # number of the branch that begins here, from 1; 0 if none does or it is the only one
    closes: int = 0  # number of containers that end with this block
    empty: bool = False  # no layer, but the insertion point in an empty branch
    display: Display | None = None  # how it shows what the layer computes; None if it does not
    ranges: tuple[str, ...] = ()  # what a search may change in the layer
    health: HealthMark | None = None  # what is wrong with the layer in the run; None if nothing is

    @property
    def depth(self) -> int:
        """The number of containers around this block."""
        return max(0, len(self.path) - 1) // 2

    @property
    def marks(self) -> tuple[str, ...]:
        """The words of the marks beside its name, not translated."""
        return (*((OFF,) if not self.enabled else ()), *((FROZEN,) if self.frozen else ()))

    def spoken(self) -> str:
        """The complete text for a screen reader."""
        words = [self.name, self.settings]
        if self.empty:
            return ", ".join(words)
        if self.container:
            words.append(translated(tr_noop("collapsed")) if self.folded else translated(tr_noop("expanded")))
        if self.depth:
            words.append(translated(message("level {level}", level=self.depth + 1)))
        words += (translated(mark) for mark in self.marks)
        words += (translated(message("searched: {range}", range=text)) for text in self.ranges)
        words.append(translated(message("output {shape}", shape=self.shape)))
        if self.kind is not None:
            words.append(translated(message("{count} parameters", count=self.parameters)))
        text = ", ".join(word for word in words if word)
        for problem in self.problems:
            text += "; " + translated(message("problem: {what}", what=problem.what))
        for line in self.health.lines() if self.health else ():
            text += f"; {line}"
        return text


def display_in(data: Dataset, row: LayerShape | None) -> Display | None:
    """How the block of a layer, or for None that of the data, shows what is computed; None if nothing is."""
    if row is None:
        shown = display_of(data.sample_shape) if data.known else None
    elif row.output is None or row.mismatch is not None or not row.active:
        shown = None
    else:
        shown = row.layer.display(row.output)
    return Display.MAPS if shown is Display.UNITS and data.over_plane else shown


def data_block(
    data: Dataset, problems: Sequence[Problem], display: Display | None = None, ranges: Sequence[str] = ()
) -> Block:
    """The first block: the input data; `ranges` is what is searched in the whole network below it."""
    shape = shape_text(data.sample_shape) if data.known else UNKNOWN
    block = Block(DATA, translated(data.label), counted(data), shape, "–", None, True, tuple(problems))
    return replace(block, display=display, ranges=tuple(ranges))


def branch_block(item: Item) -> Block:
    """The block of an empty branch, which returns its input and into which layers can be inserted."""
    several = item.holder is not None and len(item.holder.branches) > 1
    name = translated(tr_noop("Empty branch")) if several else translated(tr_noop("Empty"))
    words = translated(tr_noop("passes on its input; insert or drop layers here"))
    return Block(
        item.path, name, words, "", "", None, True, (), False, False, False, item.branch, item.closes, empty=True
    )


def layer_block(
    row: LayerShape,
    problems: Sequence[Problem],
    item: Item | None = None,
    display: Display | None = None,
    ranges: Sequence[str] = (),
) -> Block:
    """The block of a layer; `item` gives its position in the nesting of containers, `ranges` what is searched."""
    summary = [*row.layer.summary(), *(_count(row.layer) if item and item.folded else ())]
    misfit = row.mismatch is not None
    return Block(
        path=row.path,
        name=translated(row.layer.label),
        settings=translated(joined(summary)) if summary else "",
        shape=UNKNOWN if row.output is None or misfit else shape_text(row.output),
        parameters=UNKNOWN if row.parameters is None or misfit else f"{row.parameters:,}",
        kind=row.layer.kind,
        enabled=row.active,
        problems=tuple(problems),
        frozen=row.frozen and isinstance(row.layer, Trainable),
        container=isinstance(row.layer, Container),
        folded=item.folded if item else False,
        branch=item.branch if item else 0,
        closes=item.closes if item else 0,
        display=display,
        ranges=tuple(ranges),
    )


def _count(layer: Layer) -> Iterator[Message]:
    """The number of layers hidden in a folded container."""
    if isinstance(layer, Container):
        count = sum(len(branch.layers) for branch in layer.branches)
        yield plural("{count:,} layers", "1 layer", count)

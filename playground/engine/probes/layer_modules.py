"""Finds the modules of each layer of a stack, also of layers in containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from torch import nn

from playground.engine.modules.containers import Parallel, Residual
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer
from playground.spec.layers.activation import Nonlinearity


class LayerModules(NamedTuple):
    """The modules of one enabled layer in a network."""

    path: LayerPath
    layer: Layer
    copies: tuple[tuple[nn.Module, ...], ...]  # several where a Repeat around it gives each time its own weights

    @property
    def outputs(self) -> tuple[nn.Module, ...]:
        """The modules whose outputs are the layer's, after its activation; one for each copy."""
        return tuple(modules[-1] for modules in self.copies)

    @property
    def activation(self) -> Nonlinearity | None:
        """The activation that its outputs come from; None where there is none."""
        own = self.layer if isinstance(self.layer, Nonlinearity) else getattr(self.layer, "activation", None)
        return own if isinstance(own, Nonlinearity) else None


def layer_modules(experiment: Experiment, network: nn.Sequential) -> tuple[LayerModules, ...]:
    """The modules of all enabled layers in the order of `walk`; a container comes before the layers in it.

    `network` is the one that `build` makes of the experiment, or a copy of it.
    """
    rows = tuple(row for row in walk(experiment.stack, experiment.data.sample_shape) if row.active)
    found: dict[LayerPath, list[tuple[nn.Module, ...]]] = {}
    for path, modules in _located(rows, (), network):
        found.setdefault(path, []).append(modules)
    return tuple(LayerModules(row.path, row.layer, tuple(found[row.path])) for row in rows)


def _located(
    rows: tuple[LayerShape, ...], prefix: LayerPath, modules: Iterable[nn.Module]
) -> Iterator[tuple[LayerPath, tuple[nn.Module, ...]]]:
    """The layers of the stack at `prefix`, whose modules are given, and those in them."""
    rest = iter(modules)
    for row in rows:
        if row.path[:-1] != prefix:
            continue
        own = tuple(islice(rest, len(row.calls)))
        yield row.path, own
        if isinstance(row.layer, Container):
            for number, branch in _branches(own[0]):
                yield from _located(rows, (*row.path, number), branch.children())


def _branches(container: nn.Module) -> Iterator[tuple[int, nn.Module]]:
    """The modules of the branches in a container, each with the number of its branch."""
    if isinstance(container, Parallel):
        yield from enumerate(container)
    elif isinstance(container, Residual):
        yield 0, container.body
    else:  # of a Repeat: one body that is shared, or one for each time
        yield from ((0, body) for body in container.children())

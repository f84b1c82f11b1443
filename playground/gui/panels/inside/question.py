"""The question what is inside a layer, with one number explained, and its answer in the inference thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from playground.gui.panels.layer_probe import Example, inside_output
from playground.gui.session.network_source import NetworkSource
from playground.gui.stack.block_output import BlockOutput, block_output, rescaled
from playground.gui.stack.output_layout import Place
from playground.gui.stack.output_scale import Scale
from playground.spec.display import Display
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, display_of
from playground.spec.messages import Message, message

if TYPE_CHECKING:
    from torch import Tensor, nn

    from playground.engine.probes.explanation import Explained
    from playground.engine.probes.layer_modules import LayerModules
    from playground.engine.probes.layer_outputs import LayerOutput, Recorded


@dataclass(frozen=True, slots=True, eq=False)
class InsideQuestion:
    """Asks for all that a layer makes of an example, and how it makes the number at a place.

    () is the example itself. Without a place it is the number with the largest magnitude.
    """

    example: Example
    path: LayerPath
    place: Place | None
    scales: tuple[Scale, ...] = ()  # fixed ones, of the sheets


@dataclass(frozen=True, slots=True, eq=False)
class InsideAnswer:
    """The calculation inside one layer; `output` is None where its numbers cannot be displayed."""

    question: InsideQuestion
    experiment: Experiment
    version: int
    layer: Layer | None = None  # None for the example itself
    output: BlockOutput | None = None
    place: Place | None = None  # of the number
    given: BlockOutput | None = None  # the input of the layer, for that number
    explained: Explained | None = None
    broken: Message | None = None  # why a number of a layer that is broken on purpose has no explanation


class _Recording(NamedTuple):
    """The layer's numbers, for the network and the example that they are of."""

    source: NetworkSource
    example: Example
    path: LayerPath
    layer: LayerModules | None
    inputs: Tensor
    seen: Recorded | None
    computed: LayerOutput | None
    output: BlockOutput | None


class InsideProbe:
    """Answers in the inference thread; keeps what it recorded, so that another number costs little."""

    def __init__(self) -> None:
        self._recording: _Recording | None = None

    def __call__(
        self, network: nn.Sequential, source: NetworkSource, question: InsideQuestion
    ) -> Iterator[InsideAnswer | None]:
        kept = self._recording
        if (
            kept is None
            or kept.source is not source
            or kept.example is not question.example
            or kept.path != question.path
        ):
            kept = self._recording = _record(network, source, question)
            yield None
        yield InsideAnswer(question, source.experiment, source.version) if kept is None else _answer(kept, question)


def _record(network: nn.Sequential, source: NetworkSource, question: InsideQuestion) -> _Recording | None:
    from playground.engine.probes.layer_modules import layer_modules
    from playground.engine.probes.layer_outputs import LayerOutput, frozen, layer_output, recorded
    from playground.engine.probes.plane_outputs import over_plane

    experiment, example, path = source.experiment, question.example, question.path
    inputs = example.network_input(source, example.content)
    if inputs is None:
        return None
    layer = next((item for item in layer_modules(experiment, network) if item.path == path), None)
    seen = None if layer is None else recorded(network, [layer], inputs, all_inputs=True)[path]
    computed = None
    if path == () or (layer is not None and seen is not None):
        outputs = inputs if seen is None else seen.outputs
        if experiment.data.over_plane:
            computed = over_plane(path, outputs) if outputs.dim() == 2 else None
        elif layer is None or seen is None:
            computed = LayerOutput((), frozen(inputs[0]))
        else:
            computed = layer_output(network, layer, seen)
    steps = example.steps(source, example.content)
    own = None if layer is None else layer.layer
    output = None if computed is None else inside_output(experiment.data, own, computed, steps)
    return _Recording(source, example, path, layer, inputs, seen, computed, output)


def _answer(kept: _Recording, question: InsideQuestion) -> InsideAnswer:
    from playground.engine.probes.explanation import explained

    experiment, version = kept.source.experiment, kept.source.version
    layer = None if kept.layer is None else kept.layer.layer
    if kept.output is None or not kept.output.sheets:
        return InsideAnswer(question, experiment, version, layer, kept.output)
    place = within(kept.output, question.place)
    shown = rescaled(kept.output, question.scales)
    given = found = broken = None
    if kept.layer is not None and kept.seen is not None:
        sample, index = index_of(kept.output, place, over_plane=experiment.data.over_plane)
        first = kept.seen.inputs.shape == kept.inputs.shape and kept.seen.inputs.equal(kept.inputs)
        given = _given(kept.seen.inputs[sample], example=first)
        broken = _broken(kept.source, question.path)
        found = None if broken is not None else explained(kept.layer, kept.seen, index, sample)
    return InsideAnswer(question, experiment, version, layer, shown, place, given, found, broken)


def _broken(source: NetworkSource, path: LayerPath) -> Message | None:
    """The intervention because of which a layer's calculation does not give its output; noise changes weights alone."""
    if source.intervention is None:
        return None
    if path in source.intervention.skipped:
        return message("This layer is broken on purpose: it is skipped, and passes on its input.")
    if source.intervention.silenced.get(path):
        return message("This layer is broken on purpose: the outputs of some of its units are set to 0.")
    return None


def _given(inputs: Tensor, *, example: bool) -> BlockOutput | None:
    """The input of a layer, as the blocks show it; None where it cannot be displayed."""
    from playground.engine.probes.layer_outputs import LayerOutput, frozen

    display = display_of(tuple(inputs.shape)) if inputs.is_floating_point() else None
    return None if display is None else block_output(display, LayerOutput((), frozen(inputs)), example=example)


def within(output: BlockOutput, place: Place | None) -> Place:
    """The nearest place that the output has; without one, that of the number with the largest magnitude."""
    if place is None:
        last = len(output.sheets) - 1  # of gates it is the state
        values = np.abs(output.sheets[last].values[:1])
        row, column = np.unravel_index(int(np.nan_to_num(values).argmax()), values.shape)[1:]
        return Place(last, 0, int(row), int(column))
    sheet = min(place.sheet, len(output.sheets) - 1)
    sizes = output.sheets[sheet].values.shape
    number, row, column = (min(max(at, 0), size - 1) for at, size in zip(place[1:], sizes, strict=True))
    return Place(sheet, number, row, column)


def index_of(output: BlockOutput, place: Place, *, over_plane: bool) -> tuple[int, tuple[int, ...]]:
    """The sample and the index of a value in it, as `engine.probes.explanation.explained` counts."""
    if over_plane:
        return place.row * output.sheets[0].values.shape[2] + place.column, (place.number,)
    match output.display:
        case Display.UNITS:
            return 0, (place.column,)
        case Display.SEQUENCE:
            return 0, (place.column, place.row)
        case Display.GATES:
            return 0, (int(output.sheets[place.sheet].name.endswith("←")), place.column, place.row)
    return 0, (place.number, place.row, place.column)

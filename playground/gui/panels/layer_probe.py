"""The question what every visible layer makes of a panel's example, and its answer in the inference thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from playground.gui.session.network_source import NetworkSource
from playground.gui.stack.block_output import BlockOutput, block_output, rescaled, shortened
from playground.gui.stack.output_scale import Scale
from playground.spec.data.dataset import Dataset
from playground.spec.display import Display
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, display_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from playground.engine.probes.layer_modules import LayerModules
    from playground.engine.probes.layer_outputs import LayerOutput

# The scales of layers that are fixed, one for each sheet of what their blocks show.
FixedScales = Mapping[LayerPath, tuple[Scale, ...]]

# From the network's description and the content of a panel's question to the network's input (1, …), or, over a plane,
# to all points (N, …) of the pictures. None if there is no input in it. It may raise a `PlaygroundError`.
NetworkInput = Callable[[NetworkSource, Any], "Tensor | None"]

# From the same, how many steps of a sequence the input has; padding follows. None for all of them.
Steps = Callable[[NetworkSource, Any], int | None]


class Example(NamedTuple):
    """The example that a panel shows its network now."""

    content: Any  # of the panel's question: immutable
    made_for: Dataset  # the data that it suits: each question about it is bound to them
    network_input: NetworkInput
    steps: Steps
    recorder: Recorder | None = None  # of the panel's answers


@dataclass(frozen=True, slots=True, eq=False)
class ProbeQuestion:
    """Asks for what some layers make of an example; () is the example itself."""

    example: Example
    paths: frozenset[LayerPath]
    active_first: bool = False  # whether maps and heads come in the order of their mean absolute value
    scales: FixedScales = field(default_factory=dict)

    def about(self, content: object) -> ProbeQuestion:
        """The same about another content of the same panel."""
        return replace(self, example=self.example._replace(content=content))

    def is_same(self, other: ProbeQuestion) -> bool:
        """Whether both have the same answer by the same network."""
        own, its = ((asked.paths, asked.active_first, asked.scales) for asked in (self, other))
        return self.example.content is other.example.content and own == its


@dataclass(frozen=True, slots=True, eq=False)
class ProbeAnswer:
    """The outputs of the layers of an experiment's stack for the example, after so many steps of training."""

    example: Example
    outputs: dict[LayerPath, BlockOutput]
    experiment: Experiment
    version: int
    seconds: float = 0.0  # of computing in the inference thread


class Recorder(Protocol):
    """Tells what layers compute for a panel's answers, see `LayerRecorder`."""

    @property
    def count(self) -> int:
        """The number of its answers so far."""

    def want(self, question: ProbeQuestion, source: NetworkSource) -> None:
        """Want its layers for each new question of the panel, and for the current one when that network answers it."""

    def want_nothing(self) -> None:
        """Want none from now on."""

    def has_told(self, question: ProbeQuestion, source: NetworkSource) -> bool:
        """Whether its latest answer is what this question asks that network."""


class LocatedLayers:
    """Finds the modules of layers, and remembers those of the latest network."""

    def __init__(self) -> None:
        self._network: nn.Sequential | None = None
        self._layers: tuple[LayerModules, ...] = ()

    def __call__(self, experiment: Experiment, network: nn.Sequential) -> tuple[LayerModules, ...]:
        from playground.engine.probes.layer_modules import layer_modules

        if network is not self._network:
            self._network, self._layers = network, layer_modules(experiment, network)
        return self._layers


class LayerProbe:
    """Answers in the inference thread, unless the recorder of the panel's answers does."""

    def __init__(self) -> None:
        self._located = LocatedLayers()

    def __call__(
        self, network: nn.Sequential, source: NetworkSource, question: ProbeQuestion
    ) -> Iterator[ProbeAnswer | None]:
        recorder = question.example.recorder
        if recorder is None:
            yield from self._answer(network, source, question)
        elif not recorder.has_told(question, source):
            told = recorder.count
            for answer in self._answer(network, source, question):
                if recorder.count > told:
                    return  # what it told meanwhile is of a later question or network
                yield answer

    def _answer(
        self, network: nn.Sequential, source: NetworkSource, question: ProbeQuestion
    ) -> Iterator[ProbeAnswer | None]:
        import playground.gui.stack.output_painter  # noqa: F401  the window's thread would wait for it at the first answer
        from playground.engine.probes.layer_outputs import layer_outputs_in_slices
        from playground.engine.probes.plane_outputs import plane_outputs

        experiment, began = source.experiment, thread_time()
        inputs = question.example.network_input(source, question.example.content)
        layers = [layer for layer in self._located(experiment, network) if layer.path in question.paths]
        computed: Mapping[LayerPath, LayerOutput] = {}
        if inputs is not None:
            if experiment.data.over_plane:
                computed = plane_outputs(network, layers, inputs)
            else:
                computed = yield from layer_outputs_in_slices(network, layers, inputs)
            yield None
        yield from shown_in_slices(source, question, layers, computed, thread_time() - began)


def shown_in_slices(
    source: NetworkSource,
    question: ProbeQuestion,
    layers: Sequence[LayerModules],
    computed: Mapping[LayerPath, LayerOutput],
    seconds: float = 0.0,
) -> Iterator[ProbeAnswer | None]:
    """The answer from what layers computed in so many seconds; None after each slice before it."""
    from playground.engine.probes.layer_outputs import SLICE

    began, paused, found = thread_time(), perf_counter(), {}
    data, steps = source.experiment.data, question.example.steps(source, question.example.content)
    declared = {layer.path: layer.layer for layer in layers}
    for path in question.paths & computed.keys():
        if shown := shown_output(data, declared.get(path), computed[path], steps, active_first=question.active_first):
            found[path] = rescaled(shown, question.scales.get(path, ()))
        if perf_counter() - paused > SLICE:
            yield None
            paused = perf_counter()
    yield ProbeAnswer(question.example, found, source.experiment, source.version, seconds + thread_time() - began)


def shown_output(
    data: Dataset, layer: Layer | None, computed: LayerOutput, steps: int | None, *, active_first: bool = False
) -> BlockOutput | None:
    """The output that the block of a layer, or of the data, shows; None if it shows nothing."""
    display = display_of(data.sample_shape) if layer is None else layer.display(computed.output.shape)
    return displayed(display, data, layer, computed, steps, active_first=active_first)


def inside_output(data: Dataset, layer: Layer | None, computed: LayerOutput, steps: int | None) -> BlockOutput | None:
    """The same for the page with the inside of the layer, which also shows what a layer only passes on."""
    display = display_of(data.sample_shape) if layer is None else layer.display_inside(computed.output.shape)
    return displayed(display, data, layer, computed, steps)


def displayed(
    display: Display | None,
    data: Dataset,
    layer: Layer | None,
    computed: LayerOutput,
    steps: int | None,
    *,
    active_first: bool = False,
) -> BlockOutput | None:
    """The computed output, in one of the forms; None without one."""
    from playground.engine.probes.code_words import code_words

    if data.over_plane:
        display = Display.MAPS if computed.output.ndim == 3 else None
    if display is None:
        return None
    seen = computed if steps is None else shortened(display, computed, steps)
    words = code_words(data, seen.output.tolist()) if display is Display.CODES else ()
    return block_output(display, seen, words, example=layer is None, active_first=active_first)

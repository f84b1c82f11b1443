"""The network runs once for the answer of a panel and what the layers make of its question, and both are right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from playground.engine.build import build
from playground.engine.probes.layer_modules import layer_modules
from playground.engine.probes.layer_outputs import layer_outputs
from playground.gui.panels.digits.inference import ClassProbabilities, network_input, read
from playground.gui.panels.layer_probe import Example, LayerProbe, ProbeAnswer, ProbeQuestion
from playground.gui.panels.layer_recorder import LayerRecorder
from playground.gui.session.inference_request import InferenceFunction
from playground.gui.session.network_source import NetworkSource
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.shape import Flatten

BODY = Residual(branches=(Stack(layers=(Conv2d(out_channels=3, kernel_size=3, padding=1),)),))
LAYERS = (Conv2d(out_channels=3, kernel_size=5), BatchNorm(), BODY, Flatten(), Linear(out_features=10))
EXPERIMENT = Experiment(stack=Stack(layers=LAYERS), seed=3)
SOURCE = NetworkSource.initial(EXPERIMENT)
PATHS: frozenset[LayerPath] = frozenset({(), (0,), (1,), (2,), (2, 0, 0), (4,)})
Picture = NDArray[np.float32]


class Counted:
    """A network that counts its runs."""

    def __init__(self) -> None:
        self.network, self.runs = build(EXPERIMENT), 0
        self.network.register_forward_pre_hook(self._count)

    def _count(self, *_: object) -> None:
        self.runs += 1


def no_steps(*_: Any) -> None:
    return None


def question(picture: Picture | None, recorder: LayerRecorder | None = None) -> ProbeQuestion:
    return ProbeQuestion(Example(picture, SOURCE.experiment.data, network_input, no_steps, recorder), PATHS)


def recorder_of(answer: InferenceFunction = read, source: NetworkSource = SOURCE) -> LayerRecorder:
    recorder = LayerRecorder(answer)
    recorder.want(question(None), source)
    return recorder


def picture(seed: int = 0) -> Picture:
    return np.random.default_rng(seed).random((28, 28), np.float32)


def both(answer: Any) -> tuple[ClassProbabilities, ProbeAnswer]:
    first, *rest = (item for item in answer if item is not None)
    (second,) = rest
    assert isinstance(first, ClassProbabilities)
    assert isinstance(second, ProbeAnswer)
    return first, second


def test_one_run_gives_both_and_leaves_the_network_as_it_was() -> None:
    counted, drawn = Counted(), picture()
    expected = read(counted.network, SOURCE, drawn)
    outputs = layer_outputs(counted.network, layer_modules(EXPERIMENT, counted.network), network_input(SOURCE, drawn))
    counted.runs = 0
    answer, layers = both(recorder_of()(counted.network, SOURCE, drawn))
    assert counted.runs == 1
    assert answer == expected
    assert answer.picture is layers.example.content is drawn
    assert layers.outputs.keys() == PATHS
    for path, shown in layers.outputs.items():
        np.testing.assert_array_equal(shown.sheets[0].values.ravel(), outputs[path].output.ravel())
    assert all(module.training for module in counted.network.modules())
    assert not any(module._forward_hooks for module in counted.network.modules())


def test_a_question_that_was_answered_waits_for_the_network_that_is_wanted() -> None:
    network, drawn, recorder = build(EXPERIMENT), picture(), recorder_of()
    both(recorder(network, SOURCE, drawn))
    later = NetworkSource(EXPERIMENT, network.state_dict(), 7, trained=True)
    assert isinstance(recorder(network, later, drawn), ClassProbabilities)
    recorder.want(question(drawn), later)
    assert both(recorder(network, later, drawn))[1].version == 7
    recorder.want_nothing()
    assert isinstance(recorder(network, later, picture(1)), ClassProbabilities)


def test_what_was_told_is_not_computed_again() -> None:
    counted, drawn, recorder, probe = Counted(), picture(), recorder_of(), LayerProbe()
    both(recorder(counted.network, SOURCE, drawn))
    assert list(probe(counted.network, SOURCE, question(drawn, recorder))) == []
    assert counted.runs == 1
    (*_, other) = probe(counted.network, SOURCE, question(picture(1), recorder))
    assert isinstance(other, ProbeAnswer)


def test_an_older_answer_does_not_follow_a_newer_one() -> None:
    network, recorder, probe = build(EXPERIMENT), recorder_of(), LayerProbe()
    slow = iter(probe(network, SOURCE, question(picture(1), recorder)))
    assert next(slow) is None
    both(recorder(network, SOURCE, picture(2)))
    assert list(slow) == []


def twice(network: nn.Sequential, source: NetworkSource, content: Picture) -> object:
    read(network, source, content)
    return read(network, source, content)


def other_input(network: nn.Sequential, source: NetworkSource, content: Picture) -> object:
    return read(network, source, 1 - content)


def in_training_mode(network: nn.Sequential, source: NetworkSource, content: Picture) -> object:
    with torch.inference_mode():
        network(torch.cat([network_input(source, content)] * 2)[:1])
    return read(network, source, content)


@pytest.mark.parametrize("answer", [twice, other_input, in_training_mode])
def test_runs_on_something_else_tell_nothing(answer: InferenceFunction) -> None:
    assert isinstance(recorder_of(answer)(build(EXPERIMENT), SOURCE, picture()), ClassProbabilities)


def test_a_failure_leaves_no_hook() -> None:
    network = build(EXPERIMENT)
    network[0].bias.data = torch.zeros(5)
    with pytest.raises(RuntimeError):
        recorder_of()(network, SOURCE, picture())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())

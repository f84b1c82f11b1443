"""The thread answers the latest question with the latest network, returns a failure as a value, and ends cleanly."""

from __future__ import annotations

import weakref

import pytest
import torch
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.session.inference_thread import InferenceClient, InferenceError, InferenceThread
from playground.gui.session.network_source import NetworkSource
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU, Tanh
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from tests.gui.session.inference import EXPERIMENT, PICTURE, about


def weights_for(digit: int) -> dict[str, torch.Tensor]:
    """Weights of a network that reads the same digit in everything."""
    weights = {name: torch.zeros_like(tensor) for name, tensor in build(EXPERIMENT).state_dict().items()}
    weights["1.bias"][digit] = 9.0
    return weights


def test_what_was_asked_before_the_start_is_answered_after_it(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    client.ask(about(PICTURE))
    client.set_network(NetworkSource(EXPERIMENT, weights_for(7), version=3, trained=True))
    with qtbot.waitSignal(client.answered) as heard:
        thread.start()
    (reading,) = heard.args
    assert (reading.digit, reading.version, reading.trained) == (7, 3, True)
    assert sum(reading.probabilities) == pytest.approx(1, abs=1e-5)
    assert len(reading.probabilities) == 10


def test_an_untrained_network_is_the_one_that_training_begins_with(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    client.set_network(NetworkSource(EXPERIMENT, None, version=0, trained=False))
    client.ask(about(PICTURE))
    with qtbot.waitSignal(client.answered) as heard:
        thread.start()
    expected = build(EXPERIMENT)(torch.from_numpy(PICTURE)[None, None]).softmax(1)[0]
    assert heard.args[0].probabilities == pytest.approx(expected.tolist(), abs=1e-6)
    assert not heard.args[0].trained


def test_it_reads_again_when_the_network_or_the_picture_changes(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    thread.start()
    client.set_network(NetworkSource(EXPERIMENT, weights_for(1), version=1, trained=True))
    with qtbot.waitSignal(client.answered):
        client.ask(about(PICTURE))
    with qtbot.waitSignal(client.answered) as heard:
        client.set_network(NetworkSource(EXPERIMENT, weights_for(4), version=2, trained=True))
    assert (heard.args[0].digit, heard.args[0].version) == (4, 2)
    with qtbot.waitSignal(client.answered):
        client.ask(about(PICTURE * 0))
    wider = EXPERIMENT.with_(stack=Stack(layers=(Flatten(), Linear(out_features=12), Linear(out_features=10))))
    with qtbot.waitSignal(client.answered) as heard:
        client.set_network(NetworkSource(wider, None, version=3, trained=False))
    assert heard.args[0].version == 3


def test_other_layers_make_another_network_though_the_weights_fit(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    weights = weights_for(3)
    weights["1.bias"] = torch.linspace(-2.0, 2.0, 10)
    client.ask(about(PICTURE))
    thread.start()
    for version, (layer, function) in enumerate(((ReLU(), torch.relu), (Tanh(), torch.tanh)), 1):
        other = EXPERIMENT.with_(stack=Stack(layers=(*EXPERIMENT.stack.layers, layer)))
        with qtbot.waitSignal(client.answered) as heard:
            client.set_network(NetworkSource(other, weights, version, trained=True))
        expected = function(weights["1.bias"]).softmax(0)
        assert heard.args[0].probabilities == pytest.approx(expected.tolist(), abs=1e-6)


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_network_that_is_no_longer_shown_is_let_go(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot, forgotten: bool
) -> None:
    """Though nobody asks about the next one, or there is none."""
    weights = weights_for(7)
    held = [weakref.ref(tensor) for tensor in weights.values()]
    thread.start()
    client.set_network(NetworkSource(EXPERIMENT, weights, version=1, trained=True))
    del weights
    with qtbot.waitSignal(client.answered):
        client.ask(about(PICTURE))
    client.ask(None)
    if forgotten:
        client.forget_network()
    else:
        wider = EXPERIMENT.with_(stack=Stack(layers=(Flatten(), Linear(out_features=12), Linear(out_features=10))))
        client.set_network(NetworkSource(wider, None, version=2, trained=False))
    qtbot.waitUntil(lambda: all(each() is None for each in held))


def test_only_the_latest_value_counts(thread: InferenceThread, client: InferenceClient, qtbot: QtBot) -> None:
    answers: list[ClassProbabilities] = []
    client.answered.connect(answers.append)
    for version in range(50):
        client.ask(about(PICTURE))
        client.set_network(NetworkSource(EXPERIMENT, weights_for(version % 10), version, trained=True))
    with qtbot.waitSignal(client.answered):
        thread.start()
    assert [answer.version for answer in answers] == [49]


def test_weights_that_do_not_fit_are_a_value_and_reading_goes_on(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    client.ask(about(PICTURE))
    client.set_network(NetworkSource(EXPERIMENT, {"1.bias": torch.zeros(3)}, version=1, trained=True))
    with qtbot.waitSignal(client.answered) as heard:
        thread.start()
    assert isinstance(heard.args[0], InferenceError)
    assert "Traceback" in caplog.text
    with qtbot.waitSignal(client.answered) as heard:
        client.set_network(NetworkSource(EXPERIMENT, weights_for(2), version=2, trained=True))
    assert heard.args[0].digit == 2


def test_a_network_that_cannot_be_built_says_why(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    client.ask(about(PICTURE))
    client.set_network(NetworkSource(EXPERIMENT.with_(stack=Stack(layers=(Linear(),))), None, version=1, trained=False))
    with qtbot.waitSignal(client.answered) as heard:
        thread.start()
    assert isinstance(heard.args[0], InferenceError)
    assert str(heard.args[0].message)


def test_without_picture_or_network_nothing_is_said(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    answers: list[object] = []
    client.answered.connect(answers.append)
    thread.start()
    client.ask(about(PICTURE))
    client.set_network(NetworkSource(EXPERIMENT, weights_for(1), version=1, trained=True))
    qtbot.waitUntil(lambda: bool(answers))
    client.ask(None)
    client.forget_network()
    client.ask(about(PICTURE))
    answers.clear()
    with qtbot.waitSignal(client.answered) as heard:
        client.set_network(NetworkSource(EXPERIMENT, weights_for(5), version=2, trained=True))
    assert heard.args[0].version == 2


def test_it_can_be_closed_at_once_and_twice(qtbot: QtBot) -> None:
    thread = InferenceThread()
    thread.start()
    thread.close()
    thread.close()
    assert thread.isFinished()


def test_too_little_memory_for_an_answer_is_told_as_that(thread: InferenceThread, qtbot: QtBot) -> None:
    client = InferenceClient(thread, lambda _network, _source, size: torch.empty(size), parent=thread)
    client.ask(about(2**48))
    client.set_network(NetworkSource(EXPERIMENT, None, version=1, trained=False))
    with qtbot.waitSignal(client.answered) as heard:
        thread.start()
    assert isinstance(heard.args[0], InferenceError)
    assert str(heard.args[0].message).startswith("There is not enough memory for this: 1.1 PB more")


def test_too_little_memory_for_the_network_is_told_as_that(
    thread: InferenceThread, client: InferenceClient, qtbot: QtBot
) -> None:
    stack = Stack(layers=(Flatten(), Linear(out_features=1), *(2 * (Linear(out_features=1_000_000),))))
    client.ask(about(PICTURE))
    client.set_network(NetworkSource(EXPERIMENT.with_(stack=stack), None, version=1, trained=False))
    with qtbot.waitSignal(client.answered) as heard:
        thread.start()
    assert "Make the network smaller" in str(heard.args[0].message)

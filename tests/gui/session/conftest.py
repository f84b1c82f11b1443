"""A thread for inference, and a client that reads digits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.panels.digits.inference import read
from playground.gui.session.inference_thread import InferenceClient, InferenceThread


@pytest.fixture
def thread(qtbot: QtBot) -> Iterator[InferenceThread]:
    made = InferenceThread()
    yield made
    made.close()
    assert made.isFinished() or not made.isRunning()


@pytest.fixture
def client(thread: InferenceThread) -> InferenceClient:
    return InferenceClient(thread, read, parent=thread)

"""The experiment as a PyTorch program, and as a notebook."""

from __future__ import annotations

from playground.engine.export.exported import Exported
from playground.engine.weights import Trained
from playground.spec.export.notebook import notebook_text
from playground.spec.export.script import script
from playground.spec.messages import message, tr_noop


def export_script(trained: Trained) -> Exported:
    """The program that builds, trains and tests the same experiment; it holds no weights.

    Raises:
        PlaygroundError: some layer cannot take its input.
    """
    words = tr_noop("It trains a network anew; “--from weights.safetensors” starts from weights that are exported.")
    return Exported(script(trained.experiment).encode(), None, (message(words),))


def export_notebook(trained: Trained) -> Exported:
    """The notebook that loads, builds, trains, evaluates and plots the same experiment; it holds no weights.

    Raises:
        PlaygroundError: some layer cannot take its input.
    """
    words = tr_noop("It trains a network anew, and plots loss and score of each epoch with matplotlib.")
    return Exported(notebook_text(trained.experiment).encode(), None, (message(words),))

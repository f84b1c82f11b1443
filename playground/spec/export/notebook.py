"""The exported notebook: cells that load, build, train, evaluate and plot the same experiment."""

from __future__ import annotations

import json
from typing import Any

from playground.spec.experiment import Experiment
from playground.spec.export.script import imports, sections
from playground.spec.export.training import data_cell, testing_cell, training_cell
from playground.spec.messages import printable

_BUILD = """\
model = build_model().to(options.device)
# model.load_state_dict(load_file("weights.safetensors"))  # goes on from weights that are exported
print(model)"""

_PLOT = """\
import matplotlib.pyplot as plt

names = ["training", "validation"]
figure, axes = plt.subplots(1, 2, figsize=(10, 4))
for column, (axis, title) in enumerate(zip(axes, ["Loss", {score!r}], strict=True)):
    for part, name in enumerate(names[: len(history[0]) // 2]):
        values = [epoch[2 * part + column] for epoch in history]
        axis.plot(range(1, len(values) + 1), values, marker=".", label=name)
    axis.set(title=title, xlabel="Epoch")
    axis.legend()
plt.show()"""


def notebook(experiment: Experiment) -> dict[str, Any]:
    """The experiment as a Jupyter notebook, format 4.5, as JSON writes it.

    Raises:
        PlaygroundError: some layer cannot take its input; `check` reports it with a fix.
    """
    parts = sections(experiment)
    data, network = "\n\n\n".join(parts.data), "\n\n\n".join(parts.network)
    settings, training, test = data_cell(experiment), training_cell(experiment), testing_cell(experiment)
    used = imports("\n".join([data, network, settings, training, test, _BUILD, "load_file"]), parts.taken)
    needs = ", ".join(("torch", *experiment.data.loading().needs, "safetensors and matplotlib"))
    heading = f"# {printable(experiment.name) or experiment.data.label}\n\nMade by Playground. Needs {needs}."
    cells = [
        _words(heading),
        _code(f"{used}\n\n{parts.constants}"),
        _words("## Load the data"),
        _code(f"{data}\n\n\n{settings}"),
        _words("## Build the network"),
        _code(f"{network}\n\n\n{_BUILD}"),
        _words("## Train"),
        _code(training),
        _words("## Save and evaluate"),
        _code(test),
        _words("## Plot"),
        _code(_PLOT.format(score=str(experiment.data.task.score.value))),
    ]
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def notebook_text(experiment: Experiment) -> str:
    """The notebook as the text of an .ipynb file; see `notebook`."""
    return json.dumps(notebook(experiment), indent=1, ensure_ascii=False) + "\n"


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}

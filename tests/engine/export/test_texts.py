"""The notebook is valid and runs, and the card gives the figures of an evaluation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from playground.engine.data.in_memory import load
from playground.engine.evaluation.answers import all_answers
from playground.engine.export.formats import format_named
from playground.engine.fitness.fitness import fitness
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.text import OwnText
from playground.spec.export.notebook import notebook_text
from playground.spec.export.script import script
from playground.spec.files.presets import Preset, presets
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.shape import Flatten
from playground.spec.number_text import loss_text, percent_text
from playground.spec.recipe.recipe import Recipe
from tests.engine.export.trained import of_digits, trained
from tests.exported_program import run

Cells = list[dict[str, Any]]


def cells(text: str) -> Cells:
    found: Cells = json.loads(text)["cells"]
    return found


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_the_notebook_of_every_preset_is_valid(preset: Preset) -> None:
    nbformat = pytest.importorskip("nbformat", reason="it is not installed")
    text = notebook_text(preset.experiment)
    nbformat.validate(nbformat.reads(text, 4))
    code = ["".join(cell["source"]) for cell in cells(text) if cell["cell_type"] == "code"]
    compile("\n".join(code), "notebook", "exec")
    assert len(code) == 6


def test_a_notebook_trains_what_the_program_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = MNIST(train_limit=60, validation_share=0.5)
    network = trained(data, Flatten(), Linear(out_features=10), recipe=Recipe(epochs=2, batch_size=10))
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {}
    *code, _plot = [cell for cell in cells(notebook_text(network.experiment)) if cell["cell_type"] == "code"]
    for cell in code:
        exec("".join(cell["source"]), space)
    mine = load_file("trained.safetensors")
    run(script(network.experiment), tmp_path)
    assert {name: item.tolist() for name, item in mine.items()} == {
        name: item.tolist() for name, item in load_file("trained.safetensors").items()
    }
    assert len(space["history"]) == 2
    assert space["history"][1][2:] == list(space["evaluate"](space["model"], *space["validation"]))


def test_a_card_gives_the_figures_of_the_test() -> None:
    network = of_digits()
    text = format_named("card").made(network).data.decode()
    data = load(network.experiment.data)
    answers = all_answers(network.network, network.experiment, data.test)
    assert f"- Loss: {loss_text(answers.evaluation.loss)}\n- Accuracy: {percent_text(answers.evaluation.score)}" in text
    assert answers.classes is not None
    right = (answers.classes.true == 3) & (answers.classes.predicted == 3)
    recall = percent_text(right.sum() / (answers.classes.true == 3).sum())
    assert re.search(rf"^\| 3 \| [^|]+ \| {re.escape(recall)} \| [^|]+ \| 1,010 \|$", text, re.MULTILINE)
    assert "Measured on 10,000 test images." in text
    assert re.search(r"^\| Speed \| no bar \| [\d.]+ ms \(p99 [\d.]+ ms\) for one, [\d.]+ ms", text, re.MULTILINE)
    assert "- Licence of the data: CC BY-SA 3.0\n" in text
    for item in fitness(network, data).items:
        if item.id != "speed":
            assert f"| {item.label} | " in text
            assert str(item.reason) in text
            assert str(item.fix or "") in text


def test_a_card_without_data_gives_what_needs_none() -> None:
    network = trained(OwnText(), Embedding(), Linear(out_features=OwnText().task.output[-1]))
    text = format_named("card").made(network).data.decode()
    assert "- Licence of the data: not stated\n" in text
    assert "Without its data only this can be measured:" in text
    assert "| Determinism | yes |" in text
    assert "| Calibration |" not in text
    assert "| test | 0.5000 | 25.00 % |" in text

"""Exported programs compute the losses and scores that the engine computes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from playground.engine.build import build
from playground.engine.evaluation.objective import Objective
from playground.spec.data.task import Task
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.files.presets import preset
from playground.spec.layer import Tokens
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.optimizers import SGD
from tests.spec.export.experiments import EVERYTHING, EXPERIMENTS

# Imports a script, fills its network with weights, and prints what it makes of a batch, with and without gradients.
LOSS = """
import importlib.util, json, sys
import torch
from safetensors.torch import load_file
torch.set_num_threads(1)
for folder in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("exported", f"{folder}/exported.py")
    exported = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(exported)
    batch = load_file(f"{folder}/batch.safetensors")
    model = exported.build_model()
    model.load_state_dict(load_file(f"{folder}/weights.safetensors"))
    loss, _ = exported.evaluate(model, batch["images"], batch["labels"])
    if hasattr(exported, "penalty"):
        loss += exported.penalty(model).item()
    print(json.dumps([folder, loss]), flush=True)
"""


def engine_loss(experiment: Experiment, network: torch.nn.Module, images: Tensor, labels: Tensor) -> float:
    """Data part and penalty, l1 · Σ|w| + l2/2 · Σw² over weight matrices and filters."""
    objective = Objective(experiment.recipe.loss, experiment.data.task, torch.device("cpu"))
    l1, l2 = experiment.recipe.regularizer.strengths
    with torch.no_grad():
        kinds = nn.Linear | nn.Conv1d | nn.Conv2d | nn.RNNBase
        found = [module.named_parameters() for module in network.modules() if isinstance(module, kinds)]
        weights = [parameter for named in found for name, parameter in named if name.startswith("weight")]
        penalty = sum(l1 * weight.abs().sum() + l2 / 2 * weight.square().sum() for weight in weights)
        return float(objective(network.eval()(images), labels) + penalty)


def _inputs(count: int, experiment: Experiment, generator: torch.Generator) -> Tensor:
    """Codes, or numbers from 0 to 1."""
    shape = experiment.data.sample_shape
    if isinstance(shape, Tokens):
        return torch.randint(shape.vocabulary, (count, *shape), generator=generator)
    return torch.rand(count, *shape, generator=generator)


def _classes(count: int, task: Task) -> Tensor:
    """Right classes, a number for each place."""
    places = task.output[1:] if len(task.output) == 3 else task.output[:-1]
    return (torch.arange(count * task.positions) % (task.classes or 1)).view(count, *places)


def test_scripts_compute_the_loss_that_the_engine_computes(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(1)
    expected = {}
    for name, experiment in EXPERIMENTS.items():
        task = experiment.data.task
        images = _inputs(16, experiment, generator)
        values = torch.rand(16, *task.output, generator=generator)
        labels = values if task.classes is None else _classes(16, task)
        folder = tmp_path / name
        folder.mkdir()
        network = build(experiment)
        weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
        save_file(weights, folder / "weights.safetensors")
        save_file({"images": images, "labels": labels}, folder / "batch.safetensors")
        (folder / "exported.py").write_text(script(experiment), encoding="utf-8")
        expected[str(folder)] = engine_loss(experiment, network, images, labels)
    done = subprocess.run([sys.executable, "-c", LOSS, *expected], capture_output=True, text=True, check=True)
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_scripts_test_loss_is_that_of_all_samples_at_once() -> None:
    """Also where classes have weights, and a chunk holds others than the one before."""
    weights = (30.0, *[1.0] * 9)
    loss = CrossEntropy(class_weights=weights, label_smoothing=0.1)
    program = script(EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(loss=loss)))
    names: dict[str, Any] = {"__name__": "exported"}
    exec(program, names)
    generator = torch.Generator().manual_seed(3)
    outputs, labels = torch.randn(2500, 10, generator=generator), torch.randint(10, (2500,), generator=generator)
    labels, _ = labels.sort()
    found, _ = names["evaluate"](nn.Identity(), outputs, labels)
    whole = nn.functional.cross_entropy(outputs, labels, torch.tensor(weights), label_smoothing=0.1)
    assert found == pytest.approx(float(whole), rel=1e-5)


@pytest.mark.parametrize(
    ("name", "function", "sums", "score"),
    [
        ("segmentation", "iou", ([0.0, 0.0],), 1.0),
        ("restore", "f1", ([0.0, 0.0],), 1.0),
        ("hills", "r_squared", ([0.0, 0.0, 0.0], 5), 0.0),
    ],
)
def test_the_score_of_a_script_is_a_number_also_where_there_is_nothing_to_find(
    name: str, function: str, sums: tuple[Any, ...], score: float
) -> None:
    """Nothing to find and nothing found is right; a constant is not explained."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(script(preset(name).experiment), names)
    assert names[function](*sums) == score


def test_the_train_loss_of_a_script_counts_class_weights_as_the_engine_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    iris = preset("iris").experiment
    loss = CrossEntropy(class_weights=(30.0, 1.0, 1.0))
    recipe = iris.recipe.with_(loss=loss, epochs=1, batch_size=50, optimizer=SGD(lr=1e-6))  # it stays as it begins
    names: dict[str, Any] = {"__name__": "exported"}
    exec(script(iris.with_(recipe=recipe)), names)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["program.py"])
    names["main"]()
    told = re.search(r"train loss ([\d.]+)", capsys.readouterr().out)
    assert told is not None
    (inputs, targets), _ = names["load_data"](None, "cpu")
    names["torch"].manual_seed(names["SEED"])
    outputs = names["build_model"]()(inputs)
    whole = nn.functional.cross_entropy(outputs, targets, torch.tensor(loss.class_weights))
    assert float(told[1]) == pytest.approx(whole.item(), abs=2e-4)

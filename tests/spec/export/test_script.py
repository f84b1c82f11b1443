"""Exported scripts are programs of their own: they compute what the engine computes, hold nothing needless, and run."""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.text import Asked, TangPoems
from playground.spec.experiment import Experiment
from playground.spec.export.default_arguments import brief
from playground.spec.export.script import script
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.messages import PlaygroundError
from playground.spec.recipe.augmentations import Rotate, Shift, Stroke
from playground.spec.recipe.optimizers import Optimizer
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.regularizers import L1L2
from playground.spec.recipe.schedules import Schedule
from tests.exported_program import run
from tests.spec.export.experiments import EVERYTHING, EXPERIMENTS, FURTHER, LOSSES, WARMED

EPOCHS = ["epoch 1/3", "validation", "epoch 2/3", "validation", "epoch 3/3", "validation", "test"]


def _write_digits(folder: Path, train: int, test: int) -> None:
    """A tiny data set as torchvision keeps MNIST: one bright column, whose place is the digit."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in (("train", train), ("t10k", test)):
        labels = [index % 10 for index in range(count)]
        rows = b"".join(bytes(255 if x // 2 == digit else 0 for x in range(28)) * 28 for digit in labels)
        header = bytes([0, 0, 8, 3]) + b"".join(length.to_bytes(4, "big") for length in (count, 28, 28))
        (raw / f"{name}-images-idx3-ubyte").write_bytes(header + rows)
        header = bytes([0, 0, 8, 1]) + count.to_bytes(4, "big")
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(header + bytes(labels))


def test_a_script_is_a_program_of_its_own(tmp_path: Path) -> None:
    _write_digits(tmp_path / "data", train=64, test=20)
    path = tmp_path / "exported.py"
    path.write_text(script(EVERYTHING), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", path, "--data", tmp_path / "data", "--device", "cpu"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0].strip() for line in done.stdout.splitlines()] == EPOCHS


@pytest.mark.parametrize("experiment", [EVERYTHING, WARMED, *FURTHER.values()], ids=["everything", "warm-up", *FURTHER])
def test_a_script_trains_and_tests(experiment: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write_digits(tmp_path / "data", train=64, test=20)
    run(script(experiment), tmp_path, "--data", tmp_path / "data")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in lines] == EPOCHS
    assert all(re.search(r"loss \d+\.\d{4}", line) for line in lines)


TASKS = {
    "segmentation": ClutteredMNIST(count=40, noise=0.2),
    "vae": ReconstructedMNIST(train_limit=40),
    "distillation": DistilledMNIST(train_limit=40),
}
POINTWISE = Stack(layers=(Conv2d(out_channels=2, kernel_size=1),))  # 2,000 test fields take the preset's own too long


@pytest.mark.parametrize("name", TASKS)
def test_scripts_of_other_tasks_train_and_test(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = preset(name).experiment
    _write_digits(tmp_path, train=64, test=20)
    shutil.copyfile(resource("presets", "reader.safetensors"), tmp_path / "reader.safetensors")
    recipe = found.recipe.with_(epochs=1, batch_size=20)
    stack = POINTWISE if name == "segmentation" else found.stack
    run(script(found.with_(data=TASKS[name], stack=stack, recipe=recipe)), tmp_path, "--data", tmp_path)
    told = capsys.readouterr().out
    assert re.fullmatch(r"epoch 1/1: train loss [^\n]+ [\d.]+ s\ntest: loss [\d.]+, [^\n]+ -?[\d.]+%\n", told)


@pytest.mark.parametrize("asked", get_args(Asked))
def test_the_script_of_a_text_trains_and_tests(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = TangPoems(asked=asked, context=32, validation_share=0.1)
    layers = (Embedding(embedding_dim=4), Linear(out_features=data.task.output[-1]))
    experiment = Experiment(data=data, stack=Stack(layers=layers), recipe=Recipe(batch_size=200, epochs=1))
    run(script(experiment), tmp_path, "--data", resource("texts"))
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in told] == ["epoch 1/1", "validation", "test"]


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
def test_script_imports_torch_and_the_standard_library_only(experiment: Experiment) -> None:
    tree = ast.parse(script(experiment))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    roots = {name.partition(".")[0] for name in imported}
    assert roots - sys.stdlib_module_names == {"torch", "safetensors", *experiment.data.loading().needs}
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(defined) == len(set(defined))


def test_scripts_are_well_formed(tmp_path: Path) -> None:
    for name, experiment in EXPERIMENTS.items():
        (tmp_path / f"{name.replace('-', '_').replace(' ', '_')}.py").write_text(script(experiment), encoding="utf-8")
    options = ["--isolated", "--no-cache", "--line-length", "100"]
    for command in (["check", "--select", "B,E,F,I,W"], ["format", "--diff"]):
        ruff = [sys.executable, "-m", "ruff", *command, *options, tmp_path]
        done = subprocess.run(ruff, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


ABSENT = {
    "schedule": "scheduler",
    "penalty": "penalty",
    "augmentation": "augment",
    "clipping": "clip_grad_norm_",
    "early stopping": "stopping",
    "held-out data": "validation",
    "initialisation": "nn.init",
    "one-hot targets": "one_hot",
    "unused import": "math",
}


@pytest.mark.parametrize("word", ABSENT.values(), ids=ABSENT.keys())
def test_script_holds_only_what_is_used(word: str) -> None:
    assert word not in script(preset("textbook").experiment)
    assert word in script(EVERYTHING)


def test_disabled_layers_are_left_out() -> None:
    text = script(EVERYTHING)
    assert "MaxPool2d" not in text
    assert "nn.init.zeros_" not in text


def test_weights_that_cost_nothing_are_not_summed() -> None:
    only_l2 = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(regularizer=L1L2(l1=0.0, l2=0.5)))
    assert "weight.abs()" not in script(only_l2)
    assert "return 0.5 / 2 * squares" in script(only_l2)
    free = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(regularizer=L1L2(l1=0.0, l2=0.0)))
    assert "penalty" not in script(free)


def test_only_the_augmentations_in_use_are_copied() -> None:
    moved = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(augmentations=(Shift(pixels=1.0), Rotate(degrees=5.0))))
    text = script(moved)
    assert "images, labels = warp(images, labels, generator, shift=1.0, degrees=5.0)" in text
    assert "def affine(" in text
    assert "def stroke(" not in text
    thick = script(EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(augmentations=(Stroke(),))))
    assert "def dilated(" in thick
    assert "def warp(" not in thick


def test_only_the_loss_in_use_is_copied() -> None:
    assert "engine" not in script(LOSSES["loss focal"])
    assert "= focal(outputs, targets)" in script(LOSSES["loss focal"])
    both = script(LOSSES["loss dice_cross_entropy"])
    assert "def dice(" in both
    assert "def focal(" not in both
    assert "def dice(" not in script(EVERYTHING)


@pytest.mark.parametrize("member", [*Optimizer.members(), *Schedule.members()], ids=lambda member: member.__name__)
def test_every_optimizer_and_schedule_is_written_with_its_settings(member: type) -> None:
    name = "optimizer" if issubclass(member, Optimizer) else "schedule"
    chosen = member()
    text = script(EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(**{name: chosen})))
    compile(text, "exported.py", "exec")
    calls = (chosen.call(),) if name == "optimizer" else chosen.calls(EVERYTHING.recipe.optimizer.lr)
    written = {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword)}
    assert {argument for call in map(brief, calls) for argument, _ in call.kwargs} <= written


def test_a_persons_words_cannot_become_code() -> None:
    chance = random.Random(4)
    letters = "\"'\\\n\r\t\x00\x0b\x0c\x1c\x85\u2028{}#%:abc é漢 "
    experiment = preset("first-network").experiment
    expected = ast.dump(ast.parse(script(experiment)))
    for _ in range(50):
        name = "".join(chance.choices(letters, k=60))
        about = "".join(chance.choices(letters, k=300))
        assert ast.dump(ast.parse(script(experiment.with_(name=name, about=about)))) == expected


def test_what_cannot_be_built_is_not_exported() -> None:
    with pytest.raises(PlaygroundError, match="Linear reads vectors"):
        script(Experiment(stack=Stack(layers=(Linear(),))))
